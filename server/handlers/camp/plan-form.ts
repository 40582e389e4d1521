import { type Json, type JsonObject, digestOfText, isJsonObject } from '../../../engine/index.js'
import { reply, type Reply } from '../message.js'
import { refuse, wireProblem } from '../refusals.js'
import type { CampContext } from './camp-call.js'
import type { PlanRecord } from './plan-record.js'
import { SPECIFICATION, resource, uriOf } from './representation.js'

/** A plan whose outer form is right. What it means is seen when it is deployed. */
export interface CheckedPlan {
  readonly kind: 'plan'
  readonly name: string
  readonly value: JsonObject
}

/** Where a plan is shown. */
export function planUri(id: string): string {
  return uriOf('plans', id)
}

/** The value of a plan's text, or what makes it no plan. */
export function checkPlan(context: CampContext, text: string, file: string): CheckedPlan | Reply {
  const read = context.readDocument(text, file)
  if (read.kind === 'problems') {
    const problems = read.problems.map(wireProblem)
    return refuse('invalid-request', `${file} is not YAML that can be used.`, { problems })
  }
  return checkPlanValue(read.value)
}

/** Whether a value has the outer form of a plan. */
export function checkPlanValue(value: Json): CheckedPlan | Reply {
  if (!isJsonObject(value)) return refuse('invalid-request', 'A plan is a map.')
  const found = faultsOf(value)
  const [first] = found
  if (first !== undefined) {
    return refuse('invalid-request', `${first.pointer}: ${first.message}`, { faults: found })
  }
  const { name = null } = value
  return { kind: 'plan', name: typeof name === 'string' ? name : 'plan', value }
}

/** A plan as a resource; what it holds beside CAMP's keys is shown too. */
export function planResource({ id, name }: PlanRecord, value: JsonObject): JsonObject {
  const { name: _name, ...rest } = value
  const own = Object.entries(rest).filter(([key]) => !PLATFORMS_OWN.includes(key))
  return resource('plan', { uri: planUri(id), name }, Object.fromEntries(own))
}

/** A kept plan as an answer. */
export function showPlan(
  context: CampContext,
  plan: PlanRecord,
  status = 200,
  headers: { readonly [name: string]: string } = {},
): Reply {
  const checked = checkPlan(context, plan.text, plan.file)
  if (checked.kind === 'reply') return checked
  return reply(planResource(plan, checked.value), status, { etag: etagOfPlan(plan), ...headers })
}

/** Changes with what is shown, and not when something is deployed from it. */
export function etagOfPlan({ text }: PlanRecord): string {
  return `"${digestOfText(text).slice(0, 16)}"`
}

/** Attributes of a plan that are the platform's: a document's own keys of these names are not shown. */
const PLATFORMS_OWN: readonly string[] = ['uri', 'type', 'representation_skew']

interface Fault {
  readonly pointer: string
  readonly message: string
}

function faultsOf(plan: JsonObject): readonly Fault[] {
  const { camp_version: version = null, name = '', artifacts = [], services = [] } = plan
  const found: Fault[] = []
  if (version === null)
    found.push({ pointer: '/camp_version', message: `Required; write "${SPECIFICATION}"` })
  else if (version !== SPECIFICATION) {
    found.push({ pointer: '/camp_version', message: `Only "${SPECIFICATION}" is spoken here` })
  }
  if (typeof name !== 'string') found.push({ pointer: '/name', message: 'A text' })
  for (const [key, value] of Object.entries({ artifacts, services })) {
    if (!Array.isArray(value)) found.push({ pointer: `/${key}`, message: 'A list' })
  }
  return found
}
