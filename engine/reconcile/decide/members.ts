import type { RoleRecord } from '../../entity/allocation.js'
import { childPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { type MemberFacts, NEWEST, chooseVictims } from './victims.js'

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
  const retire = victims.map(({ path, why }) => ({
    path,
    reason: members === undefined ? reason : `${reason}: ${why}`,
  }))
  return { ...none, retire, settled: false }
}
