import {
  type AttachedPolicy,
  type Intent,
  PolicyHost,
  type Reading,
  VirtualScheduler,
} from '../../engine/index.js'
import { POOL } from './troupe.js'

/** A policy under its name in a trial. */
export interface Cast {
  readonly name: string
  readonly type: string
  readonly policy: AttachedPolicy
}

/** Where a policy acts in a play. */
export interface Scene {
  readonly time: VirtualScheduler
  /** Tells something; who wants to know of it acts before time goes on. */
  tell(readings: readonly Reading[]): void
  /** Something that happens later, beside the beat of the play. */
  later(happens: () => void, delay: number): void
  /** Whether nobody needs to be told that all members that are up read `value`, since they read again at `next`. */
  leavesOut(value: number, at: number, next: number): boolean
}

/** What is done about what a policy asks for at a time. */
export type Ask = (intents: readonly Intent[], at: number) => void

/**
 * Where policies act in a trial: the host that runs them live, in virtual time. What they are told at one moment they are told in
 * one turn; when they ask to be woken, they are.
 */
export class Stage implements Scene {
  readonly time: VirtualScheduler
  readonly #host = new PolicyHost({ readingsPerTurn: MANY, checkpointEvery: MANY })
  readonly #ask: Ask
  #turning = false
  #wakesAt = Infinity

  constructor(casts: readonly Cast[], start: number, ask: Ask) {
    this.time = new VirtualScheduler(start)
    this.#ask = ask
    this.#host.attach(casts.map((cast) => ({ ...cast, entity: POOL, version: '1' })))
    const primed = casts.filter(({ policy }) => policy.primed === true)
    for (const { name } of primed) this.#host.wake(POOL, name, start)
    if (primed.length > 0) this.tell([])
  }

  later(happens: () => void, delay: number): void {
    this.time.schedule(happens, delay)
  }

  /** The host is told everything. */
  leavesOut(): boolean {
    return false
  }

  tell(readings: readonly Reading[]): void {
    for (const reading of readings) this.#host.observe(reading)
    if (!this.#turning) this.time.schedule(() => this.#turn())
    this.#turning = true
  }

  #turn(): void {
    this.#turning = false
    const now = this.time.now()
    const { requests, yields } = this.#host.turn(now)
    if (requests.length > 0)
      this.#ask(
        requests.map(({ intent }) => intent),
        now,
      )
    for (const { entity, sensor, value, hops } of yields)
      this.tell([{ kind: 'sensor', at: now, entity, sensor, value, hops }])
    this.#wakeLater(now)
  }

  #wakeLater(now: number): void {
    const at = this.#host.nextWakeAt() ?? Infinity
    if (at === Infinity || at > now + MANY || (at >= this.#wakesAt && this.#wakesAt > now)) return
    this.#wakesAt = Math.max(at, now)
    this.time.schedule(() => this.tell([]), this.#wakesAt - now)
  }
}

/** Nothing is stored in a trial, and nothing waits for another turn. */
const MANY = 1e12
