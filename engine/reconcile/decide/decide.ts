import type { SpecNode } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { unreachable } from '../../support/invariant.js'
import { advance } from './advance.js'
import { incarnations, openTrouble } from '../facts/condition.js'
import { SlotDraft, type Verdict } from './draft.js'
import { restOf } from '../facts/rest.js'
import { isGivenUp, isSetAside } from '../facts/verdicts.js'
import { gapOf, type Gap } from './gap.js'
import { create } from './create.js'
import { meetLoss, retireLost } from './lost.js'
import { realise } from './realise.js'
import { replace } from './replace.js'
import { isSpreadByPlace } from '../calls/needs.js'
import { retire, stopCurrent } from './retire.js'
import { spreadByPlace } from './spread.js'
import type { SlotFacts, World } from '../facts/world.js'

/**
 * Decides about one slot: takes in what the world shows, finds the gap to what is wanted, and announces at most one step
 * for each incarnation. Pure: the same facts and world give the same verdict.
 */
export function decideSlot(slot: SlotFacts, world: World): Verdict {
  const draft = new SlotDraft(slot, world)
  const hold = world.desired.holds[slot.path]
  if (hold !== undefined && hold.until > world.now) {
    draft.wait(`held by ${hold.by}`, hold.until)
    return draft.verdict()
  }
  advance(draft)
  const gap = gapOf(draft.facts(), world)
  close(draft, gap)
  for (const one of draft.record.leaving) if (!retireLost(draft, one)) retire(draft, one)
  const rests = isAtRest(draft, gap)
  if (rests) lieDown(draft)
  if (!rests && isAlert(draft)) draft.settled = false
  if (isAnswerOpen(draft)) draft.settled = false
  draft.forgetWaits()
  return draft.verdict(mayForget(draft, gap))
}

/** Nothing of it runs, as was wished: what failed on the way there is over. */
function isAtRest({ record, wish }: SlotDraft, gap: Gap): boolean {
  return wish === 'stopped' && gap.kind === 'none' && record.leaving.length === 0
}

/** What went wrong is over; one that rests alone begins as if it were new, in its order. */
function lieDown(draft: SlotDraft): void {
  if (!isLeftAlone(draft)) draft.clearTrouble()
  if (restOf(draft.world.desired, draft.slot.path) !== undefined && draft.record.upSerial !== 0)
    draft.record = copyWith(draft.record, { upSerial: 0 })
}

/** What failed past its retries is not as wanted, even where nothing more is tried; what is set aside is as settled as it gets. */
function isAlert({ record, world }: SlotDraft): boolean {
  const trouble = openTrouble(record, world.desired)
  return trouble?.verdict !== undefined && trouble.verdict !== 'quarantine'
}

/** What is seen to be as wanted is not settled before the call that made it so is answered. */
function isAnswerOpen({ record, slot }: SlotDraft): boolean {
  return record.current !== undefined && slot.isUnderWay(record.current.number)
}

/** Takes the one step that narrows the gap. */
function close(draft: SlotDraft, gap: Gap): void {
  const { node } = draft.slot
  if (gap.kind === 'destroy' || gap.kind === 'release') leaveForGood(draft, gap.reason)
  else if (gap.kind === 'stop') stop(draft)
  else if (node === undefined || isLeftAlone(draft)) return
  else if (isSpreadByPlace(node)) spreadByPlace(draft, node)
  else closeFor(draft, node, gap)
}

/** What is set aside or given up stays as it is. */
function isLeftAlone({ record, world }: SlotDraft): boolean {
  return isSetAside({ record }, world) || isGivenUp({ record }, world)
}

function closeFor(
  draft: SlotDraft,
  node: SpecNode,
  gap: Exclude<Gap, { readonly kind: 'destroy' | 'release' | 'stop' }>,
): void {
  switch (gap.kind) {
    case 'create':
      create(draft, node)
      return
    case 'lost':
      meetLoss(draft, node, gap)
      return
    case 'replace':
    case 'move':
      replace(draft, node, gap)
      return
    case 'none':
    case 'change':
    case 'start':
      if (draft.record.current !== undefined && draft.wish === 'running') realise(draft, node, gap)
      return
    default:
      unreachable(gap)
  }
}

function leaveForGood(draft: SlotDraft, reason: string): void {
  const { current } = draft.record
  draft.settled = false
  if (current !== undefined && !draft.slot.isUnderWay(current.number)) draft.leave(reason, draft.wayOut())
}

function stop(draft: SlotDraft): void {
  const { current } = draft.record
  if (current !== undefined) stopCurrent(draft, current)
}

function mayForget(draft: SlotDraft, gap: Gap): boolean {
  if (gap.kind !== 'destroy' || incarnations(draft.record).length > 0) return false
  const held = draft.world.holdingsOf(draft.slot.path)
  if (held.length > 0) draft.wait(`${held.join(', ')} goes first`)
  if (!draft.world.childrenGone(draft.slot.path)) draft.wait('what is inside it goes first')
  return held.length === 0 && draft.world.childrenGone(draft.slot.path)
}
