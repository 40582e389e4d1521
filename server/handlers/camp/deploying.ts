import type { Accepted, ProblemDetails } from '../../api/index.js'
import { keyedApplicationId } from '../application-handlers.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { assemblyUri, showAssembly } from './assemblies.js'
import { type CampContext, type CampVisit, ask } from './camp-call.js'
import type { PlanRecord } from './plan-record.js'
import { readPosted } from './posted.js'
import { notWritten, register } from './registering.js'

/** Deploys a plan: one that is registered, or one that comes along and is registered by that. */
export async function postAssembly(context: CampContext, visit: CampVisit): Promise<Reply> {
  const posted = await readPosted(context, visit)
  if (posted.kind === 'reply') return posted
  if (posted.kind === 'named') return deploy(context, visit, posted.plan)
  const registered = await register(context, visit, posted)
  if (registered.kind === 'reply') return registered
  const answer = await deploy(context, visit, registered.plan)
  if (answer.status !== 201 && registered.isNew) await forget(context, registered.plan)
  return answer
}

async function deploy(context: CampContext, visit: CampVisit, plan: PlanRecord): Promise<Reply> {
  const { tenant } = visit.actor
  const key = visit.headers['idempotency-key'] ?? `camp-${context.ids.next()}`
  const id = keyedApplicationId(tenant, key)
  const announced = await announce(context, plan, id)
  if (announced.kind === 'reply') return announced
  const { text: document, file, files } = plan
  const answer = await ask(context, visit, 'deployApplication', {
    headers: { 'idempotency-key': key },
    body: { kind: 'json', value: { document, file, files } },
  })
  if (answer.status >= 300) {
    if (announced.isNew && answer.status < 500) await withdraw(context, plan, id)
    return withLeft(answer, plan)
  }
  // The route's own schema says what a 201 or a 202 holds.
  const { application } = answer.body as Accepted
  const shown = await showAssembly(context, visit, application.id)
  if (shown.status !== 200) return shown
  return { ...shown, status: 201, headers: { ...shown.headers, location: assemblyUri(application.id) } }
}

/** Notes what is about to be deployed from a plan, so that a plan in use is known as such after any crash. */
async function announce(
  context: CampContext,
  plan: PlanRecord,
  id: string,
): Promise<{ readonly kind: 'announced'; readonly isNew: boolean } | Reply> {
  const found = await context.plans.find(plan.tenant, plan.id)
  if (found === undefined) return refuse('not-found', `There is no plan ${plan.id}.`)
  if (found.assemblies.includes(id)) return { kind: 'announced', isNew: false }
  const assemblies = [...found.assemblies.filter((other) => isThere(context, plan, other)), id]
  const written = await context.plans.put({ ...found, assemblies, generation: found.generation + 1 })
  return notWritten(written) ?? { kind: 'announced', isNew: true }
}

/** What was refused is not deployed from it: with a key that was used before, its id is another plan's. */
async function withdraw({ plans }: CampContext, { tenant, id: plan }: PlanRecord, id: string): Promise<void> {
  const found = await plans.find(tenant, plan)
  if (found === undefined) return
  const assemblies = found.assemblies.filter((other) => other !== id)
  await plans.put({ ...found, assemblies, generation: found.generation + 1 })
}

function isThere({ handlers }: CampContext, { tenant, createdBy }: PlanRecord, id: string): boolean {
  const found = handlers.engine.application({ tenant, name: createdBy }, id)
  return found.kind === 'accepted' && found.value.state !== 'destroyed'
}

async function forget({ plans }: CampContext, { tenant, id }: PlanRecord): Promise<void> {
  const found = await plans.find(tenant, id)
  if (found !== undefined) await plans.remove(found)
}

/** Says of files that are missing and came with the package why they are. */
function withLeft(answer: Reply, { left }: PlanRecord): Reply {
  const { code, missing = [] } = answer.body as ProblemDetails
  const known = missing.filter((path) => left.includes(path))
  if (code !== 'missing-files' || known.length === 0) return answer
  const said = `${known.join(', ')} came in the package and is no UTF-8 text; only texts travel with a plan.`
  return refuse('missing-files', said, { missing })
}
