import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import type { PolicyBench } from '../../support/policy-bench.js'
import { memberReading } from '../../support/policy-bench.js'
import { counts, faults, gone, lastCount, load, running, scaler } from '../../support/autoscale-bench.js'

const MINUTE = 60_000
const crowded = (config: JsonObject = {}) =>
  scaler({ target: 50, noRoomAfter: '30s', noRoomRest: '5 min', ...config })

/** One that no place has room for. */
const lacking = (policy: PolicyBench, number: number, at: number, cause = 'capacity') => {
  policy.read(memberReading(`web/${number}`, at, { state: 'starting', up: false, run: 0, cause }))
}

/** Three that work hard, and two more that find no place. */
const cramped = (policy: PolicyBench) => {
  running(policy, 3)
  load(policy, 3, 80, 1_000)
  for (const number of [4, 5]) lacking(policy, number, 2_000)
}

describe('an autoscaler whose members find no place', () => {
  it('waits for another place to be found, and is then content with as many as there is room for', () => {
    const policy = crowded()
    cramped(policy)
    expect(lastCount(policy)).toBe(5)
    policy.passUntil(31_999)
    expect(lastCount(policy)).toBe(5)
    policy.passUntil(32_000)
    expect(counts(policy).at(-1)).toEqual([32_000, 3])
    expect(policy.intents('scale').at(-1)?.intent.reason).toBe('there was room for no more than 3')
  })

  it('tries one more after a rest, which is twice as long each time', () => {
    const policy = crowded()
    cramped(policy)
    policy.passUntil(32_000)
    gone(policy, 4, 5, 33_000)
    const first = 32_000 + 5 * MINUTE
    policy.passUntil(first - 1)
    expect(lastCount(policy)).toBe(3)
    policy.passUntil(first)
    expect(lastCount(policy)).toBe(4)
    lacking(policy, 6, first + 1_000, 'quota')
    const second = first + 31_000
    policy.passUntil(second)
    expect(lastCount(policy)).toBe(3)
    gone(policy, 6, 6, second + 1_000)
    policy.passUntil(second + 10 * MINUTE - 1)
    expect(lastCount(policy)).toBe(3)
    policy.passUntil(second + 10 * MINUTE)
    expect(lastCount(policy)).toBe(4)
  })

  it('forgets it when the one that was tried is up', () => {
    const policy = crowded()
    cramped(policy)
    policy.passUntil(32_000)
    gone(policy, 4, 5, 33_000)
    policy.passUntil(32_000 + 5 * MINUTE)
    running(policy, 4, 34_000 + 5 * MINUTE)
    load(policy, 4, 80, 35_000 + 5 * MINUTE)
    expect(lastCount(policy)).toBe(7)
  })

  it('takes no notice where another place is found in time', () => {
    const policy = crowded()
    cramped(policy)
    policy.read(memberReading('web/4', 20_000))
    policy.read(memberReading('web/5', 20_000))
    policy.passUntil(40_000)
    expect(lastCount(policy)).toBe(5)
    expect(policy.memory['ceiling']).toBeUndefined()
  })

  it('counts from the first refusal on, however often it is tried meanwhile', () => {
    const policy = crowded()
    cramped(policy)
    for (const number of [4, 5])
      policy.read(memberReading(`web/${number}`, 31_000, { state: 'starting', up: false, run: 0 }))
    policy.passUntil(33_000)
    expect(lastCount(policy)).toBe(5)
    for (const number of [4, 5]) lacking(policy, number, 34_000)
    expect(counts(policy).at(-1)).toEqual([34_000, 3])
  })

  it('never goes below its least number for it', () => {
    const policy = crowded({ min: 5 })
    cramped(policy)
    policy.passUntil(60 * MINUTE)
    expect(lastCount(policy)).toBe(5)
  })

  it.each<[JsonObject, string]>([
    [{ noRoomAfter: -1 }, '/noRoomAfter'],
    [{ noRoomRest: 0 }, '/noRoomRest'],
  ])('is refused with %j', (config, pointer) => {
    expect(faults({ target: 50, ...config })).toEqual([pointer])
  })
})

describe('an autoscaler of which more are wanted than may be', () => {
  const told = (policy: PolicyBench) => policy.yielded.map(({ at, value }) => [at, value])

  it('tells how many more, when they were wanted all the time of late', () => {
    const policy = scaler({ target: 50, max: 4, excess: 'short', excessAfter: '1 min' })
    running(policy, 3)
    load(policy, 3, 150, 1_000)
    expect(lastCount(policy)).toBe(4)
    expect(told(policy).at(-1)).toEqual([1_000, 0])
    load(policy, 3, 100, 30_000)
    policy.passUntil(60_999)
    expect(told(policy).at(-1)?.[1]).toBe(0)
    policy.passUntil(61_000)
    expect(told(policy).at(-1)).toEqual([61_000, 2])
    load(policy, 3, 50, 62_000)
    expect(told(policy).at(-1)).toEqual([62_000, 0])
    expect(policy.yielded.every(({ entity, sensor }) => entity === 'web' && sensor === 'short')).toBe(true)
  })

  it('counts those too that no place has room for', () => {
    const policy = crowded({ excess: 'short', excessAfter: 0 })
    cramped(policy)
    expect(told(policy).at(-1)?.[1]).toBe(0)
    policy.passUntil(32_000)
    gone(policy, 4, 5, 33_000)
    expect(told(policy).at(-1)?.[1]).toBe(2)
  })

  it('tells nothing where no sensor is named', () => {
    const policy = scaler({ target: 50, max: 4 })
    running(policy, 3)
    load(policy, 3, 500, 1_000)
    expect(policy.yielded).toEqual([])
  })
})
