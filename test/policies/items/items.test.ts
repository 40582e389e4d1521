import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, PolicySubject } from '../../../engine/index.js'
import { balanced } from '../../../policies/items/balanced.js'
import type { Item, Standing } from '../../../policies/items/item-book.js'
import { PolicyBench, attach, memberReading, sensorReading } from '../../support/policy-bench.js'
import { stockKind } from '../../support/stock-kind.js'

const POOL: PolicySubject = { path: 'pool', min: 1, max: 9, initial: 3 }

function bench(type: string, config: JsonObject): PolicyBench {
  const policy = attach(stockKind(type), { every: 100, patience: '10s', ...config }, POOL)
  return new PolicyBench(policy, { restarts: true })
}

/** Containers say what they hold, and are up. */
function hold(policy: PolicyBench, at: number, held: { readonly [path: string]: Json }): void {
  for (const [path, items] of Object.entries(held)) {
    policy.read(sensorReading(path, items, at, 'items'))
    policy.read(memberReading(path, at))
  }
}

const moves = (policy: PolicyBench) =>
  policy.intents('call').map(({ at, intent }) => [at, ...Object.values(intent.arguments)])
const states = (policy: PolicyBench) => policy.yielded.map(({ value }) => value)

describe('move-items', () => {
  const BAND = { low: 20, high: 60 }

  it('takes the largest that fits from a hot container to the coldest, once, until that is seen', () => {
    const policy = bench('move-items', BAND)
    hold(policy, 0, { 'pool/1': { a: 50, b: 30, c: 10 }, 'pool/2': { d: 20 }, 'pool/3': { e: 5 } })
    policy.passUntil(5_000)
    expect(moves(policy)).toEqual([[100, 'a', 'pool/1', 'pool/3']])
    expect(policy.intents('call')[0]?.intent).toMatchObject({ entity: 'pool', effector: 'move' })
    hold(policy, 6_000, { 'pool/1': { b: 30, c: 10 }, 'pool/3': { e: 5, a: 50 } })
    policy.passUntil(60_000)
    expect(moves(policy)).toHaveLength(1)
  })

  it('asks again for a move that has not come about within its patience', () => {
    const policy = bench('move-items', BAND)
    hold(policy, 0, { 'pool/1': { a: 50, b: 30 }, 'pool/2': {} })
    policy.passUntil(12_000)
    expect(moves(policy).map(([at]) => at)).toEqual([100, 10_100])
  })

  it('leaves what is fixed, and what may not be where it would go', () => {
    const policy = bench('move-items', BAND)
    policy.read(sensorReading('pool/2', 'asia', 0, 'place'))
    hold(policy, 0, {
      'pool/1': { a: { load: 50, fixed: true }, b: { load: 30, only: ['europe'] }, c: { load: 12 } },
      'pool/2': { d: 20 },
    })
    policy.passUntil(5_000)
    expect(moves(policy)).toEqual([[100, 'c', 'pool/1', 'pool/2']])
  })

  it('goes by the bounds of a container that has its own', () => {
    const policy = bench('move-items', BAND)
    policy.read(sensorReading('pool/1', 200, 0, 'items.high'))
    hold(policy, 0, { 'pool/1': { a: 50, b: 30 }, 'pool/2': { c: 25 } })
    policy.passUntil(5_000)
    expect(moves(policy)).toEqual([])
  })

  it.each([
    ['hot', { 'pool/1': { a: 70 }, 'pool/2': { b: 70 } }],
    ['cold', { 'pool/1': { a: 5 }, 'pool/2': { b: 5 } }],
    ['ok', { 'pool/1': { a: 40 }, 'pool/2': { b: 40 } }],
  ])('tells that all of them are %s, for an autoscaler', (state, held) => {
    const policy = bench('move-items', BAND)
    hold(policy, 0, held)
    policy.passUntil(1_000)
    expect(states(policy).at(-1)).toBe(state)
    expect(moves(policy)).toEqual([])
  })

  it('moves nothing while one that is up has not said what it holds', () => {
    const policy = bench('move-items', BAND)
    hold(policy, 0, { 'pool/1': { a: 50, b: 50 }, 'pool/2': 'nothing' })
    policy.passUntil(1_000)
    expect(moves(policy)).toEqual([])
    expect(policy.intents('hold').at(-1)?.intent.rule).toBe('items-unknown')
  })

  it('makes containers more equal with each move, makes none hot, and comes to an end', () => {
    const load = fc.integer({ min: 0, max: 60 })
    const containers = fc.array(fc.array(load, { maxLength: 8 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(containers, (held) => {
        const before = held.map((loads, at) => standing(`c${at}`, loads))
        const { moves: planned } = balanced(before, BAND, 10_000)
        const after = planned.reduce(apply, before)
        expect(planned.length).toBeLessThan(10_000)
        expect(balanced(after, BAND, 10_000).moves).toEqual([])
        expect(after.flatMap(({ items }) => [...items.keys()]).sort()).toEqual(
          before.flatMap(({ items }) => [...items.keys()]).sort(),
        )
        const isHotter = ({ load }: Standing, at: number): boolean =>
          load > BAND.high && load > (before[at]?.load ?? 0)
        expect(after.filter(isHotter)).toEqual([])
        expect(planned.length === 0 || spread(after) < spread(before)).toBe(true)
      }),
    )
  })

  it('is refused when low is above high', () => {
    const answer = stockKind('move-items').attach(POOL, { low: 9, high: 1 })
    expect(answer).toMatchObject({ problems: [{ pointer: '/low' }] })
  })
})

function standing(path: string, loads: readonly number[]): Standing {
  const items = new Map(
    loads.map((load, at): [string, Item] => [
      `${path}-${at}`,
      { load, demand: {}, only: [], isFixed: false },
    ]),
  )
  return { path, place: '', items, load: loads.reduce((sum, one) => sum + one, 0), low: null, high: null }
}

function apply(
  all: readonly Standing[],
  { item, from, to }: { readonly item: string; readonly from: string; readonly to: string },
): Standing[] {
  const moved = all.find(({ path }) => path === from)!.items.get(item)!
  return all.map((one) => {
    const items = new Map(one.items)
    if (one.path === from) items.delete(item)
    if (one.path === to) items.set(item, moved)
    const change = one.path === to ? moved.load : one.path === from ? -moved.load : 0
    return { ...one, items, load: one.load + change }
  })
}

function spread(all: readonly Standing[]): number {
  return all.reduce((sum, { load }) => sum + load * load, 0)
}

describe('follow-the-sun', () => {
  function places(policy: PolicyBench, at: number): void {
    for (const [path, place] of [
      ['pool/1', 'europe'],
      ['pool/2', 'asia'],
      ['pool/3', 'asia'],
    ] as const)
      policy.read(sensorReading(path, place, at, 'place'))
  }

  function asked(demand: JsonObject, config: JsonObject = {}, at = 0): PolicyBench {
    const policy = bench('follow-the-sun', config)
    places(policy, at)
    hold(policy, at, { 'pool/1': { chat: { load: 5, demand } }, 'pool/2': { x: 9 }, 'pool/3': { y: 3 } })
    policy.passUntil(at + 1_000)
    return policy
  }

  it('moves what is asked for from elsewhere to the container there with the least load', () => {
    expect(moves(asked({ europe: 10, asia: 30 }))).toEqual([[100, 'chat', 'pool/1', 'pool/3']])
  })

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['share', { europe: 0, asia: 20, africa: 15, america: 15, india: 19 }, {}, { share: 0.1 }],
    ['amount', { europe: 0, asia: 1 }, { lead: 0, leadShare: 0 }, { least: 1 }],
    ['lead', { europe: 17, asia: 20 }, { leadShare: 0 }, { lead: 3 }],
    ['lead for so much', { europe: 45, asia: 55 }, {}, { leadShare: 0.05 }],
  ])('leaves an item where only the %s is too small', (_what, demand, config, other) => {
    expect(moves(asked(demand, config))).toEqual([])
    expect(moves(asked(demand, { ...config, ...other }))).toHaveLength(1)
  })

  it('leaves an item where no container is whence it is asked for', () => {
    expect(moves(asked({ europe: 0, mars: 90 }))).toEqual([])
  })

  it('does not count what is asked from where it is night, and looks again when a day begins', () => {
    const days = [{ place: 'asia', cron: '0 8 * * *', zone: 'Asia/Tokyo', for: '10h' }]
    const evening = Date.parse('2026-01-01T12:00:00Z')
    const policy = asked({ europe: 10, asia: 40 }, { days }, evening)
    expect(moves(policy)).toEqual([])
    policy.passUntil(evening + 24 * 3_600_000)
    const morning = Date.parse('2026-01-01T23:00:00Z')
    expect(moves(policy)[0]).toEqual([morning, 'chat', 'pool/1', 'pool/3'])
  })

  it.each<[Json, string]>([
    ['asia', '/days'],
    [[7], '/days/0'],
    [[{ cron: '0 8 * * *' }], '/days/0/place'],
    [[{ place: 'asia', cron: 'noon' }], '/days/0/cron'],
  ])('is refused with the days %j', (days, pointer) => {
    const answer = stockKind('follow-the-sun').attach(POOL, { days })
    expect('problems' in answer && answer.problems.map((one) => one.pointer)).toEqual([pointer])
  })
})
