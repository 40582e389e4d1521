import type { SlotRecord } from '../entity/allocation.js'
import type { Floor } from '../entity/desired.js'
import type { MembersSpec } from '../spec/members-spec.js'
import { isNewFirst } from './arbiter-draft.js'
import type { MemberState, RoleStanding } from './arbiter-state.js'

/** A slot with what is observed of it. */
export interface SlotStanding {
  readonly record: SlotRecord
  readonly up: boolean
  /** Desired's floor for it. */
  readonly floor?: Floor
}

/** How the arbiter sees a role whose slots are these. */
export function roleStandingOf(members: MembersSpec, slots: readonly SlotStanding[]): RoleStanding {
  const { min, max, initial, replacement } = members
  const counted = { incarnations: 0, leaving: 0, ready: 0, disrupted: 0, replacing: 0 }
  const newFirst = isNewFirst(replacement)
  for (const slot of slots) {
    const { record, up } = slot
    const current = record.current === undefined ? 0 : 1
    counted.incarnations += current + record.leaving.length
    counted.leaving += record.leaving.length + (record.retired === undefined ? 0 : current)
    if (record.retired !== undefined) continue
    const pending = pendingOf(slot)
    if (up) counted.ready += 1
    if (pending === 'replace' && newFirst) counted.replacing += 1
    else if (pending !== undefined && up) counted.disrupted += 1
  }
  return { min, max, initial, replacement, ...counted }
}

/** How the arbiter sees one slot. */
export function memberStateOf(record: SlotRecord, up: boolean, role: string | undefined): MemberState {
  const { current } = record
  const state = { incarnation: current?.number ?? 0, run: current?.run?.number ?? 0, up }
  return role === undefined ? state : { ...state, role }
}

/** What is wanted of a slot by its floor and has not begun. */
function pendingOf({ record, floor }: SlotStanding): 'restart' | 'replace' | undefined {
  const { current } = record
  if (floor === undefined || current === undefined) return undefined
  if (floor.incarnation !== undefined && floor.incarnation > current.number) return 'replace'
  const run = current.run?.number ?? 0
  return floor.runOf === current.number && floor.run !== undefined && floor.run > run ? 'restart' : undefined
}
