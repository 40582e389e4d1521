import { Agent as PlainAgent, type ClientRequest, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Clock, ProbeAnswer, Prober } from '../../engine/index.js'
import { readBody, reasonOf } from './response-body.js'

/** How a probe is asked; see Prober. */
type ProbeOptions = Parameters<Prober['get']>[1]

/**
 * Probes over Node's own HTTP client. Connections are kept for the next probe of the same endpoint; one that the far end
 * had closed meanwhile is replaced once, and does not count as a failure of the endpoint.
 */
export class HttpProber implements Pick<Prober, 'get'> {
  readonly #clock: Clock
  readonly #plain = new PlainAgent(KEPT)
  readonly #secure = new SecureAgent(KEPT)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async get(url: string, options: ProbeOptions): Promise<ProbeAnswer> {
    const target = URL.canParse(url) ? new URL(url) : undefined
    if (target === undefined || !PROTOCOLS.has(target.protocol)) return failed('not an http or https URL')
    if (options.signal.aborted) return failed('aborted')
    try {
      const answer = await this.#attempt(target, options, true)
      return answer ?? (await this.#attempt(target, options, false)) ?? failed('the connection was closed')
    } catch (thrown) {
      // Node refuses some URLs only when it is asked to use them, e.g. credentials that are no percent-encoding.
      return failed(thrown instanceof Error ? reasonOf(thrown) : 'the request could not be made')
    }
  }

  /** Closes what is kept; probes under way fail. */
  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }

  /** One request; undefined when a kept connection turned out to be closed. */
  #attempt(url: URL, options: ProbeOptions, kept: boolean): Promise<ProbeAnswer | undefined> {
    return new Promise((resolve) => {
      const request = this.#request(url, options, kept)
      const settle = (answer: ProbeAnswer | undefined): void => {
        cancel()
        options.signal.removeEventListener('abort', abort)
        resolve(answer)
      }
      const giveUp = (reason: string): void => {
        settle(failed(reason))
        request.destroy()
      }
      const abort = (): void => {
        giveUp('aborted')
      }
      const cancel = this.#clock.schedule(options.timeout, () => {
        giveUp(`no answer within ${options.timeout} ms`)
      })
      options.signal.addEventListener('abort', abort)
      // Also after it is settled: what a destroyed request says then must not bring the process down.
      request.on('error', (thrown) => {
        settle(kept && request.reusedSocket && wasClosed(thrown) ? undefined : failed(reasonOf(thrown)))
      })
      request.on('response', (response) => {
        readBody(response, options.limit, (read) => {
          const status = response.statusCode ?? 0
          settle('reason' in read ? failed(read.reason) : { kind: 'answered', status, body: read.body })
        })
      })
      request.end()
    })
  }

  #request(url: URL, options: ProbeOptions, kept: boolean): ClientRequest {
    const headers = { accept: '*/*', 'user-agent': 'weir', ...options.headers }
    if (url.protocol === 'https:') return secureRequest(url, { headers, agent: kept ? this.#secure : false })
    return plainRequest(url, { headers, agent: kept ? this.#plain : false })
  }
}

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:'])
const KEPT = { keepAlive: true, maxFreeSockets: 16 }

function failed(reason: string): ProbeAnswer {
  return { kind: 'failed', reason }
}

function wasClosed(thrown: Error): boolean {
  return 'code' in thrown && (thrown.code === 'ECONNRESET' || thrown.code === 'EPIPE')
}
