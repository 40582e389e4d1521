import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Clock, HttpCall, HttpCaller, HttpReply } from '../../engine/index.js'
import { readBody, reasonOf } from './response-body.js'

/**
 * Requests over Node's own HTTP client, each on a connection of its own: one that is kept could be closed at the far end while a
 * request is on its way, and then nobody knows whether it was received.
 */
export class NodeHttpCaller implements HttpCaller {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async call(request: HttpCall): Promise<HttpReply> {
    const target = URL.canParse(request.url) ? new URL(request.url) : undefined
    if (target === undefined || !PROTOCOLS.has(target.protocol)) return notSent('not an http or https URL')
    const end = this.#clock.now() + request.timeout
    let at = target
    for (let hops = 0; ; hops += 1) {
      const timeout = Math.max(1, end - this.#clock.now())
      const reply = await this.#attempt(at, { ...request, timeout })
      const next = hops < MOST_REDIRECTS ? followed(at, request.method, reply) : undefined
      if (next === undefined) return reply
      at = next
    }
  }

  #attempt(url: URL, call: HttpCall): Promise<HttpReply> {
    if (call.signal.aborted) return Promise.resolve(notSent('aborted'))
    try {
      return this.#sent(requestTo(url, call), call)
    } catch (thrown) {
      // Node refuses some methods and headers only when it is asked to use them.
      return Promise.resolve(
        notSent(thrown instanceof Error ? reasonOf(thrown) : 'the request could not be made'),
      )
    }
  }

  #sent(request: ClientRequest, { timeout, limit, signal, body }: HttpCall): Promise<HttpReply> {
    return new Promise((resolve) => {
      let isConnected = false
      const settle = (reply: HttpReply): void => {
        cancel()
        signal.removeEventListener('abort', abort)
        resolve(reply)
      }
      const giveUp = (reason: string): void => {
        settle({ kind: 'failed', reason, mayBeDone: isConnected })
        request.destroy()
      }
      const abort = (): void => {
        giveUp('aborted')
      }
      const cancel = this.#clock.schedule(timeout, () => {
        giveUp(`no answer within ${timeout} ms`)
      })
      signal.addEventListener('abort', abort)
      request.on('socket', (socket) => {
        socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          isConnected = true
        })
      })
      // Also after it is settled: what a destroyed request says then must not bring the process down.
      request.on('error', (thrown) => {
        settle({ kind: 'failed', reason: reasonOf(thrown), mayBeDone: isConnected })
      })
      request.on('response', (response) => {
        readBody(response, limit, (read) => {
          settle(
            'reason' in read
              ? { kind: 'failed', reason: read.reason, mayBeDone: true }
              : { kind: 'answered', status: response.statusCode ?? 0, headers: headersOf(response), ...read },
          )
        })
      })
      request.end(body)
    })
  }
}

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:'])
const MOST_REDIRECTS = 5
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function requestTo(url: URL, { method, headers: given }: HttpCall): ClientRequest {
  const headers = { accept: '*/*', 'user-agent': 'weir', ...given }
  const options = { method, headers, agent: false } as const
  return url.protocol === 'https:' ? secureRequest(url, options) : plainRequest(url, options)
}

/** Where an answer sends us that is safe to ask too: what is only read, at the same host, not less protected. */
function followed(from: URL, method: string, reply: HttpReply): URL | undefined {
  if (reply.kind !== 'answered' || !REDIRECTS.has(reply.status) || !READING.has(method)) return undefined
  const { location = 'nowhere:' } = reply.headers
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  return to !== undefined && isSafe(from, to) ? to : undefined
}

function isSafe(from: URL, to: URL): boolean {
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:'
  return to.origin === from.origin || (isUpgrade && to.hostname === from.hostname)
}

function headersOf({ headers }: IncomingMessage): { readonly [name: string]: string } {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
  )
  return Object.fromEntries(entries)
}

function notSent(reason: string): HttpReply {
  return { kind: 'failed', reason, mayBeDone: false }
}
