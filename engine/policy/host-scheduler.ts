import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs'
import { Failure } from '../support/failure.js'

/**
 * The scheduler that pipelines are given: it stands still at the time of the turn. It refuses to schedule, because
 * whatever waits inside a stream would be lost with it: a policy that wants to be called later says `wakeAt`.
 */
export class HostScheduler implements SchedulerLike {
  readonly #now: number

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  schedule<T>(_work: (this: SchedulerAction<T>, state?: T) => void): Subscription {
    throw new Failure({
      cause: 'unsupported',
      retry: 'never',
      message: 'a policy cannot schedule work of its own; give wakeAt with the turn',
    })
  }
}
