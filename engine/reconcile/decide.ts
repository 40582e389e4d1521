import type { SpecNode } from '../entity/spec-tree.js'
import { unreachable } from '../support/invariant.js'
import { advance } from './advance.js'
import { incarnations } from './condition.js'
import { SlotDraft, type Verdict } from './draft.js'
import { gapOf, type Gap } from './gap.js'
import { create } from './create.js'
import { realise } from './realise.js'
import { replace } from './replace.js'
import { retire, stopCurrent } from './retire.js'
import type { SlotFacts, World } from './world.js'

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
  for (const one of draft.record.leaving) retire(draft, one)
  if (draft.record.trouble?.verdict === 'alert') draft.settled = false
  if (isAnswerOpen(draft)) draft.settled = false
  return draft.verdict(mayForget(draft, gap))
}

/** What is seen to be as wanted is not settled before the call that made it so is answered. */
function isAnswerOpen({ record, slot }: SlotDraft): boolean {
  return record.current !== undefined && slot.isUnderWay(record.current.number)
}

/** Takes the one step that narrows the gap. */
function close(draft: SlotDraft, gap: Gap): void {
  const { node } = draft.slot
  if (gap.kind === 'destroy') leaveForGood(draft, gap.reason)
  else if (gap.kind === 'stop') stop(draft)
  else if (node !== undefined) closeFor(draft, node, gap)
}

function closeFor(
  draft: SlotDraft,
  node: SpecNode,
  gap: Exclude<Gap, { readonly kind: 'destroy' | 'stop' }>,
): void {
  switch (gap.kind) {
    case 'create':
      create(draft, node)
      return
    case 'replace':
    case 'move':
      replace(draft, node, gap)
      return
    case 'none':
    case 'change':
    case 'start':
      if (draft.record.current !== undefined && draft.world.desired.wish === 'running')
        realise(draft, node, gap)
      return
    default:
      unreachable(gap)
  }
}

function leaveForGood(draft: SlotDraft, reason: string): void {
  const { current } = draft.record
  draft.settled = false
  if (current !== undefined && !draft.slot.isUnderWay(current.number)) draft.leave(reason, wayOut(draft))
}

function stop(draft: SlotDraft): void {
  const { current } = draft.record
  if (current !== undefined) stopCurrent(draft, current)
}

/** Graceful when a service may be running, at once when nothing can be. */
function wayOut(draft: SlotDraft): 'retiring' | 'removing' {
  const { current } = draft.record
  const graceful = current?.run !== undefined && current.run.stage !== 'ended' && !draft.world.desired.force
  return graceful && current.stage !== 'creating' ? 'retiring' : 'removing'
}

function mayForget(draft: SlotDraft, gap: Gap): boolean {
  if (gap.kind !== 'destroy' || incarnations(draft.record).length > 0) return false
  const held = draft.world.holdingsOf(draft.slot.path)
  if (held.length > 0) draft.wait(`${held.join(', ')} goes first`)
  if (!draft.world.childrenGone(draft.slot.path)) draft.wait('what is inside it goes first')
  return held.length === 0 && draft.world.childrenGone(draft.slot.path)
}
