import type { Incarnation } from '../entity/allocation.js'
import type { SpecNode } from '../entity/spec-tree.js'
import type { ReplacementSpec } from '../spec/members-spec.js'
import { required } from '../support/invariant.js'
import { isServing } from './condition.js'
import { create, replacementRule } from './create.js'
import type { SlotDraft } from './draft.js'
import type { Gap } from './gap.js'

/** Replaces the current incarnation, by the order that its role names, within its bounds. */
export function replace(draft: SlotDraft, node: SpecNode, gap: Gap & { readonly reason: string }): void {
  draft.settled = false
  const { slot } = draft
  const current = required(draft.record.current, 'current incarnation')
  if (slot.isUnderWay(current.number)) return
  const serving = isServing(current, node, slot.observed)
  const rule = ruleFor(draft, node)
  if (serving && !mayDisrupt(draft, rule)) return
  const newFirst = serving && rule.order === 'new-first' && node.spec.volumes.length === 0
  const { step: _step, ...rest } = current
  draft.put(rest)
  draft.leave(gap.reason, newFirst ? 'ready' : wayOut(current))
  if (newFirst) create(draft, node)
  else draft.wait('its former incarnation leaves first')
}

/** The order that somebody asked for, or the role's own. */
function ruleFor(draft: SlotDraft, node: SpecNode): ReplacementSpec {
  const asked = draft.world.desired.floors[draft.slot.path]?.order
  return asked === undefined ? replacementRule(node) : { order: asked, surge: 1, unavailable: 1 }
}

/** Members that serve are replaced only so many at once. */
function mayDisrupt(draft: SlotDraft, rule: ReplacementSpec): boolean {
  const { role } = draft.slot
  if (role === undefined || draft.record.leaving.length > 0) return true
  const { replacing } = draft.world.tally(role)
  const allowed = Math.max(1, rule.order === 'new-first' ? rule.surge : rule.unavailable)
  if (replacing < allowed) return true
  draft.wait(`${replacing} of ${role} are being replaced already; ${allowed} may be at once`)
  return false
}

function wayOut(current: Incarnation): Incarnation['stage'] {
  return current.stage === 'creating' || current.run === undefined ? 'removing' : 'retiring'
}
