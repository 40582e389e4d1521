import {
  type DesiredRecord,
  type Floor,
  type Removal,
  type Rest,
  type Suspension,
  type Wish,
  suspensionOf,
} from '../../entity/desired.js'
import type { SpecTree } from '../../entity/spec-tree.js'
import { restsWithout } from '../../reconcile/facts/rest.js'
import { throughFor } from '../../reconcile/facts/rollout.js'

/** A change of what is wanted: the new record, nothing to do, or why not. */
export type Desire =
  | { readonly kind: 'changed'; readonly desired: DesiredRecord }
  | { readonly kind: 'same' }
  | { readonly kind: 'invalid'; readonly reason: string }

/** Who changes it, and when. */
export interface By {
  readonly name: string
  readonly reason: string
  readonly now: number
}

/**
 * A new wish for the whole application; under a new serial it must settle anew. What failed while it was wanted says
 * nothing about its removal.
 */
export function wishFor(desired: DesiredRecord, wish: Wish, by: By, force = false): Desire {
  if (desired.wish === wish && (!force || desired.force)) return { kind: 'same' }
  if (desired.wish === 'gone' && wish !== 'gone') return { kind: 'invalid', reason: 'it is being removed' }
  const serial = wish === desired.wish ? desired.serial : desired.serial + 1
  const recovery = wish === 'gone' ? desired.recovery + 1 : desired.recovery
  return changed(desired, { wish, serial, recovery, force: desired.force || force }, by)
}

/** Another number of members. */
export function countFor(
  books: { readonly desired: DesiredRecord; readonly tree: SpecTree },
  role: string,
  count: number,
  by: By,
): Desire {
  const { desired, tree } = books
  const members = tree.at(role)?.spec.members
  if (members === undefined) return { kind: 'invalid', reason: `${role} has no members to count` }
  if (!Number.isInteger(count)) return { kind: 'invalid', reason: `${count} is not a whole number` }
  if (count < members.min || count > members.max) {
    return {
      kind: 'invalid',
      reason: `${role} may have ${members.min} to ${members.max} members, not ${count}`,
    }
  }
  const now = Object.hasOwn(desired.counts, role) ? desired.counts[role] : members.initial
  if (now === count) return { kind: 'same' }
  return changed(desired, { counts: { ...desired.counts, [role]: count } }, by)
}

/** A lower bound for a slot's incarnation or run: how a replacement or a restart is asked for, once. */
export function floorFor(desired: DesiredRecord, path: string, floor: Floor, by: By): Desire {
  const old = desired.floors[path]
  if (old !== undefined && covers(old, floor)) return { kind: 'same' }
  // Whose word was taken for an older incarnation says nothing about the next one.
  const { by: _word, ...rest } = old ?? {}
  const kept = floor.incarnation === undefined ? old : rest
  return changed(desired, { floors: { ...desired.floors, [path]: { ...kept, ...floor } } }, by)
}

/** One entity, with all that is inside of it, is to rest. */
export function restFor(desired: DesiredRecord, path: string, rest: Rest, by: By): Desire {
  const { rests = {} } = desired
  const old = rests[path]
  if (old?.machine === rest.machine && old.abrupt === rest.abrupt) return { kind: 'same' }
  return changed(desired, { rests: { ...rests, [path]: rest } }, by)
}

/** One entity, with all that is inside of it, is to rest no more. */
export function wakeFor(desired: DesiredRecord, path: string, by: By): Desire {
  const { rests = {} } = desired
  const left = restsWithout(rests, path)
  return Object.keys(left).length === Object.keys(rests).length
    ? { kind: 'same' }
    : changed(desired, { rests: left }, by)
}

/** One member is to go, whatever the wanted number is; what was to go in good order may be made to go by force. */
export function removalFor(desired: DesiredRecord, path: string, removal: Removal, by: By): Desire {
  const { removals = {} } = desired
  const old = removals[path]
  if (old !== undefined && (old.force === true || removal.force !== true)) return { kind: 'same' }
  return changed(desired, { removals: { ...removals, [path]: removal } }, by)
}

/** So many of these members are to have the version that comes to them in turns, by a person's word: it goes on where it had stalled. */
export function admissionFor(
  desired: DesiredRecord,
  role: string,
  members: { readonly numbers: readonly number[]; readonly count: number | 'all' },
  by: By,
): Desire {
  const { [role]: before, ...others } = desired.rollouts ?? {}
  if (before === undefined) return { kind: 'same' }
  const { stalled, ...rollout } = before
  const through = throughFor(rollout, members.numbers, members.count)
  if (stalled === undefined && through === before.through) return { kind: 'same' }
  return changed(desired, { rollouts: { ...others, [role]: { ...rollout, through } } }, by)
}

/** All of these as one change. */
export function allOf(
  desired: DesiredRecord,
  parts: readonly ((desired: DesiredRecord) => Desire)[],
): Desire {
  let next = desired
  for (const part of parts) {
    const desire = part(next)
    if (desire.kind === 'invalid') return desire
    if (desire.kind === 'changed') next = desire.desired
  }
  if (next === desired) return { kind: 'same' }
  return { kind: 'changed', desired: { ...next, generation: desired.generation + 1 } }
}

/**
 * Another version of the document, which renews the lease. Counts outside the new bounds are brought inside; those of roles that are gone go.
 * Failures under the former one hold nothing back any more.
 */
export function versionFor(desired: DesiredRecord, tree: SpecTree, version: number, by: By): Desire {
  const { recovery } = recovered(desired)
  return changed(
    desired,
    {
      version,
      recovery,
      name: tree.application.name,
      counts: countsWithin(desired, tree),
      renewedAt: by.now,
    },
    by,
  )
}

/** A version of the same document with more or less added to it: no lease is renewed, and failures count on. */
export function regraftedFor(desired: DesiredRecord, tree: SpecTree, version: number, by: By): Desire {
  return changed(desired, { version, counts: countsWithin(desired, tree) }, by)
}

/**
 * A policy or an enricher is not to act until it is resumed, or (without a suspension) is to act again, also where another policy
 * had suspended it.
 */
export function suspensionFor(
  desired: DesiredRecord,
  policy: string,
  suspension: Suspension | undefined,
  by: By,
): Desire {
  const { [policy]: before, ...others } = desired.suspended ?? {}
  if (suspension !== undefined)
    return before === undefined
      ? changed(desired, { suspended: { ...others, [policy]: suspension } }, by)
      : { kind: 'same' }
  if (suspensionOf(desired, policy) === undefined) return { kind: 'same' }
  const { [policy]: _, ...suspendedByPolicies } = desired.suspendedByPolicies ?? {}
  return changed(desired, { suspended: others, suspendedByPolicies }, by)
}

/** Clears back-off and quarantine: failures so far count no more. A circuit belongs to its place and closes by itself. */
export function recoveryFor(desired: DesiredRecord, by: By): Desire {
  return changed(desired, recovered(desired), by)
}

/** Wanted numbers inside the bounds of a version; those of roles that it has not are left out. */
function countsWithin({ counts }: DesiredRecord, tree: SpecTree): DesiredRecord['counts'] {
  const within = Object.entries(counts).flatMap(([role, count]) => {
    const members = tree.at(role)?.spec.members
    return members === undefined ? [] : [[role, Math.min(members.max, Math.max(members.min, count))] as const]
  })
  return Object.fromEntries(within)
}

function recovered({ recovery }: DesiredRecord): Pick<DesiredRecord, 'recovery'> {
  return { recovery: recovery + 1 }
}

function covers(old: Floor, floor: Floor): boolean {
  const incarnation = floor.incarnation === undefined || (old.incarnation ?? 0) >= floor.incarnation
  const run = floor.run === undefined || (old.runOf === floor.runOf && (old.run ?? 0) >= floor.run)
  const word = floor.by === undefined || old.by !== undefined
  return incarnation && run && word
}

function changed(desired: DesiredRecord, change: Partial<DesiredRecord>, by: By): Desire {
  return {
    kind: 'changed',
    desired: {
      ...desired,
      ...change,
      generation: desired.generation + 1,
      changedAt: by.now,
      changedBy: by.name,
      reason: by.reason,
    },
  }
}
