import { isJsonObject } from '../../../engine/index.js'
import { type Reply, reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { readJson } from './content.js'
import { applyPatch } from './json-patch.js'
import { postedUri } from './parameter-definitions.js'
import { changePlan } from './plan-change.js'
import { planUri, showPlan } from './plan-form.js'
import type { PlanRecord } from './plan-record.js'
import { readPosted } from './posted.js'
import { matchFault, notWritten, postedAgain, register } from './registering.js'
import { link, links, resource, uriOf } from './representation.js'

/** What is registered. */
export async function plans({ plans: kept }: CampContext, visit: CampVisit): Promise<Reply> {
  const found = await kept.list(visit.actor.tenant)
  const attributes = {
    ...links(
      'plan_links',
      found.map(({ id, name }) => link(planUri(id), name)),
    ),
    parameter_definitions_uri: postedUri('plans'),
  }
  return reply(resource('plans', { uri: uriOf('plans'), name: 'plans' }, attributes))
}

/** Registers a plan: by value, as a package, or as a copy of one that is registered. */
export async function postPlan(context: CampContext, visit: CampVisit): Promise<Reply> {
  const posted = await readPosted(context, visit)
  if (posted.kind === 'reply') return posted
  const source = posted.kind === 'named' ? postedAgain(posted) : posted
  const registered = await register(context, visit, source)
  if (registered.kind === 'reply') return registered
  return showPlan(context, registered.plan, 201, { location: planUri(registered.plan.id) })
}

/** One plan. */
export function plan(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withPlan(context, visit, (found) => showPlan(context, found))
}

/** Makes a plan what the body says: the whole of it, or the attributes that `select_attr` names. */
export function putPlan(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withPlan(context, visit, (found) => {
    const read = readJson(visit)
    if (read.kind === 'reply') return read
    const { value } = read
    if (!isJsonObject(value)) return refuse('invalid-request', 'A plan is a map.')
    return changePlan(context, visit, found, ({ uri, type }) => ({
      kind: 'value',
      value: { ...(uri === undefined ? {} : { uri }), ...(type === undefined ? {} : { type }), ...value },
    }))
  })
}

/** Changes a plan by a JSON Patch of what is shown of it. */
export function patchPlan(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withPlan(context, visit, (found) => {
    const patch = readJson(visit, 'application/json-patch+json')
    if (patch.kind === 'reply') return patch
    return changePlan(context, visit, found, (shown) => {
      const patched = applyPatch(shown, patch.value)
      if (patched.kind === 'malformed') return refuse('invalid-request', patched.reason)
      if (patched.kind === 'conflict') return refuse('invalid', patched.reason)
      const { value } = patched
      return isJsonObject(value) ? { kind: 'value', value } : refuse('invalid', 'A plan is a map.')
    })
  })
}

/** Forgets a plan that nothing is deployed from, or takes the attributes away that `select_attr` names. */
export function deletePlan(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withPlan(context, visit, async (found) => {
    if (visit.query['select_attr'] !== undefined) {
      const answer = await changePlan(context, visit, found, () => ({ kind: 'value', value: {} }))
      return answer.status === 200 ? { ...answer, status: 204 } : answer
    }
    const fault = matchFault(visit, found)
    if (fault !== undefined) return fault
    const used = deployedFrom(context, visit, found)
    if (used.length > 0) return refuse('conflict', `Deployed from it: ${used.join(', ')}.`, { moved: used })
    const refusal = notWritten(await context.plans.remove(found))
    return refusal ?? reply(null, 204)
  })
}

async function withPlan(
  { plans: kept }: CampContext,
  { actor, params }: CampVisit,
  work: (plan: PlanRecord) => Reply | Promise<Reply>,
): Promise<Reply> {
  const { plan: id = '' } = params
  const found = await kept.find(actor.tenant, id)
  return found === undefined ? refuse('not-found', `There is no plan ${id}.`) : work(found)
}

/** Ids of the applications that were deployed from it and are not gone. */
function deployedFrom({ handlers }: CampContext, { actor }: CampVisit, plan: PlanRecord): readonly string[] {
  return plan.assemblies.filter((id) => {
    const found = handlers.engine.application(actor, id)
    return found.kind === 'accepted' && found.value.state !== 'destroyed'
  })
}
