import type { RouteId, WireEvent } from '../api/index.js'

/** One thing to ask. */
export interface Call {
  readonly route: RouteId
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string | number | boolean | undefined }
  /** A plain value, sent as JSON. */
  readonly body?: unknown
  /** Names in lower case. */
  readonly headers?: { readonly [name: string]: string }
}

/** What came back; refusals too. */
export interface CallAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** A plain value; a text where the route answers with one. */
  readonly body: unknown
}

/** What a stream of events says. */
export type FollowedEvent =
  | {
      readonly kind: 'event'
      /** By which the stream is resumed. */
      readonly id: string
      readonly event: WireEvent
    }
  | { /** The asked beginning is no longer kept. */ readonly kind: 'compacted'; readonly oldest: number }

/** How the CLI reaches the API: over HTTP, or to handlers in this very process. */
export interface Transport {
  /** Throws a CliError ('unreachable') when there is no answer. */
  ask(call: Call): Promise<CallAnswer>
  /** Events after `since` and live, resumed when the connection is lost, until aborted. */
  follow(
    query: { readonly application?: string; readonly since?: number },
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<FollowedEvent>
}
