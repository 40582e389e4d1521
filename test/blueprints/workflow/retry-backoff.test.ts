import { describe, expect, it } from 'vitest'
import type { RetryAction } from '../../../engine/index.js'
import { flowOf } from './support.js'

function backoffIn(written: string): {
  readonly backoff: RetryAction['backoff']
  readonly codes: readonly string[]
} {
  const { workflow, problems } = flowOf(`- type: retry\n  limit: 3\n  backoff: ${written}`)
  const { backoff } = workflow.steps[0]?.does as RetryAction
  return { backoff, codes: problems.map(({ code }) => code) }
}

describe('the backoff of a retry', () => {
  it.each<[string, RetryAction['backoff']]>([
    ['1s 2s increasing 2x', { initial: [1000, 2000], factor: 2 }],
    ['[0, 1s, 2 min]', { initial: [0, 1000, 120_000] }],
    ['{ initial: 1s, factor: 2, max: 1m }', { initial: [1000], factor: 2, most: 60_000 }],
    ['{ initial: [0, 1s], increase: 5s, jitter: 0.1 }', { initial: [0, 1000], plus: 5000, jitter: 0.1 }],
    ['{ initial: 1s, increase: 50%, jitter: -10% }', { initial: [1000], factor: 1.5, jitter: -0.1 }],
  ])('is %s', (written, expected) => {
    expect(backoffIn(written)).toEqual({ backoff: expected, codes: [] })
  })

  it.each([
    ['{ initial: 1s, factr: 2 }', ['BP1103']],
    ['{ initial: soon }', ['BP1811']],
    ['[1s, later]', ['BP1811']],
  ])('is not %s', (written, codes) => {
    expect(backoffIn(written).codes).toEqual(codes)
  })
})
