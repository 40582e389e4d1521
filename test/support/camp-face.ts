import { compile, readValue, stockTypes } from '../../blueprints/index.js'
import { MemoryStore, type Store, silentLog } from '../../engine/index.js'
import {
  type CampContext,
  Idempotency,
  StoredIdempotency,
  StoredPlans,
  answerCamp,
  handle,
} from '../../server/handlers/index.js'
import { createHttpServer, tokenHash } from '../../server/http/index.js'
import { readArchive } from '../../server/storage/index.js'
import { archives, catalogsOver } from './catalogs.js'
import { FakeEngine } from './fake-engine.js'
import { type CallOptions, HandClock, READER, STRANGER, TOKEN } from './http-face.js'
import { stockBench } from './policy-trials.js'
import { SequenceIds } from './sequence-ids.js'

/** Where the tree begins. */
export const ROOT = '/camp/camp_1_1'

/** A CAMP tree on loopback over a fake engine, with the real compiler and the real archive reader. */
export interface CampFace {
  readonly url: string
  readonly engine: FakeEngine
  readonly store: Store
  /** Calls it with the token that may do everything, unless told otherwise. */
  call(method: string, path: string, how?: CampCallOptions): Promise<CampAnswer>
  /** Registers a plan in YAML and gives its path. */
  register(text: string): Promise<string>
  close(): Promise<void>
}

/** How a call differs from the plain one. */
export interface CampCallOptions extends Omit<CallOptions, 'text'> {
  readonly text?: string
  readonly bytes?: Uint8Array
  readonly form?: FormData
}

/** What came back. */
export interface CampAnswer {
  readonly status: number
  readonly headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

/** Starts it on a port of the system's choice; with a store, on what is kept there. */
export async function startCampFace(store: Store = new MemoryStore()): Promise<CampFace> {
  const [engine, clock] = [new FakeEngine(), new HandClock()]
  const camp = campContext(engine, clock, store)
  const server = createHttpServer({
    handle: (request) => handle(camp.handlers, request),
    camp: (call) => answerCamp(camp, call),
    tokens: [
      { name: 'admin', tenant: 'main', hash: tokenHash(TOKEN), permissions: 'all' },
      { name: 'reader', tenant: 'main', hash: tokenHash(READER), permissions: ['applications:read'] },
      { name: 'stranger', tenant: 'other', hash: tokenHash(STRANGER), permissions: 'all' },
    ],
    clock,
    log: silentLog,
    version: '0.0.1',
    limits: { body: 1_000_000 },
  })
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 })
  const ask: CampFace['call'] = (method, path, how = {}) => call(url, method, path, how)
  return {
    url,
    engine,
    store,
    call: ask,
    register: async (text) => {
      const { status, headers, body } = await ask('POST', `${ROOT}/plans`, { text })
      if (status !== 201) throw new Error(`not registered: ${JSON.stringify(body)}`)
      return headers.get('location') ?? ''
    },
    close: async () => {
      const closed = server.close(1000)
      clock.advance(1000)
      await closed
    },
  }
}

function campContext(engine: FakeEngine, clock: HandClock, store: Store): CampContext {
  return {
    handlers: {
      engine,
      compile: (sources, { catalog, ...inputs }) => compile(sources, { ...catalog, ...inputs }),
      types: { types: () => stockTypes(), schemas: () => ({}) },
      idempotency: new Idempotency(new StoredIdempotency(store, clock), clock),
      catalogs: catalogsOver(store),
      policies: stockBench,
      archives,
      version: '0.0.1',
      log: silentLog,
    },
    plans: new StoredPlans(store),
    ids: new SequenceIds(),
    now: () => clock.now(),
    readDocument: readValue,
    readArchive: (bytes) => readArchive(bytes),
  }
}

async function call(url: string, method: string, path: string, how: CampCallOptions): Promise<CampAnswer> {
  const { token = TOKEN, json, text, bytes, form, type, headers } = how
  const body = json === undefined ? (text ?? bytes ?? form) : JSON.stringify(json)
  const usual = json === undefined ? 'application/x-yaml' : 'application/json'
  const contentType = form !== undefined || body === undefined ? type : (type ?? usual)
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(contentType === undefined || contentType === '' ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body as string }),
  })
  const said = await answer.text()
  return { status: answer.status, headers: answer.headers, body: said === '' ? '' : JSON.parse(said) }
}
