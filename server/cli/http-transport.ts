import { createParser } from 'eventsource-parser'
import { type ProblemDetails, type WireEvent, routeOf, urlOf } from '../api/index.js'
import { CliError, EXIT, RefusedError } from './exit.js'
import type { Call, CallAnswer, FollowedEvent, Transport } from './transport.js'

/** Where the server is and how long is waited for it. */
export interface HttpTransportOptions {
  readonly server: string
  /** Absent: none could be found. */
  readonly token?: string
  /** Milliseconds for one answer. */
  readonly timeout: number
  /** Milliseconds before a lost stream of events is opened again. */
  readonly reconnect: number
  /** Waits, or less when aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Reaches the API over HTTP. Requests that may be sent twice are sent again once when the connection breaks. */
export function httpTransport(options: HttpTransportOptions): Transport {
  return {
    ask: (call) => ask(options, call),
    follow: (query, { signal }) => follow(options, query, signal),
  }
}

async function ask(options: HttpTransportOptions, call: Call): Promise<CallAnswer> {
  const { method } = routeOf(call.route)
  const mayRepeat = method === 'GET' || call.headers?.['idempotency-key'] !== undefined
  try {
    return await send(options, call)
  } catch (thrown) {
    if (!mayRepeat || isRefusedConnection(thrown)) throw unreachable(options, thrown)
  }
  try {
    return await send(options, call)
  } catch (thrown) {
    throw unreachable(options, thrown)
  }
}

async function send(options: HttpTransportOptions, call: Call): Promise<CallAnswer> {
  const { method } = routeOf(call.route)
  const answer = await fetch(`${options.server}${urlOf(call.route, call.params, call.query)}`, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeout),
    headers: {
      ...authorization(options),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  })
  const text = await answer.text()
  const isJson = (answer.headers.get('content-type') ?? '').includes('json')
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: isJson ? (JSON.parse(text) as unknown) : text,
  }
}

async function* follow(
  options: HttpTransportOptions,
  query: { readonly application?: string; readonly since?: number },
  signal: AbortSignal,
): AsyncGenerator<FollowedEvent> {
  let seen: string | undefined
  while (!signal.aborted) {
    for await (const item of connection(options, query, { seen, signal })) {
      if (item.kind === 'event') seen = item.id
      yield item
    }
    await options.sleep(options.reconnect, signal)
  }
}

/** Events of one connection, until it ends for whatever reason. Throws when there is no server or it refuses. */
async function* connection(
  options: HttpTransportOptions,
  query: { readonly application?: string; readonly since?: number },
  at: { readonly seen: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<FollowedEvent> {
  const items: FollowedEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      const item = itemOf(event, data, id)
      if (item !== undefined) items.push(item)
    },
  })
  const body = await openStream(options, query, at)
  if (body === undefined) return
  const decoder = new TextDecoder()
  try {
    for await (const part of body) {
      parser.feed(decoder.decode(part, { stream: true }))
      yield* items.splice(0)
    }
  } catch {
    // A connection that breaks is opened again after the last event seen; one that was aborted is over.
  }
}

async function openStream(
  options: HttpTransportOptions,
  query: { readonly application?: string; readonly since?: number },
  { seen, signal }: { readonly seen: string | undefined; readonly signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const headers = { ...authorization(options), ...(seen === undefined ? {} : { 'last-event-id': seen }) }
  const answer = await fetch(`${options.server}${urlOf('streamEvents', {}, query)}`, {
    headers,
    signal,
  }).catch((thrown: unknown) => {
    if (signal.aborted || seen !== undefined) return undefined
    throw unreachable(options, thrown)
  })
  if (answer === undefined) return undefined
  if (answer.status === 200) return answer.body ?? undefined
  if (answer.status === 503 && seen !== undefined) return undefined
  throw new RefusedError((await answer.json()) as ProblemDetails)
}

function itemOf(name: string | undefined, data: string, id: string | undefined): FollowedEvent | undefined {
  if (name === 'end' || name === 'overflow') return undefined
  const value = JSON.parse(data) as unknown
  if (name === 'compacted')
    return { kind: 'compacted', oldest: (value as { readonly oldest: number }).oldest }
  return { kind: 'event', id: id ?? '', event: value as WireEvent }
}

function authorization({ token }: HttpTransportOptions): { readonly authorization?: string } {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function isRefusedConnection(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

function unreachable({ server, timeout }: HttpTransportOptions, thrown: unknown): CliError {
  const late = thrown instanceof Error && thrown.name === 'TimeoutError'
  const cause =
    thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : String(thrown)
  const said = late ? `no answer within ${timeout / 1000} s` : cause
  return new CliError(
    EXIT.unreachable,
    `cannot reach the server at ${server}: ${said}`,
    'start one with: weir serve, or name another with --server or WEIR_SERVER',
  )
}
