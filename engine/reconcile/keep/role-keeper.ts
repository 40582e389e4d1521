import { copyWith } from '../../support/copy.js'
import { isSetAside } from '../facts/verdicts.js'
import { KEYS } from '../facts/keys.js'
import type { RoleState, SlotState } from '../facts/landscape.js'
import { siteKey } from '../facts/placement.js'
import { decideRole, type RoleVerdict } from '../decide/members.js'
import type { MemberFacts } from '../decide/victims.js'
import type { Turn } from './turn.js'
import { sensorValue } from '../facts/sensors.js'
import { wantedCount } from '../facts/aggregate.js'
import type { Workbench } from './workbench.js'

/** Keeps the number of slots of each role at the wanted one; a thousand wishes in a second are met twice at most. */
export class RoleKeeper {
  readonly #bench: Workbench
  /** The number that was last made so of each role, and since when. Forgotten by a restart, which does no harm. */
  readonly #made = new Map<string, { readonly wanted: number; readonly at: number }>()

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  look(role: RoleState, turn: Turn): void {
    const { landscape } = this.#bench
    if (landscape.desired.wish !== 'gone') this.#count(role, turn)
    const unwanted = landscape.desired.wish === 'gone' || role.node === undefined
    if (unwanted && role.slots.size === 0) this.#forget(role, turn)
  }

  #count(role: RoleState, turn: Turn): void {
    const { landscape, now } = this.#bench
    const wanted = wantedCount(landscape, role.path)
    const verdict = decideRole({
      path: role.path,
      node: role.node,
      record: role.record,
      wanted,
      present: role.tally.members,
      unwanted: this.#unwanted(role),
      members: () => this.#members(role),
    })
    const due = verdict.settled ? now : this.#dueAt(role.path, wanted)
    if (due > now) {
      this.#bench.settle(role.path, false, due)
      return
    }
    if (verdict.record !== role.record) {
      role.record = verdict.record
      turn.put(KEYS.role(landscape.desired.id, role.path), role.record)
    }
    for (const path of verdict.add) this.#add(path, turn)
    for (const { path, reason } of verdict.retire) this.#retire(path, reason, turn)
    this.#bench.settle(role.path, verdict.settled)
    if (!verdict.settled) this.#bench.request([role.path])
  }

  /** When a number may be made so: at once when it is the last one still, or when that was a while ago. */
  #dueAt(path: string, wanted: number): number {
    const { now } = this.#bench
    const last = this.#made.get(path)
    if (last?.wanted === wanted) return now
    const { steadyFor } = this.#bench.ports.sources
    if (last !== undefined && now < last.at + steadyFor) return last.at + steadyFor
    this.#made.set(path, { wanted, at: now })
    return now
  }

  /** Those that are to go by name, and do not yet. */
  #unwanted({ slots }: RoleState): RoleVerdict['retire'] {
    const { removals = {} } = this.#bench.landscape.desired
    return Object.entries(removals)
      .filter(([path]) => slots.get(path) !== undefined && slots.get(path)?.record.retired === undefined)
      .map(([path, { reason }]) => ({ path, reason }))
  }

  #members(role: RoleState): readonly MemberFacts[] {
    const counted = [...role.slots.values()].filter(
      (slot) => slot.record.retired === undefined && !isSetAside(slot, this.#bench.landscape),
    )
    const { sources } = this.#bench.ports
    return counted.map((slot) => memberFactsOf(slot, sources))
  }

  #add(path: string, turn: Turn): void {
    const { landscape, now } = this.#bench
    const state = landscape.addSlot(path, undefined, now)
    state.stored = true
    turn.put(KEYS.slot(landscape.desired.id, path), state.record)
    turn.after.push(() => {
      this.#bench.ports.slotAdded(path)
    })
    this.#bench.begin(path)
    const { node } = state
    if (node !== undefined && (node.children.length > 0 || node.member !== undefined))
      this.#bench.incomplete = true
  }

  #retire(path: string, reason: string, turn: Turn): void {
    const { landscape, now } = this.#bench
    const state = landscape.slots.get(path)
    if (state === undefined) return
    const record = copyWith(state.record, { retired: reason })
    this.#bench.request(landscape.change(state, { record }, now))
    turn.put(KEYS.slot(landscape.desired.id, path), record)
    this.#bench.begin(path)
    for (const inside of landscape.slotsWithin(path)) this.#bench.request([inside.path])
  }

  #forget(role: RoleState, turn: Turn): void {
    const { landscape } = this.#bench
    this.#made.delete(role.path)
    landscape.roles.delete(role.path)
    landscape.unsettled.delete(role.path)
    turn.delete(KEYS.role(landscape.desired.id, role.path))
  }
}

/** A slot as the choice of who goes sees it. */
export function memberFactsOf(
  { path, record, condition }: SlotState,
  sources: Parameters<typeof sensorValue>[0],
): MemberFacts {
  return {
    path,
    createdAt: record.createdAt,
    condition,
    ...(record.current === undefined ? {} : { site: siteKey(record.current) }),
    value: (sensor) => sensorValue(sources, path, sensor),
  }
}
