import type Database from 'better-sqlite3'
import type { Observable } from 'rxjs'
import {
  type Batch,
  checkBatch,
  type Commit,
  type CommitAnswer,
  type Entry,
  Failure,
  freezeChanges,
  invariant,
  type Lease,
  type Store,
  type WatchEvent,
  Watchers,
} from '../../engine/index.js'
import { GroupCommit } from './group-commit.js'
import { openDatabase } from './schema.js'
import { leavesDoubt, sqliteFailure } from './sqlite-failure.js'
import { changesText, type Tables, tablesOf } from './tables.js'

/** How a SQLite store is opened. */
export interface SqliteStoreOptions {
  /** The file; made when absent, 0600 in a 0700 directory. */
  readonly path: string
  /** Commits kept for watchers that come late, across restarts; at least 1. @default 10000 */
  readonly history?: number
  /**
   * For fault injection: called before and after each transaction becomes durable, with the revision of its last commit;
   * not for those that write no commit. What it throws 'before' fails the transaction; 'after' it must not throw.
   */
  readonly onPoint?: (point: FaultPoint) => void
}

/** A moment at which a process may be killed. */
export interface FaultPoint {
  readonly when: 'before' | 'after'
  readonly revision: number
}

/**
 * Opens a store on a file, for this process alone, with everything that was ever acknowledged in it. Throws a Failure:
 * 'denied' for a symbolic link or missing rights, 'conflict' while another process has it, 'invalid' for a file that is
 * damaged or no store, 'unsupported' for one of a newer format.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const database = openDatabase(options.path)
  try {
    const tables = tablesOf(database)
    const range = tables.commitRange() ?? { oldest: 1, last: 0 }
    const epoch = tables.control(EPOCH)?.['epoch'] ?? 0
    invariant(typeof epoch === 'number', 'the epoch is a number')
    return new SqliteStore(database, { tables, marks: { ...range, epoch }, options })
  } catch (thrown) {
    database.close()
    throw sqliteFailure(options.path, thrown)
  }
}

/**
 * The store on one SQLite file: durable before acknowledged, one wait for the disk for everything asked in one turn of
 * the event loop. Made by `openSqliteStore`.
 */
export class SqliteStore implements Store {
  readonly #database: Database.Database
  readonly #tables: Tables
  readonly #options: SqliteStoreOptions
  readonly #history: number
  readonly #group: GroupCommit
  readonly #watchers: Watchers
  readonly #transact: (works: () => void) => void
  /** What is durable. */
  #marks: Marks
  /** What will be, when the transaction that is under way succeeds. */
  #next: Marks
  /** Commits of the transaction that is under way. */
  #written: Commit[] = []
  /** Commits of the last one, so that live watchers need no query. */
  #recent: readonly Commit[] = []
  #broken: Failure | undefined
  #closed = false

  constructor(
    database: Database.Database,
    parts: { readonly tables: Tables; readonly marks: Marks; readonly options: SqliteStoreOptions },
  ) {
    this.#database = database
    this.#tables = parts.tables
    this.#options = parts.options
    this.#history = Math.max(1, parts.options.history ?? 10_000)
    this.#marks = parts.marks
    this.#next = parts.marks
    const transaction = database.transaction((works: () => void) => {
      this.#inTransaction(works)
    })
    this.#transact = (works) => {
      transaction.immediate(works)
    }
    this.#group = new GroupCommit({
      transact: (works) => {
        this.#makeDurable(works)
      },
      settled: () => {
        this.#watchers.wake()
      },
    })
    this.#watchers = new Watchers({
      last: () => this.#marks.last,
      oldest: () => this.#marks.oldest,
      after: (revision) => this.#commitsAfter(revision),
    })
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous: a failure must reject
  async load(prefix: string): Promise<{ readonly revision: number; readonly entries: readonly Entry[] }> {
    return this.#reading(() => ({ revision: this.#marks.last, entries: this.#tables.entries(prefix) }))
  }

  async commit(batch: Batch): Promise<CommitAnswer> {
    checkBatch(batch)
    const changes = freezeChanges(batch.changes)
    const texts = changes.map((change) => (change.kind === 'put' ? JSON.stringify(change.value) : ''))
    const weight = texts.reduce((sum, text) => sum + text.length, 0)
    const { epoch } = batch
    return this.#ask(weight, () => this.#judge({ changes, ...(epoch === undefined ? {} : { epoch }) }, texts))
  }

  watch(revision: number): Observable<WatchEvent> {
    return this.#watchers.watch(revision)
  }

  async acquire(
    name: string,
    holder: string,
    ttl: number,
    now: number,
  ): Promise<{ readonly granted: boolean; readonly lease: Lease }> {
    return this.#ask(0, () => {
      const held = this.#leaseOf(name)
      const holds = held !== undefined && held.until > now
      if (holds && held.holder !== holder) return { granted: false, lease: held }
      const lease = { name, holder, epoch: holds ? held.epoch : this.#nextEpoch(), until: now + ttl }
      this.#tables.setControl(LEASE + name, lease)
      return { granted: true, lease }
    })
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#ask(0, () => {
      if (this.#leaseOf(name)?.holder === holder) this.#tables.removeControl(LEASE + name)
    })
  }

  /** Makes durable what was asked for, ends the watches and gives the file back. Later calls of the store reject. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    // Before the flush: a watcher that answers each commit with another would keep it open for ever.
    this.#closed = true
    this.#group.flush()
    this.#watchers.close()
    this.#database.close()
    return Promise.resolve()
  }

  #ask<T>(weight: number, work: () => T): Promise<T> {
    invariant(!this.#closed, 'the store is open')
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    return this.#group.ask(weight, work)
  }

  #judge(batch: Batch, texts: readonly string[]): CommitAnswer {
    const { last, epoch } = this.#next
    if (batch.epoch !== undefined && batch.epoch < epoch) return { kind: 'fenced', epoch }
    for (const { key, expect } of batch.changes) {
      if (expect === undefined) continue
      const revision = this.#tables.revisionOf(key)
      if (revision !== expect) return { kind: 'conflict', key, revision }
    }
    const revision = last + 1
    this.#write({ revision, changes: batch.changes }, texts)
    this.#next = { ...this.#next, last: revision }
    return { kind: 'committed', revision }
  }

  #write(commit: Commit, texts: readonly string[]): void {
    const { revision, changes } = commit
    for (const [at, change] of changes.entries()) {
      if (change.kind === 'delete') this.#tables.remove(change.key)
      else this.#tables.put({ key: change.key, text: texts[at] ?? '', revision })
    }
    this.#tables.appendCommit(revision, changesText(changes, texts))
    this.#written.push(Object.freeze(commit))
  }

  #leaseOf(name: string): Lease | undefined {
    return this.#tables.control(LEASE + name) as unknown as Lease | undefined
  }

  #nextEpoch(): number {
    const epoch = this.#next.epoch + 1
    this.#tables.setControl(EPOCH, { epoch })
    this.#next = { ...this.#next, epoch }
    return epoch
  }

  #makeDurable(works: () => void): void {
    if (this.#broken !== undefined) throw this.#broken
    this.#next = this.#marks
    this.#written = []
    try {
      this.#transact(works)
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    const wrote = this.#written.length > 0
    this.#marks = this.#next
    if (wrote) this.#recent = this.#written
    if (wrote) this.#options.onPoint?.({ when: 'after', revision: this.#marks.last })
  }

  #inTransaction(works: () => void): void {
    works()
    this.#forgetOld()
    if (this.#written.length > 0) this.#options.onPoint?.({ when: 'before', revision: this.#next.last })
  }

  /** A tenth more than asked is kept, so that not every commit pays for forgetting one. */
  #forgetOld(): void {
    const { last, oldest } = this.#next
    if (last - oldest + 1 <= this.#history * 1.1) return
    const keep = last - this.#history + 1
    this.#tables.forgetCommitsBefore(keep)
    this.#next = { ...this.#next, oldest: keep }
  }

  #commitsAfter(revision: number): readonly Commit[] {
    const first = this.#recent[0]?.revision ?? Infinity
    if (revision + 1 >= first) return this.#recent.slice(revision + 1 - first)
    return this.#reading(() => this.#tables.commitsAfter(revision))
  }

  #reading<T>(read: () => T): T {
    invariant(this.#database.open, 'the store is open')
    try {
      return read()
    } catch (thrown) {
      throw sqliteFailure(this.#options.path, thrown)
    }
  }

  #failed(thrown: unknown): unknown {
    const failure = sqliteFailure(this.#options.path, thrown)
    if (leavesDoubt(thrown) && failure instanceof Failure) this.#broken = failure
    return failure
  }
}

const EPOCH = 'epoch'
const LEASE = 'lease/'

/** The counters of a store. */
interface Marks {
  /** Revision of the last commit; 0 before the first. */
  readonly last: number
  /** Revision of the oldest commit kept. */
  readonly oldest: number
  /** The newest fencing epoch that was given. */
  readonly epoch: number
}
