import { type EntityView, digestOfText } from '../../engine/index.js'
import type { Reason, RollbackWish, Trouble } from '../api/index.js'
import { acceptedReply, answered, bodyOf, change, changeOptions, etagOf, isReply, param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, flagQuery, numberQuery, reply, textQuery } from './message.js'
import { byPath, byText, newestFirst, paged } from './paging.js'
import { refuse, refused } from './refusals.js'
import { compileSubmission, withWarnings } from './submissions.js'

/** One page of the tenant's applications, by name. */
export function listApplications({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const state = textQuery(request, 'state')
  const all = engine.applications(request.actor)
  const wanted = state === undefined ? all : all.filter((application) => application.state === state)
  return paged(
    request,
    wanted,
    byText(({ name, id }) => `${name} ${id}`),
  )
}

/** One application with its generation as ETag. */
export function getApplication({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.application(request.actor, param(request, 'application')), (application) =>
    reply(application, 200, { etag: etagOf(application) }),
  )
}

/** Deploys a document. A key makes the application's id, so that not even a crash makes two of one request. */
export async function deployApplication(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const document = await compileSubmission(context, request, { deploying: true })
  if (document.kind === 'reply') return document
  const options = changeOptions(request)
  if (isReply(options)) return options
  const chosen = textQuery(request, 'id')
  const keyed = chosen === undefined ? keyedId(request) : undefined
  const existing = keyed === undefined ? undefined : deployedBefore(context, request, keyed)
  if (existing !== undefined) return existing
  const outcome = await context.engine.deploy(document.spec, {
    ...options,
    ...deployWishes(request, chosen ?? keyed),
    source: document.source,
  })
  if (outcome.kind !== 'accepted') return refused(outcome)
  return withWarnings(acceptedReply(outcome.value, outcome.task, 201), document)
}

function deployWishes(
  request: CheckedRequest,
  id: string | undefined,
): { readonly id?: string; readonly planDigest?: string; readonly start?: boolean } {
  const [planDigest, start] = [textQuery(request, 'planDigest'), flagQuery(request, 'start')]
  return {
    ...(id === undefined ? {} : { id }),
    ...(planDigest === undefined ? {} : { planDigest }),
    ...(start === undefined ? {} : { start }),
  }
}

/** What a document would do. */
export async function planDocument(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const document = await compileSubmission(context, request)
  if (document.kind === 'reply') return document
  const application = textQuery(request, 'application')
  const outcome = await context.engine.plan(document.spec, {
    by: request.actor,
    ...(application === undefined ? {} : { application }),
  })
  return withWarnings(answered(outcome, reply), document)
}

/** Makes a document the wanted one. */
export async function updateApplication(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const document = await compileSubmission(context, request, { deploying: true })
  if (document.kind === 'reply') return document
  const [planDigest, note] = [textQuery(request, 'planDigest'), textQuery(request, 'note')]
  const answer = await change(request, (options) =>
    context.engine.update(param(request, 'application'), document.spec, {
      ...options,
      source: document.source,
      ...(planDigest === undefined ? {} : { planDigest }),
      ...(note === undefined ? {} : { note }),
    }),
  )
  return withWarnings(answer, document)
}

/** Wants it gone. */
export function deleteApplication({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const force = flagQuery(request, 'force') ?? false
  return change(request, (options) => engine.remove(param(request, 'application'), { ...options, force }))
}

/** Wants it running. */
export function startApplication({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return change(request, (options) => engine.start(param(request, 'application'), options))
}

/** Wants it stopped. */
export function stopApplication({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return change(request, (options) => engine.stop(param(request, 'application'), options))
}

/** Forgets what holds it back. */
export function recoverApplication({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return change(request, (options) => engine.recover(param(request, 'application'), options))
}

/** Kept versions, newest first. */
export async function listVersions({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const outcome = await engine.versions(request.actor, param(request, 'application'))
  const order = newestFirst(
    (view: { readonly version: number }) => view.version,
    () => '',
  )
  return answered(outcome, (versions) => paged(request, versions, order))
}

/** One version with its document. */
export async function getVersion({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const version = Number(param(request, 'version'))
  return answered(await engine.version(request.actor, param(request, 'application'), version), reply)
}

/** What is different between two versions. */
export async function diffVersions({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const [from, to] = [numberQuery(request, 'from') ?? 0, numberQuery(request, 'to') ?? 0]
  return answered(await engine.diff(request.actor, param(request, 'application'), from, to), reply)
}

/** Wants an earlier version again. */
export function rollbackApplication({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const { version } = bodyOf<RollbackWish & Reason>(request)
  if (version === undefined) return Promise.resolve(refuse('invalid-request', 'version: Required'))
  return change(request, (options) => engine.rollback(param(request, 'application'), version, options))
}

/** What is wrong, and with what. */
export function listProblems({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const id = param(request, 'application')
  const application = engine.application(request.actor, id)
  if (application.kind !== 'accepted') return refused(application)
  const entities = engine.entities(request.actor, id)
  if (entities.kind !== 'accepted') return refused(entities)
  const { alerts, state, since } = application.value
  const own: Trouble[] =
    alerts.length === 0 ? [] : [{ entity: '', state, reason: alerts[0] ?? '', problems: alerts, since }]
  const found = entities.value.filter(isTroubled).map(troubleOf)
  return paged(
    request,
    [...own, ...found],
    byPath(({ entity }) => entity),
  )
}

/** Decisions and refusals, newest first. */
export function listDecisions({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const outcome = engine.decisions(request.actor, param(request, 'application'), textQuery(request, 'entity'))
  const order = newestFirst(
    (decision: { readonly at: number; readonly id: string }) => decision.at,
    (decision) => decision.id,
  )
  return answered(outcome, (decisions) => paged(request, decisions, order))
}

/** The root is left out: it stands for the application, whose alerts are told once. */
function isTroubled(entity: EntityView): boolean {
  return (
    entity.path !== '' &&
    (entity.problems.length > 0 || entity.state === 'failed' || entity.state === 'quarantined')
  )
}

function troubleOf(entity: EntityView): Trouble {
  const { path, state, reason, problems, since, place } = entity
  return { entity: path, state, reason, problems, since, ...(place === undefined ? {} : { place }) }
}

/** The answer to a deployment that was cut off after it was accepted: what was begun then, and its task. */
function deployedBefore({ engine }: HandlerContext, request: CheckedRequest, id: string): Reply | undefined {
  const existing = engine.application(request.actor, id)
  if (existing.kind !== 'accepted') return undefined
  const tasks = engine.tasks(request.actor, id)
  const first = tasks.kind === 'accepted' ? tasks.value.find(({ name }) => name === 'deploy') : undefined
  return acceptedReply(existing.value, first, 201)
}

function keyedId(request: CheckedRequest): string | undefined {
  const key = request.headers['idempotency-key']
  return key === undefined ? undefined : keyedApplicationId(request.actor.tenant, key)
}

/** The id of the application that is deployed with an Idempotency-Key. */
export function keyedApplicationId(tenant: string, key: string): string {
  return digestOfText(`${tenant}\n${key}`).slice(0, 12)
}
