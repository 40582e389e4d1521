import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import { invariant } from '../support/invariant.js'
import { type Timer, TimerHeap } from '../support/timer-heap.js'

/**
 * Time that only moves when it is told to: for streams and trials without a clock. Actions run in order of their time, those of
 * equal time in the order in which they were asked for; one that runs may schedule and cancel others, and itself anew. Times in
 * milliseconds. RxJS's own virtual scheduler sorts all that waits with each call; here it waits on a heap.
 */
export class VirtualScheduler implements SchedulerLike {
  readonly #waiting = new TimerHeap<VirtualAction<unknown>>()
  #now: number
  #running = false

  constructor(start = 0) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Runs `work` once, `delay` milliseconds from now: in its turn, never at once. */
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): SchedulerAction<T> {
    const action = new VirtualAction<T>(work, this, this.#waiting)
    action.schedule(state, delay)
    return action
  }

  /** Actions that wait for their time, and the one that runs. */
  get pending(): number {
    return this.#waiting.size
  }

  /** Time of the earliest action, or of the one that runs; undefined when there is none. */
  nextAt(): number | undefined {
    return this.#waiting.first?.at
  }

  /** Runs the earliest action at its own time, unless that is after `limit`; gives whether one ran. What it throws is thrown. */
  runNext(limit?: number): boolean {
    const action = this.#waiting.first
    if (action === undefined || action.at > (limit ?? Infinity)) return false
    invariant(!this.#running, 'time is moved by what runs in it')
    this.#now = action.at
    this.#running = true
    try {
      action.run()
    } finally {
      this.#running = false
    }
    return true
  }

  /** Moves time to `time`, never back, and runs all that becomes due on the way. Gives how many ran. */
  advanceTo(time: number): number {
    let ran = 0
    while (this.runNext(time)) ran += 1
    this.#now = Math.max(this.#now, time)
    return ran
  }
}

/** A piece of work that waits for its time, or has run. */
class VirtualAction<T> extends Subscription implements SchedulerAction<T>, Timer {
  at = 0
  order = 0
  place = -1
  readonly #work: (this: SchedulerAction<T>, state?: T) => void
  readonly #time: VirtualScheduler
  readonly #waiting: TimerHeap<Timer>
  #state: T | undefined

  constructor(
    work: (this: SchedulerAction<T>, state?: T) => void,
    time: VirtualScheduler,
    waiting: TimerHeap<Timer>,
  ) {
    super()
    this.#work = work
    this.#time = time
    this.#waiting = waiting
  }

  /** Asks anew; what it waited for before counts no more. */
  schedule(state?: T, delay = 0): Subscription {
    invariant(!Number.isNaN(delay), 'a delay is a number of milliseconds')
    if (this.closed) return this
    this.#state = state
    this.#waiting.put(this, this.#time.now() + Math.max(0, delay))
    return this
  }

  /** Runs it; it is over unless it has asked anew meanwhile. Its place is kept for it until then, which saves a search. */
  run(): void {
    const { order } = this
    try {
      this.#work(this.#state)
    } finally {
      if (this.order === order) this.unsubscribe()
    }
  }

  override unsubscribe(): void {
    this.#waiting.remove(this)
    super.unsubscribe()
  }
}
