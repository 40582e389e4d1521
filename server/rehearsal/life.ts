import type { Observable } from 'rxjs'
import type {
  Batch,
  Cancel,
  Change,
  Clock,
  CommitAnswer,
  Entry,
  Lease,
  Location,
  Store,
  WatchEvent,
} from '../../engine/index.js'

/** Something that an engine is about to cause at a place. */
export interface Effect {
  readonly verb: string
  /** Names of what it is about. */
  readonly about: readonly string[]
}

/** What becomes of an effect: it is caused, or the engine that asked for it dies before it or after it. */
export type Fate = 'goes' | 'dies-before' | 'dies-after'

/** What a life is told about and asks. */
export interface Surroundings {
  readonly clock: Clock
  readonly store: Store
  /** Asked before each effect. */
  befalls(effect: Effect): Promise<Fate>
  /** Told of each batch that became durable. */
  committed(changes: readonly Change[]): void
  /** Told when an effect was its death. */
  died(): void
}

/** Verbs that cause something. */
const EFFECTS: ReadonlySet<string> = new Set<string>([
  ...(['ensure', 'start', 'stop', 'fence', 'destroy', 'run', 'endRun', 'copy'] as const),
])

/**
 * One life of an engine's process: from its death on nothing of it reaches the store, the places or the clock, and nothing that it
 * waits for comes.
 */
export class Life {
  readonly #around: Surroundings
  #dead = false

  constructor(around: Surroundings) {
    this.#around = around
  }

  get isOver(): boolean {
    return this.#dead
  }

  /** Ends it, without a word. */
  end(): void {
    this.#dead = true
  }

  clock(): Clock {
    const { clock } = this.#around
    return {
      now: () => clock.now(),
      schedule: (delay, action): Cancel =>
        clock.schedule(delay, () => {
          if (!this.#dead) action()
        }),
    }
  }

  store(): Store {
    const { store } = this.#around
    return {
      load: (prefix): Promise<{ readonly revision: number; readonly entries: readonly Entry[] }> =>
        this.#heard(store.load(prefix)),
      commit: (batch) => this.#commit(batch),
      watch: (revision): Observable<WatchEvent> => store.watch(revision),
      acquire: (name, holder, ttl, now): Promise<{ readonly granted: boolean; readonly lease: Lease }> =>
        this.#heard(store.acquire(name, holder, ttl, now)),
      release: (name, holder) => this.#heard(store.release(name, holder)),
      close: () => Promise.resolve(),
    }
  }

  /** A place, as long as it lives. */
  place(location: Location): Location {
    return new Proxy(location, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function' || typeof name !== 'string' || name === 'watch') return member
        return (...given: readonly unknown[]): Promise<unknown> => {
          const carry = (): Promise<unknown> => Promise.resolve(Reflect.apply(member, target, given))
          return EFFECTS.has(name)
            ? this.#cause({ verb: name, about: namesIn(given) }, carry)
            : this.#ask(carry)
        }
      },
    })
  }

  async #cause(effect: Effect, carry: () => Promise<unknown>): Promise<unknown> {
    if (this.#dead) return never()
    const fate = await this.#around.befalls(effect)
    if (fate === 'dies-before') return this.#die()
    const answer = await carry()
    return fate === 'dies-after' ? this.#die() : this.#heard(answer)
  }

  #ask<T>(carry: () => Promise<T>): Promise<T> {
    return this.#dead ? never() : this.#heard(carry())
  }

  async #commit(batch: Batch): Promise<CommitAnswer> {
    if (this.#dead) return never()
    const answer = await this.#around.store.commit(batch)
    if (answer.kind === 'committed') this.#around.committed(batch.changes)
    return this.#heard(answer)
  }

  #die(): Promise<never> {
    this.#dead = true
    this.#around.died()
    return never()
  }

  /** An answer is heard only by the living. */
  async #heard<T>(answer: T | Promise<T>): Promise<T> {
    const known = await answer
    return this.#dead ? never() : known
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}

function namesIn(given: readonly unknown[]): readonly string[] {
  return (given.flat() as readonly { readonly name?: unknown; readonly label?: unknown }[])
    .flatMap(({ name, label }) => [name, label])
    .filter((text): text is string => typeof text === 'string')
}
