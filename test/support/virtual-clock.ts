import { invariant, type Cancel, type Clock } from '../../engine/index.js'

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
 * A deterministic clock on a binary heap: nothing happens unless it is moved, actions run in order of their time, those
 * of equal time in the order in which they were asked for. Actions that run may schedule and cancel others.
 */
export class VirtualClock implements Clock {
  readonly #heap: Timer[] = []
  readonly #turns: number
  #now: number
  #sequence = 0
  #cancelled = 0

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.start ?? 1_767_225_600_000
    this.#turns = options.turns ?? 1
  }

  now(): number {
    return this.#now
  }

  schedule(delay: number, action: () => void): Cancel {
    invariant(!Number.isNaN(delay), 'a delay is a number of milliseconds')
    const timer: Timer = { at: this.#now + Math.max(0, delay), sequence: this.#sequence++, action }
    push(this.#heap, timer)
    return () => {
      this.#cancel(timer)
    }
  }

  /** Actions that wait for their time. */
  get pending(): number {
    return this.#heap.length - this.#cancelled
  }

  /** Time of the earliest action; undefined when none is waiting. */
  nextAt(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.action !== undefined) return top.at
      pop(this.#heap)
      this.#cancelled--
    }
    return undefined
  }

  /** Moves time by `ms`, running everything that becomes due on the way at its own time. Gives how many ran. */
  advance(ms: number): number {
    return this.advanceTo(this.#now + ms)
  }

  /** Moves time to `time`; never back. Gives how many actions ran. */
  advanceTo(time: number): number {
    let ran = 0
    while (this.#runNext(time)) ran++
    this.#now = Math.max(this.#now, time)
    return ran
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
    const time = this.#now + ms
    let ran = 0
    await this.#drain()
    while (this.#runNext(time)) {
      ran++
      await this.#drain()
    }
    this.#now = Math.max(this.#now, time)
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
    const limit = this.#now + ms
    await this.#drain()
    while (!condition()) {
      invariant(this.#runNext(limit), `${what} did not come true within ${ms} ms of virtual time`)
      await this.#drain()
    }
  }

  #runNext(limit: number): boolean {
    const at = this.nextAt()
    if (at === undefined || at > limit) return false
    const timer = pop(this.#heap)
    const action = timer?.action
    if (timer === undefined || action === undefined) return false
    timer.action = undefined
    this.#now = timer.at
    action()
    return true
  }

  #cancel(timer: Timer): void {
    if (timer.action === undefined) return
    timer.action = undefined
    this.#cancelled++
    if (this.#cancelled < 1024 || this.#cancelled * 2 < this.#heap.length) return
    const waiting = this.#heap
      .filter((one) => one.action !== undefined)
      .sort((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#heap.length = 0
    for (const one of waiting) this.#heap.push(one)
    this.#cancelled = 0
  }

  async #drain(): Promise<void> {
    for (let turn = 0; turn < this.#turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

interface Timer {
  readonly at: number
  readonly sequence: number
  /** undefined once it ran or was cancelled. */
  action: (() => void) | undefined
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || isBefore(above, timer)) break
    heap[at] = above
    at = parent
  }
  heap[at] = timer
}

function pop(heap: Timer[]): Timer | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    const child = smallerChild(heap, at)
    const below = heap[child]
    if (below === undefined || isBefore(last, below)) break
    heap[at] = below
    at = child
  }
  heap[at] = last
  return top
}

function smallerChild(heap: readonly Timer[], parent: number): number {
  const left = 2 * parent + 1
  const a = heap[left]
  const b = heap[left + 1]
  return a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left
}
