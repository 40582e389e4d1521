import { type Cancel, type Clock, type Log, MemoryStore, type Store, silentLog } from '../../engine/index.js'
import { type HandlerContext, Idempotency, StoredIdempotency, handle } from '../../server/handlers/index.js'
import {
  type HttpLimits,
  type HttpServer,
  type Token,
  createHttpServer,
  tokenHash,
} from '../../server/http/index.js'
import { archives, catalogsOver } from './catalogs.js'
import { FakeEngine } from './fake-engine.js'
import { stockBench } from './policy-trials.js'
import { compileTiny } from './tiny-blueprint.js'

/** The token that may do everything. */
export const TOKEN = 'a-token-of-more-than-thirty-two-characters'

/** The token that may look only. */
export const READER = 'another-token-that-may-only-look-around'

/** The token of another tenant. */
export const STRANGER = 'a-token-of-somebody-of-another-tenant'

/** A clock whose time the test makes: `advance` fires what is due, in order. */
export class HandClock implements Clock {
  #now = 1_700_000_000_000
  #waiting: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }

  schedule(delay: number, action: () => void): Cancel {
    const entry = { at: this.#now + delay, action }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry)
    }
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    const due = this.#waiting.filter(({ at }) => at <= this.#now)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now)
    for (const { action } of due.sort((a, b) => a.at - b.at)) action()
  }
}

/** A server on loopback over a fake engine. */
export interface HttpFace {
  readonly url: string
  readonly port: number
  readonly engine: FakeEngine
  readonly clock: HandClock
  readonly context: HandlerContext
  /** Calls it with the token that may do everything, unless the headers say otherwise. */
  call(method: string, path: string, options?: CallOptions): Promise<Called>
  close(): Promise<void>
}

/** How a call differs from the plain one. */
export interface CallOptions {
  readonly token?: string | null
  readonly json?: unknown
  readonly text?: string
  readonly type?: string
  readonly headers?: Record<string, string>
}

/** What came back. */
export interface Called {
  readonly status: number
  readonly headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

const tokens: readonly Token[] = [
  { name: 'admin', tenant: 'main', hash: tokenHash(TOKEN), permissions: 'all' },
  { name: 'reader', tenant: 'main', hash: tokenHash(READER), permissions: ['applications:read'] },
  { name: 'stranger', tenant: 'other', hash: tokenHash(STRANGER), permissions: 'all' },
]

/** What handlers work with in tests. */
export function fakeContext(
  engine: FakeEngine,
  clock: Clock,
  store: Store = new MemoryStore(),
): HandlerContext {
  return {
    engine,
    compile: compileTiny,
    types: {
      types: () => [
        { name: 'software', kind: 'entity', description: 'Runs a program.', schema: { type: 'object' } },
      ],
      schemas: () => ({ camp: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' } }),
    },
    idempotency: new Idempotency(new StoredIdempotency(store, clock), clock),
    catalogs: catalogsOver(store),
    policies: stockBench,
    archives,
    version: '0.0.1',
    log: silentLog,
    seal: {
      seal: (name) => ({ kind: 'secret', name, sealed: 'x' }),
      open: () => {
        throw new Error('not opened here')
      },
    },
  }
}

/** Starts a server on a port of the system's choice. */
export async function startFace(
  options: {
    limits?: Partial<HttpLimits>
    log?: Log
    errorPages?: string
    console?: string
    compile?: HandlerContext['compile']
  } = {},
): Promise<HttpFace> {
  const engine = new FakeEngine()
  const clock = new HandClock()
  const context = {
    ...fakeContext(engine, clock),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.compile === undefined ? {} : { compile: options.compile }),
  }
  const server: HttpServer = createHttpServer({
    handle: (request) => handle(context, request),
    tokens,
    clock,
    log: context.log,
    version: context.version,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.errorPages === undefined ? {} : { errorPages: options.errorPages }),
    ...(options.console === undefined ? {} : { console: options.console }),
  })
  const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    port,
    engine,
    clock,
    context,
    call: (method, path, how = {}) => call(url, method, path, how),
    close: async () => {
      const closed = server.close(1000)
      clock.advance(1000)
      await closed
    },
  }
}

async function call(url: string, method: string, path: string, how: CallOptions): Promise<Called> {
  const { token = TOKEN, json, text, type, headers } = how
  const body = json === undefined ? text : JSON.stringify(json)
  const contentType = type ?? (json === undefined ? 'application/yaml' : 'application/json')
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const said = await answer.text()
  const isJson = (answer.headers.get('content-type') ?? '').includes('json')
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(said) : said }
}
