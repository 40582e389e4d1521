import type { Incarnation } from '../../entity/allocation.js'
import { pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { isAmong, spreadersOf } from '../facts/backends.js'
import { isServing, isSetUp, machineOf, openTrouble } from '../facts/condition.js'
import { holdingsPresent, predecessorsUp, siteFor } from './create.js'
import type { SlotDraft } from './draft.js'
import { setId } from '../facts/naming.js'
import { liveFiles } from '../calls/call.js'
import { isSpreadByPlace } from '../calls/needs.js'
import { filesDigest } from '../calls/shape.js'
import { successors } from '../facts/order.js'
import { sitesOf } from '../facts/placement.js'
import { wishAt } from '../facts/rest.js'
import { versionAt } from '../facts/rollout.js'
import { mayRetry } from './retry-gate.js'
import type { SlotFacts, World } from '../facts/world.js'

/** Keeps an entity whose place spreads its traffic: it has no machine, and is up while its set of back ends is. */
export function spreadByPlace(draft: SlotDraft, node: SpecNode): void {
  const { record, slot, world } = draft
  if (record.current !== undefined) giveUpMachine(draft, record.current)
  if (draft.wish !== 'running') return
  const set = world.holding(setId(slot.path))
  if (set === undefined) {
    begin(draft, node)
    return
  }
  if (!isSetUp(set, slot.observed)) {
    draft.wait(openTrouble(set, world.desired)?.failure.message ?? `${set.id} is not there`)
    return
  }
  draft.clearTrouble()
  if (record.upSerial !== world.desired.serial)
    draft.record = copyWith(draft.record, { upSerial: world.desired.serial })
}

/** It had a machine by another version of its document. */
function giveUpMachine(draft: SlotDraft, current: Incarnation): void {
  draft.settled = false
  if (!draft.slot.isUnderWay(current.number)) draft.leave('its place spreads its traffic', draft.wayOut())
}

function begin(draft: SlotDraft, node: SpecNode): void {
  draft.settled = false
  if (!mayRetry(draft) || !predecessorsUp(draft, node)) return
  const choice = siteFor(draft, node)
  if (choice !== undefined) holdingsPresent(draft, node, choice.site.location)
}

/**
 * Whether a set of back ends is to be there: while its entity is wanted at that location, and, when all is to be removed,
 * for as long as anything is there that came after it.
 */
export function isSetWanted({ node, record, path }: SlotFacts, location: string, world: World): boolean {
  if (node === undefined || !isSpreadByPlace(node) || record.retired !== undefined) return false
  const { wish, force } = world.desired
  if (wish !== 'gone') return sitesOf(node).some((site) => site.location === location)
  const later = force ? [] : successors(world.tree(versionAt(world.desired, path)), node)
  return later.some((one) => !world.isGone(pathSeenFrom(one, path)))
}

/**
 * Whether nobody is sent to an incarnation any more, so that it may end: every set of back ends has confirmed that it is
 * not among its members, and all software that spreads traffic goes by a set without it. What cannot be changed now is not
 * waited for, and nothing is when it goes by force.
 */
export function isDrained(draft: SlotDraft, one: Incarnation): boolean {
  const { slot, world } = draft
  const { node } = slot
  if (node === undefined || draft.isForced || machineOf(one, slot.observed)?.state !== 'running') return true
  const tree = world.tree(world.desired.version)
  return spreadersOf(tree, tree.at(slot.path) ?? node).every((spreader) => {
    const path = pathSeenFrom(spreader, slot.path)
    const mayBeSent =
      spreader.spec.balance?.by === 'place' ? isAmongThoseOf(path, one, world) : isToBeTold(path, one, world)
    if (!mayBeSent) return true
    draft.wait(`${path} still sends traffic to it`)
    return false
  })
}

/**
 * Whether software that spreads traffic goes by another set than there is now, or that set has yet to be without an
 * incarnation. One that does nothing, that cannot be told now, or whose telling fails, is not waited for.
 */
function isToBeTold(path: string, one: Incarnation, world: World): boolean {
  const slot = world.slot(path)
  if (slot === undefined || !canBeTold(slot, world)) return false
  const set = world.spread(path)
  if (set !== undefined && isAmong(set, one)) return true
  const files = liveFiles(slot, world)
  return files.kind === 'ready' && filesDigest(files.value) !== slot.record.current?.run?.files
}

function canBeTold({ path, node, record, observed }: SlotFacts, { desired }: World): boolean {
  const { current } = record
  if (wishAt(desired, path) !== 'running' || node === undefined || current === undefined) return false
  return isServing(current, node, observed) && openTrouble(record, desired) === undefined
}

/** Whether a set may still send something to an incarnation, by what its place has confirmed. */
function isAmongThoseOf(path: string, one: Incarnation, world: World): boolean {
  const set = world.holding(setId(path))
  if (set?.shape.kind !== 'backends' || openTrouble(set, world.desired) !== undefined) return false
  return set.stage === 'creating' || set.stage === 'removing' || isAmong(set.shape, one)
}
