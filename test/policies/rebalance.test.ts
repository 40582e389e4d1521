import { describe, expect, it } from 'vitest'
import type { JsonObject, MemberCondition, PolicySubject } from '../../engine/index.js'
import { PolicyBench, WEB, attach, condition, memberReading } from '../support/policy-bench.js'
import { stockKind } from '../support/stock-kind.js'

const KIND = stockKind('rebalance')
const MINUTE = 60_000
const ZONED: PolicySubject = { ...WEB, sites: ['sim/x', 'sim/y', 'sim/z'] }

/** Members that are up in these zones, by their numbers. */
function bench(zones: string, config: JsonObject = {}, subject = ZONED): PolicyBench {
  const policy = new PolicyBench(attach(KIND, config, subject), { restarts: true })
  for (const [index, zone] of Array.from(zones).entries()) policy.read(at(index + 1, zone, 0))
  return policy
}

const at = (number: number, zone: string, time: number, change: Partial<MemberCondition> = {}) =>
  memberReading(`web/${number}`, time, { site: `sim/${zone}`, ...change })

const moves = (policy: PolicyBench) =>
  policy.intents('replace').map(({ at: time, intent }) => [time / MINUTE, intent.entity, intent.elsewhere])

describe('rebalance', () => {
  it('moves the newest of where the most are, once it has been so for long enough', () => {
    const policy = bench('xxyx')
    policy.passUntil(2 * MINUTE)
    expect(moves(policy)).toEqual([[2, 'web/4', true]])
    expect(policy.intents('replace')[0]?.intent.reason).toBe('to another zone: sim/x has 3, sim/z has 0')
  })

  it.each([
    ['while one has but one more than another', 'xxyz', {}],
    ['while it is within what is tolerated', 'xxyx', { tolerance: 3 }],
    ['where nobody is', '', {}],
  ])('moves nobody %s', (_what, zones, config) => {
    const policy = bench(zones, config)
    policy.passUntil(60 * MINUTE)
    expect(policy.asked).toEqual([])
  })

  it('minds no place that is none of its role any more', () => {
    const policy = bench('qqqqxyz')
    policy.passUntil(60 * MINUTE)
    expect(moves(policy)).toEqual([])
  })

  it('waits until all are up, and counts from then on', () => {
    const policy = bench('xxyx')
    policy.read(at(2, 'x', MINUTE, { up: false }))
    policy.read(at(2, 'x', 5 * MINUTE))
    policy.passUntil(8 * MINUTE)
    expect(moves(policy)).toEqual([
      [7, 'web/4', true],
      [7.5, 'web/4', true],
      [8, 'web/4', true],
    ])
  })

  it('moves one after the other, and stops when it is even', () => {
    const policy = bench('xxxx')
    policy.passUntil(2 * MINUTE)
    policy.read(at(4, 'y', 2.2 * MINUTE, { incarnation: 2, up: false, state: 'starting' }))
    policy.passUntil(10 * MINUTE)
    expect(moves(policy)).toHaveLength(1)
    policy.read(at(4, 'y', 10 * MINUTE, { incarnation: 2 }))
    policy.passUntil(12 * MINUTE)
    expect(moves(policy).at(-1)).toEqual([12, 'web/3', true])
    policy.read(at(3, 'z', 12.4 * MINUTE, { incarnation: 2 }))
    policy.passUntil(300 * MINUTE)
    expect(moves(policy).map(([, who]) => who)).toEqual(['web/4', 'web/3'])
  })

  it('waits for the machine, while the one before does the work', () => {
    const policy = bench('xxxx')
    policy.passUntil(2 * MINUTE)
    const { site: _nowhere, ...begun } = { ...condition({ incarnation: 2, run: 0 }), site: '' }
    policy.read({ ...at(4, 'y', 2.1 * MINUTE), value: begun })
    policy.read(at(4, 'x', 2.2 * MINUTE, { incarnation: 3 }))
    policy.passUntil(31 * MINUTE)
    expect(moves(policy)).toHaveLength(1)
  })

  it('rests after a move that was of no use, and tries again', () => {
    const policy = bench('xxxx', { retryAfter: '30 min' })
    policy.passUntil(2 * MINUTE)
    policy.read(at(4, 'x', 2.4 * MINUTE, { incarnation: 2 }))
    policy.passUntil(32.4 * MINUTE)
    expect(moves(policy)).toEqual([
      [2, 'web/4', true],
      [32.4, 'web/4', true],
    ])
  })

  it('makes no more moves than it may within a period, and says so', () => {
    const policy = bench('xxxxxx', { attempts: 1, period: '1h' })
    policy.passUntil(2 * MINUTE)
    policy.read(at(6, 'y', 2.4 * MINUTE, { incarnation: 2 }))
    policy.passUntil(61 * MINUTE)
    expect(moves(policy)).toHaveLength(1)
    expect(policy.intents('hold').map(({ intent }) => intent.rule)).toEqual(['move-budget'])
    policy.passUntil(62 * MINUTE)
    expect(moves(policy)).toHaveLength(2)
  })

  it('forgets a move whose member is gone', () => {
    const policy = bench('xxxx')
    policy.passUntil(2 * MINUTE)
    policy.read(at(4, 'x', 2.1 * MINUTE, { state: 'gone', up: false }))
    policy.passUntil(4.2 * MINUTE)
    expect(moves(policy).at(-1)?.[1]).toBe('web/3')
  })

  it('is for roles', () => {
    const answer = KIND.attach({ path: 'db' }, {})
    expect('problems' in answer && answer.problems).toHaveLength(1)
  })
})
