import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Quorum } from '../../../engine/index.js'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { chooseVictims, decideRole, type MemberFacts } from '../../../engine/reconcile/decide/members.js'
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
