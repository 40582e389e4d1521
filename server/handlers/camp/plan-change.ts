import { type JsonObject, sameJson } from '../../../engine/index.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { checkPlan, checkPlanValue, planResource, showPlan } from './plan-form.js'
import type { PlanRecord } from './plan-record.js'
import { matchFault, notWritten } from './registering.js'
import { type Selection, selected, selectionOf } from './selection.js'

/** What a change makes of the attributes that it is shown, or why it cannot. */
export type PlanChange = (shown: JsonObject) => { readonly kind: 'value'; readonly value: JsonObject } | Reply

/** Keeps what a change makes of a plan, or of the attributes that `select_attr` names. */
export async function changePlan(
  context: CampContext,
  visit: CampVisit,
  found: PlanRecord,
  change: PlanChange,
): Promise<Reply> {
  const fault = matchFault(visit, found)
  if (fault !== undefined) return fault
  const checked = checkPlan(context, found.text, found.file)
  if (checked.kind === 'reply') return checked
  const whole = planResource(found, checked.value)
  const selection = selectionOf(visit.query, whole)
  if (selection.kind === 'reply') return selection
  const before = selected(whole, selection)
  const made = change(before)
  if (made.kind === 'reply') return made
  const refusal = attributeFault(before, made.value, selection)
  return refusal ?? keep(context, found, merged(checked.value, before, made.value))
}

/** Attributes that are the platform's to say. */
const READ_ONLY: readonly string[] = ['uri', 'type']

function attributeFault(before: JsonObject, after: JsonObject, { names }: Selection): Reply | undefined {
  const changed = READ_ONLY.filter((key) => !sameJson(before[key], after[key]))
  if (changed.length > 0) return refuse('invalid', `${changed.join(', ')}: the platform's to say.`)
  const beside = names === undefined ? [] : Object.keys(after).filter((key) => !names.includes(key))
  if (beside.length === 0) return undefined
  return refuse('invalid-request', `${beside.join(', ')}: not among those that select_attr names.`)
}

/** The document with the shown attributes changed; keys of it that are not shown stay. */
function merged(document: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const hidden = (key: string): boolean => READ_ONLY.includes(key) || !Object.hasOwn(before, key)
  const stays = Object.entries(document).filter(([key]) => hidden(key))
  const said = Object.entries(after).filter(([key]) => !READ_ONLY.includes(key))
  return Object.fromEntries([...stays, ...said])
}

async function keep(context: CampContext, found: PlanRecord, document: JsonObject): Promise<Reply> {
  const checked = checkPlanValue(document)
  if (checked.kind === 'reply') return checked
  const text = `${JSON.stringify(document, undefined, 2)}\n`
  const next: PlanRecord = { ...found, name: checked.name, text, generation: found.generation + 1 }
  const legible = checkPlan(context, text, found.file)
  if (legible.kind === 'reply') return legible
  return notWritten(await context.plans.put(next)) ?? showPlan(context, next)
}
