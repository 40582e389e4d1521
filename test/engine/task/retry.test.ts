import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FailureRecord, RetryClass, RetrySpec, Trouble } from '../../../engine/index.js'
import { DEFAULT_RETRY, alertAt, oneMoreFailure, retryRule } from '../../../engine/task/retry.js'

const failure = (retry: RetryClass, retryAfter?: number): FailureRecord => ({
  cause: 'internal',
  retry,
  message: 'it failed',
  ...(retryAfter === undefined ? {} : { retryAfter }),
})

/** Failures one after another, each as soon as its try is due. */
function inARow(
  count: number,
  how: { retry?: RetryClass; spec?: RetrySpec; jitter?: number } = {},
): readonly Trouble[] {
  const troubles: Trouble[] = []
  let now = 1000
  for (let attempt = 0; attempt < count; attempt += 1) {
    const { jitter = 0, spec } = how
    const trouble = oneMoreFailure(troubles.at(-1), failure(how.retry ?? 'soon'), {
      now,
      jitter,
      recovery: 0,
      spec,
    })
    troubles.push(trouble)
    now = trouble.retryAt
  }
  return troubles
}

function delays(troubles: readonly Trouble[]): readonly number[] {
  return troubles.map((trouble, at) => trouble.retryAt - (troubles[at - 1]?.retryAt ?? 1000))
}

describe('delays', () => {
  it('double from a second to a minute where the author says nothing', () => {
    expect(delays(inARow(8))).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  it('are five minutes where retrying cannot mend', () => {
    expect(delays(inARow(3, { retry: 'never' }))).toEqual([300_000, 300_000, 300_000])
  })

  it('are as the author says, but not where retrying cannot mend', () => {
    const spec = { backoff: { initial: 10, factor: 3, max: 50 } }
    expect(delays(inARow(4, { spec }))).toEqual([10, 30, 50, 50])
    expect(delays(inARow(1, { spec, retry: 'never' }))).toEqual([300_000])
  })

  it('are never shorter than the far end asks for', () => {
    const trouble = oneMoreFailure(undefined, failure('after', 45_000), { now: 0, jitter: 0, recovery: 0 })
    expect(trouble.retryAt).toBe(45_000)
  })

  it('are spread by a fifth at most, and never below what was meant', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (jitter, count) => {
          const plain = delays(inARow(count))
          for (const [at, delay] of delays(inARow(count, { jitter })).entries()) {
            expect(delay).toBeGreaterThanOrEqual(plain[at] ?? 0)
            expect(delay).toBeLessThanOrEqual((plain[at] ?? 0) * 1.2 + 1)
          }
        },
      ),
    )
  })

  it.each([
    ['the first failure of what was up', { wasUp: true }, 0],
    ['what was never up', { wasUp: false }, 1000],
    [
      'what was up where the author named a back-off',
      { wasUp: true, spec: { backoff: DEFAULT_RETRY.soon } },
      1000,
    ],
  ])('are chosen for %s', (_what, how, delay) => {
    expect(
      oneMoreFailure(undefined, failure('soon'), { now: 0, jitter: 0, recovery: 0, ...how }).retryAt,
    ).toBe(delay)
  })
})

describe('limits', () => {
  it('are never exceeded without a verdict', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }), (attempts, count) => {
        const troubles = inARow(count, { spec: { attempts } })
        for (const trouble of troubles)
          expect(trouble.verdict !== undefined).toBe(trouble.attempts >= attempts)
      }),
    )
  })

  it('in time are counted from the first failure', () => {
    const troubles = inARow(20)
    for (const trouble of troubles) {
      const at = trouble.since + (troubles[trouble.attempts - 2]?.retryAt ?? 1000) - 1000
      expect([trouble.attempts, trouble.verdict]).toEqual([
        trouble.attempts,
        at - trouble.since >= 600_000 ? 'alert' : undefined,
      ])
    }
    expect(troubles[0]?.since).toBe(1000)
    expect(alertAt(inARow(1)[0]!, undefined)).toBe(601_000)
  })

  it.each(['alert', 'replace', 'expunge', 'give-up'] as const)('end in what the author says: %s', (then) => {
    expect(inARow(2, { spec: { attempts: 2, then } }).at(-1)?.verdict).toBe(then)
  })

  it('are an alert at once where retrying cannot mend, whatever the author says', () => {
    expect(inARow(1, { retry: 'never', spec: { attempts: 9, then: 'give-up' } })[0]?.verdict).toBe('alert')
  })

  it('begin anew after recover', () => {
    const [past] = inARow(1, { retry: 'never' })
    const next = oneMoreFailure(past, failure('soon'), { now: 9000, jitter: 0, recovery: 1 })
    expect(next).toEqual({ attempts: 1, since: 9000, retryAt: 10_000, failure: failure('soon'), recovery: 1 })
  })

  it('that the author leaves out are those of the table', () => {
    expect(retryRule('soon', { attempts: 3 })).toEqual({ ...DEFAULT_RETRY.soon, attempts: 3 })
    expect(retryRule('never', { attempts: 3 })).toBe(DEFAULT_RETRY.never)
  })
})
