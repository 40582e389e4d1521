import type { Json } from '../../engine/index.js'
import type { RouteId } from '../api/index.js'
import type { OfflineContext } from './context.js'
import { handleOffline } from './dispatch.js'
import type { HandlerRequest } from './message.js'

/** One thing to ask in this very process. */
export interface LocalCall {
  readonly route: RouteId
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string | number | boolean | undefined }
  /** A plain value. */
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

/** What came back, as over HTTP. */
export interface LocalAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: unknown
}

/** What the CLI uses instead of a server for the verbs that need none. */
export interface LocalCalls {
  ask(call: LocalCall): Promise<LocalAnswer>
  /** Nothing happens without a server. */
  follow(): AsyncIterable<never>
}

/** Who asks on the command line of the very machine. */
const OURSELVES = { tenant: 'local', name: 'local' }

/** Asks the handlers of verbs that need no server. */
export function localCalls(context: OfflineContext): LocalCalls {
  return {
    ask: async (call) => {
      const answer = await handleOffline(context, requestOf(call))
      if (answer.kind === 'stream') return { status: 200, headers: {}, body: null }
      return { status: answer.status, headers: answer.headers, body: answer.body }
    },
    follow: () => nothing(),
  }
}

function requestOf({ route, params, query, body, headers }: LocalCall): HandlerRequest {
  const told = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  return {
    route,
    actor: OURSELVES,
    params: params ?? {},
    query: Object.fromEntries(told),
    headers: headers ?? {},
    // What the CLI hands over is what it would send as JSON.
    body: body === undefined ? { kind: 'none' } : { kind: 'json', value: body as Json },
  }
}

async function* nothing(): AsyncGenerator<never> {
  // Ends at once.
}
