import {
  type Change,
  type Clock,
  Failure,
  type JsonObject,
  type Store,
  digestOfText,
  required,
} from '../../engine/index.js'
import type { IdempotencyRecord, IdempotencyRecords } from './idempotency.js'

/** How many keys are kept, and how long. */
export interface IdempotencyLimits {
  /** Keys of one tenant; the oldest is forgotten first. @default 10000 */
  readonly keys?: number
  /** Milliseconds. @default 86400000, a day */
  readonly lifetime?: number
  /** Length of the JSON of a kept answer; of a longer one only status and headers are kept. @default 262144 */
  readonly answer?: number
}

/** The prefix of these records in the store: a book of their own, written here only. */
const PREFIX = 'idempotency/'

/** Keys in the engine's store, so that they outlive the server. */
export class StoredIdempotency implements IdempotencyRecords {
  readonly #store: Store
  readonly #clock: Clock
  readonly #limits: Required<IdempotencyLimits>
  /** By tenant, then by store key, oldest first. */
  readonly #kept = new Map<string, Map<string, IdempotencyRecord>>()
  #loading: Promise<void> | undefined

  constructor(store: Store, clock: Clock, limits: IdempotencyLimits = {}) {
    this.#store = store
    this.#clock = clock
    this.#limits = { keys: 10_000, lifetime: 86_400_000, answer: 262_144, ...limits }
  }

  async find(tenant: string, key: string): Promise<IdempotencyRecord | undefined> {
    await this.#load()
    const record = this.#kept.get(tenant)?.get(storeKey(tenant, key))
    if (record === undefined || this.#expired(record)) return undefined
    return record
  }

  async claim(record: IdempotencyRecord): Promise<boolean> {
    await this.#load()
    const key = storeKey(record.tenant, record.key)
    const kept = this.#of(record.tenant)
    const stale = kept.get(key)
    const change: Change = {
      kind: 'put',
      key,
      value: toJson(record),
      ...(stale === undefined ? { expect: 0 } : {}),
    }
    const outdated = this.#outdated(kept).filter((other) => other !== key)
    const forgotten = outdated.map((other): Change => ({ kind: 'delete', key: other }))
    const answer = await this.#store.commit({ changes: [change, ...forgotten] })
    if (answer.kind !== 'committed') return false
    for (const other of outdated) kept.delete(other)
    kept.delete(key)
    kept.set(key, record)
    return true
  }

  async finish(record: IdempotencyRecord): Promise<void> {
    const key = storeKey(record.tenant, record.key)
    const whole = toJson(record)
    const fits = JSON.stringify(whole).length <= this.#limits.answer
    const { reply } = record
    const cut = reply === undefined || fits ? record : { ...record, reply: { ...reply, body: null } }
    const value = fits ? whole : toJson(cut)
    const answer = await this.#store.commit({ changes: [{ kind: 'put', key, value }] })
    if (answer.kind !== 'committed') {
      throw new Failure({ cause: 'stale', retry: 'soon', message: 'this server may no longer write' })
    }
    this.#of(record.tenant).set(key, cut)
  }

  async release(tenant: string, key: string): Promise<void> {
    const name = storeKey(tenant, key)
    await this.#store.commit({ changes: [{ kind: 'delete', key: name }] })
    this.#of(tenant).delete(name)
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read()
    return this.#loading
  }

  async #read(): Promise<void> {
    const { entries } = await this.#store.load(PREFIX)
    const records = entries.map(({ key, value }) => ({ key, record: fromJson(value) }))
    records.sort((a, b) => a.record.claimedAt - b.record.claimedAt)
    for (const { key, record } of records) this.#of(record.tenant).set(key, record)
  }

  #of(tenant: string): Map<string, IdempotencyRecord> {
    const kept = this.#kept.get(tenant) ?? new Map<string, IdempotencyRecord>()
    this.#kept.set(tenant, kept)
    return kept
  }

  /** Store keys that make room for one more: those past their time, and the oldest beyond the bound. */
  #outdated(kept: ReadonlyMap<string, IdempotencyRecord>): readonly string[] {
    const found: string[] = []
    const over = kept.size + 1 - this.#limits.keys
    for (const [key, record] of kept) {
      // A batch has at most 100 keys; what is left over goes with the next claim.
      if (found.length >= 99 || (found.length >= over && !this.#expired(record))) break
      found.push(key)
    }
    return found
  }

  #expired(record: IdempotencyRecord): boolean {
    return this.#clock.now() - record.claimedAt > this.#limits.lifetime
  }
}

function storeKey(tenant: string, key: string): string {
  return `${PREFIX}${tenant}/${digestOfText(key)}`
}

function toJson(record: IdempotencyRecord): JsonObject {
  const { reply, ...claim } = record
  return { kind: 'idempotency', ...claim, ...(reply === undefined ? {} : { reply: { ...reply } }) }
}

function fromJson(value: JsonObject): IdempotencyRecord {
  // Written by toJson above, and by nobody else.
  const record = value as unknown as IdempotencyRecord & { readonly kind: string }
  const { kind, ...told } = record
  required(kind === 'idempotency' ? kind : undefined, 'a record of an idempotency key')
  return told
}
