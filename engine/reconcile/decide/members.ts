import type { RoleRecord } from '../../entity/allocation.js'
import { childPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { MembersSpec } from '../../spec/members-spec.js'
import { sameJson, type Json } from '../../support/json.js'
import type { Condition } from '../facts/condition.js'

/** One member as the count's decision sees it. */
export interface MemberFacts {
  readonly path: string
  readonly createdAt: number
  readonly condition: Condition
  /** The value of a sensor of it. */
  value?(sensor: string): Json | undefined
}

/** A role as the count's decision sees it. */
export interface RoleFacts {
  readonly path: string
  /** Undefined when the wanted version has no such role any more. */
  readonly node: SpecNode | undefined
  readonly record: RoleRecord
  /** Wanted number of members by desired's book; the spec's initial number when it names none. */
  readonly wanted: number
  /** How many slots count as members now. */
  readonly present: number
  /** The slots that are to go by name, members or not. */
  readonly unwanted: RoleVerdict['retire']
  /** The slots that count as members; asked for only when some must go. */
  members(): readonly MemberFacts[]
}

/** Which member slots to add and which to retire. */
export interface RoleVerdict {
  readonly record: RoleRecord
  readonly add: readonly string[]
  readonly retire: readonly { readonly path: string; readonly reason: string }[]
  readonly settled: boolean
}

/** Slots added or retired by one decision; the rest follows in the next turn. */
const MOST_AT_ONCE = 1_000

/**
 * Brings the number of slots of a role to the wanted one: new numbers when too few, victims when too many. Who is to go by name
 * goes first, and is counted no more when the number is looked at again.
 */
export function decideRole(role: RoleFacts): RoleVerdict {
  const { record, present } = role
  const members = role.node?.spec.members
  const wanted = members === undefined ? 0 : role.wanted
  const none = { record, add: [], retire: [], settled: true }
  if (role.unwanted.length > 0) return { ...none, retire: role.unwanted, settled: false }
  if (present < wanted) {
    const numbers = Array.from(
      { length: Math.min(wanted - present, MOST_AT_ONCE) },
      (_, at) => record.next + at,
    )
    const add = numbers.map((number) => childPath(role.path, String(number)))
    return { ...none, record: { ...record, next: record.next + add.length }, add, settled: false }
  }
  if (present === wanted) return none
  const reason = members === undefined ? 'its role is no longer wanted' : `scaled in to ${wanted}`
  const victims = chooseVictims(members ?? NEWEST, role.members()).slice(
    0,
    Math.min(present - wanted, MOST_AT_ONCE),
  )
  return { ...none, retire: victims.map((victim) => ({ path: victim.path, reason })), settled: false }
}

/** Which members go first. */
export type VictimRule = Pick<MembersSpec, 'victims' | 'victimsFirst'>

/** The rule of what is no role any more. */
export const NEWEST: VictimRule = { victims: 'newest' }

/** The members in the order in which they go: by what their sensors say, then by the strategy. Ties go by creation, newest first. */
export function chooseVictims(
  { victims, victimsFirst = [] }: VictimRule,
  members: readonly MemberFacts[],
): readonly MemberFacts[] {
  const order = VICTIM_ORDERS[victims] ?? newestFirst
  const ranks = new Map(
    members.map((member) => {
      const rank = victimsFirst.findIndex(({ sensor, value }) => isSaid(member.value?.(sensor), value))
      return [member, rank < 0 ? victimsFirst.length : rank] as const
    }),
  )
  const rankOf = (member: MemberFacts): number => ranks.get(member) ?? 0
  return [...members].sort((a, b) => rankOf(a) - rankOf(b) || order(a, b))
}

function isSaid(value: Json | undefined, wanted: Json): boolean {
  return value !== undefined && sameJson(value, wanted)
}

type MemberOrder = (a: MemberFacts, b: MemberFacts) => number

const newestFirst: MemberOrder = (a, b) => b.createdAt - a.createdAt || memberNumber(b) - memberNumber(a)

const VICTIM_ORDERS: { readonly [strategy: string]: MemberOrder } = {
  newest: newestFirst,
  oldest: (a, b) => newestFirst(b, a),
  'unhealthy-first': (a, b) => healthRank(a) - healthRank(b) || newestFirst(a, b),
}

function healthRank(member: MemberFacts): number {
  if (member.condition.state === 'failed') return 0
  return member.condition.up ? 2 : 1
}

function memberNumber(member: MemberFacts): number {
  return Number(member.path.slice(member.path.lastIndexOf('/') + 1))
}
