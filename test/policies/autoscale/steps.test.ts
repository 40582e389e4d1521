import { describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { counts, faults, load, running, scaler } from '../../support/autoscale-bench.js'

const STEPS = [
  { above: 60, add: 1 },
  { above: 80, add: '50%' },
  { above: 95, set: 10 },
  { below: 30, remove: 1 },
  { below: 10, remove: '50%' },
]

describe('an autoscaler by steps', () => {
  it.each<[string, members: number, value: number, asked: number | undefined]>([
    ['leaves what is between its bounds', 4, 45, undefined],
    ['leaves what is at one of them', 4, 60, undefined],
    ['adds by the bound that is exceeded', 4, 61, 5],
    ['adds a share by the farthest that is', 4, 90, 6],
    ['rounds a share up', 3, 90, 5],
    ['sets an exact number by the farthest of all', 3, 99, 10],
    ['takes away by the bound that is undercut', 4, 20, 3],
    ['takes a share away by the farthest that is', 8, 5, 4],
    ['takes at least one away', 2, 5, 1],
  ])('%s', (_what, members, value, asked) => {
    const policy = scaler({ steps: STEPS })
    running(policy, members)
    load(policy, members, value, 1_000)
    expect(counts(policy).slice(-1)).toEqual(asked === undefined ? [] : [[1_000, asked]])
  })

  it('never takes so many away that it would have to add again', () => {
    const policy = scaler({
      steps: [
        { above: 60, add: 1 },
        { below: 30, set: 1 },
      ],
    })
    running(policy, 6)
    load(policy, 6, 29, 1_000)
    expect(counts(policy).at(-1)).toEqual([1_000, 3])
  })

  it('has a number that is set for growth never take anybody away', () => {
    const policy = scaler({ steps: [{ above: 60, set: 3 }] })
    running(policy, 5)
    load(policy, 5, 90, 1_000)
    expect(counts(policy)).toEqual([])
  })

  it.each<[Json, string]>([
    ['many', '/steps'],
    [[], '/steps'],
    [[{ add: 1 }], '/steps/0'],
    [[{ above: 60, below: 30, add: 1 }], '/steps/0'],
    [[{ above: 60, remove: 1 }], '/steps/0'],
    [[{ below: 30, add: 1 }], '/steps/0'],
    [[{ above: 60, add: 1, set: 4 }], '/steps/0'],
    [[{ above: 60, add: 0 }], '/steps/0/add'],
    [[{ above: 60, add: '-5%' }], '/steps/0/add'],
    [[{ above: 60, add: Number.NaN }], '/steps/0/add'],
    [[{ above: Number.NaN, add: 1 }], '/steps/0/above'],
    [[{ above: -1, add: 1 }], '/steps/0/above'],
    [[{ above: 0, add: 1 }], '/steps'],
    [[{ above: 60, ad: 1 }], '/steps/0/ad'],
    [
      [
        { above: 20, add: 1 },
        { below: 30, remove: 1 },
      ],
      '/steps',
    ],
    [
      [
        { above: 20, add: 1 },
        { above: 20, add: 2 },
      ],
      '/steps',
    ],
  ])('is refused with %j', (steps, pointer) => {
    expect(faults({ steps })).toEqual([pointer])
  })

  it('is refused with a target or a bound beside its steps', () => {
    expect(faults({ steps: STEPS, target: 5 })).toEqual(['/steps'])
    expect(faults({ steps: STEPS, upper: 5 })).toEqual(['/upper'])
  })
})
