import { setMaxListeners } from 'node:events'
import type { CallOptions, Clock, Random } from '../../engine/index.js'
import type { Script, CallRule, CallSubject, Verb } from './script.js'
import { drawDelay, type SimulatedConfig } from './simulated-config.js'
import { asFailure, refusal, unknown, type Refused, type Unknown } from './simulated-failures.js'

/** An answer that stands for the far end's own. */
export type Fault =
  Refused | Unknown | { readonly kind: 'not-ready'; readonly retryAfter: number; readonly reason: string }

/** What is to reach the far end, and the rule that bends it. */
export interface Order<I> {
  readonly item: I
  readonly rule: CallRule | undefined
}

/** How a kind of call is carried out. */
export interface Carrier<I, A> {
  readonly verb: Verb
  readonly subject: (item: I) => CallSubject
  readonly carry: (orders: readonly Order<I>[]) => Promise<readonly A[]>
}

/** What stands between us and the far end: time, chance, the script, and whether it can be reached at all. */
export interface DeskParts {
  readonly config: SimulatedConfig
  readonly clock: Clock
  readonly random: Random
  readonly script: Script
}

/** The wire to the far end: calls take their time on it, get lost, arrive twice, or never. */
export class CallDesk {
  readonly #parts: DeskParts
  #outUntil = -Infinity

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** Nothing can be reached for so many milliseconds. */
  cutOff(ms: number): void {
    this.#outUntil = this.#parts.clock.now() + ms
  }

  /** Whether nothing can be reached now. */
  get isOut(): boolean {
    return this.#outUntil > this.#parts.clock.now()
  }

  /** Commands: one answer for each item, in order; what goes wrong on the way is an answer too. */
  async command<I, A>(
    items: readonly I[],
    carrier: Carrier<I, A>,
    { signal }: CallOptions,
  ): Promise<readonly (A | Fault)[]> {
    if (signal.aborted) return items.map(() => refusal('timeout', GIVEN_UP))
    const orders = this.#orders(items, carrier)
    const delay = this.#delayOf(carrier.verb, orders)
    const work = (): Promise<readonly (A | Fault)[]> => this.#deliver(orders, carrier)
    return this.#within(delay, work, signal, (why) => items.map(() => why))
  }

  /** Looks at many: undefined for each that is not known now. */
  async look<I, A>(
    items: readonly I[],
    carrier: Carrier<I, A>,
    { signal }: CallOptions,
  ): Promise<readonly (A | undefined)[]> {
    if (signal.aborted) return items.map(() => undefined)
    const orders = this.#orders(items, carrier)
    const work = async (): Promise<readonly (A | undefined)[]> => {
      if (this.isOut) return items.map(() => undefined)
      const answers = await carrier.carry(orders)
      return answers.map((answer, at) => (isUntold(orders[at]?.rule) ? undefined : answer))
    }
    return this.#within(this.#delayOf(carrier.verb, orders), work, signal, () => items.map(() => undefined))
  }

  /** Asks for one thing. Throws a Failure when it is not to be had. */
  async ask<A>(
    verb: Verb,
    subject: CallSubject,
    carry: (rule: CallRule | undefined) => Promise<A>,
    { signal }: CallOptions,
  ): Promise<A> {
    if (signal.aborted) throw asFailure(refusal('timeout', GIVEN_UP))
    const [order] = this.#orders([subject], { verb, subject: (item) => item })
    const rule = order?.rule
    const work = async (): Promise<A | Lost> => {
      if (this.isOut) throw asFailure(unknown('unreachable', OUT))
      if (isSilent(rule)) throw asFailure(unknown('timeout', LOST))
      if (rule?.effect === 'refuse') throw asFailure(refused(rule))
      return carry(rule)
    }
    const delay = this.#delayOf(verb, order === undefined ? [] : [order])
    const answer = await this.#within<A | Lost>(delay, work, signal, (why) => new Lost(why))
    if (answer instanceof Lost) throw asFailure(answer.why)
    return answer
  }

  /** Waits; false when the wait was given up. */
  pause(ms: number, signal: AbortSignal): Promise<boolean> {
    const work = (): Promise<boolean> => Promise.resolve(true)
    return signal.aborted ? Promise.resolve(false) : this.#within(ms, work, signal, () => false)
  }

  #orders<I>(
    items: readonly I[],
    { verb, subject }: Pick<Carrier<I, unknown>, 'verb' | 'subject'>,
  ): readonly Order<I>[] {
    const { script } = this.#parts
    if (script.isQuiet(verb)) return items.map((item) => ({ item, rule: undefined }))
    return items.map((item) => ({ item, rule: script.ruleFor(verb, subject(item)) }))
  }

  #delayOf(verb: Verb, orders: readonly Order<unknown>[]): number {
    const { config, random } = this.#parts
    let longest = 0
    if (!BUILDS.has(verb)) {
      for (const { rule } of orders) if (rule?.effect === 'slow') longest = Math.max(longest, rule.delay ?? 0)
    }
    return drawDelay(config.delays[verb], random) + longest
  }

  async #deliver<I, A>(orders: readonly Order<I>[], carrier: Carrier<I, A>): Promise<readonly (A | Fault)[]> {
    if (this.isOut) return orders.map(() => unknown('unreachable', OUT))
    const kept = orders.map(({ rule }) => faultBefore(rule))
    const reaching = orders.filter((_order, at) => kept[at] === undefined)
    const answers = reaching.length === 0 ? [] : await carrier.carry(reaching)
    await this.#repeat(reaching, carrier)
    let next = 0
    return orders.flatMap(({ rule }, at): readonly (A | Fault)[] => {
      const fault = kept[at]
      if (fault !== undefined) return [fault]
      const answer = answers[next++]
      if (rule?.effect === 'lost-after') return [unknown('timeout', LOST)]
      return answer === undefined ? [] : [answer]
    })
  }

  /** Delivers again what is delivered twice; later, nobody waits for what comes of it. */
  async #repeat<I, A>(orders: readonly Order<I>[], carrier: Carrier<I, A>): Promise<void> {
    for (const order of orders) {
      if (order.rule?.effect !== 'duplicate') continue
      const again = (): Promise<unknown> => carrier.carry([order]).catch(() => undefined)
      const { delay = 0 } = order.rule
      if (delay > 0) this.#parts.clock.schedule(delay, () => void again())
      else await again()
    }
  }

  /** The work after a delay. What is given up on goes on; what the far end cannot be asked is unknown. */
  #within<T>(
    delay: number,
    work: () => Promise<T>,
    signal: AbortSignal,
    lost: (why: Unknown) => T,
  ): Promise<T> {
    if (delay <= 0 && this.#parts.config.ledger === 'memory') return work()
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        resolve(lost(unknown('timeout', GIVEN_UP)))
      }
      // One signal may be given to any number of calls: that is no leak.
      setMaxListeners(0, signal)
      signal.addEventListener('abort', giveUp, { once: true })
      const begin = (): void => {
        work()
          .then(resolve, (error: unknown) => {
            if (isUnreached(error)) resolve(lost(unknown('unreachable', error.message)))
            else reject(error instanceof Error ? error : new Error(String(error)))
          })
          .finally(() => {
            signal.removeEventListener('abort', giveUp)
          })
      }
      if (delay <= 0) begin()
      else this.#parts.clock.schedule(delay, begin)
    })
  }
}

const OUT = 'the place cannot be reached'
const LOST = 'the answer was lost'
const GIVEN_UP = 'the wait for an answer was given up'

/** Verbs whose slowness is the far end's: they are answered at once, and what they begin takes longer. */
const BUILDS: ReadonlySet<Verb> = new Set<Verb>(['ensure', 'run'])

/** Stands for an answer that did not come; a class, because an answer may be anything else. */
class Lost {
  readonly why: Unknown

  constructor(why: Unknown) {
    this.why = why
  }
}

/** The ledger in another process cannot be asked. */
function isUnreached(error: unknown): error is UnreachedError {
  return error instanceof UnreachedError
}

/** The far end's process could not be asked, or its answer did not arrive. */
export class UnreachedError extends Error {
  override readonly name = 'UnreachedError'
}

function isSilent(rule: CallRule | undefined): boolean {
  return rule?.effect === 'lost-before' || rule?.effect === 'lost-after'
}

/** A look that was lost or refused: not known now. */
function isUntold(rule: CallRule | undefined): boolean {
  return isSilent(rule) || faultBefore(rule) !== undefined
}

function faultBefore(rule: CallRule | undefined): Fault | undefined {
  if (rule?.effect === 'lost-before') return unknown('timeout', LOST)
  if (rule?.effect === 'refuse') return refused(rule)
  if (rule?.effect !== 'not-ready') return undefined
  return { kind: 'not-ready', retryAfter: rule.delay ?? 0, reason: rule.reason ?? 'not ready, by script' }
}

function refused(rule: CallRule): Refused {
  const cause = rule.cause ?? 'capacity'
  return refusal(cause, rule.reason ?? `${cause}, by script`, rule.delay)
}
