import { defer, Subject, type Observable } from 'rxjs'
import type { Cancel, Clock, Hint } from '../../engine/index.js'
import type { Ledger } from './ledger.js'

/** Milliseconds after which it looks again in any case: timers cannot wait for ever. */
const LOOK_AGAIN = 86_400_000

/**
 * Tells watchers what changed at the far end, at once and when something is due by itself. With a `period` it looks again
 * after so many milliseconds in any case: others may change a far end in a process of its own, and it may go silent.
 */
export class HintBoard {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #period: number | undefined
  readonly #hints = new Subject<Hint>()
  #cancel: Cancel | undefined
  #gapUntil = -Infinity
  #closed = false

  constructor(ledger: Ledger, clock: Clock, period?: number) {
    this.#ledger = ledger
    this.#clock = clock
    this.#period = period
  }

  /** Hints from the subscription on. */
  get hints$(): Observable<Hint> {
    return defer(() => {
      this.#look()
      return this.#hints
    })
  }

  /** Looks for changes, and again when the next one is due. */
  stir(): void {
    if (this.#hints.observed) this.#look()
  }

  /** Hints are lost for so many milliseconds; at the end of it everything may have changed. */
  gap(ms: number): void {
    this.#gapUntil = this.#clock.now() + ms
    this.#clock.schedule(ms, () => {
      this.#hints.next({})
    })
  }

  /** Ends all watches. */
  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.#hints.complete()
  }

  /** A far end that cannot be asked may have changed in any way. */
  #look(): void {
    if (this.#closed) return
    this.#tell().catch(() => {
      this.#lookIn(this.#period)
      this.#hints.next({})
    })
  }

  async #tell(): Promise<void> {
    const { tokens, next = Infinity } = await this.#ledger.changes(this.#clock.now())
    if (this.#clock.now() >= this.#gapUntil) for (const token of tokens) this.#hints.next({ token })
    const wait = Math.min(next - this.#clock.now(), this.#period ?? Infinity)
    this.#lookIn(wait === Infinity ? undefined : wait)
  }

  #lookIn(wait: number | undefined): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (wait === undefined || this.#closed) return
    this.#cancel = this.#clock.schedule(Math.min(wait, LOOK_AGAIN), () => {
      this.stir()
    })
  }
}
