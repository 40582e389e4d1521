import type { SpecNode } from '../entity/spec-tree.js'
import { required } from '../support/invariant.js'
import { serviceOf } from './condition.js'
import { create, replacementRule } from './create.js'
import type { SlotDraft } from './draft.js'
import type { Gap } from './gap.js'

/** Replaces the current incarnation, by the order that its role names, within its bounds. */
export function replace(draft: SlotDraft, node: SpecNode, gap: Gap & { readonly reason: string }): void {
  draft.settled = false
  const { slot, world } = draft
  const current = required(draft.record.current, 'current incarnation')
  if (slot.isUnderWay(current.number)) return
  const serving = current.stage === 'ready' && serviceOf(current, node, slot.observed).kind === 'up'
  const asked = world.desired.floors[slot.path]?.order
  const rule = asked === undefined ? replacementRule(node) : { order: asked, surge: 1, unavailable: 1 }
  const tally = slot.role === undefined ? undefined : world.tally(slot.role)
  if (serving && tally !== undefined && draft.record.leaving.length === 0) {
    const allowed = Math.max(1, rule.order === 'new-first' ? rule.surge : rule.unavailable)
    if (tally.replacing >= allowed) {
      draft.wait(
        `${tally.replacing} of ${slot.role ?? ''} are being replaced already; ${allowed} may be at once`,
      )
      return
    }
  }
  const newFirst = serving && rule.order === 'new-first' && node.spec.volumes.length === 0
  const { step: _step, ...rest } = current
  if (current.step !== undefined) draft.put(rest)
  draft.leave(
    gap.reason,
    newFirst ? 'ready' : current.stage === 'creating' || current.run === undefined ? 'removing' : 'retiring',
  )
  if (newFirst) create(draft, node)
  else draft.wait('its former incarnation leaves first')
}
