import { describe, expect, it } from 'vitest'
import { type Decision, DecisionLog } from '../../../engine/index.js'

const decision = (change: Partial<Decision> = {}): Decision => ({
  outcome: 'held',
  entity: 'web',
  by: 'scaler',
  policyType: 'autoscale',
  version: 'v1',
  intent: 'hold',
  rule: 'cooldown',
  reason: 'resting',
  inputs: [{ entity: 'web/1', sensor: 'load', value: 80, age: 3 }],
  ...change,
})

describe('a decision log', () => {
  it('counts a refusal that repeats in one record, with the latest reason', () => {
    const log = new DecisionLog()
    log.add([decision({ reason: 'another 3 s' })], 1_000)
    log.add([decision({ reason: 'another 2 s' }), decision({ reason: 'another 1 s' })], 2_000)
    expect(log.views()).toEqual([
      {
        id: '0000000001',
        at: 2_000,
        entity: 'web',
        by: 'scaler',
        policyType: 'autoscale',
        kind: 'held',
        intent: 'hold',
        rule: 'cooldown',
        reason: 'another 1 s',
        count: 3,
        inputs: [{ entity: 'web/1', sensor: 'load', value: 80, age: 3 }],
      },
    ])
  })

  it.each([
    ['another rule', { rule: 'stale-reading' }],
    ['another entity', { entity: 'db' }],
    ['someone else', { by: 'ann' }],
    ['another outcome', { outcome: 'refused' }],
    ['another intent', { intent: 'scale to 5' }],
  ] as const)('does not fold the refusal by %s', (_what, change) => {
    const log = new DecisionLog()
    log.add([decision(), decision(change)], 1)
    expect(log.size).toBe(2)
  })

  it('does not fold across something else of the same two, nor decisions', () => {
    const log = new DecisionLog()
    const decided = decision({ outcome: 'decided', rule: 'granted', intent: 'scale to 5' })
    log.add([decision(), decided, decided, decision()], 1)
    expect(log.views().map(({ count }) => count)).toEqual([1, 1, 1, 1])
  })

  it('wants a record stored when it is new and now and then while it only counts', () => {
    const log = new DecisionLog({ rewriteEvery: 10_000 })
    const puts = [0, 5_000, 9_999, 10_000, 10_001].map((at) =>
      log.add([decision()], at).put.map(({ count }) => count),
    )
    expect(puts).toEqual([[1], [], [], [4], []])
  })

  it('keeps a bounded number and names what it forgets', () => {
    const log = new DecisionLog({ keep: 2 })
    const add = (intent: string, at: number) => log.add([decision({ outcome: 'decided', intent })], at)
    add('a', 1)
    add('b', 2)
    expect(add('c', 3)).toMatchObject({ put: [{ intent: 'c' }], drop: ['0000000001'] })
    expect(log.views().map(({ intent }) => intent)).toEqual(['c', 'b'])
  })

  it('goes on where the stored records end', () => {
    const first = new DecisionLog()
    const { put } = first.add([decision(), decision({ entity: 'db' })], 1_000)
    const second = new DecisionLog()
    second.load(JSON.parse(JSON.stringify([...put].reverse())) as typeof put)
    expect(second.add([decision()], 20_000).put).toMatchObject([{ id: '0000000001', count: 2, since: 1_000 }])
    expect(second.add([decision({ rule: 'other' })], 20_001).put).toMatchObject([{ id: '0000000003' }])
    expect(second.views('db')).toHaveLength(1)
  })
})
