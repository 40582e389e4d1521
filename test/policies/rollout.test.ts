import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, RolloutValue } from '../../engine/index.js'
import { policyContract } from '../contract/policy-contract.js'
import { PolicyBench, WEB, attach, memberReading, sensorReading } from '../support/policy-bench.js'
import { stockKind } from '../support/stock-kind.js'

const COMING: RolloutValue = {
  version: 2,
  wanted: 2,
  through: 0,
  members: 4,
  admitted: 0,
  updated: 0,
  since: 0,
  dueAt: null,
  stalled: null,
}

/** A change of which so many members have been admitted. */
const coming = (admitted: number | 'all', more: Partial<RolloutValue> = {}): Json =>
  admitted === 'all'
    ? { ...COMING, through: 'all', admitted: 4, ...more }
    : { ...COMING, through: admitted, admitted, ...more }

const told = (at: number, admitted: number | 'all', more: Partial<RolloutValue> = {}) =>
  sensorReading('web', coming(admitted, more), at, 'rollout')

const updated = (number: number, at: number, change: JsonObject = {}) =>
  memberReading(`web/${number}`, at, { updated: true, ...change })

const old = (number: number, at: number, change: JsonObject = {}) =>
  memberReading(`web/${number}`, at, { updated: false, ...change })

/** Four members, all of what was before, and a change that begins at 0. */
function bench(config: JsonObject = {}, restarts = false): PolicyBench {
  const policy = new PolicyBench(attach(stockKind('rollout'), config), { restarts })
  for (const number of [1, 2, 3, 4]) policy.read(old(number, 0))
  policy.read(told(0, 0))
  return policy
}

/** What was asked for, without repeats. */
const acts = (policy: PolicyBench): readonly string[] =>
  policy.asked.flatMap(({ at, intent }) => {
    if (intent.kind === 'hold' || intent.kind === 'call') return []
    return [`${at} ${intent.kind}${intent.kind === 'advance' ? ` ${intent.members}` : ''}`]
  })

const holds = (policy: PolicyBench): readonly string[] =>
  policy.intents('hold').map(({ intent }) => `${intent.rule}: ${intent.reason}`)

policyContract(stockKind('rollout'), { batch: '25%', minHealthy: '2s' }, [told(0, 1)])

describe('a rollout', () => {
  it.each([false, true])(
    'admits the next once those that have it are well for long enough (restarts: %s)',
    (restarts) => {
      const policy = bench({}, restarts)
      policy.read(told(1, 1))
      policy.read(updated(1, 2_000))
      policy.passUntil(11_999)
      expect(acts(policy)).toEqual(['0 advance 1'])
      policy.passUntil(12_000)
      expect(acts(policy)).toEqual(['0 advance 1', '12000 advance 2'])
    },
  )

  it('counts anew when one is not up meanwhile', () => {
    const policy = bench()
    policy.read(told(1, 1))
    policy.read(updated(1, 2_000))
    policy.read(updated(1, 8_000, { up: false }))
    policy.read(updated(1, 9_000))
    policy.passUntil(18_999)
    expect(acts(policy)).toEqual(['0 advance 1'])
    policy.passUntil(19_000)
    expect(acts(policy)).toContain('19000 advance 2')
  })

  it.each<[string, JsonObject, string]>([
    ['a number', { batch: 3 }, '0 advance 3'],
    ['a share, rounded up', { batch: '30%' }, '0 advance 2'],
    ['all', { batch: '100%' }, '0 advance all'],
  ])('comes in batches of %s', (_what, config, first) => {
    expect(acts(bench(config))).toEqual([first])
  })

  it('ends when all are well, and says by when it is to be over', () => {
    const policy = bench({ batch: 4, deadline: '1h' })
    expect(policy.intents('advance')[0]?.intent.dueAt).toBe(3_600_000)
    policy.read(told(1, 'all', { dueAt: 3_600_000 }))
    for (const number of [1, 2, 3, 4]) policy.read(updated(number, number * 1_000))
    policy.passUntil(14_000)
    expect(acts(policy).at(-1)).toBe('14000 finish')
  })

  it('asks again where nothing came of it, and for nothing once it is over', () => {
    const policy = bench()
    policy.passUntil(5_000)
    expect(acts(policy)).toEqual(['0 advance 1', '5000 advance 1'])
    policy.read(sensorReading('web', null, 6_000, 'rollout'))
    policy.passUntil(100_000)
    expect(acts(policy)).toHaveLength(2)
  })

  it('does not wait for those that go', () => {
    const policy = bench()
    policy.read(told(1, 2))
    policy.read(updated(1, 1_000))
    policy.read(old(2, 2_000, { state: 'stopping', up: false }))
    policy.passUntil(11_000)
    expect(acts(policy)).toContain('11000 advance 3')
  })
})

describe('a canary', () => {
  const config = {
    strategy: 'canary',
    steps: [
      { members: '10%', pause: '1 min' },
      { members: 2, pause: 'until-admitted' },
    ],
  }

  it('rests after each step, and comes to all the others at once after the last', () => {
    const policy = bench(config)
    policy.read(told(1, 1))
    policy.read(updated(1, 1_000))
    policy.passUntil(70_999)
    expect(acts(policy)).toEqual(['0 advance 1'])
    policy.passUntil(71_000)
    expect(acts(policy).at(-1)).toBe('71000 advance 2')
    policy.read(told(71_001, 2))
    policy.read(updated(2, 72_000))
    policy.passUntil(10_000_000)
    expect(acts(policy)).toHaveLength(2)
    expect(holds(policy).at(-1)).toBe('pause: 2 members have it; a person admits more')
    policy.read(told(10_000_001, 3))
    policy.read(updated(3, 10_000_100))
    policy.passUntil(10_020_000)
    expect(acts(policy)).toHaveLength(2)
  })
})

describe('a change that has failed', () => {
  it.each([
    ['rollback', 'revert'],
    ['pause', 'stall'],
  ])('is met by %s', (onFailure, kind) => {
    const policy = bench({ onFailure, mostFailures: 2 })
    policy.read(told(1, 1))
    policy.read(old(1, 1_000, { failures: 1 }))
    expect(acts(policy)).toHaveLength(1)
    policy.read(old(1, 2_000, { failures: 2 }))
    expect(acts(policy).at(-1)).toBe(`2000 ${kind}`)
    policy.read(told(2_001, 1, { stalled: 'it has failed' }))
    policy.passUntil(100_000)
    expect(acts(policy)).toHaveLength(2)
  })

  it('goes on all the same where that is said', () => {
    const policy = bench({ onFailure: 'continue', mostFailures: 2 })
    policy.read(told(1, 1))
    policy.read(old(1, 2_000, { failures: 2 }))
    expect(acts(policy).at(-1)).toBe('2000 advance 2')
  })

  it('is one whose member does not become well in time, counted from the last that did', () => {
    const policy = bench({ batch: 2, memberDeadline: '30s' })
    policy.read(told(1, 2))
    policy.read(updated(1, 15_000))
    policy.passUntil(54_999)
    expect(acts(policy).filter((act) => act.includes('revert'))).toEqual([])
    policy.passUntil(55_000)
    expect(acts(policy).at(-1)).toBe('55000 revert')
  })

  it('is one that takes too long as a whole', () => {
    const policy = bench({ deadline: '1 min', minHealthy: '1h' })
    policy.read(told(1, 1))
    policy.read(updated(1, 1_000))
    policy.passUntil(60_000)
    expect(acts(policy).at(-1)).toBe('60000 revert')
  })

  it('is not one where members fail that have not got it', () => {
    const policy = bench()
    policy.read(old(4, 1_000, { failures: 5 }))
    policy.read(told(2_000, 'all'))
    expect(acts(policy).filter((act) => act.includes('revert'))).toEqual([])
  })
})

describe('what is read of the new members beside the others', () => {
  const analysis = {
    readings: { errors: { sensor: 'errors' } },
    checks: { errors: 'errors <= 2 * errors_before + 1' },
    every: '10s',
    inconclusive: 2,
  }

  /** One has it; both kinds say how many errors they have, every five seconds. */
  function measured(now: number | undefined, before: number, until: number): PolicyBench {
    const policy = bench({ analysis, minHealthy: 0 })
    policy.read(told(1, 1))
    policy.read(updated(1, 2))
    for (let at = 5_000; at <= until; at += 5_000) {
      if (now !== undefined) policy.read(sensorReading('web/1', now, at, 'errors'))
      for (const number of [2, 3, 4]) policy.read(sensorReading(`web/${number}`, before, at, 'errors'))
    }
    return policy
  }

  it('must hold before the next have their turn', () => {
    const policy = measured(3, 1, 10_000)
    expect(acts(policy)).toEqual(['0 advance 1', '10000 advance 2'].slice(0, 1))
    policy.passUntil(10_002)
    expect(acts(policy)).toEqual(['0 advance 1', '10002 advance 2'])
  })

  it('takes the change back where it does not', () => {
    const policy = measured(9, 1, 10_000)
    policy.passUntil(10_002)
    expect(policy.intents('revert')[0]?.intent.reason).toContain(
      'errors <= 2 * errors_before + 1 does not hold',
    )
  })

  it('has a person look where it tells nothing', () => {
    const policy = measured(undefined, 1, 20_000)
    policy.passUntil(20_002)
    expect(acts(policy).at(-1)).toBe('20002 stall')
  })
})

describe('its settings', () => {
  const problemsOf = (config: JsonObject, subject = WEB): readonly (string | undefined)[] => {
    const answer = stockKind('rollout').attach(subject, config)
    return 'problems' in answer ? answer.problems.map(({ pointer }) => pointer) : []
  }

  it.each<[string, JsonObject, readonly string[]]>([
    ['no steps of a canary', { strategy: 'canary' }, ['/steps']],
    ['steps of none', { steps: [{ members: 1 }] }, ['/steps']],
    ['a share of more than all', { batch: '120%' }, ['/batch']],
    ['a step that says nothing', { strategy: 'canary', steps: [{ pause: 5 }] }, ['/steps/0']],
    ['a check of what is not read', { analysis: { checks: { a: 'load < 3' } } }, ['/analysis/checks/a']],
    ['no checks', { analysis: { readings: { a: { sensor: 'a' } } } }, ['/analysis/checks']],
    [
      'a reading without a sensor',
      { analysis: { readings: { a: {} }, checks: { a: 'updated > 0' } } },
      ['/analysis/readings/a/sensor'],
    ],
  ])('may not be %s', (_what, config, pointers) => {
    expect(problemsOf(config)).toEqual(pointers)
  })

  it('are those of a role', () => {
    expect(problemsOf({}, { path: 'db' })).toEqual([''])
  })
})
