import type { LocationView, OrphanView } from '../../engine/index.js'
import type { NewLocation } from '../api/index.js'
import { answered, bodyOf, changeOptions, isReply, param } from './changes.js'
import { hasSecret, hasUnsealable, sealConfig } from './config-secrets.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { byText, paged } from './paging.js'
import { refuse } from './refusals.js'
import { compileSubmission } from './submissions.js'

/** The configured places. */
export function listLocations({ engine }: HandlerContext): Reply {
  return reply(engine.locations())
}

/** One place. */
export function getLocation({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const name = param(request, 'location')
  const found = engine.locations().find((location) => location.name === name)
  return found === undefined ? noLocation(name, engine.locations()) : reply(found)
}

/** Adds a place. Values `{"$secret": "clear text"}` are sealed before anything keeps them. */
export async function addLocation(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const { name, driver, config } = bodyOf<NewLocation>(request)
  if (name === undefined || driver === undefined) return refuse('invalid-request', 'name, driver: Required')
  const given = config ?? {}
  if (hasUnsealable(given)) return refuse('invalid-request', 'A `$secret` is a text that stands alone.')
  if (context.seal === undefined && hasSecret(given)) {
    return refuse('unsupported', 'This server has no key to seal secrets with.')
  }
  const sealed = context.seal === undefined ? given : sealConfig(given, name, context.seal)
  const { tenant } = request.actor
  const record = { kind: 'location', tenant, name, driver, config: sealed } as const
  return answered(await context.engine.addLocation(record, options), (location) =>
    reply(location, 201, { location: `/v1/locations/${encodeURIComponent(name)}` }),
  )
}

/** Removes a place. */
export async function removeLocation({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  return answered(await engine.removeLocation(param(request, 'location'), options), reply)
}

/** Tries a place. */
export async function testLocation({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return answered(await engine.testLocation(param(request, 'location'), request.actor), reply)
}

/** Whether what a document asks of a place would fit: the capacity lines of its plan. */
export async function askCapacity(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const name = param(request, 'location')
  const locations = context.engine.locations()
  if (!locations.some((location) => location.name === name)) return noLocation(name, locations)
  const document = await compileSubmission(context, request)
  if (document.kind === 'reply') return document
  const outcome = await context.engine.plan(document.spec, { by: request.actor })
  return answered(outcome, ({ capacity }) => reply(capacity.filter((line) => line.location === name)))
}

/** What is left over at the far ends, and what has outlived its lease. */
export async function listOrphans({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const order = byText((orphan: OrphanView) => `${orphan.location} ${orphan.kind} ${orphan.token}`)
  return paged(request, await engine.orphans(request.actor), order)
}

/** Removes what is left over. */
export async function collectOrphans({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return reply(await engine.collectOrphans(request.actor))
}

function noLocation(name: string, locations: readonly LocationView[]): Reply {
  const names = locations.map((location) => location.name).join(', ')
  return refuse('not-found', `There is no location ${name}; there are ${names || 'none'}.`)
}
