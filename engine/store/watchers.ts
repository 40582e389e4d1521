import { Observable, type Subscriber } from 'rxjs'
import type { Commit, WatchEvent } from './store.js'

/** The commits that a store still keeps. */
export interface CommitHistory {
  /** Revision of the last commit; 0 before the first. */
  last(): number
  /** Revision of the oldest commit that is kept; one more than the last when none is. */
  oldest(): number
  /**
   * Kept commits after `revision` in order, as many as are convenient; at least one when there is one. Throws a Failure
   * when the medium cannot give them: the watch that asked ends with it.
   */
  after(revision: number): readonly Commit[]
}

/**
 * The watches of one store. Each is a cursor over the history, so that past and live are one path and there is no gap
 * between them, nor disorder when a watcher commits while it is told of a commit.
 */
export class Watchers {
  readonly #history: CommitHistory
  readonly #cursors = new Set<Cursor>()
  #closed = false

  constructor(history: CommitHistory) {
    this.#history = history
  }

  /** Every commit after `revision`; what is no longer kept is skipped and announced as `compacted`. */
  watch(revision: number): Observable<WatchEvent> {
    return new Observable<WatchEvent>((subscriber) => {
      if (this.#closed) {
        subscriber.complete()
        return undefined
      }
      const cursor: Cursor = { subscriber, at: revision, busy: false }
      this.#pump(cursor)
      this.#cursors.add(cursor)
      return () => {
        this.#cursors.delete(cursor)
      }
    })
  }

  /** Tells everyone what the history has that they have not seen. To be called after each commit. */
  wake(): void {
    for (const cursor of [...this.#cursors]) this.#pump(cursor)
  }

  /** Ends all watches; those to come end at once. */
  close(): void {
    this.#closed = true
    for (const { subscriber } of [...this.#cursors]) subscriber.complete()
    this.#cursors.clear()
  }

  #pump(cursor: Cursor): void {
    if (cursor.busy) return
    cursor.busy = true
    try {
      while (cursor.at < this.#history.last() && !cursor.subscriber.closed) this.#deliver(cursor)
    } catch (thrown) {
      cursor.subscriber.error(thrown)
    } finally {
      cursor.busy = false
    }
  }

  #deliver(cursor: Cursor): void {
    const oldest = this.#history.oldest()
    if (cursor.at + 1 < oldest) {
      cursor.at = oldest - 1
      cursor.subscriber.next({ kind: 'compacted', oldest })
    }
    for (const commit of this.#history.after(cursor.at)) {
      if (cursor.subscriber.closed) return
      cursor.at = commit.revision
      cursor.subscriber.next({ kind: 'commit', commit })
    }
  }
}

interface Cursor {
  readonly subscriber: Subscriber<WatchEvent>
  /** Revision of the last commit that it was told of. */
  at: number
  /** Whether it is being told something right now: what it causes meanwhile comes after that. */
  busy: boolean
}
