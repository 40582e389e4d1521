import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../engine/index.js'
import type { PolicyBench } from '../../support/policy-bench.js'
import {
  counts,
  faults,
  gone,
  lastCount,
  load,
  rules,
  running,
  scaler,
  tell,
} from '../../support/autoscale-bench.js'

// What Brooklyn's tests of its autoscaler hold to by events of a pool, in words of our own.
const pool = (config: JsonObject = {}) => scaler({ hot: 'hot', cold: 'cold', ok: 'ok', ...config })

/** A pool of so many has so much to do, between two thresholds for all of it or for one: only the ratio counts. */
const said = (size: number, rate: number, low: number, high: number): Json => ({
  'pool.current.size': size,
  'pool.current.workrate': rate,
  'pool.low.threshold': low,
  'pool.high.threshold': high,
})

/** Does what was asked for last. */
const obey = (policy: PolicyBench, before: number, at: number) => {
  const after = lastCount(policy) ?? before
  running(policy, after, at)
  gone(policy, after + 1, before, at)
}

describe('an autoscaler by events of its pool', () => {
  it.each<
    [string, members: number, event: string, value: Json, config: JsonObject, asked: number | undefined]
  >([
    ['shrinks to the most that have enough, of totals', 4, 'cold', said(4, 30, 40, 80), {}, 3],
    ['shrinks the same way by what each has', 4, 'cold', said(4, 7.5, 10, 20), {}, 3],
    ['keeps one where there is hardly anything', 4, 'cold', said(4, 1, 40, 80), {}, 1],
    ['grows to the fewest that have not too much, of totals', 2, 'hot', said(2, 41, 20, 40), {}, 3],
    ['grows the same way by what each has', 2, 'hot', said(2, 21, 10, 20), {}, 3],
    ['grows in its steps', 2, 'hot', said(2, 21, 10, 20), { stepOut: 2, mostOut: 4 }, 4],
    ['grows by no more than the most at once', 4, 'hot', said(4, 50, 10, 20), { stepOut: 2, mostOut: 4 }, 8],
    ['shrinks in its steps', 10, 'cold', said(10, 1, 10, 20), { stepIn: 3, mostIn: 3 }, 7],
    ['never goes below its least', 4, 'cold', said(4, 0, 40, 80), { min: 2 }, 2],
    ['never goes beyond its most', 4, 'hot', said(4, 1_000_000, 40, 80), { max: 5 }, 5],
    ['never grows because it is cold', 2, 'cold', said(2, 1_000, 20, 40), {}, undefined],
    ['never shrinks because it is hot', 2, 'hot', said(2, 0, 20, 40), {}, undefined],
    ['stays as it is when it is well', 2, 'ok', said(2, 1_000, 20, 40), {}, undefined],
    [
      'goes to no more than there is known to be room for',
      2,
      'hot',
      said(2, 500, 20, 40),
      { highWaterMark: 4 },
      4,
    ],
  ])('%s', (_what, members, event, value, config, asked) => {
    const policy = pool(config)
    running(policy, members)
    tell(policy, value, 1_000, event)
    expect(counts(policy).filter(([at]) => at === 1_000)).toEqual(asked === undefined ? [] : [[1_000, asked]])
    // It says the same of the size that it asked for: nothing more is to be done.
    obey(policy, members, 2_000)
    expect(policy.wakeAt ?? Infinity).toBeGreaterThan(80_000_000)
  })

  it('takes the last word where several come before the first is done', () => {
    const policy = pool()
    running(policy, 4)
    tell(policy, said(4, 30, 40, 80), 1_000, 'cold')
    tell(policy, said(4, 1, 40, 80), 1_001, 'cold')
    expect(lastCount(policy)).toBe(1)
    tell(policy, said(4, 81, 40, 80), 1_002, 'hot')
    expect(lastCount(policy)).toBe(5)
  })

  it('ignores a peak and a lull that are shorter than their windows', () => {
    const policy = pool({ scaleOutAfter: '1s', scaleInAfter: '1s' })
    running(policy, 3)
    tell(policy, said(3, 61, 10, 20), 1_000, 'hot')
    tell(policy, said(3, 45, 30, 60), 1_900, 'ok')
    tell(policy, said(3, 1, 30, 60), 5_000, 'cold')
    tell(policy, said(3, 45, 30, 60), 5_900, 'ok')
    policy.passUntil(60_000)
    expect(counts(policy)).toEqual([])
  })

  it('grows to what was needed all the time, and then to what has been needed since', () => {
    const policy = pool({ scaleOutAfter: '1100ms' })
    running(policy, 3)
    tell(policy, said(3, 31, 15, 30), 1_000, 'hot')
    tell(policy, said(3, 61, 15, 30), 1_500, 'hot')
    policy.passUntil(2_100)
    expect(counts(policy)).toEqual([[2_100, 4]])
    running(policy, 4, 2_110)
    policy.passUntil(2_599)
    expect(lastCount(policy)).toBe(4)
    policy.passUntil(2_600)
    expect(counts(policy).at(-1)).toEqual([2_600, 7])
  })

  it('shrinks to the most that was needed all the time, and then to what has been needed since', () => {
    const policy = pool({ scaleInAfter: '1100ms' })
    running(policy, 3)
    tell(policy, said(3, 20, 30, 60), 1_000, 'cold')
    tell(policy, said(3, 1, 30, 60), 1_500, 'cold')
    policy.passUntil(2_100)
    expect(counts(policy)).toEqual([[2_100, 2]])
    gone(policy, 3, 3, 2_110)
    policy.passUntil(2_600)
    expect(counts(policy).at(-1)).toEqual([2_600, 1])
  })

  it('goes by its metric as well, where it has one, and by that alone until something happens', () => {
    const policy = pool({ target: 50 })
    running(policy, 4)
    load(policy, 4, 10, 1_000)
    expect(lastCount(policy)).toBe(1)
    tell(policy, said(4, 35, 40, 80), 2_000, 'cold')
    expect(lastCount(policy)).toBe(3)
  })

  it.each<[string, Json]>([
    ['no map', 5],
    ['without a rate', { size: 2, low: 1, high: 2 }],
    ['of a size that is no number', { size: '2', rate: 1, low: 1, high: 2 }],
    ['of a rate that is none', { size: 2, rate: Number.NaN, low: 1, high: 2 }],
    ['of crossed thresholds', { size: 2, rate: 500, low: 3, high: 2 }],
    ['of inherited names', { __proto__: { size: 2, rate: 500, low: 1, high: 2 } }],
  ])('does not believe an event %s', (_what, value) => {
    const policy = pool()
    running(policy, 2)
    tell(policy, value, 1_000, 'hot')
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('untrusted-reading')
  })

  it('does not believe an event from the future', () => {
    const policy = pool()
    running(policy, 2)
    policy.read(
      { kind: 'sensor', at: 60_000, entity: 'web', sensor: 'hot', value: said(2, 500, 1, 2) },
      1_000,
    )
    expect(counts(policy)).toEqual([])
  })

  it('is brought within other bounds at once', () => {
    const before = pool()
    running(before, 4)
    tell(before, said(4, 60, 40, 80), 1_000, 'ok')
    expect(counts(before)).toEqual([])
    for (const [config, asked] of [
      [{ min: 6 }, 6],
      [{ max: 2 }, 2],
    ] as const) {
      const policy = pool(config)
      running(policy, 4)
      expect(lastCount(policy)).toBe(asked)
    }
  })

  it('is refused with a mark below 1', () => {
    expect(faults({ hot: 'hot', highWaterMark: 0 })).toEqual(['/highWaterMark'])
  })
})
