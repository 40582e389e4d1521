import type { Observable } from 'rxjs'
import { checkBatch, freezeChanges } from './batch.js'
import type { Batch, Commit, CommitAnswer, Entry, Lease, Store, WatchEvent } from './store.js'
import { Watchers } from './watchers.js'

/** How a memory store behaves. */
export interface MemoryStoreOptions {
  /** Commits kept for watchers that come late; at least 1. @default 10000 */
  readonly history?: number
}

/** A store that lives and dies with the process. The reference implementation of the contract. */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Entry>()
  readonly #leases = new Map<string, Lease>()
  readonly #history: number
  readonly #watchers: Watchers
  #commits: Commit[] = []
  #revision = 0
  #epoch = 0

  constructor(options: MemoryStoreOptions = {}) {
    this.#history = Math.max(1, options.history ?? 10_000)
    this.#watchers = new Watchers({
      last: () => this.#revision,
      oldest: () => this.#oldest(),
      after: (revision) => this.#commits.slice(Math.max(0, revision + 1 - this.#oldest())),
    })
  }

  load(prefix: string): Promise<{ revision: number; entries: readonly Entry[] }> {
    const entries = [...this.#entries.values()].filter((entry) => entry.key.startsWith(prefix))
    entries.sort((a, b) => (a.key < b.key ? -1 : 1))
    return Promise.resolve({ revision: this.#revision, entries })
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous: a bad batch must reject
  async commit(batch: Batch): Promise<CommitAnswer> {
    checkBatch(batch)
    if (batch.epoch !== undefined && batch.epoch < this.#epoch) return { kind: 'fenced', epoch: this.#epoch }
    const stale = batch.changes.find(
      (change) => change.expect !== undefined && change.expect !== this.#at(change.key),
    )
    if (stale !== undefined) return { kind: 'conflict', key: stale.key, revision: this.#at(stale.key) }
    this.#write(batch)
    return { kind: 'committed', revision: this.#revision }
  }

  watch(revision: number): Observable<WatchEvent> {
    return this.#watchers.watch(revision)
  }

  acquire(
    name: string,
    holder: string,
    ttl: number,
    now: number,
  ): Promise<{ granted: boolean; lease: Lease }> {
    const held = this.#leases.get(name)
    if (held !== undefined && held.holder !== holder && held.until > now) {
      return Promise.resolve({ granted: false, lease: held })
    }
    const epoch = held?.holder === holder && held.until > now ? held.epoch : ++this.#epoch
    const lease = { name, holder, epoch, until: now + ttl }
    this.#leases.set(name, lease)
    return Promise.resolve({ granted: true, lease })
  }

  release(name: string, holder: string): Promise<void> {
    if (this.#leases.get(name)?.holder === holder) this.#leases.delete(name)
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#watchers.close()
    return Promise.resolve()
  }

  #at(key: string): number {
    return this.#entries.get(key)?.revision ?? 0
  }

  #oldest(): number {
    return this.#commits[0]?.revision ?? this.#revision + 1
  }

  #write(batch: Batch): void {
    const revision = ++this.#revision
    const changes = freezeChanges(batch.changes)
    for (const change of changes) {
      if (change.kind === 'delete') this.#entries.delete(change.key)
      else this.#entries.set(change.key, Object.freeze({ key: change.key, value: change.value, revision }))
    }
    this.#commits.push(Object.freeze({ revision, changes }))
    if (this.#commits.length > this.#history * 2) this.#commits = this.#commits.slice(-this.#history)
    this.#watchers.wake()
  }
}
