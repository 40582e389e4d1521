import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../engine/index.js'
import { replace } from '../../policies/index.js'
import { PolicyBench, attach, failedRun, memberReading } from '../support/policy-bench.js'

const bench = (config: JsonObject = {}) => new PolicyBench(attach(replace, config))
const replacements = (policy: PolicyBench) =>
  policy.intents('replace').map(({ at, intent }) => [at, intent.entity, intent.incarnation])
const unhealthy = (entity: string, at: number, incarnation = 1) =>
  memberReading(entity, at, { up: false, incarnation, reason: 'GET /health: 503' })

describe('replace', () => {
  it('asks for a new incarnation when its restarts have failed', () => {
    const policy = bench()
    for (let run = 1; run <= 3; run += 1) policy.read(failedRun('web/1', run * 1_000, run))
    expect(policy.asked).toEqual([])
    policy.read(failedRun('web/1', 4_000, 4))
    expect(policy.asked).toEqual([
      {
        at: 4_000,
        intent: {
          kind: 'replace',
          entity: 'web/1',
          incarnation: 1,
          reason: '3 restarts failed within 2 min: exited with code 1',
        },
      },
    ])
  })

  it('does not count failures that lie further apart than the period', () => {
    const policy = bench()
    for (let run = 1; run <= 20; run += 1) policy.read(failedRun('web/1', run * 100_000, run))
    expect(policy.asked).toEqual([])
  })

  it('takes the same failure told again for one', () => {
    const policy = bench()
    for (let at = 1; at <= 20; at += 1) policy.read(failedRun('web/1', at * 10, 2))
    expect(policy.asked).toEqual([])
  })

  it('replaces at the first failure when no restart is to be waited for', () => {
    const policy = bench({ afterFailures: 0 })
    policy.read(failedRun('web/1', 1_000, 1))
    expect(replacements(policy)).toEqual([[1_000, 'web/1', 1]])
  })

  it('asks when the health check has failed for a while although the process lives', () => {
    const policy = bench({ unhealthyFor: '10s' })
    policy.read(unhealthy('web/1', 1_000))
    policy.read(unhealthy('web/1', 5_000))
    policy.passUntil(10_999)
    expect(policy.asked).toEqual([])
    policy.passUntil(11_000)
    expect(replacements(policy)).toEqual([[11_000, 'web/1', 1]])
    expect(policy.intents('replace')[0]?.intent.reason).toBe(
      'not healthy for 10 s although it runs: GET /health: 503',
    )
  })

  it.each([
    ['recovers', memberReading('web/1', 9_000)],
    ['is only starting', memberReading('web/1', 9_000, { state: 'starting', up: false })],
    ['is stopped', memberReading('web/1', 9_000, { state: 'stopping', up: false })],
    ['goes', memberReading('web/1', 9_000, { state: 'gone', up: false })],
    ['is another incarnation', memberReading('web/1', 9_000, { incarnation: 2 })],
  ])('asks for nothing when the unhealthy member %s in time', (_what, reading) => {
    const policy = bench()
    policy.read(unhealthy('web/1', 1_000))
    policy.read(reading)
    policy.passUntil(100_000)
    expect(policy.asked).toEqual([])
  })

  it('counts the attempts as it asks, so that a burst does not pass the budget', () => {
    const policy = bench({ attempts: 2 })
    for (let number = 1; number <= 5; number += 1) policy.read(unhealthy(`web/${number}`, 0))
    policy.passUntil(10_000)
    expect(replacements(policy)).toEqual([
      [10_000, 'web/1', 1],
      [10_000, 'web/2', 1],
    ])
    expect(policy.intents('hold').map(({ intent }) => intent.rule)).toEqual(Array(3).fill('replace-budget'))
    expect(policy.intents('hold')[0]?.intent.reason).toContain('2 replacements within 10 min, at most 2')
  })

  it('goes on when the budget has room again', () => {
    const policy = bench({ attempts: 1, attemptsPeriod: '1m' })
    policy.read(unhealthy('web/1', 0))
    policy.passUntil(10_000)
    policy.read(memberReading('web/1', 11_000, { incarnation: 2 }))
    policy.read(unhealthy('web/1', 12_000, 2))
    policy.passUntil(69_999)
    expect(replacements(policy)).toEqual([[10_000, 'web/1', 1]])
    policy.passUntil(70_000)
    expect(replacements(policy).at(-1)).toEqual([70_000, 'web/1', 2])
  })

  it('asks again for a replacement that does not begin, without spending another attempt', () => {
    const policy = bench({ attempts: 1 })
    policy.read(unhealthy('web/1', 0))
    policy.passUntil(30_000)
    expect(replacements(policy).length).toBe(5)
    expect(policy.intents('hold')).toEqual([])
  })
})
