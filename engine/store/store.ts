import type { Observable } from 'rxjs'
import type { JsonObject } from '../support/json.js'

/** A stored value under its key, with the revision of the commit that wrote it. */
export interface Entry {
  readonly key: string
  readonly value: JsonObject
  readonly revision: number
}

/** One change of a batch. `expect` is the revision that the key must have now: 0 for absent, undefined for any. */
export type Change =
  | { readonly kind: 'put'; readonly key: string; readonly value: JsonObject; readonly expect?: number }
  | { readonly kind: 'delete'; readonly key: string; readonly expect?: number }

/** All of it or nothing. At most 100 keys and 1 MiB of JSON, each key once. */
export interface Batch {
  readonly changes: readonly Change[]
  /** The fencing epoch under which the writer works; refused ('fenced') when a newer lease was given. */
  readonly epoch?: number
}

/** What became of a batch. 'committed' is said only after it is durable. */
export type CommitAnswer =
  | { readonly kind: 'committed'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly key: string; readonly revision: number }
  | { readonly kind: 'fenced'; readonly epoch: number }

/** One committed batch, as watchers see it. */
export interface Commit {
  readonly revision: number
  readonly changes: readonly Change[]
}

/** What a watch says: commits in order with no gap, or that the asked revision is no longer kept. */
export type WatchEvent =
  | { readonly kind: 'commit'; readonly commit: Commit }
  | { readonly kind: 'compacted'; readonly oldest: number }

/** A lease with a fencing epoch: the right to write, as long as it is renewed. */
export interface Lease {
  readonly name: string
  readonly holder: string
  readonly epoch: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** The limits of one batch. */
export const BATCH_LIMITS = { keys: 100, bytes: 1_048_576 } as const

/**
 * Durable records under keys, written by compare-and-set. The engine keeps what it loads in memory and reads from
 * there. Values are frozen, plain JSON; keys are compared by code unit.
 */
export interface Store {
  /** All entries whose key starts with `prefix`, in key order, with the revision that they are true for. */
  load(prefix: string): Promise<{ readonly revision: number; readonly entries: readonly Entry[] }>
  /** Throws InvariantError for a batch beyond the limits or with a key twice; Failure when the medium fails. */
  commit(batch: Batch): Promise<CommitAnswer>
  /** Every commit after `revision`, from the past and then live, until unsubscribed or closed (which completes it). */
  watch(revision: number): Observable<WatchEvent>
  /** Takes or renews a lease for `ttl` ms by `now`. Gives the holder's lease when someone else has it. */
  acquire(
    name: string,
    holder: string,
    ttl: number,
    now: number,
  ): Promise<{ readonly granted: boolean; readonly lease: Lease }>
  /** Gives a lease up, if it is ours. */
  release(name: string, holder: string): Promise<void>
  close(): Promise<void>
}
