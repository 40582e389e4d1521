import { defer, Subject, type Observable } from 'rxjs'
import type { Cancel, Clock, Hint } from '../../engine/index.js'
import type { Ledger } from './ledger.js'

/** Milliseconds after which it looks again in any case: timers cannot wait for ever. */
const LOOK_AGAIN = 86_400_000

/** Tells watchers what changed at the far end, at once and when something is due by itself. */
export class HintBoard {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #hints = new Subject<Hint>()
  #cancel: Cancel | undefined
  #gapUntil = -Infinity
  #closed = false

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  /** Hints from the subscription on. */
  get hints$(): Observable<Hint> {
    return defer(() => {
      this.#ledger.changes(this.#clock.now()).catch(() => undefined)
      return this.#hints
    })
  }

  /** Looks for changes, and again when the next one is due. */
  stir(): void {
    if (this.#closed || !this.#hints.observed) return
    void this.#tell().catch(() => {
      this.#hints.next({})
    })
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

  async #tell(): Promise<void> {
    const { tokens, next } = await this.#ledger.changes(this.#clock.now())
    if (this.#clock.now() >= this.#gapUntil) for (const token of tokens) this.#hints.next({ token })
    this.#cancel?.()
    this.#cancel = undefined
    if (next === undefined || this.#closed) return
    this.#cancel = this.#clock.schedule(Math.min(next - this.#clock.now(), LOOK_AGAIN), () => {
      this.stir()
    })
  }
}
