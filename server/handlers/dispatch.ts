import type { TSchema } from '@sinclair/typebox'
import { InvariantError, type Json, type Log, digestOf, failureOf } from '../../engine/index.js'
import { type Misfit, type Route, isOptional, misfits, routeOf } from '../api/index.js'
import type { HandlerContext, OfflineContext } from './context.js'
import { HANDLERS, OFFLINE_HANDLERS } from './handlers.js'
import type { Answer, CheckedRequest, HandlerRequest, Reply } from './message.js'
import { failed, refuse, unfit } from './refusals.js'

/**
 * Answers one call: checks it against the route's schemas, sees that a key makes it happen once, and never throws. The
 * caller has authenticated the actor and seen that the route's permission is held.
 */
export async function handle(context: HandlerContext, request: HandlerRequest): Promise<Answer> {
  const handler = HANDLERS[request.route]
  if (handler === undefined) return refuse('not-found', `${request.route} is answered by HTTP alone.`)
  const route = routeOf(request.route)
  const checked = check(route, request)
  if (checked.kind === 'reply') return checked
  const work = (): Promise<Answer> => guarded(context.log, route.id, () => handler(context, checked.request))
  const key = request.headers['idempotency-key']
  if (key === undefined || route.idempotency === 'none') return work()
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    return refuse('invalid-request', 'Idempotency-Key: 1 to 255 visible characters')
  }
  const claim = {
    tenant: request.actor.tenant,
    key,
    digest: requestDigest(request),
    once: route.idempotency === 'once',
  }
  return guarded(context.log, route.id, () =>
    context.idempotency.perform(claim, async () => (await work()) as Reply),
  )
}

/** Answers a call that needs no server. */
export async function handleOffline(context: OfflineContext, request: HandlerRequest): Promise<Answer> {
  const handler = OFFLINE_HANDLERS[request.route]
  if (handler === undefined) return refuse('not-found', `${request.route} needs a server.`)
  const checked = check(routeOf(request.route), request)
  if (checked.kind === 'reply') return checked
  return guarded(context.log, request.route, () => handler(context, checked.request))
}

/** What a piece of work answers; whatever it throws is an answer too, and in the log where it is our fault. */
export async function guarded<T extends Answer>(
  log: Log,
  route: string,
  work: () => T | Promise<T>,
): Promise<T | Reply> {
  try {
    return await work()
  } catch (thrown) {
    const failure = failureOf(thrown)
    if (failure.cause === 'internal' || thrown instanceof InvariantError) {
      const stack = thrown instanceof Error ? thrown.stack : undefined
      log.error('a request broke', { route, message: failure.message, stack })
    }
    return failed(failure)
  }
}

function check(
  route: Route,
  request: HandlerRequest,
): Reply | { readonly kind: 'checked'; readonly request: CheckedRequest } {
  const query = coerce(route.query, request.query)
  const found = [
    ...fieldMisfits(route.params, coerce(route.params, request.params)),
    ...fieldMisfits(route.query, query),
  ]
  if (found.length > 0) return unfit(found)
  if (route.body !== undefined && request.body.kind === 'json') {
    const faults = misfits(route.body, request.body.value)
    if (faults.length > 0) return unfit(faults)
  }
  return { kind: 'checked', request: { ...request, query } }
}

function coerce(
  schemas: { readonly [name: string]: TSchema },
  texts: { readonly [name: string]: string },
): { readonly [name: string]: string | number | boolean } {
  const entries = Object.entries(texts).map(([name, value]) => {
    const type: unknown = Object.hasOwn(schemas, name) ? schemas[name]?.['type'] : undefined
    return [name, coerceText(type, value)] as const
  })
  return Object.fromEntries(entries)
}

function coerceText(type: unknown, value: string): string | number | boolean {
  if (type === 'integer' && /^-?[0-9]{1,15}$/.test(value)) return Number(value)
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function fieldMisfits(
  schemas: { readonly [name: string]: TSchema },
  values: { readonly [name: string]: unknown },
): readonly Misfit[] {
  const known = Object.keys(schemas)
  const strange = Object.keys(values).filter((name) => !known.includes(name))
  const found: Misfit[] = strange.map((name) => ({
    pointer: name,
    message: `Not a parameter here${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`,
  }))
  for (const [name, schema] of Object.entries(schemas)) {
    if (!Object.hasOwn(values, name)) {
      if (!isOptional(schema)) found.push({ pointer: name, message: 'Required' })
      continue
    }
    found.push(...misfits(schema, values[name]).map(({ message }) => ({ pointer: name, message })))
  }
  return found
}

/** Content address of what is asked for: the same key with another digest is a mistake. */
function requestDigest(request: HandlerRequest): string {
  const { route, params, query, body } = request
  return digestOf({ route, params, query, body: plainBody(body) })
}

function plainBody(body: HandlerRequest['body']): Json {
  switch (body.kind) {
    case 'json':
      return body.value
    case 'text':
      return body.text
    case 'bytes':
      return Buffer.from(body.bytes).toString('base64')
    case 'none':
      return null
  }
}
