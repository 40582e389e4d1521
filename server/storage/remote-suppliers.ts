import {
  type Clock,
  type HttpCaller,
  type HttpReply,
  type Json,
  type JsonObject,
  canonicalJson,
  isJsonObject,
} from '../../engine/index.js'
import { parseProperties } from './properties.js'

/** What suppliers over the network are asked with. */
export interface RemotePorts {
  readonly caller: HttpCaller
  readonly clock: Clock
}

/** The values of a supplier, or in words that tell no value why there are none (yet). */
export type Supplied = { readonly values: { readonly [key: string]: Json } } | Unknown

/** Why there is nothing. */
interface Unknown {
  readonly reason: string
}

/** Reads the text of a file whose path a supplier names. */
export type ReadText = (path: string) => string | Unknown

/** A supplier's answer is used for this long; then it is asked again, and the old answer holds until the new one is there. */
const FRESH_FOR = 60_000
/** One that has failed is asked again after this. */
const AGAIN_AFTER = 5_000
const TIMEOUT = 10_000
const LARGEST = 1_000_000

/**
 * Suppliers over the network: properties at an address, and secrets of HashiCorp Vault. Asked in the background, since whoever
 * evaluates does not wait: until the first answer is there, none is given.
 */
export class RemoteSuppliers {
  readonly #ports: RemotePorts
  readonly #shelf = new Map<string, Kept>()

  constructor(ports: RemotePorts) {
    this.#ports = ports
  }

  /** What is known of a supplier; undefined for one that is none over the network. */
  values(supplier: JsonObject, read: ReadText): Supplied | undefined {
    const asks = requestOf(supplier, read)
    if (asks === undefined) return undefined
    const kept = this.#kept(canonicalJson(supplier))
    const now = this.#ports.clock.now()
    if (!kept.pending && now >= kept.due) this.#refresh(kept, asks)
    return kept.values === undefined ? { reason: kept.reason } : { values: kept.values }
  }

  #kept(key: string): Kept {
    const known = this.#shelf.get(key)
    if (known !== undefined) return known
    const fresh: Kept = { due: 0, pending: false, reason: 'has not answered yet' }
    this.#shelf.set(key, fresh)
    return fresh
  }

  #refresh(kept: Kept, asks: Asks): void {
    kept.pending = true
    void asks((request) => this.#call(request)).then((supplied) => {
      kept.pending = false
      const isGood = 'values' in supplied
      kept.due = this.#ports.clock.now() + (isGood ? FRESH_FOR : AGAIN_AFTER)
      if (isGood) kept.values = supplied.values
      else kept.reason = supplied.reason
    })
  }

  async #call(request: Request): Promise<string | Unknown> {
    const { signal } = new AbortController()
    const reply = await this.#ports.caller.call({ ...request, timeout: TIMEOUT, limit: LARGEST, signal })
    return bodyOf(reply)
  }
}

interface Kept {
  values?: { readonly [key: string]: Json }
  reason: string
  /** When it is to be asked (again). Milliseconds since the epoch. */
  due: number
  pending: boolean
}

interface Request {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
}

type Call = (request: Request) => Promise<string | Unknown>
type Asks = (call: Call) => Promise<Supplied>

function bodyOf(reply: HttpReply): string | Unknown {
  if (reply.kind === 'failed') return { reason: `cannot be asked: ${reply.reason}` }
  if (reply.status !== 200) return { reason: `answers with status ${reply.status}` }
  return reply.isCut ? { reason: 'answers with more than is read' } : reply.body
}

function requestOf(supplier: JsonObject, read: ReadText): Asks | undefined {
  const { kind, url } = supplier
  if (typeof url !== 'string') return undefined
  if (kind === 'properties') return (call) => propertiesAt(url, call)
  return kind === 'vault' ? (call) => vaultSecrets(url, supplier, { call, read }) : undefined
}

async function propertiesAt(url: string, call: Call): Promise<Supplied> {
  const body = await call({ method: 'GET', url, headers: {} })
  return typeof body === 'string' ? { values: parseProperties(body) } : body
}

/**
 * The secrets at a path of a Vault, by a token, or by a user and a password.
 * @source HashiCorp Vault's HTTP API: `X-Vault-Token`, `data` (version 1 of the key-value engine) or `data.data` (version 2).
 */
async function vaultSecrets(
  url: string,
  supplier: JsonObject,
  { call, read }: { readonly call: Call; readonly read: ReadText },
): Promise<Supplied> {
  const { path } = supplier
  if (typeof path !== 'string') return { reason: 'needs a "path"' }
  const token = await tokenOf(url, supplier, { call, read })
  if (typeof token !== 'string') return token
  const address = `${url.replace(/\/+$/, '')}/v1/${path.replace(/^\/+/, '')}`
  const body = await call({ method: 'GET', url: address, headers: { 'x-vault-token': token } })
  if (typeof body !== 'string') return body
  const data = partOf(jsonOf(body), 'data')
  const inner = partOf(data, 'data')
  const values = inner !== undefined && partOf(data, 'metadata') !== undefined ? inner : data
  return values === undefined ? { reason: 'answers without "data"' } : { values }
}

async function tokenOf(
  url: string,
  supplier: JsonObject,
  { call, read }: { readonly call: Call; readonly read: ReadText },
): Promise<string | Unknown> {
  const given = secretOf(supplier, 'token', read)
  if (given !== undefined) return given
  const { user } = supplier
  const password = secretOf(supplier, 'password', read)
  if (typeof user !== 'string' || password === undefined)
    return { reason: 'needs a "token", or a "user" and a "password"' }
  if (typeof password !== 'string') return password
  const address = `${url.replace(/\/+$/, '')}/v1/auth/userpass/login/${encodeURIComponent(user)}`
  const headers = { 'content-type': 'application/json' }
  const body = await call({ method: 'POST', url: address, headers, body: JSON.stringify({ password }) })
  if (typeof body !== 'string') return body
  const token = partOf(jsonOf(body), 'auth')?.['client_token']
  return typeof token === 'string' ? token : { reason: 'gives no token for its user' }
}

/** What stands under a key, or in the file that is named under it with `File`. */
function secretOf(supplier: JsonObject, key: string, read: ReadText): string | Unknown | undefined {
  const { [key]: value, [`${key}File`]: file } = supplier
  if (typeof value === 'string') return value
  if (typeof file !== 'string') return undefined
  const text = read(file)
  return typeof text === 'string' ? text.trim() : text
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}

function partOf(value: Json | undefined, key: string): JsonObject | undefined {
  if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, key)) return undefined
  const part = value[key]
  return part !== undefined && isJsonObject(part) ? part : undefined
}
