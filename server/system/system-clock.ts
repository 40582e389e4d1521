import type { Cancel, Clock } from '../../engine/index.js'

/** How the machine's clock is used. */
export interface SystemClockOptions {
  /** Whether what is scheduled keeps the process alive. @default true */
  readonly holdsProcess?: boolean
}

/** The machine's time: wall time to tell it, monotonic time to wait, so that a clock set back delays nothing. */
export class SystemClock implements Clock {
  readonly #holds: boolean

  constructor(options: SystemClockOptions = {}) {
    this.#holds = options.holdsProcess ?? true
  }

  now(): number {
    return Date.now()
  }

  schedule(delay: number, action: () => void): Cancel {
    return delay <= 0 ? this.#soon(action) : this.#later(delay, action)
  }

  #soon(action: () => void): Cancel {
    const turn = setImmediate(action)
    if (!this.#holds) turn.unref()
    return () => {
      clearImmediate(turn)
    }
  }

  /** Node runs a longer timer at once, and cuts fractions off, which would be too soon. */
  #later(delay: number, action: () => void): Cancel {
    let timer: NodeJS.Timeout
    const wait = (left: number): void => {
      const part = Math.min(Math.ceil(left), LONGEST)
      timer = setTimeout(() => {
        if (left > part) wait(left - part)
        else action()
      }, part)
      if (!this.#holds) timer.unref()
    }
    wait(delay)
    return () => {
      clearTimeout(timer)
    }
  }
}

/** The longest delay that a timer of Node can have, in milliseconds: 24.8 days. */
const LONGEST = 2_147_483_647
