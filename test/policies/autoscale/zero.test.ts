import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { memberReading } from '../../support/policy-bench.js'
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
const FROM_ZERO = { path: 'web', min: 0, max: 10, initial: 0 }
const ACTIVITY = { sensor: 'jobs', above: 2, idleAfter: '5 min', staleAfter: '1h' }
const sleeper = (config: JsonObject = {}) => scaler({ target: 50, activity: ACTIVITY, ...config }, FROM_ZERO)

describe('an autoscaler down to nobody', () => {
  it('wakes the first where there is something to do', () => {
    const policy = sleeper()
    tell(policy, 2, 1_000, 'jobs')
    expect(counts(policy)).toEqual([])
    tell(policy, 3, 2_000, 'jobs')
    expect(counts(policy)).toEqual([[2_000, 1]])
    expect(policy.intents('scale')[0]?.intent.reason).toBe('jobs is above 2')
  })

  it('wakes as many as it is never to have fewer of', () => {
    const policy = sleeper({ min: 3 })
    tell(policy, 3, 2_000, 'jobs')
    expect(lastCount(policy)).toBe(3)
  })

  it('leaves nobody when there has been nothing to do for long enough, and one at least until then', () => {
    const policy = sleeper()
    running(policy, 2)
    tell(policy, 9, 500, 'jobs')
    load(policy, 2, 0, 1_000)
    tell(policy, 0, 2_000, 'jobs')
    expect(lastCount(policy)).toBe(1)
    gone(policy, 2, 2, 3_000)
    policy.passUntil(2_000 + 5 * MINUTE - 1)
    expect(lastCount(policy)).toBe(1)
    policy.passUntil(2_000 + 5 * MINUTE)
    expect(counts(policy).at(-1)).toEqual([2_000 + 5 * MINUTE, 0])
  })

  it('begins to count anew when there was something to do meanwhile', () => {
    const policy = sleeper()
    running(policy, 1)
    load(policy, 1, 50, 1_000)
    tell(policy, 0, 1_000, 'jobs')
    tell(policy, 5, 1_000 + 4 * MINUTE, 'jobs')
    tell(policy, 0, 1_000 + 5 * MINUTE, 'jobs')
    policy.passUntil(1_000 + 10 * MINUTE - 1)
    expect(counts(policy)).toEqual([])
    policy.passUntil(1_000 + 10 * MINUTE)
    expect(lastCount(policy)).toBe(0)
  })

  it('keeps what is there while nobody knows whether there is anything to do', () => {
    const policy = sleeper({ activity: { ...ACTIVITY, staleAfter: '1 min' } })
    running(policy, 1)
    load(policy, 1, 50, 1_000)
    tell(policy, 0, 1_000, 'jobs')
    policy.passUntil(60 * MINUTE)
    expect(counts(policy)).toEqual([])
    gone(policy, 1, 1, 61 * MINUTE)
    expect(rules(policy)).toContain('stale-reading')
  })

  it('is awake while a schedule wants somebody', () => {
    const night = { cron: '0 0 * * *', for: '1h', min: 2 }
    const policy = sleeper({ schedules: [night] })
    tell(policy, 0, 1_000, 'jobs')
    expect(lastCount(policy)).toBe(2)
    running(policy, 2, 2_000)
    load(policy, 2, 50, 3_000)
    policy.passUntil(30 * MINUTE)
    expect(lastCount(policy)).toBe(2)
    policy.passUntil(60 * MINUTE)
    expect(lastCount(policy)).toBe(0)
  })

  it('goes by all that there is to do without anything else', () => {
    const policy = scaler({ sensor: 'queue', from: 'self', measures: 'total', target: 100 }, FROM_ZERO)
    tell(policy, 0, 500, 'queue')
    expect(counts(policy)).toEqual([])
    tell(policy, 250, 1_000, 'queue')
    expect(counts(policy)).toEqual([[1_000, 3]])
    running(policy, 3, 2_000)
    tell(policy, 0, 3_000, 'queue')
    expect(lastCount(policy)).toBe(0)
  })

  it('does not let the last one go where nobody could tell that somebody is needed', () => {
    const policy = scaler({ target: 50 }, { ...FROM_ZERO, initial: 2 })
    running(policy, 2)
    load(policy, 2, 0, 1_000)
    expect(lastCount(policy)).toBe(1)
  })

  it('says nothing of a pool that has not begun', () => {
    const policy = sleeper()
    const begun = scaler({ target: 50, activity: ACTIVITY }, { ...FROM_ZERO, initial: 3 })
    tell(begun, 9, 1_000, 'jobs')
    expect(counts(begun)).toEqual([])
    policy.read(memberReading('web/1', 500))
    tell(policy, 9, 1_000, 'jobs')
    expect(counts(policy)).toEqual([])
  })

  it.each<[JsonObject, readonly string[]]>([
    [{ activity: 'jobs' }, ['/activity']],
    [{ activity: {} }, ['/activity/sensor']],
    [{ activity: { sensor: 'jobs', above: Number.NaN } }, ['/activity/above']],
    [{ activity: { sensor: 'jobs', idleAfter: -1 } }, ['/activity/idleAfter']],
  ])('is refused with %j', (config, pointers) => {
    expect(faults({ target: 50, ...config }, FROM_ZERO)).toEqual(pointers)
  })

  it('is refused where the role always has somebody', () => {
    expect(faults({ target: 50, activity: ACTIVITY })).toEqual(['/activity'])
  })
})
