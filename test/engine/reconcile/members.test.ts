import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, Quorum } from '../../../engine/index.js'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { decideRole } from '../../../engine/reconcile/decide/members.js'
import { chooseVictims, type MemberFacts } from '../../../engine/reconcile/decide/victims.js'
import { quorumCount } from '../../../engine/reconcile/facts/aggregate.js'
import { application, role } from '../../support/specs.js'

function member(number: number, state: 'running' | 'failed' | 'starting', createdAt = 0): MemberFacts {
  const up = state === 'running'
  return { path: `web/${number}`, createdAt, condition: { state, up, quiet: false, gone: false, reason: '' } }
}

const members = [
  member(1, 'running', 10),
  member(2, 'failed', 20),
  member(3, 'starting', 20),
  member(4, 'running', 30),
]

it.each([
  ['newest', ['web/4', 'web/3', 'web/2', 'web/1']],
  ['oldest', ['web/1', 'web/2', 'web/3', 'web/4']],
  ['unhealthy-first', ['web/2', 'web/3', 'web/4', 'web/1']],
  ['a strategy that nobody knows', ['web/4', 'web/3', 'web/2', 'web/1']],
])('takes victims by strategy: %s', (strategy, expected) => {
  expect(chooseVictims({ victims: strategy }, members).map((one) => one.path)).toEqual(expected)
})

describe('victims', () => {
  const at = (number: number, change: Partial<MemberFacts>): MemberFacts => ({
    ...member(number, 'running', number),
    ...change,
  })
  const costs = (number: number, cost: Json | undefined): MemberFacts =>
    at(number, { value: (sensor) => (sensor === 'cost' ? cost : undefined) })
  const told = (...given: Parameters<typeof chooseVictims>) =>
    chooseVictims(...given).map(({ path, why }) => `${path.slice(4)}: ${why}`)

  it.each<[string, readonly string[]]>([
    ['newest', ['4: the newest', '3: the newest']],
    ['oldest', ['1: the oldest', '2: the oldest']],
    ['unhealthy-first', ['2: it is not up', '3: it is not up']],
  ])('are told apart by why they go: %s', (victims, expected) => {
    expect(told({ victims }, members).slice(0, 2)).toEqual(expected)
  })

  it('go by the amount of a sensor, those that are not up before and those of which nobody knows after the others', () => {
    const some = [costs(1, 5), costs(2, '7'), costs(3, undefined), costs(4, 5), member(5, 'failed', 5)]
    expect(told({ victims: 'newest', victimsBy: { sensor: 'cost', first: 'highest' } }, some)).toEqual([
      '5: it is not up',
      '2: its cost is 7, the highest',
      '4: its cost is 5, the highest',
      '1: its cost is 5, the highest',
      '3: its cost is not known',
    ])
    const lowest = { victims: 'newest', victimsBy: { sensor: 'cost', first: 'lowest' } } as const
    expect(chooseVictims(lowest, some).map(({ path }) => path.slice(4))).toEqual(['5', '4', '1', '2', '3'])
  })

  it('go one after the other from where the most are', () => {
    const some = ['a', 'a', 'a', 'b', 'c', 'c'].map((site, index) => at(index + 1, { site: `sim/${site}` }))
    expect(told({ victims: 'zone-balance' }, some)).toEqual([
      '3: sim/a has the most, 3',
      '2: sim/a has the most, 2',
      '6: sim/c has the most, 2',
      '1: sim/a has the most, 1',
      '4: sim/b has the most, 1',
      '5: sim/c has the most, 1',
    ])
  })

  it('go by what their sensors say before all else', () => {
    const some = [costs(1, 5), costs(2, 7), at(3, { value: () => 'drained' })]
    const rule = { victims: 'oldest', victimsFirst: [{ sensor: 'state', value: 'drained' }] }
    expect(told(rule, some)[0]).toBe('3: its state is "drained"')
  })

  it('leave the zones as even as they can be, whatever they were, and nobody goes twice', () => {
    const zone = fc.constantFrom('a', 'b', 'c')
    fc.assert(
      fc.property(fc.array(zone, { maxLength: 30 }), fc.nat(30), (zones, go) => {
        const all = zones.map((site, index) => at(index + 1, { site }))
        const order = chooseVictims({ victims: 'zone-balance' }, all).map(({ path }) => path)
        expect([...order].sort()).toEqual(all.map(({ path }) => path).sort())
        const gone = new Set(order.slice(0, go))
        const left = all.filter(({ path }) => !gone.has(path))
        const count = (site: string, of: readonly MemberFacts[]) =>
          of.filter((one) => one.site === site).length
        const uneven = zones.filter((one) =>
          zones.some(
            (other) => count(one, left) > count(other, left) + 1 && count(other, left) < count(other, all),
          ),
        )
        expect(uneven).toEqual([])
      }),
    )
  })
})

describe('a quorum', () => {
  it.each<[Quorum, number, number]>([
    [{ kind: 'all' }, 3, 3],
    [{ kind: 'all-and-at-least-one' }, 3, 3],
    [{ kind: 'all-and-at-least-one' }, 0, 1],
    [{ kind: 'at-least-one' }, 0, 1],
    [{ kind: 'at-least-one-unless-empty' }, 0, 0],
    [{ kind: 'at-least-one-unless-empty' }, 5, 1],
    [{ kind: 'always' }, 5, 0],
    [{ kind: 'number', count: 2 }, 5, 2],
    [{ kind: 'number', count: 7 }, 5, 5],
    [{ kind: 'percent', percent: 50 }, 3, 2],
    [{ kind: 'percent', percent: 0 }, 3, 0],
    [{ kind: 'percent', percent: 100 }, 7, 7],
  ])('%o of %i is %i', (quorum, wanted, expected) => {
    expect(quorumCount(quorum, wanted)).toBe(expected)
  })
})

describe('the count of a role', () => {
  const node = indexSpec(application([role('web', 1)])).at('web')

  it('is met by new numbers, or by as many victims as are too many', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 99 }), (present, wanted, next) => {
        const there = Array.from({ length: present }, (_, at) => member(at + 1, 'running', at))
        const facts = {
          path: 'web',
          node,
          record: { kind: 'role', path: 'web', next },
          wanted,
          present,
          unwanted: [],
          members: () => there,
        } as const
        const { add, retire, record, settled } = decideRole(facts)
        expect(present + add.length - retire.length).toBe(wanted)
        expect(settled).toBe(present === wanted)
        expect(record.next).toBe(next + add.length)
        for (const path of add) expect(Number(path.slice(4))).toBeGreaterThanOrEqual(next)
        expect(new Set(retire.map((one) => one.path)).size).toBe(retire.length)
      }),
    )
  })

  it('goes a thousand at a time', () => {
    const facts = {
      path: 'web',
      node,
      record: { kind: 'role', path: 'web', next: 1 },
      wanted: 5000,
      present: 0,
      unwanted: [],
      members: () => [],
    } as const
    expect(decideRole(facts).add).toHaveLength(1000)
  })

  it('is nothing for a role that is no longer wanted', () => {
    const facts = {
      path: 'web',
      node: undefined,
      record: { kind: 'role', path: 'web', next: 5 },
      wanted: 3,
      present: 4,
      unwanted: [],
      members: () => members,
    } as const
    const { retire } = decideRole(facts)
    expect(retire.map((one) => one.reason)).toEqual(
      Array.from({ length: 4 }, () => 'its role is no longer wanted'),
    )
  })
})
