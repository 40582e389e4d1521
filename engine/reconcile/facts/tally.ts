import type { Incarnation, SlotRecord } from '../../entity/allocation.js'
import { incarnations, type Condition } from './condition.js'
import type { Tally } from './world.js'

/** A tally in the making. */
export type MutableTally = { -readonly [key in keyof Tally]: number }

/** Nobody counted. */
export function emptyTally(): MutableTally {
  return { members: 0, up: 0, running: 0, incarnations: 0, replacing: 0, busy: 0, quarantined: 0 }
}

/** Adds what one slot counts for, or takes it off again. */
export function count(tally: MutableTally, part: Tally, sign: 1 | -1): void {
  tally.members += sign * part.members
  tally.up += sign * part.up
  tally.running += sign * part.running
  tally.incarnations += sign * part.incarnations
  tally.replacing += sign * part.replacing
  tally.busy += sign * part.busy
  tally.quarantined += sign * part.quarantined
}

/** What a slot counts for among the members of its role. */
export function contributionOf(
  slot: { readonly record: SlotRecord; readonly condition: Condition },
  aside: boolean,
): Tally {
  const { record, condition } = slot
  const member = record.retired === undefined && !aside
  const all = incarnations(record)
  return {
    members: Number(member),
    up: Number(member && condition.up),
    running: Number(!condition.quiet),
    incarnations: all.some(isFenced) ? all.filter((one) => !isFenced(one)).length : all.length,
    replacing: Number(isReplacing(record, condition)),
    busy: Number(all.some(isBusy)),
    quarantined: Number(aside && record.retired === undefined),
  }
}

function isReplacing(record: SlotRecord, condition: Condition): boolean {
  if (record.leaving.some((one) => one.stage === 'ready')) return true
  return record.current !== undefined && record.leaving.length > 0 && !condition.up
}

function isFenced({ fenced }: Incarnation): boolean {
  return fenced === true
}

/** What is lost keeps nobody waiting for its turn: nothing can be done about it. */
function isBusy({ stage, lost }: Incarnation): boolean {
  if (lost !== undefined) return false
  return stage === 'creating' || stage === 'preparing' || stage === 'removing'
}
