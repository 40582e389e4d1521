import { VirtualScheduler, invariant, type Cancel, type Clock } from '../../engine/index.js'

/** How a virtual clock begins and how patiently it waits for promises. */
export interface VirtualClockOptions {
  /** Milliseconds since the epoch. @default 1767225600000, the first of January 2026 */
  readonly start?: number
  /**
   * Turns of the event loop that `settle` gives to promises before each look at the timers. One is enough for code that
   * only awaits; code that itself waits for a turn (a store with group commit) needs more.
   * @default 1
   */
  readonly turns?: number
}

/**
 * A deterministic clock over the product's own virtual scheduler: nothing happens unless it is moved, actions run in order of
 * their time, those of equal time in the order in which they were asked for. Actions that run may schedule and cancel others.
 */
export class VirtualClock implements Clock {
  readonly #scheduler: VirtualScheduler
  readonly #turns: number

  constructor(options: VirtualClockOptions = {}) {
    this.#scheduler = new VirtualScheduler(options.start ?? 1_767_225_600_000)
    this.#turns = options.turns ?? 1
  }

  now(): number {
    return this.#scheduler.now()
  }

  schedule(delay: number, action: () => void): Cancel {
    const scheduled = this.#scheduler.schedule(() => {
      action()
    }, delay)
    return () => {
      scheduled.unsubscribe()
    }
  }

  /** Actions that wait for their time. */
  get pending(): number {
    return this.#scheduler.pending
  }

  /** Time of the earliest action; undefined when none is waiting. */
  nextAt(): number | undefined {
    return this.#scheduler.nextAt()
  }

  /** Moves time by `ms`, running everything that becomes due on the way at its own time. Gives how many ran. */
  advance(ms: number): number {
    return this.advanceTo(this.now() + ms)
  }

  /** Moves time to `time`; never back. Gives how many actions ran. */
  advanceTo(time: number): number {
    return this.#scheduler.advanceTo(time)
  }

  /** Runs actions, however late they are, until none waits. Throws when `maxSteps` of them were not enough. */
  runUntilIdle(maxSteps = 100_000): number {
    let ran = 0
    while (this.#runNext(Number.MAX_VALUE)) {
      ran++
      invariant(ran <= maxSteps, `still not idle after ${maxSteps} actions`)
    }
    return ran
  }

  /**
   * As `advance`, for code that awaits: before each action, and at the end, promises are given their turn, so that what
   * they schedule takes its place in time. With 0 it lets everything happen that happens now.
   */
  async settle(ms = 0): Promise<number> {
    const time = this.now() + ms
    let ran = 0
    await this.#drain()
    while (this.#runNext(time)) {
      ran++
      await this.#drain()
    }
    this.advanceTo(time)
    return ran
  }

  /** As `runUntilIdle`, for code that awaits. */
  async settleUntilIdle(maxSteps = 100_000): Promise<number> {
    let ran = 0
    await this.#drain()
    while (this.#runNext(Number.MAX_VALUE)) {
      ran++
      invariant(ran <= maxSteps, `still not idle after ${maxSteps} actions`)
      await this.#drain()
    }
    return ran
  }

  /**
   * Runs action after action until `condition` holds; time stays at the moment when it came true. Throws when it does
   * not within `ms` milliseconds of virtual time, saying `what` was waited for.
   */
  async settleUntil(condition: () => boolean, ms: number, what = 'the condition'): Promise<void> {
    const limit = this.now() + ms
    await this.#drain()
    while (!condition()) {
      invariant(this.#runNext(limit), `${what} did not come true within ${ms} ms of virtual time`)
      await this.#drain()
    }
  }

  #runNext(limit: number): boolean {
    return this.#scheduler.runNext(limit)
  }

  async #drain(): Promise<void> {
    for (let turn = 0; turn < this.#turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
