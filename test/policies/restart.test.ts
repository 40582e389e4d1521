import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../engine/index.js'
import { restart } from '../../policies/index.js'
import { PolicyBench, attach, failedRun, memberReading } from '../support/policy-bench.js'

const bench = (config: JsonObject = {}) =>
  new PolicyBench(
    attach(restart, {
      attempts: 3,
      period: '60s',
      backoff: { initial: '1s', factor: 2, max: '10s' },
      ...config,
    }),
  )

const restarts = (policy: PolicyBench) =>
  policy.intents('restart').map(({ at, intent }) => [at, intent.entity, intent.run])

/** Fails run after run, each a little after it was launched. */
const failAgainAndAgain = (policy: PolicyBench, runs: number) => {
  let at = 0
  for (let run = 1; run <= runs; run += 1) {
    policy.read(failedRun('web/1', at, run))
    policy.passUntil(policy.wakeAt ?? at)
    at = (policy.asked.at(-1)?.at ?? at) + 100
    policy.read(memberReading('web/1', at, { run: run + 1 }))
    at += 100
  }
}

describe('restart', () => {
  it('asks to launch the very run that failed again, after its delay', () => {
    const policy = bench()
    policy.read(failedRun('web/1', 0, 1, 4))
    policy.passUntil(999)
    expect(policy.asked).toEqual([])
    policy.passUntil(1_000)
    expect(policy.asked).toEqual([
      {
        at: 1_000,
        intent: {
          kind: 'restart',
          entity: 'web/1',
          incarnation: 4,
          run: 1,
          reason: 'run 1 failed: exited with code 1; restart 1',
        },
      },
    ])
  })

  it('waits longer each time', () => {
    const policy = bench({ attempts: 10 })
    failAgainAndAgain(policy, 5)
    const times = restarts(policy).map(([at]) => at as number)
    expect(times.map((at, index) => at - (index === 0 ? 0 : (times[index - 1] ?? 0) + 200))).toEqual([
      1_000, 2_000, 4_000, 8_000, 10_000,
    ])
  })

  it('holds when the attempts are spent, and goes on when the period has passed', () => {
    const policy = bench()
    failAgainAndAgain(policy, 3)
    policy.read(failedRun('web/1', 20_000, 4))
    policy.passUntil(60_999)
    expect(restarts(policy)).toHaveLength(3)
    expect(policy.intents('hold').map(({ intent }) => [intent.rule, intent.reason])).toEqual([
      [
        'restart-budget',
        expect.stringContaining('restart budget spent for web/1: 3 restarts within 1 min, at most 3'),
      ],
    ])
    policy.passUntil(61_000)
    expect(restarts(policy).at(-1)).toEqual([61_000, 'web/1', 4])
  })

  it('asks again for a restart that does not begin, without spending another attempt', () => {
    const policy = bench()
    policy.read(failedRun('web/1', 0, 1))
    policy.passUntil(30_000)
    expect(restarts(policy).length).toBeGreaterThan(3)
    expect(new Set(restarts(policy).map(([, , run]) => run))).toEqual(new Set([1]))
    expect(policy.intents('hold')).toEqual([])
  })

  it('takes the same failure told twice for one', () => {
    const policy = bench()
    policy.read(failedRun('web/1', 0, 1))
    policy.read(failedRun('web/1', 500, 1))
    policy.passUntil(1_000)
    expect(restarts(policy)).toEqual([[1_000, 'web/1', 1]])
  })

  it('begins a new budget with a new incarnation and ignores news of an old one', () => {
    const policy = bench()
    failAgainAndAgain(policy, 3)
    policy.read(failedRun('web/1', 20_000, 1, 2))
    policy.read(failedRun('web/1', 20_100, 4, 1))
    policy.passUntil(21_000)
    expect(policy.intents('restart').at(-1)?.intent).toMatchObject({ incarnation: 2, run: 1 })
  })

  it.each([
    ['stops being failed', { state: 'running' }],
    ['is stopped', { state: 'stopping', up: false }],
    ['goes', { state: 'gone', up: false }],
  ] as const)('asks for nothing when the member %s before the delay is over', (_what, change) => {
    const policy = bench()
    policy.read(failedRun('web/1', 0, 1))
    policy.read(memberReading('web/1', 500, change))
    policy.passUntil(60_000)
    expect(policy.asked).toEqual([])
  })

  it('leaves alone what failed before there was a process', () => {
    const policy = bench()
    policy.read(failedRun('web/1', 0, 0))
    policy.passUntil(60_000)
    expect(policy.asked).toEqual([])
  })

  it('keeps an own budget for each member', () => {
    const policy = bench({ attempts: 1, backoff: { initial: 0 } })
    policy.read(failedRun('web/1', 0, 1))
    policy.read(failedRun('web/2', 0, 1))
    expect(restarts(policy)).toEqual([
      [0, 'web/1', 1],
      [0, 'web/2', 1],
    ])
  })

  it('looks after the entity itself where that has no members', () => {
    const policy = attach(restart, {}, { path: 'store' })
    expect(policy.interest.conditions).toBe('self')
    expect(attach(restart, {}).interest.conditions).toBe('members')
  })

  it('does not wait longer than its settings when the clock goes back', () => {
    const policy = bench()
    policy.read(failedRun('web/1', 3_600_000, 1))
    policy.read(memberReading('web/2', 0))
    policy.passUntil(60_000)
    expect(restarts(policy)).toHaveLength(1)
  })

  it('forgets members that have been well for a period', () => {
    const policy = bench()
    failAgainAndAgain(policy, 1)
    policy.read(memberReading('web/2', 120_000))
    expect(policy.memory).toEqual({ layout: 1, failing: {} })
  })
})
