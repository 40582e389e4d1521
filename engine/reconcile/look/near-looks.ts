import type { Cancel, Clock } from '../../support/clock.js'
import { WakeQueue } from '../../support/wake-queue.js'

/** Milliseconds between near looks: the first soon, later ones less often. */
const NEAR_FIRST = 25
const NEAR_MOST = 1_000

/** Slots looked at for one waking. */
const MOST_DUE = 1_000

/** A slot whose near look is due. It is near no more unless it is asked for `again`. */
export interface NearSlot {
  readonly application: string
  readonly key: string
  /** Another look later; what has been missed is looked at no more often than in the place's period. */
  again(isMissed: boolean): void
}

/** When to look at the slots that are expected to change: soon, and then less and less often. */
export class NearLooks {
  readonly #clock: Clock
  readonly #period: number
  readonly #look: (due: readonly NearSlot[]) => Promise<void>
  readonly #near = new Map<string, { readonly application: string; readonly key: string; delay: number }>()
  readonly #due = new WakeQueue()
  #cancel: Cancel | undefined
  #isPaused = false
  #closed = false

  /** `look` must not reject. */
  constructor(clock: Clock, period: number, look: (due: readonly NearSlot[]) => Promise<void>) {
    this.#clock = clock
    this.#period = period
    this.#look = look
  }

  /** Looks at a slot soon, if it is not near already. */
  heat(application: string, key: string): void {
    const id = `${application} ${key}`
    if (this.#near.has(id)) return
    this.#near.set(id, { application, key, delay: NEAR_FIRST })
    this.#due.set(id, this.#clock.now() + NEAR_FIRST)
    this.#set()
  }

  /** A place that gives no answer is not asked more often for what is near. */
  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return
    this.#isPaused = isPaused
    this.#set()
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  #set(): void {
    this.#cancel?.()
    const at = this.#due.next()
    if (at === undefined || this.#closed || this.#isPaused) return
    this.#cancel = this.#clock.schedule(Math.max(0, at - this.#clock.now()), () => {
      const due = this.#due.takeDue(this.#clock.now(), MOST_DUE).map((id) => this.#nearSlot(id))
      void this.#look(due.flatMap((near) => near ?? [])).catch(() => undefined)
      this.#set()
    })
  }

  #nearSlot(id: string): NearSlot | undefined {
    const near = this.#near.get(id)
    if (near === undefined) return undefined
    this.#near.delete(id)
    const { application, key } = near
    return {
      application,
      key,
      again: (isMissed) => {
        near.delay = Math.min(isMissed ? Math.max(NEAR_MOST, this.#period) : NEAR_MOST, near.delay * 1.5)
        this.#near.set(id, near)
        this.#due.set(id, this.#clock.now() + near.delay)
      },
    }
  }
}
