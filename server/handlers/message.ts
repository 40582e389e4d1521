import type { Observable } from 'rxjs'
import type { Actor, EventView, Json } from '../../engine/index.js'
import type { RouteId } from '../api/index.js'

/** What came with a request. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** One call as a transport hands it in: authenticated and permitted, otherwise unchecked. */
export interface HandlerRequest {
  readonly route: RouteId
  readonly actor: Actor
  /** Decoded. */
  readonly params: { readonly [name: string]: string }
  readonly query: { readonly [name: string]: string }
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly body: RequestBody
}

/** A call whose parameters, query and body fit their schemas. */
export interface CheckedRequest extends Omit<HandlerRequest, 'query'> {
  readonly query: { readonly [name: string]: string | number | boolean }
}

/** What a stream of events says. */
export type StreamItem =
  | {
      readonly kind: 'event'
      /** By which the stream is resumed: revision and place among the events of that revision, such as `7.2`. */
      readonly id: string
      readonly event: EventView
    }
  | { readonly kind: 'compacted'; readonly oldest: number }

/** An answer. */
export interface Reply {
  readonly kind: 'reply'
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly contentType: 'application/json' | 'application/problem+json' | 'text/plain' | 'application/zip'
  /** A plain value; a text for 'text/plain', bytes for 'application/zip'. */
  readonly body: unknown
}

/** An answer that goes on: subscribed to by the event stream, ended by who asked. */
export interface StreamReply {
  readonly kind: 'stream'
  readonly events$: Observable<StreamItem>
}

/** What a handler gives. */
export type Answer = Reply | StreamReply

/** 200, or another status, with a plain value. */
export function reply(body: unknown, status = 200, headers: { readonly [name: string]: string } = {}): Reply {
  return { kind: 'reply', status, headers, contentType: 'application/json', body }
}

/** 200 with a text. */
export function textReply(body: string): Reply {
  return { kind: 'reply', status: 200, headers: {}, contentType: 'text/plain', body }
}

/** A text of the query, if it was given. */
export function textQuery(request: CheckedRequest, name: string): string | undefined {
  const value = request.query[name]
  return typeof value === 'string' ? value : undefined
}

/** A number of the query, if it was given. */
export function numberQuery(request: CheckedRequest, name: string): number | undefined {
  const value = request.query[name]
  return typeof value === 'number' ? value : undefined
}

/** A flag of the query, if it was given. */
export function flagQuery(request: CheckedRequest, name: string): boolean | undefined {
  const value = request.query[name]
  return typeof value === 'boolean' ? value : undefined
}
