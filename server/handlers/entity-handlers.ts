import type { ApplicationView, EntityView, RoleView } from '../../engine/index.js'
import type { Effector, ExecWish, Invocation, ReplaceWish, ResizeWish, ScaleWish } from '../api/index.js'
import { answered, bodyOf, change, changeOptions, entityPath, isReply, param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, flagQuery, numberQuery, reply, textReply } from './message.js'
import { byPath, paged } from './paging.js'
import { refuse, refused } from './refusals.js'

/** Milliseconds that a command may take when the request does not say. */
const EXEC_TIMEOUT = 60_000

/** Lines of a log when the request does not say. */
const LOG_LINES = 200

const inTree = byPath((entity: EntityView) => entity.path)

/** One page of the tree, parents first. */
export function listEntities({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.entities(request.actor, param(request, 'application')), (entities) =>
    paged(request, entities, inTree),
  )
}

/** One entity. */
export function getEntity({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.entity(request.actor, param(request, 'application'), entityPath(request)), reply)
}

/** Why it is as it is. */
export function whyEntity({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.why(request.actor, param(request, 'application'), entityPath(request)), reply)
}

/** Replaces a member. */
export async function replaceEntity({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const { order, incarnation } = bodyOf<ReplaceWish>(request)
  const [application, path] = [param(request, 'application'), entityPath(request)]
  const found = engine.entity(request.actor, application, path)
  if (found.kind !== 'accepted') return refused(found)
  return change(request, (options) =>
    engine.replace(application, path, {
      ...options,
      ...(order === undefined ? {} : { order }),
      ...(incarnation === undefined ? {} : { incarnation }),
    }),
  )
}

/** Launches it again. */
export async function restartEntity({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const [application, path] = [param(request, 'application'), entityPath(request)]
  const found = engine.entity(request.actor, application, path)
  if (found.kind !== 'accepted') return refused(found)
  return change(request, (options) => engine.restart(application, path, options))
}

/** Runs one command and waits for it. */
export async function execCommand({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const { command, timeout, stdin } = bodyOf<ExecWish>(request)
  if (command === undefined) return refuse('invalid-request', 'command: Required')
  const outcome = await engine.exec(param(request, 'application'), entityPath(request), command, {
    ...options,
    timeout: timeout ?? EXEC_TIMEOUT,
    ...(stdin === undefined ? {} : { stdin }),
  })
  return answered(outcome, reply)
}

/** What its services say. */
export async function readLogs({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const lines = numberQuery(request, 'lines') ?? LOG_LINES
  const by = request.actor
  const outcome = await engine.logs(param(request, 'application'), entityPath(request), { by, lines })
  return answered(outcome, textReply)
}

/** Roles in start order. */
export function listRoles({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.application(request.actor, param(request, 'application')), ({ roles }) =>
    reply([...roles].sort((a, b) => a.priority - b.priority)),
  )
}

/** One role. */
export function getRole(context: HandlerContext, request: CheckedRequest): Reply {
  return withRole(context, request, (role) => reply(role))
}

/** Members of a role. A role that is its own single member is that member. */
export function listMembers(context: HandlerContext, request: CheckedRequest): Reply {
  return withRole(context, request, (role, application) =>
    answered(context.engine.entities(request.actor, application.id), (entities) => {
      const members = entities.filter((entity) => entity.isMember && entity.parent === role.path)
      const own = entities.filter((entity) => entity.path === role.path)
      return paged(request, members.length === 0 && role.max === 1 ? own : members, inTree)
    }),
  )
}

/** Wants a number of members. */
export async function scaleRole(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const { count } = bodyOf<ScaleWish>(request)
  if (count === undefined) return refuse('invalid-request', 'count: Required')
  return withRole(context, request, (role, { id }) =>
    change(request, (options) => context.engine.scale(id, role.path, count, options)),
  )
}

/** Wants one more or one fewer; a repeated request is answered before it comes here, so that it adds one. */
export async function resizeRole(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const { delta, from } = bodyOf<ResizeWish>(request)
  if (delta === undefined) return refuse('invalid-request', 'delta: Required')
  return withRole(context, request, (role, { id }) =>
    change(request, (options) =>
      context.engine.resize(id, role.path, delta, { ...options, ...(from === undefined ? {} : { from }) }),
    ),
  )
}

/** Last values of its sensors. */
export function listSensors({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.sensors(request.actor, param(request, 'application'), entityPath(request)), reply)
}

/** A sensor's history. */
export function getSensorHistory({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const since = numberQuery(request, 'since') ?? 0
  const [application, path, sensor] = [
    param(request, 'application'),
    entityPath(request),
    param(request, 'sensor'),
  ]
  const together = flagQuery(request, 'together') ?? false
  return answered(engine.sensors(request.actor, application, path), (sensors) => {
    if (together)
      return answered(engine.history(request.actor, application, path, { sensor, since, together }), reply)
    const names = sensors.map(({ name }) => name)
    if (names.includes(sensor))
      return answered(engine.history(request.actor, application, path, { sensor, since }), reply)
    const known = names.join(', ') || 'none yet'
    return refuse('not-found', `There is no sensor ${sensor} of ${path || application}; it has ${known}.`)
  })
}

/** What it can be asked to do. */
export function listEffectors({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const path = entityPath(request)
  return answered(engine.effectors(request.actor, param(request, 'application'), path), (effectors) => {
    const told: readonly Effector[] = effectors.map((effector) => ({ ...effector, entity: path }))
    return reply(told)
  })
}

/** Asks it to do something. */
export async function invokeEffector({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const parameters = bodyOf<Invocation>(request).parameters ?? {}
  const [application, path] = [param(request, 'application'), entityPath(request)]
  const effector = param(request, 'effector')
  const found = engine.entity(request.actor, application, path)
  if (found.kind !== 'accepted') return refused(found)
  const { effectors } = found.value
  if (!effectors.includes(effector)) {
    const known = effectors.join(', ') || 'none'
    return refuse('not-found', `There is no effector ${effector} of ${path || application}; it has ${known}.`)
  }
  const outcome = await engine.invoke(application, path, { effector, parameters }, options)
  return answered(outcome, (task) => reply(task, 202, { location: `/v1/tasks/${task.id}` }))
}

function withRole<R extends Reply | Promise<Reply>>(
  { engine }: HandlerContext,
  request: CheckedRequest,
  show: (role: RoleView, application: ApplicationView) => R,
): R | Reply {
  const outcome = engine.application(request.actor, param(request, 'application'))
  if (outcome.kind !== 'accepted') return refused(outcome)
  const asked = param(request, 'role')
  const { roles } = outcome.value
  const role = roles.find(({ path }) => path === asked) ?? roles.find(({ name }) => name === asked)
  if (role !== undefined) return show(role, outcome.value)
  const names = roles.map(({ name }) => name).join(', ')
  return refuse('not-found', `There is no role ${asked} in ${outcome.value.name}; it has ${names || 'none'}.`)
}
