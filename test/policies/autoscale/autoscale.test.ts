import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../engine/index.js'
import { autoscale } from '../../../policies/index.js'
import {
  PolicyBench,
  WEB,
  attach,
  failedRun,
  memberReading,
  sensorReading,
} from '../../support/policy-bench.js'

const BAND = {
  lower: 10,
  upper: 50,
  scaleOutAfter: '5s',
  scaleInAfter: '30s',
  cooldown: '10s',
  staleAfter: '1m',
}

const bench = (config: JsonObject = {}) => new PolicyBench(attach(autoscale, { ...BAND, ...config }))

const running = (policy: PolicyBench, count: number, at = 0) => {
  for (let number = 1; number <= count; number += 1) policy.read(memberReading(`web/${number}`, at))
}
const load = (policy: PolicyBench, count: number, value: Json, at: number) => {
  for (let number = 1; number <= count; number += 1) policy.read(sensorReading(`web/${number}`, value, at))
}
const counts = (policy: PolicyBench) => policy.intents('scale').map(({ at, intent }) => [at, intent.count])
const rules = (policy: PolicyBench) => [...new Set(policy.intents('hold').map(({ intent }) => intent.rule))]

describe('autoscale', () => {
  it('scales out to all the load over the upper threshold, after it lasted', () => {
    const policy = bench()
    running(policy, 3)
    load(policy, 3, 80, 1_000)
    policy.passUntil(5_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(6_000)
    expect(counts(policy)).toEqual([[6_000, 5]])
    expect(policy.intents('scale')[0]?.intent.reason).toContain('average load of 3 members is 80')
  })

  it('scales in to the load over the lower threshold, after it lasted longer', () => {
    const policy = bench()
    running(policy, 6)
    load(policy, 6, 5, 1_000)
    policy.passUntil(30_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(31_000)
    expect(counts(policy)).toEqual([[31_000, 3]])
  })

  it('does not scale in so far that it would have to scale out again', () => {
    const policy = bench({ lower: 30, upper: 31 })
    running(policy, 4)
    load(policy, 4, 25, 1_000)
    policy.passUntil(35_000)
    expect(counts(policy)).toEqual([])
  })

  it('ignores a peak that is shorter than its window', () => {
    const policy = bench()
    running(policy, 3)
    load(policy, 3, 80, 1_000)
    load(policy, 3, 30, 5_000)
    load(policy, 3, 80, 5_500)
    policy.passUntil(9_999)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('not-sustained')
  })

  it('grows by the least that was needed over the window', () => {
    const policy = bench()
    running(policy, 2)
    load(policy, 2, 80, 1_000)
    load(policy, 2, 240, 3_000)
    policy.passUntil(6_000)
    expect(counts(policy)).toEqual([[6_000, 4]])
  })

  it('rests after a change and then asks again for what is still needed', () => {
    const policy = bench()
    running(policy, 3)
    load(policy, 3, 80, 1_000)
    load(policy, 3, 120, 8_000)
    policy.passUntil(20_000)
    expect(counts(policy)).toEqual([
      [6_000, 5],
      [16_000, 8],
    ])
    expect(rules(policy)).toContain('cooldown')
  })

  it('counts members that are starting, so that growth under way is not asked for twice', () => {
    const policy = bench({ cooldown: 0 })
    running(policy, 3)
    load(policy, 3, 80, 1_000)
    policy.passUntil(6_000)
    for (const number of [4, 5])
      policy.read(memberReading(`web/${number}`, 6_100, { state: 'starting', up: false, run: 0 }))
    const before = counts(policy).length
    load(policy, 3, 80, 7_000)
    policy.passUntil(20_000)
    expect(counts(policy)).toHaveLength(before)
  })

  it.each([
    ['max', 500, 10, [[6_000, 10]]],
    ['min', 0, 2, [[31_000, 1]]],
  ])('never goes beyond %s', (_bound, value, members, expected) => {
    const policy = bench()
    running(policy, members === 10 ? 3 : members)
    load(policy, members === 10 ? 3 : members, value, 1_000)
    policy.passUntil(31_000)
    expect(counts(policy).slice(0, 1)).toEqual(expected)
  })

  it('takes nobody away while a member is not up', () => {
    const policy = bench()
    running(policy, 4)
    policy.read(failedRun('web/4', 500, 1))
    load(policy, 3, 1, 1_000)
    policy.passUntil(60_000)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('members-not-ready')
  })

  it.each([
    ['missing', 'missing-reading', (policy: PolicyBench) => policy.read(memberReading('web/4', 900))],
    ['stale', 'stale-reading', (policy: PolicyBench) => policy.passUntil(100_000)],
  ])('holds with a reason while a reading is %s', (_what, rule, spoil) => {
    const policy = bench({ scaleOutAfter: '70s' })
    running(policy, 3)
    load(policy, 3, 80, 1_000)
    spoil(policy)
    policy.passUntil(100_000)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain(rule)
  })

  it('starts its windows over after a gap in the readings', () => {
    const policy = bench()
    running(policy, 1)
    load(policy, 1, 30, 0)
    load(policy, 1, 80, 59_000)
    policy.read(memberReading('web/2', 60_000))
    policy.read(sensorReading('web/2', 80, 61_000))
    policy.passUntil(65_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(66_000)
    expect(counts(policy)).toEqual([[66_000, 4]])
  })

  it.each([
    ['not a number', null],
    ['text', '80'],
    ['NaN', NaN],
    ['negative', -5],
    ['huge', 1e300],
  ] as const)('does not trust a reading that is %s', (_what, value) => {
    const policy = bench()
    running(policy, 2)
    load(policy, 2, 30, 1_000)
    load(policy, 2, value, 2_000)
    policy.passUntil(50_000)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('untrusted-reading')
  })

  it('does not trust a reading from the future, nor one older than the last', () => {
    const policy = bench()
    running(policy, 1)
    policy.read(sensorReading('web/1', 30, 10_000))
    policy.read(sensorReading('web/1', 400, 20_001), 15_000)
    policy.read(sensorReading('web/1', 400, 9_000), 15_500)
    policy.passUntil(60_000)
    expect(counts(policy)).toEqual([])
  })

  it('forgets the reading of a replaced incarnation and of strangers', () => {
    const policy = bench()
    running(policy, 1)
    policy.read(sensorReading('web/1', 400, 1_000))
    policy.read(memberReading('web/1', 2_000, { incarnation: 2 }))
    policy.read(sensorReading('web/77', 400, 2_500))
    policy.passUntil(60_000)
    expect(counts(policy)).toEqual([])
  })

  it('sleeps without a wake while the load is in the band, but for the age of its readings', () => {
    const policy = bench()
    running(policy, 2)
    load(policy, 2, 30, 1_000)
    expect(policy.wakeAt).toBe(61_001)
    policy.passUntil(61_001)
    expect(policy.wakeAt).toBeUndefined()
  })
})

describe('autoscale by an average that another entity tells', () => {
  const AT_ONCE = { lower: 50, upper: 100, scaleOutAfter: 0, scaleInAfter: 0, cooldown: 100, from: 'self' }
  const told = (config: JsonObject = {}) => bench({ ...AT_ONCE, staleAfter: '24h', ...config })
  const tell = (policy: PolicyBench, value: Json, at: number) => policy.read(sensorReading('web', value, at))
  /** Does what was asked last. */
  const obey = (policy: PolicyBench, before: number, after: number, at: number) => {
    for (let number = before + 1; number <= after; number += 1)
      policy.read(memberReading(`web/${number}`, at))
    for (let number = after + 1; number <= before; number += 1)
      policy.read(memberReading(`web/${number}`, at, { state: 'gone' }))
  }

  // size, average, and the count that is asked for
  it.each<[size: number, average: number, config: JsonObject, asked: number | undefined]>([
    [2, 100, {}, undefined],
    [2, 50, {}, undefined],
    [2, 101, {}, 3],
    [2, 500, {}, 10],
    [4, 49, {}, 3],
    [4, 0, {}, 1],
    [5, 40, {}, 4],
    [2, 180, { stepOut: 3 }, 5],
    [2, 350, { stepOut: 3, mostOut: 4 }, 6],
    [2, 500, { stepOut: 2, mostOut: 3 }, 5],
    [9, 1, { stepIn: 2, mostIn: 3 }, 6],
    [6, 10, { stepIn: 4 }, 2],
    [3, 60, { lower: 90, stepIn: 2 }, undefined],
    [8, 20, { min: 4 }, 4],
    [2, 500, { max: 5 }, 5],
  ])('of %i members and an average of %i, set to %j, asks for %s', (size, average, config, asked) => {
    const policy = told(config)
    running(policy, size)
    tell(policy, average, 1_000)
    policy.passUntil(1_050)
    expect(counts(policy).filter(([at]) => at === 1_000)).toEqual(asked === undefined ? [] : [[1_000, asked]])
  })

  it('takes what it was told for those that were up then', () => {
    const policy = told()
    running(policy, 2)
    tell(policy, 180, 1_000)
    obey(policy, 2, 4, 1_050)
    policy.passUntil(60_000)
    expect(counts(policy)).toEqual([[1_000, 4]])
    tell(policy, 180, 61_000)
    expect(counts(policy)).toEqual([
      [1_000, 4],
      [61_000, 8],
    ])
  })

  it('begins its window again after one reading that is well', () => {
    const policy = told({ scaleOutAfter: '10s' })
    running(policy, 2)
    tell(policy, 180, 1_000)
    tell(policy, 80, 6_000)
    tell(policy, 180, 7_000)
    policy.passUntil(16_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(17_000)
    expect(counts(policy)).toEqual([[17_000, 4]])
  })

  it('does nothing while it is told nothing, or nothing is up', () => {
    const policy = told({ min: 1 })
    tell(policy, 500, 500)
    running(policy, 2)
    tell(policy, null, 1_000)
    policy.passUntil(10_000)
    expect(counts(policy)).toEqual([])
  })

  it('holds while what it was told is too old, or not to be believed', () => {
    const policy = told({ staleAfter: '5s' })
    running(policy, 2)
    tell(policy, 90, 1_000)
    tell(policy, Number.NaN, 2_000)
    policy.passUntil(20_000)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toEqual(['missing-reading', 'untrusted-reading', 'stale-reading'])
  })
})

/** A world that does what is asked, at once or late, under any load. */
const weather = fc.array(
  fc.record({
    wait: fc.integer({ min: 1, max: 8_000 }),
    total: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.constantFrom(NaN, -1, 1e13)),
    obeys: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
)

describe('autoscale under any weather', () => {
  it('asks within the bounds, rests for the cooldown, and decides the same when restarted at every point', () => {
    fc.assert(
      fc.property(weather, (steps) => {
        const steady = bench()
        const restarted = new PolicyBench(attach(autoscale, BAND), { restarts: true })
        for (const policy of [steady, restarted]) drive(policy, steps)
        for (const [, count] of counts(steady)) {
          expect(count).toBeGreaterThanOrEqual(1)
          expect(count).toBeLessThanOrEqual(10)
        }
        const times = counts(steady).map(([at]) => at ?? 0)
        for (const [at, time] of times.slice(1).entries())
          expect(time - (times[at] ?? 0)).toBeGreaterThanOrEqual(10_000)
        expect(restarted.asked).toEqual(steady.asked)
        expect(JSON.parse(JSON.stringify(steady.memory))).toEqual(steady.memory)
      }),
      { numRuns: 60 },
    )
  })
})

function drive(policy: PolicyBench, steps: readonly { wait: number; total: number; obeys: boolean }[]): void {
  let now = 0
  let members = 3
  running(policy, members)
  for (const { wait, total, obeys } of steps) {
    now += wait
    for (let number = 1; number <= members; number += 1)
      policy.read(sensorReading(`web/${number}`, total / members, now))
    const wanted = policy.intents('scale').at(-1)?.intent.count ?? members
    if (!obeys) continue
    for (let number = members + 1; number <= wanted; number += 1)
      policy.read(memberReading(`web/${number}`, now))
    for (let number = wanted + 1; number <= members; number += 1)
      policy.read(memberReading(`web/${number}`, now, { state: 'gone' }))
    members = wanted
  }
}

describe('an autoscaler with a target', () => {
  const aimed = (config: JsonObject = {}) =>
    new PolicyBench(
      attach(autoscale, { target: 50, scaleOutAfter: 0, scaleInAfter: 0, cooldown: 0, ...config }),
    )

  it.each<[string, number, number, readonly number[]]>([
    ['leaves what is within the tolerance', 4, 54, []],
    ['leaves what is little below it', 4, 46, []],
    ['has as many as bring the average to the target', 4, 80, [7]],
    ['has fewer where that brings it there', 4, 20, [2]],
    ['never has so few that it would have to grow again', 2, 44, []],
  ])('%s', (_what, members, value, asked) => {
    const policy = aimed()
    running(policy, members)
    load(policy, members, value, 1_000)
    expect(
      counts(policy)
        .map(([, count]) => count)
        .slice(-1),
    ).toEqual(asked)
  })

  it.each<[JsonObject, readonly string[]]>([
    [{ target: 50, lower: 10 }, ['/lower']],
    [{ target: 0 }, ['/upper']],
    [{ lower: 10 }, ['/upper']],
    [{}, ['/lower', '/upper']],
  ])('is refused with %j', (config, pointers) => {
    const answer = autoscale.attach(WEB, config)
    expect('problems' in answer ? answer.problems.map(({ pointer }) => pointer) : []).toEqual(pointers)
  })
})

describe('an autoscaler with schedules', () => {
  const DAY = Date.parse('2026-01-05T00:00:00Z')
  const hour = 3_600_000
  const office = { name: 'office', cron: '0 8 * * 1-5', for: '10h', min: 4, max: 6 }
  const scheduled = (...schedules: readonly JsonObject[]) => bench({ schedules })

  it('has at least so many as soon as one holds, whatever is known of the load, and fewer when it is over', () => {
    const policy = scheduled(office)
    running(policy, 2, DAY)
    policy.passUntil(DAY + 8 * hour - 1)
    expect(counts(policy)).toEqual([])
    policy.passUntil(DAY + 8 * hour)
    expect(counts(policy)).toEqual([[DAY + 8 * hour, 4]])
    expect(policy.intents('scale')[0]?.intent.reason).toBe('schedule office')
    running(policy, 4, DAY + 8 * hour + 1)
    load(policy, 4, 1, DAY + 18 * hour - 5_000)
    policy.passUntil(DAY + 18 * hour - 1)
    expect(new Set(counts(policy).map(([, count]) => count))).toEqual(new Set([4]))
    load(policy, 4, 1, DAY + 18 * hour)
    policy.passUntil(DAY + 18 * hour + 30_000)
    expect(counts(policy).at(-1)).toEqual([DAY + 18 * hour + 30_000, 1])
  })

  it('has no more than so many while one holds', () => {
    const policy = scheduled({ ...office, min: 1, max: 3 })
    running(policy, 5, DAY + 9 * hour)
    expect(counts(policy).at(-1)).toEqual([DAY + 9 * hour, 3])
  })

  it('takes the highest of those that hold together', () => {
    const policy = scheduled(office, { cron: '0 9 * * *', for: '1h', min: 8, max: 9 })
    running(policy, 4, DAY + 7 * hour)
    policy.passUntil(DAY + 9 * hour)
    expect(counts(policy)).toEqual([[DAY + 9 * hour, 8]])
  })

  it('lets it be at the weekend', () => {
    const policy = scheduled(office)
    running(policy, 2, DAY + 5 * 24 * hour)
    policy.passUntil(DAY + 7 * 24 * hour)
    expect(counts(policy)).toEqual([])
  })

  it.each<[Json, string]>([
    ['daily', '/schedules'],
    [[7], '/schedules/0'],
    [[{ cron: '0 8 * * *' }], '/schedules/0'],
    [[{ cron: 'x', min: 2 }], '/schedules/0/cron'],
    [[{ cron: '0 8 * * *', zone: 'Nowhere', min: 2 }], '/schedules/0/cron'],
    [[{ cron: '0 8 * * *', min: 5, max: 2 }], '/schedules/0/min'],
    [[{ cron: '0 8 * * *', min: 0 }], '/schedules/0/min'],
    [[{ cron: '0 8 * * *', min: 2, until: '9h' }], '/schedules/0/until'],
  ])('is refused with %j', (schedules, pointer) => {
    const answer = autoscale.attach(WEB, { ...BAND, schedules })
    expect('problems' in answer ? answer.problems.map((one) => one.pointer) : []).toEqual([pointer])
  })
})

describe('an autoscaler of whose members not all tell their load', () => {
  const quick = { scaleOutAfter: 0, scaleInAfter: 0, cooldown: 0, staleAfter: '30s' }

  it('takes the others to be like those that do, where these are enough', () => {
    const policy = bench({ ...quick, coverage: 0.6 })
    running(policy, 3)
    load(policy, 1, 80, 1_000)
    expect(counts(policy)).toEqual([])
    load(policy, 2, 80, 2_000)
    expect(counts(policy)).toEqual([[2_000, 5]])
  })

  it('doubts it as soon as one reading too many is stale', () => {
    const policy = bench({ ...quick, coverage: 0.5 })
    running(policy, 2)
    policy.read(sensorReading('web/1', 20, 1_000))
    policy.read(sensorReading('web/2', 20, 11_000))
    policy.passUntil(41_000)
    expect(rules(policy)).not.toContain('stale-reading')
    policy.passUntil(41_001)
    expect(rules(policy)).toContain('stale-reading')
  })

  it('adds members where what is known is too much already, and takes none away', () => {
    const policy = bench({ ...quick, missing: 'only-up' })
    running(policy, 2)
    policy.read(sensorReading('web/1', 1, 1_000))
    expect(counts(policy)).toEqual([])
    policy.read(sensorReading('web/1', 180, 2_000))
    expect(counts(policy)).toEqual([[2_000, 4]])
  })

  it('adds them when that lasts, and with a rest after each change, as it does when it knows all', () => {
    const policy = bench({ ...quick, scaleOutAfter: '5s', cooldown: '20s', missing: 'only-up' })
    running(policy, 2)
    policy.read(sensorReading('web/1', 180, 1_000))
    policy.passUntil(5_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(6_000)
    expect(counts(policy)).toEqual([[6_000, 4]])
    for (const number of [3, 4]) policy.read(memberReading(`web/${number}`, 7_000))
    policy.read(sensorReading('web/1', 360, 8_000))
    policy.passUntil(25_999)
    expect(counts(policy)).toHaveLength(1)
    policy.passUntil(26_000)
    expect(counts(policy).slice(1)).toEqual([[26_000, 8]])
  })

  it('adds nobody for an average that is stale', () => {
    const policy = bench({ ...quick, from: 'self', scaleOutAfter: '60s', missing: 'only-up' })
    running(policy, 2)
    policy.read(sensorReading('web', 180, 1_000))
    policy.passUntil(600_000)
    expect(counts(policy)).toEqual([])
    expect(rules(policy)).toContain('stale-reading')
  })

  it('has as many as are right for not knowing, when that lasts', () => {
    const policy = bench({ ...quick, fallback: 5, fallbackAfter: '2 min' })
    running(policy, 2)
    load(policy, 2, 20, 1_000)
    policy.passUntil(31_001 + 119_999)
    expect(counts(policy)).toEqual([])
    policy.passUntil(31_001 + 120_000)
    expect(counts(policy)).toEqual([[151_001, 5]])
  })

  it('is refused with a share above 1', () => {
    const answer = autoscale.attach(WEB, { ...BAND, coverage: 80 })
    expect('problems' in answer ? answer.problems.map(({ pointer }) => pointer) : []).toEqual(['/coverage'])
  })
})
