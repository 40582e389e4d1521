import { digestOfText } from '../../../engine/index.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { checkPlan, etagOfPlan } from './plan-form.js'
import type { PlanRecord, PlanWritten } from './plan-record.js'
import { type NamedPlan, type PostedPlan, postedDigest } from './posted.js'

/** A plan that is kept now. */
export interface Registered {
  readonly kind: 'registered'
  readonly plan: PlanRecord
  /** Whether it was not there before. */
  readonly isNew: boolean
}

/** Keeps what was posted as a plan of its own. A key makes its id, so that it is kept once. */
export async function register(
  context: CampContext,
  visit: CampVisit,
  posted: PostedPlan,
): Promise<Registered | Reply> {
  const { text, file, files, left } = posted
  const checked = checkPlan(context, text, file)
  if (checked.kind === 'reply') return checked
  const { tenant, name: createdBy } = visit.actor
  const id = keyedPlanId(visit) ?? context.ids.next()
  const digest = postedDigest(posted)
  const known = await context.plans.find(tenant, id)
  if (known !== undefined) {
    if (known.posted === digest) return { kind: 'registered', plan: known, isNew: false }
    return refuse('idempotency-key-reused', 'The plan that was registered with this key is another one.')
  }
  const createdAt = context.now()
  const { name } = checked
  const plan = { id, tenant, name, text, file, files, left, posted: digest, createdAt, createdBy }
  const kept: PlanRecord = { ...plan, assemblies: [], generation: 1 }
  const refusal = notWritten(await context.plans.put(kept))
  return refusal ?? { kind: 'registered', plan: kept, isNew: true }
}

/** A registered plan as something that is posted again. */
export function postedAgain({ plan: { text, file, files, left } }: NamedPlan): PostedPlan {
  return { kind: 'posted', text, file, files, left }
}

/** Why a plan was not written; undefined when it was. */
export function notWritten(outcome: PlanWritten): Reply | undefined {
  switch (outcome) {
    case 'written':
      return undefined
    case 'moved':
      return refuse('conflict', 'The plan has changed in the meantime.', { moved: ['plan'] })
    case 'full':
      return refuse('quota-exceeded', 'No more plans are kept; delete some that are not used.')
    case 'too-large':
      return refuse('too-large', 'A plan with its files has at most 1 MiB.')
  }
}

/** The refusal of an If-Match that is not the plan's; undefined when it may be changed. */
export function matchFault({ headers }: CampVisit, plan: PlanRecord): Reply | undefined {
  const { 'if-match': match = '*' } = headers
  const tags = match.split(',').map((tag) => tag.trim())
  if (tags.includes('*') || tags.includes(etagOfPlan(plan))) return undefined
  return refuse('precondition-failed', 'The plan has changed since it was read.', { moved: ['plan'] })
}

function keyedPlanId({ actor, headers }: CampVisit): string | undefined {
  const { 'idempotency-key': key } = headers
  return key === undefined ? undefined : digestOfText(`camp-plan\n${actor.tenant}\n${key}`).slice(0, 12)
}
