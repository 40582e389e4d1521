import type { Incarnation } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { required, unreachable } from '../../support/invariant.js'
import { refOf } from '../calls/call.js'
import { create, mayExist } from './create.js'
import type { SlotDraft } from './draft.js'
import { withoutStep } from './end-run.js'
import { whyUnwanted, type Gap } from './gap.js'
import { hostLossRule, lostAfter, unseenLine } from '../facts/host-loss.js'
import { holdsOwn } from '../calls/needs.js'
import { machineToken } from '../facts/shared-machine.js'
import { sitesOf } from '../facts/placement.js'
import { resume } from './resume.js'
import { mayRetry } from './retry-gate.js'

/**
 * Notes whether an incarnation is lost: not seen for longer than its document allows, by looks of this very process too.
 * Over as soon as it is seen.
 */
export function noteLoss(draft: SlotDraft, one: Incarnation): void {
  const { slot, world } = draft
  const unseen = slot.observed?.unseen?.[machineToken(one)]
  if (unseen === undefined) {
    if (one.lost !== undefined) draft.put(withoutLoss(one))
    return
  }
  if (one.lost !== undefined) {
    if (one.lost.whole !== unseen.whole) draft.put(copyWith(one, { lost: unseen }))
    return
  }
  const due = unseen.since + lostAfter(slot.node)
  if (world.now < due) draft.wake(due)
  else if (slot.isMissed(machineToken(one))) draft.put(copyWith(one, { lost: unseen }))
}

function withoutLoss(one: Incarnation): Incarnation {
  const { lost: _lost, ...rest } = one
  return rest
}

/** Does about a lost incarnation what its document says of lost hosts. */
export function meetLoss(draft: SlotDraft, node: SpecNode, gap: Gap & { readonly kind: 'lost' }): void {
  draft.settled = false
  const current = required(draft.record.current, 'current incarnation')
  if (draft.slot.isUnderWay(current.number)) return
  if (current.on !== undefined) {
    draft.wait(`${gap.reason}; ${current.on.path} decides about its machine`)
    return
  }
  const word = wordFor(draft, current)
  if (word !== undefined) {
    replaceByWord(draft, node, current, `${gap.reason}; ${word} says that it does not run`)
    return
  }
  switch (gap.rule) {
    case 'wait':
      draft.wait(`${gap.reason}; it is waited for (onHostLost: wait)`)
      return
    case 'fence':
      fenceAndReplace(draft, current, gap.reason)
      return
    case 'recreate':
      recreate(draft, node, current)
      return
    default:
      unreachable(gap.rule)
  }
}

/** By whose word a lost incarnation does not run, whatever its document says of lost hosts. */
function wordFor({ slot, world }: SlotDraft, { number }: Incarnation): string | undefined {
  const floor = world.desired.floors[slot.path]
  return number < (floor?.incarnation ?? 0) ? floor?.by : undefined
}

/** As certain as a fence: it bounds nothing any more, and goes when it is seen again. */
function replaceByWord(draft: SlotDraft, node: SpecNode, current: Incarnation, reason: string): void {
  draft.put(copyWith(current, { fenced: true }))
  draft.leave(reason, 'removing')
  create(draft, node)
}

/**
 * Takes a lost incarnation on its way out one step further, and says whether that was all that can be done: it is fenced
 * where that is asked for, and else goes when it is seen again. What is not to be replaced is removed as anything else, and
 * shows that it cannot be.
 */
export function retireLost(draft: SlotDraft, one: Incarnation): boolean {
  const { lost } = one
  const { node } = draft.slot
  if (lost === undefined || node === undefined || one.on !== undefined || !isToBeReplaced(draft, one))
    return false
  const line = `incarnation ${one.number}: ${unseenLine(one, lost)}`
  if (hostLossRule(node) !== 'fence' || one.fenced === true) {
    draft.wait(`${line}; it is removed as soon as it is seen`)
    return true
  }
  if (!canFence(draft, one)) {
    draft.wait(`${line}; nobody there can be asked to fence it`)
    return true
  }
  draft.wait(`${line}; it is fenced first`)
  // Whoever cannot fence is asked to remove it, which is as certain.
  if (!fences(draft, one)) return false
  fence(draft, one)
  return true
}

/** Whether another one is to be there in its place, so that it need not be gone yet. */
function isToBeReplaced(draft: SlotDraft, one: Incarnation): boolean {
  const { slot, world } = draft
  if (one.stage === 'ready' || slot.isUnderWay(one.number) || draft.wish !== 'running') return false
  return whyUnwanted(draft.facts(), world) === undefined
}

/** A fence that was asked for may take effect at any time: what is fenced does not come back into use. */
function fenceAndReplace(draft: SlotDraft, current: Incarnation, reason: string): void {
  if (canFence(draft, current)) draft.leave(reason, 'removing')
  else draft.wait(`${reason}; nobody there can be asked to fence it`)
}

/** A place that gives no answer can be asked for nothing, unless it fences by other means. */
function canFence(draft: SlotDraft, one: Incarnation): boolean {
  return one.lost?.whole !== true || fences(draft, one)
}

function fences({ world }: SlotDraft, { location }: Incarnation): boolean {
  return world.capabilities(location)?.fences === true
}

function fence(draft: SlotDraft, one: Incarnation): void {
  if (one.step?.kind === 'fence') {
    resume(draft, one)
    return
  }
  if (!mayRetry(draft)) return
  const { token, digest, generation, leaves = 'its host is lost' } = one
  const wanted = { kind: 'fence', token, digest, reason: leaves } as const
  draft.announce(withoutStep(one), wanted, { verb: 'fence', ref: refOf(one, generation + 1) })
}

/** Another one is made beside the lost one where that can be; where not, the lost one is still waited for. */
function recreate(draft: SlotDraft, node: SpecNode, current: Incarnation): void {
  const { lost } = current
  if (lost === undefined) return
  const line = unseenLine(current, lost)
  if (holdsOwn(node)) {
    draft.wait(`${line}; it may be using its volume or address, which another one would need`)
    return
  }
  const hasOther = sitesOf(node).some(({ location }) => !lost.whole || location !== current.location)
  if (!hasOther) {
    draft.wait(`${line}; there is no other location for it`)
    return
  }
  if (!mayExist(draft, node)) {
    draft.wait(line)
    return
  }
  draft.leave(line, 'removing')
  create(draft, node)
}
