import type { SpecNode } from '../../entity/spec-tree.js'
import type { ReplacementSpec } from '../../spec/members-spec.js'
import { required } from '../../support/invariant.js'
import { isServing } from '../facts/condition.js'
import { create, replacementRule } from './create.js'
import type { SlotDraft } from './draft.js'
import type { Gap } from './gap.js'

/** Replaces the current incarnation, by the order that its role names, within its bounds. */
export function replace(draft: SlotDraft, node: SpecNode, gap: Gap & { readonly reason: string }): void {
  draft.settled = false
  const { slot } = draft
  const current = required(draft.record.current, 'current incarnation')
  if (slot.isUnderWay(current.number)) return
  if (current.on !== undefined && current.lost !== undefined) {
    draft.leave(gap.reason, 'removing')
    return
  }
  const serving = isServing(current, node, slot.observed)
  const rule = replacementRule(draft, node)
  if (serving && !(draft.isSteady() && mayDisrupt(draft, rule))) return
  const newFirst = serving && rule.order === 'new-first'
  const { step: _step, ...rest } = current
  draft.put(rest)
  draft.leave(gap.reason, newFirst ? 'ready' : draft.wayOut())
  if (newFirst) create(draft, node)
  else draft.wait('its former incarnation leaves first')
}

/** Members that serve are replaced only so many at once; old first, all that are not up count for whatever cause. */
function mayDisrupt(draft: SlotDraft, rule: ReplacementSpec): boolean {
  const { role } = draft.slot
  if (role === undefined || draft.record.leaving.length > 0) return true
  const { replacing, members, up } = draft.world.tally(role)
  const newFirst = rule.order === 'new-first'
  const disrupted = newFirst ? replacing : members - up
  const allowed = Math.max(1, newFirst ? rule.surge : rule.unavailable)
  if (disrupted < allowed) return true
  draft.wait(
    `${disrupted} of ${role} are ${newFirst ? 'being replaced already' : 'not up'}; ${allowed} may be at once`,
  )
  return false
}
