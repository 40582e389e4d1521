import type { Cancel, Clock } from '../support/clock.js'
import { Failure } from '../support/failure.js'
import type { Books } from './books.js'

/** Milliseconds of a lease where nobody says otherwise. */
const LEASE = 15_000

/** Holds the right to write: takes it, renews it at a third of its time, and tells when it is lost. */
export class LeaseKeeper {
  readonly #books: Books
  readonly #clock: Clock
  readonly #holder: string
  readonly #for: number
  #cancel: Cancel | undefined
  #released = false

  constructor(
    books: Books,
    clock: Clock,
    who: { readonly holder: string; readonly leaseFor?: number | undefined },
  ) {
    this.#books = books
    this.#clock = clock
    this.#holder = who.holder
    this.#for = who.leaseFor ?? LEASE
  }

  /** Takes the lease; throws a Failure ('conflict', soon) while another holder has it. `lost` is called at most once. */
  async take(lost: () => void): Promise<void> {
    this.#released = false
    if (!(await this.#books.lease(this.#holder, this.#for))) {
      throw new Failure({ cause: 'conflict', retry: 'soon', message: 'another engine holds this store' })
    }
    this.#renewLater(lost)
  }

  /** Gives the lease up. */
  async release(): Promise<void> {
    this.#released = true
    this.#cancel?.()
    await this.#books.release(this.#holder)
  }

  #renewLater(lost: () => void): void {
    this.#cancel = this.#clock.schedule(this.#for / 3, () => {
      void this.#renew(lost)
    })
  }

  /** A store that cannot be asked refuses nobody: asked again, and should somebody else have taken over, commits are fenced. */
  async #renew(lost: () => void): Promise<void> {
    const granted = await this.#books.lease(this.#holder, this.#for).catch(() => true)
    if (this.#released) return
    if (granted) this.#renewLater(lost)
    else lost()
  }
}
