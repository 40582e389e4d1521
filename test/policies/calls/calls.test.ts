import { describe, expect, it } from 'vitest'
import type { JsonObject, PolicySubject, Reading } from '../../../engine/index.js'
import { IDLE, stepTimed } from '../../../policies/calls/timed-step.js'
import { byDate } from '../../../policies/schedule/timetable.js'
import {
  PolicyBench,
  WEB,
  attach,
  failedRun,
  memberReading,
  sensorReading,
  wakeReading,
} from '../../support/policy-bench.js'
import { stockKind } from '../../support/stock-kind.js'

const BEGIN = Date.parse('2026-01-01T06:00:00Z')
const DB: PolicySubject = { path: 'db' }

function bench(type: string, config: JsonObject, subject: PolicySubject = WEB): PolicyBench {
  return new PolicyBench(attach(stockKind(type), config, subject))
}

const calls = (policy: PolicyBench) =>
  policy.intents('call').map(({ at, intent }) => [at, intent.entity, intent.effector, intent.arguments])
const holds = (policy: PolicyBench) => policy.intents('hold').map(({ intent }) => intent.rule)
const up = (entity: string, at: number, value = true): Reading =>
  sensorReading(entity, value, at, 'service.isUp')

function problemsOf(type: string, config: JsonObject): readonly (string | undefined)[] {
  const answer = stockKind(type).attach(WEB, config)
  return 'problems' in answer ? answer.problems.map(({ pointer }) => pointer) : []
}

describe('schedule-effector', () => {
  it('calls at each time of its calendar, with a key of its own for each', () => {
    const policy = bench('schedule-effector', {
      effector: 'backup',
      cron: '30 7 * * *',
      arguments: { full: true },
    })
    policy.read(wakeReading('web', BEGIN))
    policy.passUntil(BEGIN + 2 * 86_400_000)
    const first = Date.parse('2026-01-01T07:30:00Z')
    expect(calls(policy)).toEqual([
      [first, 'web', 'backup', { full: true }],
      [first + 86_400_000, 'web', 'backup', { full: true }],
    ])
    expect(new Set(policy.intents('call').map(({ intent }) => intent.key)).size).toBe(2)
  })

  it('calls once at a date, and never again', () => {
    const policy = bench('schedule-effector', { effector: 'backup', at: '2026-01-01T07:00:00Z', of: 'db' })
    policy.read(wakeReading('web', BEGIN))
    policy.passUntil(BEGIN + 30 * 86_400_000)
    expect(calls(policy)).toEqual([[BEGIN + 3_600_000, 'db', 'backup', {}]])
    expect(policy.wakeAt).toBeUndefined()
  })

  it.each([
    ['makes up for a time that was missed a little while ago', 150, 'call'],
    ['leaves out one that was missed long ago', 151, 'hold'],
  ])('%s', (_what, now, kind) => {
    const call = { entity: 'web', effector: 'backup', arguments: {} }
    const times = { table: byDate(100), plan: 'at 100', lateBy: 50 }
    const settings = { call, ...times, path: 'web', start: 'none', enabled: 'none' }
    const turn = stepTimed(settings, { ...IDLE, plan: 'at 100', next: 100 }, wakeReading('web', now), now)
    expect(turn.intents).toMatchObject([kind === 'call' ? { kind, key: '100' } : { kind, rule: 'missed' }])
    expect(turn.memory.next).toBeNull()
  })

  it('looks at its times anew when they are set to others, and at none before it may begin', () => {
    const config = { effector: 'backup', cron: '30 7 * * *' }
    const before = bench('schedule-effector', config)
    before.read(wakeReading('web', BEGIN))
    const renewed = (change: JsonObject) => {
      const policy = new PolicyBench(attach(stockKind('schedule-effector'), { ...config, ...change }), {
        memory: before.memory,
      })
      policy.read(wakeReading('web', BEGIN + 60_000))
      return policy.wakeAt === undefined ? undefined : policy.wakeAt - BEGIN
    }
    expect(renewed({ arguments: { full: true } })).toBe(90 * 60_000)
    expect(renewed({ cron: '15 7 * * *' })).toBe(75 * 60_000)
    expect(renewed({ zone: 'Asia/Tokyo' })).toBe(16.5 * 3_600_000)
    expect(renewed({ start: 'service.isUp' })).toBeUndefined()
  })

  it('does not call while the sensor that enables it is not true', () => {
    const policy = bench('schedule-effector', { effector: 'backup', cron: '0 * * * *', enabled: 'open' })
    policy.read(wakeReading('web', BEGIN))
    policy.passUntil(BEGIN + 3_600_000)
    expect(calls(policy)).toEqual([])
    expect(holds(policy)).toEqual(['not-enabled'])
    policy.read(sensorReading('web', true, BEGIN + 3_700_000, 'open'))
    policy.passUntil(BEGIN + 7_200_000)
    expect(calls(policy)).toHaveLength(1)
  })

  it.each<[JsonObject, string]>([
    [{ effector: 'x' }, '/cron'],
    [{ effector: 'x', cron: '* * * * *', at: '07:30' }, '/cron'],
    [{ effector: 'x', cron: '99 * * * *' }, '/cron'],
    [{ effector: 'x', cron: '* * * * *', zone: 'Nowhere' }, '/cron'],
    [{ effector: 'x', at: 'noon' }, '/at'],
    [{ effector: 'x', cron: '* * * * *', arguments: [1] }, '/arguments'],
    [{ cron: '* * * * *' }, '/effector'],
  ])('is refused with %j', (config, pointer) => {
    expect(problemsOf('schedule-effector', config)).toEqual([pointer])
  })
})

describe('periodic-effector', () => {
  it('begins when its entity is up first, and goes on whatever happens to that', () => {
    const policy = bench('periodic-effector', { effector: 'tidy', period: '10s' })
    policy.read(up('web', BEGIN, false))
    policy.passUntil(BEGIN + 60_000)
    expect(calls(policy)).toEqual([])
    policy.read(up('web', BEGIN + 61_000))
    policy.read(up('web', BEGIN + 65_000, false))
    policy.passUntil(BEGIN + 82_000)
    expect(calls(policy).map(([at]) => at)).toEqual([61_000, 71_000, 81_000].map((after) => BEGIN + after))
  })

  it('is not to be called by another entity that is up', () => {
    const policy = bench('periodic-effector', { effector: 'tidy', period: '10s' })
    policy.read(up('web/1', BEGIN))
    expect(policy.wakeAt).toBeUndefined()
  })
})

describe('on-sensor', () => {
  it('calls when the value is another one, and hands it on', () => {
    const policy = bench('on-sensor', { sensor: 'hosts', effector: 'reload', passAs: 'hosts' }, DB)
    for (const [after, value] of [['a'], ['a'], ['a', 'b'], null, ['a']].entries())
      policy.read(sensorReading('db', value, BEGIN + after, 'hosts'))
    expect(calls(policy).map(([, , , given]) => given)).toEqual([
      { hosts: ['a'] },
      { hosts: ['a', 'b'] },
      { hosts: ['a'] },
    ])
  })

  it('calls where an expression about the value and the one before is true', () => {
    const policy = bench('on-sensor', {
      ...{ sensor: 'load', from: 'members', of: 'source', effector: 'shed', first: false },
      when: 'value > 10.0 && before <= 10.0',
    })
    for (const [after, value] of [50, 5, 20, 30, 4, 'high'].entries())
      policy.read(sensorReading('web/2', value, BEGIN + after))
    expect(calls(policy)).toEqual([[BEGIN + 2, 'web/2', 'shed', {}]])
    expect(holds(policy)).toEqual(['when'])
  })

  it('knows nothing more of a member that is gone', () => {
    const policy = bench('on-sensor', { sensor: 'load', from: 'members', effector: 'reload' })
    policy.read(sensorReading('web/1', 1, BEGIN))
    policy.read(memberReading('web/1', BEGIN + 1, { state: 'gone', up: false }))
    policy.read(sensorReading('web/1', 1, BEGIN + 2))
    expect(calls(policy)).toHaveLength(2)
  })

  it('is refused with an expression that is none', () => {
    expect(problemsOf('on-sensor', { sensor: 'a', effector: 'b', when: 'value >' })).toEqual(['/when'])
  })
})

describe('on-elements', () => {
  it('calls one effector for each that has come, and another for each that has gone', () => {
    const policy = bench(
      'on-elements',
      { sensor: 'users', onAdded: 'add', onRemoved: 'drop', passAs: 'user' },
      DB,
    )
    policy.read(sensorReading('db', ['ann', 'bob'], BEGIN, 'users'))
    policy.read(sensorReading('db', { bob: 1, cid: 2 }, BEGIN + 1, 'users'))
    policy.read(sensorReading('db', null, BEGIN + 2, 'users'))
    expect(calls(policy).map(([, , effector, given]) => [effector, given])).toEqual([
      ['add', { user: 'ann' }],
      ['add', { user: 'bob' }],
      ['add', { user: 'cid' }],
      ['drop', { user: 'ann' }],
      ['drop', { user: 'bob' }],
      ['drop', { user: 'cid' }],
    ])
  })

  it('says what has come and what has left, also where one effector is called for both', () => {
    const policy = bench('on-elements', { sensor: 'users', onAdded: 'sync', onRemoved: 'sync' })
    policy.read(sensorReading('web', ['ann'], BEGIN, 'users'))
    policy.read(sensorReading('web', [], BEGIN + 1, 'users'))
    expect(policy.intents('call').map(({ intent }) => intent.reason)).toEqual([
      '"ann" has come to users',
      '"ann" has left users',
    ])
  })

  it('is refused where it calls nothing', () => {
    expect(problemsOf('on-elements', { sensor: 'users' })).toEqual(['/onAdded'])
  })
})

describe('on-membership', () => {
  it('calls when a member is up first, and when it is not up any more', () => {
    const policy = bench('on-membership', { onJoined: 'add', onLeft: 'drop', passAs: 'who', of: '.' })
    policy.read(memberReading('web/1', BEGIN, { state: 'starting', up: false }))
    policy.read(memberReading('web/1', BEGIN + 1))
    policy.read(memberReading('web/1', BEGIN + 2))
    policy.read(failedRun('web/1', BEGIN + 3, 1))
    expect(calls(policy)).toEqual([
      [BEGIN + 1, '', 'add', { who: 'web/1' }],
      [BEGIN + 3, '', 'drop', { who: 'web/1' }],
    ])
  })

  it('calls those that have come themselves', () => {
    const policy = bench('on-membership', { onJoined: 'warm', of: 'member', counts: 'there' })
    policy.read(memberReading('web/3', BEGIN, { state: 'starting', up: false }))
    expect(calls(policy)).toEqual([[BEGIN, 'web/3', 'warm', {}]])
  })

  it('is refused where it would call who has gone', () => {
    expect(problemsOf('on-membership', { onLeft: 'drop', of: 'member' })).toEqual(['/of'])
  })
})

describe('lease', () => {
  const told = (policy: PolicyBench, sensor: string) =>
    policy.yielded.filter((one) => one.sensor === sensor).at(-1)?.value

  it('stops its entity when it has run for so long, and warns before', () => {
    const policy = bench('lease', { for: '1h', warn: '10 min' }, DB)
    policy.read(up('db', BEGIN))
    expect(told(policy, 'lease.ends')).toBe(BEGIN + 3_600_000)
    expect(told(policy, 'lease.isEnding')).toBe(false)
    policy.passUntil(BEGIN + 3_000_000)
    expect(told(policy, 'lease.isEnding')).toBe(true)
    policy.passUntil(BEGIN + 7_200_000)
    expect(calls(policy)).toEqual([[BEGIN + 3_600_000, 'db', 'stop', {}]])
  })

  it.each<[string | number, number]>([
    ['2h', 7_200_000],
    [60_000, 60_000],
    ['nonsense', 0],
    [-5, 0],
  ])('is longer by what %j says', (value, more) => {
    const policy = bench('lease', { for: '1h' }, DB)
    policy.read(up('db', BEGIN))
    policy.read(sensorReading('db', value, BEGIN + 1, 'lease.extension'))
    policy.passUntil(BEGIN + 100 * 3_600_000)
    expect(calls(policy).map(([at]) => at)).toEqual([BEGIN + 3_600_000 + more])
  })

  it('begins anew when the entity is started again after its end', () => {
    const policy = bench('lease', { for: '1h' }, DB)
    policy.read(up('db', BEGIN))
    policy.read(up('db', BEGIN + 3_700_000, false))
    policy.read(up('db', BEGIN + 9_000_000))
    policy.passUntil(BEGIN + 13_000_000)
    expect(calls(policy).map(([at]) => at)).toEqual([BEGIN + 3_600_000, BEGIN + 12_600_000])
    expect(new Set(policy.intents('call').map(({ intent }) => intent.key)).size).toBe(2)
  })
})

describe('elect-primary', () => {
  const primary = (policy: PolicyBench) =>
    policy.yielded.filter(({ sensor }) => sensor === 'primary').at(-1)?.value
  const weight = (entity: string, value: number, at: number) =>
    sensorReading(entity, value, at, 'primary.weight')

  function three(config: JsonObject): PolicyBench {
    const policy = bench('elect-primary', { promote: 'lead', demote: 'follow', stoppedWait: 0, ...config })
    for (const number of [1, 2, 3]) policy.read(memberReading(`web/${number}`, BEGIN + number))
    return policy
  }

  it('chooses one that is up, tells it and promotes it', () => {
    const policy = three({})
    expect(primary(policy)).toBe('web/1')
    expect(calls(policy).map(([, entity, effector]) => [entity, effector])).toEqual([['web/1', 'lead']])
  })

  it('lets it lead until it is not up any more, however heavy others are', () => {
    const policy = three({})
    policy.read(weight('web/3', 9, BEGIN + 10))
    expect(primary(policy)).toBe('web/1')
    policy.read(failedRun('web/1', BEGIN + 20, 1))
    expect(primary(policy)).toBe('web/3')
    expect(
      calls(policy)
        .slice(1)
        .map(([, entity, effector]) => [entity, effector]),
    ).toEqual([
      ['web/1', 'follow'],
      ['web/3', 'lead'],
    ])
  })

  it('always takes the heaviest where the best is to lead', () => {
    const policy = three({ mode: 'best' })
    policy.read(weight('web/2', 5, BEGIN + 10))
    expect(primary(policy)).toBe('web/2')
    policy.read(weight('web/2', -1, BEGIN + 11))
    expect(primary(policy)).toBe('web/1')
  })

  it('takes nobody where it is strict and two are the heaviest', () => {
    const policy = three({ mode: 'strict' })
    expect(primary(policy)).toBeNull()
    expect(holds(policy)).toContain('no-primary')
    policy.read(weight('web/2', 1, BEGIN + 10))
    expect(primary(policy)).toBe('web/2')
  })

  it('waits for the heaviest while it starts, and for so long only', () => {
    const policy = bench('elect-primary', { startingWait: '1 min', mode: 'best' })
    policy.read(memberReading('web/1', BEGIN, { state: 'starting', up: false }))
    policy.read(weight('web/1', 5, BEGIN))
    policy.read(memberReading('web/2', BEGIN + 1))
    policy.passUntil(BEGIN + 59_999)
    expect(primary(policy)).toBeUndefined()
    policy.passUntil(BEGIN + 60_001)
    expect(primary(policy)).toBe('web/2')
  })

  it('tells it again after a restart', () => {
    const policy = three({})
    const before = policy.yielded.length
    policy.read(wakeReading('web', BEGIN + 100))
    expect(policy.yielded.length).toBe(before + 1)
  })
})

describe('restart-reported', () => {
  const report = (at: number): Reading => sensorReading('db', { time: at }, at, 'failed')

  it('restarts for a report, and says so when there is another one too soon', () => {
    const policy = bench('restart-reported', { quiet: '3 min' }, DB)
    policy.read(report(BEGIN))
    policy.read(report(BEGIN + 179_000))
    policy.read(report(BEGIN + 300_000))
    policy.read(report(BEGIN + 600_000))
    expect(calls(policy).map(([at, , effector]) => [at, effector])).toEqual([
      [BEGIN, 'restart'],
      [BEGIN + 600_000, 'restart'],
    ])
    expect(policy.yielded.map(({ at, sensor }) => [at, sensor])).toEqual([
      [BEGIN + 179_000, 'restart.failed'],
      [BEGIN + 300_000, 'restart.failed'],
    ])
  })
})

describe('replace-reported', () => {
  const report = (entity: string, at: number): Reading =>
    sensorReading(entity, { time: at }, at, 'restart.failed')
  const replaced = (policy: PolicyBench) =>
    policy.intents('replace').map(({ at, intent }) => [at - BEGIN, intent.entity, intent.incarnation])

  it('replaces who reports, again while nothing comes of it, and no more when the new one is there', () => {
    const policy = bench('replace-reported', {})
    policy.read(memberReading('web/1', BEGIN, { incarnation: 4 }))
    policy.read(report('web/1', BEGIN + 1))
    policy.passUntil(BEGIN + 6_000)
    policy.read(memberReading('web/1', BEGIN + 7_000, { state: 'starting', up: false, incarnation: 5 }))
    policy.passUntil(BEGIN + 100_000)
    expect(replaced(policy)).toEqual([
      [1, 'web/1', 4],
      [5_001, 'web/1', 4],
    ])
  })

  it('gives up when too many replacements have failed, until one was well', () => {
    const policy = bench('replace-reported', { mostFailures: 2 })
    policy.read(memberReading('web/1', BEGIN))
    policy.read(report('web/1', BEGIN + 1))
    for (const incarnation of [2, 3])
      policy.read(failedRun('web/1', BEGIN + incarnation * 10, 1, incarnation))
    expect(replaced(policy).map(([, , incarnation]) => incarnation)).toEqual([1, 2])
    expect(holds(policy)).toEqual(['recurring'])
    expect(policy.yielded.map(({ entity, sensor }) => [entity, sensor])).toEqual([
      ['web', 'replacement.failed'],
      ['web', 'replacement.failed'],
    ])
  })

  it('answers a burst of reports by no more replacements than may fail', () => {
    const policy = bench('replace-reported', { mostFailures: 2 })
    const members = [1, 2, 3, 4, 5].map((number) => `web/${number}`)
    for (const path of members) policy.read(memberReading(path, BEGIN))
    for (const path of members) policy.read(report(path, BEGIN + 1))
    expect(replaced(policy).map(([, path]) => path)).toEqual(['web/1', 'web/2'])
    expect(new Set(holds(policy))).toEqual(new Set(['under-way']))
    for (const path of members.slice(0, 2)) policy.read(failedRun(path, BEGIN + 1_000, 1, 2))
    policy.passUntil(BEGIN + 60_000)
    expect(replaced(policy)).toHaveLength(2)
    expect(holds(policy).at(-1)).toBe('recurring')
  })

  it('goes on with the others as those before turn out well', () => {
    const policy = bench('replace-reported', { mostFailures: 1 })
    for (const path of ['web/1', 'web/2']) policy.read(memberReading(path, BEGIN))
    for (const path of ['web/1', 'web/2']) policy.read(report(path, BEGIN + 1))
    policy.read(memberReading('web/1', BEGIN + 1_000, { incarnation: 2 }))
    policy.passUntil(BEGIN + 5_500)
    expect(replaced(policy).map(([, path]) => path)).toEqual(['web/1', 'web/2'])
  })
})
