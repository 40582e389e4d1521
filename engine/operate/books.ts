import type { ApplicationSpec } from '../spec/application-spec.js'
import type { Change, CommitAnswer, Entry, Store } from '../store/store.js'
import { BATCH_LIMITS } from '../store/store.js'
import { canonicalJson, digestOfText } from '../support/digest.js'
import type { Clock } from '../support/clock.js'
import { Failure, failureOf } from '../support/failure.js'
import type { JsonObject } from '../support/json.js'
import type { Log } from '../support/log.js'
import { KEYS, splitKey } from '../reconcile/facts/keys.js'

/** Characters of one stored part of a spec; a batch holds one part safely. */
const PART = 200_000

/** Milliseconds before a medium that failed is tried again, growing to the most. */
const AGAIN_FIRST = 100
const AGAIN_MOST = 5_000

/** All entries of one application, by kind of record and rest of the key. */
export type LoadedApplication = ReadonlyMap<string, ReadonlyMap<string, Entry>>

/** The store as the engine uses it: fenced, patient with a failing medium, specs cut into parts. */
export class Books {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  #epoch = 0
  #revision = 0

  constructor(store: Store, ports: { readonly clock: Clock; readonly log: Log }) {
    this.#store = store
    this.#clock = ports.clock
    this.#log = ports.log
  }

  /** Revision of the last commit of ours, or of what was loaded. */
  get revision(): number {
    return this.#revision
  }

  /** The store itself, for watching. */
  get store(): Store {
    return this.#store
  }

  /** Takes or renews the right to write; every commit then carries its epoch. */
  async lease(holder: string, ttl: number): Promise<boolean> {
    const { granted, lease } = await this.#store.acquire('engine', holder, ttl, this.#clock.now())
    if (granted) this.#epoch = lease.epoch
    return granted
  }

  release(holder: string): Promise<void> {
    return this.#store.release('engine', holder)
  }

  /** Everything, by application, then kind, then rest of the key. Records of no application are under ''. */
  async loadAll(): Promise<ReadonlyMap<string, LoadedApplication>> {
    const { revision, entries } = await this.#store.load('')
    this.#revision = revision
    const all = new Map<string, Map<string, Map<string, Entry>>>()
    for (const entry of entries) {
      const { kind, application, rest } = splitKey(entry.key)
      const kinds = mapIn(all, kind === 'spec' || kind === 'location' ? '' : application)
      mapIn(kinds, kind).set(kind === 'spec' || kind === 'location' ? `${application}/${rest}` : rest, entry)
    }
    return all
  }

  /** One batch, once: a conflict is the caller's to meet. A medium that fails in passing is tried until it answers. */
  async tryCommit(changes: readonly Change[]): Promise<CommitAnswer> {
    let delay = AGAIN_FIRST
    for (;;) {
      try {
        const answer = await this.#store.commit({ changes, epoch: this.#epoch })
        if (answer.kind === 'committed') this.#revision = Math.max(this.#revision, answer.revision)
        return answer
      } catch (thrown) {
        if (!(thrown instanceof Failure) || thrown.record.retry === 'never') throw thrown
        this.#log.error('the store failed; trying again', { reason: failureOf(thrown).message, delay })
        await this.#wait(delay)
        delay = Math.min(AGAIN_MOST, delay * 2)
      }
    }
  }

  /** One batch that cannot conflict. Rejects with a Failure ('stale', never) when another engine has taken over. */
  async commit(changes: readonly Change[]): Promise<void> {
    const answer = await this.tryCommit(changes)
    if (answer.kind === 'committed') return
    const message =
      answer.kind === 'fenced'
        ? 'another engine has taken over this store'
        : `unexpected conflict on ${answer.key}`
    this.#log.error('commit refused', { message })
    throw new Failure({ cause: 'stale', retry: 'never', message })
  }

  /** Writes a spec's parts under its digest; gives what a version record says of them. Parts are never changed. */
  async writeSpec(spec: ApplicationSpec): Promise<{ readonly digest: string; readonly parts: number }> {
    const text = canonicalJson(spec as unknown as JsonObject)
    const digest = digestOfText(text)
    const parts = Math.max(1, Math.ceil(text.length / PART))
    for (let part = 0; part < parts; part += 1) {
      const value = { kind: 'spec', text: text.slice(part * PART, (part + 1) * PART) }
      await this.commit([{ kind: 'put', key: KEYS.spec(digest, part), value }])
    }
    return { digest, parts }
  }

  /** Deletes keys, in as many batches as it takes. */
  async erase(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += BATCH_LIMITS.keys) {
      await this.commit(keys.slice(at, at + BATCH_LIMITS.keys).map((key) => ({ kind: 'delete', key })))
    }
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(delay, resolve))
  }
}

/** The digest that `writeSpec` will give. */
export function specDigest(spec: ApplicationSpec): string {
  return digestOfText(canonicalJson(spec as unknown as JsonObject))
}

/** A spec from its stored parts. Throws a Failure ('internal', never) when they are not what was written. */
export function readSpec(specs: ReadonlyMap<string, Entry>, digest: string, parts: number): ApplicationSpec {
  let text = ''
  for (let part = 0; part < parts; part += 1) {
    const value = specs.get(KEYS.spec(digest, part).slice('spec/'.length))?.value['text']
    if (typeof value === 'string') text += value
  }
  if (digestOfText(text) !== digest) {
    throw new Failure({ cause: 'internal', retry: 'never', message: `the stored spec ${digest} is damaged` })
  }
  return JSON.parse(text) as ApplicationSpec
}

function mapIn<K, V>(map: Map<K, Map<string, V>>, key: K): Map<string, V> {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = new Map<string, V>()
  map.set(key, made)
  return made
}
