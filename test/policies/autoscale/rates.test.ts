import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { type PolicyBench, memberReading } from '../../support/policy-bench.js'
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

const MINUTE = 60_000
const WIDE = { path: 'web', min: 1, max: 100, initial: 2 }
const eager = (config: JsonObject) => scaler({ from: 'self', measures: 'total', target: 10, ...config }, WIDE)

/** Members that come and go one by one, at once, until there are as many as were asked for last. */
class World {
  readonly #policy: PolicyBench
  readonly #history: [at: number, count: number][]
  #members: readonly number[]
  #next: number

  constructor(policy: PolicyBench, count: number) {
    this.#policy = policy
    this.#history = [[-Infinity, count]]
    this.#members = Array.from({ length: count }, (_, at) => at + 1)
    this.#next = count + 1
    running(policy, count)
  }

  obey(now: number): void {
    for (let moves = 0; moves < 50; moves += 1) {
      const wanted = lastCount(this.#policy) ?? this.#members.length
      if (wanted === this.#members.length) return
      if (wanted > this.#members.length) this.#come(now)
      else this.#go(now)
      this.#history.push([now, this.#members.length])
    }
  }

  /** Times at which more came, or went, within a period than may. */
  excesses(perOut: number, mostOut: number, perIn: number, mostIn: number): readonly number[] {
    const countAt = (time: number): number => this.#history.findLast(([at]) => at <= time)?.[1] ?? 0
    return this.#history.flatMap(([at, count], index) => {
      const before = this.#history[index - 1]?.[1] ?? count
      const isTooMany = count > before && count > countAt(at - perOut) + mostOut
      const isTooFew = count < before && count < countAt(at - perIn) - mostIn
      return isTooMany || isTooFew ? [at] : []
    })
  }

  #come(now: number): void {
    this.#members = [...this.#members, this.#next]
    this.#policy.read(memberReading(`web/${this.#next}`, now))
    this.#next += 1
  }

  #go(now: number): void {
    const victim = this.#members.at(-1) ?? 0
    this.#members = this.#members.slice(0, -1)
    gone(this.#policy, victim, victim, now)
  }
}

describe('rates of an autoscaler', () => {
  it('allow so many more within a time, and the rest as soon as there is room again', () => {
    const policy = eager({ ratesOut: [{ count: 4, per: '1 min' }] })
    running(policy, 2)
    tell(policy, 1_000, 1_000)
    expect(lastCount(policy)).toBe(6)
    running(policy, 6, 2_000)
    policy.passUntil(2_000 + MINUTE - 1)
    expect(lastCount(policy)).toBe(6)
    expect(rules(policy)).toContain('rate')
    policy.passUntil(2_000 + MINUTE)
    expect(lastCount(policy)).toBe(10)
  })

  it.each<[string, 'most' | 'least', number]>([
    ['most', 'most', 20],
    ['least', 'least', 14],
  ])('of several allow what the one allows that allows the %s', (_what, selectOut, expected) => {
    const policy = eager({
      selectOut,
      ratesOut: [
        { count: 4, per: '1 min' },
        { percent: 100, per: '1 min' },
      ],
    })
    running(policy, 10)
    tell(policy, 1_000, 1_000)
    expect(lastCount(policy)).toBe(expected)
  })

  it('hold for each direction by itself', () => {
    const policy = eager({ ratesIn: [{ percent: 10, per: '5 min' }] })
    running(policy, 20)
    tell(policy, 10, 1_000)
    expect(lastCount(policy)).toBe(18)
    gone(policy, 19, 20, 2_000)
    expect(rules(policy)).toContain('rate')
    policy.passUntil(2_000 + 5 * MINUTE)
    expect(lastCount(policy)).toBe(16)
    tell(policy, 900, 2_500 + 5 * MINUTE)
    expect(lastCount(policy)).toBe(90)
  })

  it('are not spent by what is asked for again, nor by what people change', () => {
    const policy = eager({ ratesOut: [{ count: 3, per: '10 min' }] })
    running(policy, 2)
    for (let at = 1_000; at < 5_000; at += 1_000) tell(policy, 1_000, at)
    expect(new Set(counts(policy).map(([, count]) => count))).toEqual(new Set([5]))
    running(policy, 5, 6_000)
    running(policy, 9, 7_000)
    policy.passUntil(6_000 + 10 * MINUTE)
    expect(lastCount(policy)).toBe(12)
  })

  it('are kept over a restart', () => {
    const settings = { ratesOut: [{ count: 4, per: '1 min' }] }
    const policy = eager(settings)
    running(policy, 2)
    tell(policy, 1_000, 1_000)
    running(policy, 6, 2_000)
    expect(JSON.parse(JSON.stringify(policy.memory))).toEqual(policy.memory)
    expect(policy.memory['rates']).toMatchObject({ present: 6 })
  })

  const day = fc.array(
    fc.record({ wait: fc.integer({ min: 1, max: 40_000 }), total: fc.integer({ min: 0, max: 900 }) }),
    { minLength: 1, maxLength: 40 },
  )

  it('are never exceeded in a world that does what was asked last, whatever the load', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const policy = eager({
          ratesOut: [{ count: 3, per: '1 min' }],
          ratesIn: [{ count: 2, per: '2 min' }],
        })
        const world = new World(policy, 2)
        let now = 0
        for (const { wait, total } of steps) {
          now += wait
          for (let at = policy.wakeAt; at !== undefined && at <= now; at = policy.wakeAt) {
            policy.passUntil(at)
            world.obey(at)
          }
          tell(policy, total, now)
          world.obey(now)
        }
        expect(world.excesses(MINUTE, 3, 2 * MINUTE, 2)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it.each<[JsonObject, string]>([
    [{ ratesOut: 4 }, '/ratesOut'],
    [{ ratesOut: [4] }, '/ratesOut/0'],
    [{ ratesOut: [{ count: 4, per: 0 }] }, '/ratesOut/0/per'],
    [{ ratesOut: [{ count: 0, per: '1 min' }] }, '/ratesOut/0/count'],
    [{ ratesIn: [{ percent: -5, per: '1 min' }] }, '/ratesIn/0/percent'],
    [{ ratesIn: [{ percent: Number.NaN }] }, '/ratesIn/0/percent'],
    [{ ratesIn: [{ count: 1, percent: 5 }] }, '/ratesIn/0'],
    [{ ratesIn: [{}] }, '/ratesIn/0'],
    [{ selectIn: 'all' }, '/selectIn'],
  ])('are refused as %j', (config, pointer) => {
    expect(faults({ target: 50, ...config })).toEqual([pointer])
  })
})

describe('an autoscaler that is paused', () => {
  it.each<['in' | 'out' | 'both', out: number | undefined, into: number | undefined]>([
    ['in', 6, undefined],
    ['out', undefined, 1],
    ['both', undefined, undefined],
  ])('%s: asks for nothing in that direction', (pause, out, into) => {
    const policy = scaler({ target: 50, pause })
    running(policy, 3)
    load(policy, 3, 100, 1_000)
    expect(lastCount(policy)).toBe(out)
    const other = scaler({ target: 50, pause })
    running(other, 3)
    load(other, 3, 1, 1_000)
    expect(lastCount(other)).toBe(into)
    expect([...rules(policy), ...rules(other)]).toContain('paused')
  })
})

describe('an autoscaler whose members get warm', () => {
  const warm = () => scaler({ target: 50, warmUp: '1 min' })

  it('does not count what a member tells before, nor its share', () => {
    const policy = warm()
    running(policy, 2)
    policy.passUntil(MINUTE)
    policy.read(memberReading('web/3', MINUTE))
    load(policy, 3, 100, MINUTE + 1_000)
    expect(lastCount(policy)).toBe(4)
    policy.passUntil(2 * MINUTE - 1)
    expect(lastCount(policy)).toBe(4)
    policy.passUntil(2 * MINUTE)
    expect(lastCount(policy)).toBe(6)
  })

  it('takes nobody away before all are warm', () => {
    const policy = warm()
    running(policy, 4)
    load(policy, 4, 1, 1_000)
    expect(counts(policy)).toEqual([])
    policy.passUntil(MINUTE)
    expect(counts(policy)).toEqual([[MINUTE, 1]])
  })
})
