import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../engine/index.js'
import { PolicyBench, WEB, attach, failedRun, memberReading, sensorReading } from '../support/policy-bench.js'
import { stockKind } from '../support/stock-kind.js'

function bench(config: JsonObject, subject = WEB): PolicyBench {
  const policy = new PolicyBench(attach(stockKind('supervise'), config, subject))
  for (const number of [1, 2, 3]) policy.read(memberReading(`${subject.path}/${number}`, number))
  return policy
}

const restarts = (policy: PolicyBench) =>
  policy.intents('restart').map(({ at, intent }) => `${intent.entity} run ${intent.run} at ${at}`)

describe('a supervisor', () => {
  it.each([
    ['one-for-one', ['web/2']],
    ['rest-for-one', ['web/2', 'web/3']],
    ['one-for-all', ['web/1', 'web/2', 'web/3']],
  ])('restarts %s', (strategy, who) => {
    const policy = bench({ strategy })
    policy.read(failedRun('web/2', 100, 1))
    expect(restarts(policy)).toEqual(who.map((path) => `${path} run 1 at 100`))
  })

  it('replaces them where that is asked for, and asks no more when another incarnation is there', () => {
    const policy = bench({ strategy: 'rest-for-one', act: 'replace' })
    policy.read(failedRun('web/2', 100, 1))
    policy.read(memberReading('web/3', 200, { incarnation: 2, run: 0, state: 'starting', up: false }))
    policy.passUntil(5_100)
    const asked = policy.intents('replace').map(({ at, intent }) => [at, intent.entity, intent.incarnation])
    expect(asked).toEqual([
      [100, 'web/2', 1],
      [100, 'web/3', 1],
      [5_100, 'web/2', 1],
    ])
    expect(restarts(policy)).toEqual([])
  })

  it('counts the members by their numbers', () => {
    const policy = bench({ strategy: 'rest-for-one' })
    policy.read(memberReading('web/10', 50))
    policy.read(failedRun('web/3', 100, 1))
    expect(restarts(policy)).toEqual(['web/3 run 1 at 100', 'web/10 run 1 at 100'])
  })

  it('asks again while a restart has not begun, and no more when it has', () => {
    const policy = bench({ strategy: 'one-for-all' })
    policy.read(failedRun('web/2', 100, 1))
    policy.read(memberReading('web/1', 200, { run: 2 }))
    policy.read(memberReading('web/2', 200, { run: 2 }))
    policy.passUntil(5_100)
    expect(restarts(policy).slice(3)).toEqual(['web/3 run 1 at 5100'])
    policy.read(memberReading('web/3', 6_000, { run: 2 }))
    policy.passUntil(100_000)
    expect(restarts(policy)).toHaveLength(4)
  })

  it('answers a failure that is told twice once', () => {
    const policy = bench({})
    policy.read(failedRun('web/1', 100, 1))
    policy.read(failedRun('web/1', 200, 1))
    expect(restarts(policy)).toHaveLength(1)
  })

  it('hands on what comes too often: reports it and has another restarted, and begins again after the period', () => {
    const policy = bench({ attempts: 2, period: '60s', escalate: '.' })
    for (const run of [1, 2, 3]) policy.read(failedRun('web/1', run * 100, run))
    expect(restarts(policy)).toHaveLength(2)
    expect(policy.yielded.map(({ entity, sensor, at }) => [entity, sensor, at])).toEqual([
      ['web', 'supervise.escalated', 300],
    ])
    expect(policy.intents('call').map(({ intent }) => [intent.entity, intent.effector])).toEqual([
      ['', 'restart'],
    ])
    policy.read(failedRun('web/1', 61_000, 4))
    expect(restarts(policy)).toHaveLength(3)
  })

  it('does not begin with new attempts where the members are new', () => {
    const policy = bench({ attempts: 2, period: '60s' })
    for (const incarnation of [1, 2, 3]) policy.read(failedRun('web/1', incarnation * 100, 1, incarnation))
    expect(restarts(policy)).toHaveLength(2)
    expect(policy.intents('hold').map(({ intent }) => intent.rule)).toEqual(['restart-budget'])
  })

  it('has a child restarted as a whole that hands on its own failures', () => {
    const policy = new PolicyBench(attach(stockKind('supervise'), { attempts: 1 }, { path: '' }))
    const report = (at: number) => sensorReading('web', { time: at }, at, 'supervise.escalated')
    policy.read(report(100))
    policy.read(report(200))
    expect(policy.intents('call').map(({ at, intent }) => [at, intent.entity])).toEqual([[100, 'web']])
    expect(policy.yielded.map(({ at, entity }) => [at, entity])).toEqual([[200, '']])
  })
})
