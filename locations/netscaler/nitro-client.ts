import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isJsonObject, type Json, type JsonObject } from '../../engine/index.js'
import type { NetscalerConfig } from './netscaler-config.js'

/** What a NetScaler answered that is no success. */
export class NitroError extends Error {
  override readonly name = 'NitroError'
  readonly status: number
  /** Its own number for what is wrong; 0 where it gives none. */
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** One request to NITRO. */
export interface NitroRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below /nitro/v1/config/. */
  readonly path: string
  /** Kind of resource and what is said of it. */
  readonly body?: JsonObject
  readonly signal: AbortSignal
}

/** More is not an answer that we asked for. */
const LONGEST = 8 * 1024 * 1024

/**
 * Requests to the NITRO API, each with name and password, so that no session is left over.
 *
 * @source NetScaler NITRO API reference, "Authenticated access for individual NITRO operations"
 */
export class NitroClient {
  readonly #config: NetscalerConfig

  constructor(config: NetscalerConfig) {
    this.#config = config
  }

  /** Resources of a kind; none where there are none of that name. */
  async list(kind: string, name: string | undefined, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const path = name === undefined ? kind : `${kind}/${encodeURIComponent(name)}`
    try {
      const answer = await this.ask({ method: 'GET', path, signal })
      const found = answer[kind]
      return Array.isArray(found) ? (found as readonly Json[]).filter(isJsonObject) : []
    } catch (error) {
      if (isNoSuch(error)) return []
      throw error
    }
  }

  /** Rejects with a NitroError, or with what kept the answer from us. */
  async ask(asked: NitroRequest): Promise<JsonObject> {
    const { status, text } = await this.#send(asked)
    const answer = parsed(text)
    const code = answer?.['errorcode']
    const isFine = status < 400 && (code === undefined || code === 0)
    if (isFine) return answer ?? {}
    const message = answer?.['message']
    const said = typeof message === 'string' ? message : `it answered ${status}`
    throw new NitroError(status, typeof code === 'number' ? code : 0, said)
  }

  #send({ method, path, body, signal }: NitroRequest): Promise<{ status: number; text: string }> {
    const { url, user, password, ca, timeout } = this.#config
    const target = new URL(`${url}/nitro/v1/config/${path}`)
    const text = body === undefined ? undefined : JSON.stringify(body)
    const options = {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      headers: {
        'x-nitro-user': user,
        'x-nitro-pass': password.reveal(),
        accept: 'application/json',
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    }
    return new Promise((resolve, reject) => {
      const send = target.protocol === 'https:' ? requestHttps : requestHttp
      const request = send(target, ca === undefined ? options : { ...options, ca }, (response) => {
        const parts: Buffer[] = []
        let length = 0
        response.on('data', (part: Buffer) => {
          length += part.length
          if (length > LONGEST) request.destroy(new Error('its answer is too long'))
          else parts.push(part)
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        )
      })
      request.on('error', reject)
      request.end(text)
    })
  }
}

/** A text or a number of an answer, as text: it tells numbers as either. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Numbers of what is wrong, as the appliance counts them.
 *
 * @source NetScaler NITRO error codes: 258 "No such resource", 273 "Resource already exists"
 */
const NO_SUCH = 258
const EXISTS = 273

/** Whether what was named is not there. */
export function isNoSuch(error: unknown): boolean {
  return error instanceof NitroError && (error.code === NO_SUCH || (error.code === 0 && error.status === 404))
}

/** Whether what was to be made is there already. */
export function isThere(error: unknown): boolean {
  return error instanceof NitroError && (error.code === EXISTS || (error.code === 0 && error.status === 409))
}
