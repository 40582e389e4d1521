import { clearText, revealed } from '../../expression/value.js'
import type { HttpCall, HttpCaller, HttpReply } from '../../ports/http-caller.js'
import { basicLogin } from '../../support/basic-login.js'
import type { FailureRecord } from '../../support/failure.js'
import type { Json } from '../../support/json.js'
import { Secret } from '../../support/secret.js'
import type { EffectAnswer, HttpRequest, KeptValues, OpenEffect } from '../../workflow/run-record.js'
import type { KeptPorts } from '../kept-application.js'
import { openedValue } from './world.js'

/** Bytes of an answer: a record holds them several times over. */
const LIMIT = 131_072

/** Said to the far end with whatever may change something, so that it can tell a request that it has had. */
const KEY = 'idempotency-key'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Makes announced requests. One that was announced before the engine was last started is made again only where that does no harm;
 * otherwise it has failed, as nobody can know what came of it.
 */
export class RunHttp {
  readonly #ports: Pick<KeptPorts, 'seal' | 'clock'>
  readonly #caller: HttpCaller | undefined
  readonly #underWay = new Map<string, AbortController>()

  constructor(ports: KeptPorts) {
    this.#ports = ports
    this.#caller = ports.caller
  }

  /** What came of a request; `isFound` says that it was announced in an earlier life: it may have been received already. */
  async done({ token, request: given }: OpenEffect, isFound: boolean): Promise<EffectAnswer> {
    const request = given as HttpRequest
    if (this.#caller === undefined) return failed('unsupported', 'this engine makes no requests over http')
    if (isFound && !request.isRepeatable) return failed('stale', UNKNOWN)
    const { clock } = this.#ports
    const begun = clock.now()
    const call = this.#call(token, request)
    if ('error' in call) return failed('invalid', call.error)
    const abort = new AbortController()
    this.#underWay.set(token, abort)
    const { timeout } = request
    const reply = await this.#caller.call({ ...call, limit: LIMIT, timeout, signal: abort.signal })
    this.#underWay.delete(token)
    return answerOf(reply, clock.now() - begun)
  }

  /** Gives up a request that nobody waits for any more; what came of it stays unknown. */
  abandon(token: string): void {
    this.#underWay.get(token)?.abort()
  }

  close(): void {
    for (const abort of this.#underWay.values()) abort.abort()
  }

  #call(
    token: string,
    { method, url, query, headers, body, login }: HttpRequest,
  ): Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'> | { readonly error: string } {
    const whole = withQuery(this.#clear(url), this.#all(query))
    if (whole === undefined) return { error: 'its address is no URL' }
    const sent = body === undefined ? undefined : this.#clear(body)
    const given = lowered(this.#all(headers))
    return {
      method,
      url: whole,
      ...(sent === undefined ? {} : { body: sent }),
      headers: {
        ...(SAFE.has(method) ? {} : { [KEY]: token }),
        ...(sent === undefined || typeof body === 'string' || this.#isSecret(body)
          ? {}
          : { 'content-type': 'application/json' }),
        ...(login === undefined
          ? {}
          : { authorization: basicLogin(this.#clear(login.user), this.#clear(login.password)) }),
        ...given,
      },
    }
  }

  #isSecret(kept: Json | undefined): boolean {
    return kept !== undefined && openedValue(kept, this.#ports.seal) instanceof Secret
  }

  /** Danger: what is secret is in the clear. */
  #clear(kept: Json): string {
    return clearText(revealed(openedValue(kept, this.#ports.seal)))
  }

  #all(values: KeptValues): { readonly [name: string]: string } {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.#clear(value)]))
  }
}

const UNKNOWN =
  'the engine ended before it was answered, so whether it was received is not known; it is not made again, as the step does not say "idempotent: yes"'

function withQuery(url: string, query: { readonly [name: string]: string }): string | undefined {
  if (!URL.canParse(url)) return undefined
  const whole = new URL(url)
  for (const [name, value] of Object.entries(query)) whole.searchParams.append(name, value)
  return whole.href
}

function lowered(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function answerOf(reply: HttpReply, duration: number): EffectAnswer {
  if (reply.kind === 'failed') {
    const doubt = reply.mayBeDone ? '; it may have been received' : ''
    return failed('unreachable', `no answer: ${reply.reason}${doubt}`)
  }
  const { status, headers, body, isCut } = reply
  if (isCut) return failed('invalid', `the answer has more than ${LIMIT} bytes`)
  return {
    kind: 'done',
    output: { status_code: status, headers, content: body, content_json: jsonOf(body), duration },
  }
}

function jsonOf(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    return null
  }
}

function failed(cause: FailureRecord['cause'], message: string): EffectAnswer {
  return { kind: 'failed', failure: { cause, retry: 'never', message } }
}
