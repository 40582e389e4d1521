import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../engine/index.js'
import { sensorReading } from '../../support/policy-bench.js'
import type { PolicyBench } from '../../support/policy-bench.js'
import { counts, faults, lastCount, rules, running, scaler } from '../../support/autoscale-bench.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ROLE = { path: 'web', min: 1, max: 20, initial: 2 }
const SEASON = { season: '24h', bucket: '30 min', over: 3, lead: '10 min', mostError: 0.2 }

const seer = (mode: string, config: JsonObject = {}) =>
  scaler(
    {
      ...{ sensor: 'queue', from: 'self', measures: 'total', target: 10, tolerance: 0 },
      ...{ staleAfter: '1h', scaleInAfter: '15 min', forecast: { ...SEASON, mode }, ...config },
    },
    ROLE,
  )

/** Office hours: 100 to do from nine to five, and 20 otherwise. */
const officeLoad = (at: number): number =>
  at % (24 * HOUR) >= 9 * HOUR && at % (24 * HOUR) < 17 * HOUR ? 100 : 20

/** Plays time over a load that is told every five minutes; what is asked for is done at once. */
const play = (policy: PolicyBench, from: number, to: number, loadAt: (at: number) => number = officeLoad) => {
  for (let at = from; at < to; at += 5 * MINUTE) {
    policy.read(sensorReading('web', loadAt(at), at, 'queue'))
    const present = Object.keys(policy.memory['roster'] ?? {}).length
    const wanted = lastCount(policy) ?? present
    if (wanted > present) running(policy, wanted, at)
    for (let number = wanted + 1; number <= present; number += 1)
      policy.read({ kind: 'member', at, entity: `web/${number}`, sensor: '', value: { ...GONE } })
  }
}
const GONE = { state: 'gone', up: false, incarnation: 1, run: 1, reason: '' }

/** How many were asked for last, at a time. */
const countAt = (policy: PolicyBench, time: number): number | undefined =>
  counts(policy).findLast(([at]) => at <= time)?.[1]
const told = (policy: PolicyBench, sensor: string): Json | undefined =>
  policy.yielded.findLast((one) => one.sensor === sensor)?.value

describe('an autoscaler that looks ahead', () => {
  it('has members there before they are needed, once it has seen a season', () => {
    const policy = seer('out')
    running(policy, 2)
    play(policy, 0, 2 * 24 * HOUR)
    expect(countAt(policy, 9 * HOUR - 5 * MINUTE)).toBeUndefined()
    expect(countAt(policy, 9 * HOUR)).toBe(10)
    const tomorrow = 24 * HOUR + 9 * HOUR
    expect(countAt(policy, tomorrow - 11 * MINUTE)).toBe(2)
    expect(countAt(policy, tomorrow - 10 * MINUTE)).toBe(10)
    expect(policy.intents('scale').find(({ at }) => at === tomorrow - 10 * MINUTE)?.intent.reason).toContain(
      '10 are forecast',
    )
  })

  it('keeps members that are needed again soon', () => {
    const policy = seer('out')
    running(policy, 2)
    play(policy, 0, 24 * HOUR)
    const dip = (at: number): number =>
      at % (24 * HOUR) >= 12 * HOUR && at % (24 * HOUR) < 14 * HOUR ? 20 : officeLoad(at)
    play(policy, 24 * HOUR, 48 * HOUR, dip)
    expect(countAt(policy, 24 * HOUR + 13 * HOUR)).toBe(10)
  })

  it('only tells what it would do in the mode for that', () => {
    const [blind, only] = [seer('out', { forecast: null }), seer('forecast-only')]
    for (const policy of [blind, only]) {
      running(policy, 2)
      play(policy, 0, 2 * 24 * HOUR)
    }
    expect(counts(only)).toEqual(counts(blind))
    play(only, 48 * HOUR, 48 * HOUR + 9 * HOUR)
    expect(told(only, 'autoscale.forecast')).toBe(10)
    expect(told(only, 'autoscale.forecast.error')).toBeLessThan(0.05)
  })

  it('lets members go as soon as load and forecast agree, where it was right of late', () => {
    const [patient, proven] = [seer('out'), seer('both')]
    for (const policy of [patient, proven]) {
      running(policy, 2)
      play(policy, 0, 3 * 24 * HOUR)
    }
    const evening = 48 * HOUR + 17 * HOUR
    expect(countAt(proven, evening - 1)).toBe(10)
    expect(countAt(proven, evening)).toBe(2)
    expect(countAt(patient, evening + 14 * MINUTE)).toBe(10)
    expect(countAt(patient, evening + 15 * MINUTE)).toBe(2)
  })

  it('waits as ever where it was wrong of late', () => {
    const policy = seer('both')
    running(policy, 2)
    const unlike = (at: number): number =>
      Math.floor(at / (24 * HOUR)) % 2 === 0 ? officeLoad(at) : 180 - officeLoad(at)
    play(policy, 0, 3 * 24 * HOUR, unlike)
    expect(told(policy, 'autoscale.forecast.error')).toBeGreaterThan(0.2)
    const evening = 48 * HOUR + 17 * HOUR
    expect(countAt(policy, evening + 14 * MINUTE)).not.toBe(2)
  })

  it('learns nothing of times of which it knew too little', () => {
    const policy = seer('out', { staleAfter: '10 min' })
    running(policy, 2)
    play(policy, 0, HOUR)
    policy.passUntil(24 * HOUR)
    const { seen } = policy.memory['forecast'] as { readonly seen: readonly number[] }
    expect(seen.map((count, at) => (count > 0 ? at : -1)).filter((at) => at >= 0)).toEqual([0, 1])
    expect(rules(policy)).toContain('stale-reading')
  })

  it('has a memory that is bounded, whatever time passes', () => {
    const policy = seer('out')
    running(policy, 2)
    play(policy, 0, 6 * HOUR)
    play(policy, 9 * 24 * HOUR, 9 * 24 * HOUR + 6 * HOUR)
    const { means } = policy.memory['forecast'] as { readonly means: readonly number[] }
    expect(means).toHaveLength(48)
    expect(JSON.stringify(policy.memory['forecast']).length).toBeLessThan(1_000)
  })

  it('decides the same when it is restarted at every reading', () => {
    const steady = seer('both')
    running(steady, 2)
    play(steady, 0, 30 * HOUR)
    expect(JSON.parse(JSON.stringify(steady.memory))).toEqual(steady.memory)
  })

  it.each<[JsonObject, string]>([
    [{ mode: 'wild' }, '/forecast/mode'],
    [{ season: 0 }, '/forecast/season'],
    [{ bucket: 0 }, '/forecast/bucket'],
    [{ season: '24h', bucket: '7 min' }, '/forecast/bucket'],
    [{ season: '30d', bucket: '1 min' }, '/forecast/bucket'],
    [{ lead: '25h' }, '/forecast/lead'],
    [{ over: 0 }, '/forecast/over'],
    [{ mostError: Number.NaN }, '/forecast/mostError'],
    [{ horizon: '1h' }, '/forecast/horizon'],
  ])('is refused with %j', (forecast, pointer) => {
    expect(faults({ target: 50, forecast })).toEqual([pointer])
  })

  it('is refused with a forecast that is no map', () => {
    expect(faults({ target: 50, forecast: 'yes' })).toEqual(['/forecast'])
  })
})
