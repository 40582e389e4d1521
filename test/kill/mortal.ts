import type { Observable } from 'rxjs'
import type {
  Batch,
  Cancel,
  Clock,
  CommitAnswer,
  Entry,
  Lease,
  Store,
  WatchEvent,
} from '../../engine/index.js'
import type { Passage } from './far-end.js'

/** The four sides of an announcement and its outcome at which a process may die. */
export const SIDES = ['before-commit', 'after-commit', 'before-effect', 'after-effect'] as const

/** A moment of death: the side, and which commit, effect or install command of this life, from 1. */
export interface Moment {
  readonly side: (typeof SIDES)[number] | 'mid-install'
  readonly ordinal: number
}

/** How many commits and effects a life had. */
export interface Tally {
  readonly commits: number
  readonly effects: number
}

/**
 * One life of a process that may be killed: from the moment of its death on nothing of it reaches the store, the far
 * end or the clock, and nothing that it waits for comes.
 */
export class Mortal implements Passage {
  readonly #moment: Moment | undefined
  /** How long an effect that was under way at the moment of death is still on its way; undefined: it is lost. */
  readonly #lateBy: number | undefined
  readonly #clock: Clock
  #commits = 0
  #effects = 0
  #dead = false

  constructor(clock: Clock, moment?: Moment, lateBy?: number) {
    this.#clock = clock
    this.#moment = moment
    this.#lateBy = lateBy
  }

  get dead(): boolean {
    return this.#dead
  }

  get tally(): Tally {
    return { commits: this.#commits, effects: this.#effects }
  }

  /** Ends this life from outside. */
  kill(): void {
    this.#dead = true
  }

  /** The world's clock, as long as it lives. */
  clock(): Clock {
    return {
      now: () => this.#clock.now(),
      schedule: (delay, action): Cancel =>
        this.#clock.schedule(delay, () => {
          if (!this.#dead) action()
        }),
    }
  }

  /** The world's store, as long as it lives. */
  store(store: Store): Store {
    return {
      load: (prefix): Promise<{ readonly revision: number; readonly entries: readonly Entry[] }> =>
        this.ask(() => store.load(prefix)),
      commit: (batch) => this.#commit(store, batch),
      watch: (revision): Observable<WatchEvent> => store.watch(revision),
      acquire: (name, holder, ttl, now): Promise<{ readonly granted: boolean; readonly lease: Lease }> =>
        this.ask(() => store.acquire(name, holder, ttl, now)),
      release: (name, holder) => this.ask(() => store.release(name, holder)),
      close: () => Promise.resolve(),
    }
  }

  async carry<T>(effect: () => T): Promise<T> {
    if (this.#dead) return never()
    this.#effects += 1
    if (this.#dies('before-effect', this.#effects)) {
      if (this.#lateBy !== undefined) this.#clock.schedule(this.#lateBy, effect)
      return never()
    }
    const answer = effect()
    if (this.#dies('after-effect', this.#effects)) return never()
    return this.#heard(answer)
  }

  async ask<T>(question: () => T | Promise<T>): Promise<T> {
    if (this.#dead) return never()
    return this.#heard(await question())
  }

  async #commit(store: Store, batch: Batch): Promise<CommitAnswer> {
    if (this.#dead) return never()
    this.#commits += 1
    if (this.#dies('before-commit', this.#commits)) return never()
    const committed = store.commit(batch)
    if (this.#dies('after-commit', this.#commits)) return never()
    return this.#heard(await committed)
  }

  /** An answer takes a millisecond, and is heard only by the living. */
  #heard<T>(answer: T): Promise<T> {
    return new Promise((resolve) => {
      this.#clock.schedule(1, () => {
        if (!this.#dead) resolve(answer)
      })
    })
  }

  #dies(side: Moment['side'], ordinal: number): boolean {
    if (this.#moment?.side !== side || this.#moment.ordinal !== ordinal) return false
    this.#dead = true
    return true
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
