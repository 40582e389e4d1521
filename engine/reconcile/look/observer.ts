import { takeUntil, type Subject } from 'rxjs'
import type { Incarnation } from '../../entity/allocation.js'
import type { ResourceRef } from '../../ports/location.js'
import type { Cancel, Clock } from '../../support/clock.js'
import type { Log } from '../../support/log.js'
import { HintLooks } from './hint-looks.js'
import { incarnations, machineOf } from '../facts/condition.js'
import type { Keeper } from '../keep/keeper.js'
import type { HoldingState, SlotState } from '../facts/landscape.js'
import type { LocationDesk } from '../keep/location-desk.js'
import { hostsIn, machineRef } from '../facts/shared-machine.js'
import { NearLooks, type NearSlot } from './near-looks.js'
import { PollPace } from './poll-pace.js'

/** Milliseconds after which a look that has not answered counts as not answered. */
const LOOK_TIMEOUT = 60_000

/** Milliseconds that a place has to say that it is there at all. */
const PROBE_TIMEOUT = 15_000

/** Milliseconds between two rounds at least, however often a place hints that everything may have changed. */
const ROUND_GAP = 250

/** One machine, network or volume to look at. */
interface Target {
  readonly keeper: Keeper
  readonly key: string
  readonly ref: ResourceRef
  readonly touch: number
}

/**
 * Looks at what one location holds for all keepers. Rounds over everything, in bulk, in the place's period and less often
 * while it gives no answer; near looks at what is expected to change; and looks at what is hinted at. Hints only bring a
 * look forward. Only rounds count as having missed something.
 */
export class Observer {
  readonly #desk: LocationDesk
  readonly #clock: Clock
  readonly #log: Log
  readonly #keepers: ReadonlyMap<string, Keeper>
  readonly #near: NearLooks
  readonly #hinted: HintLooks
  readonly #pace: PollPace
  #cancelRound: Cancel | undefined
  #roundAt = Infinity
  #lastRoundAt = -Infinity
  #isRound = false
  #isAgain = false
  #closed = false

  constructor(
    desk: LocationDesk,
    keepers: ReadonlyMap<string, Keeper>,
    ports: { readonly clock: Clock; readonly log: Log },
  ) {
    const { name, capabilities } = desk.location
    this.#desk = desk
    this.#keepers = keepers
    this.#clock = ports.clock
    this.#log = ports.log
    this.#pace = new PollPace(name, capabilities.observePeriod)
    this.#hinted = new HintLooks(this.#bulk(), (tokens) => this.#lookHinted(tokens))
    this.#near = new NearLooks(ports.clock, capabilities.observePeriod, (due) => this.#lookNear(due))
  }

  /** Begins to look around, until `closed$`. */
  start(closed$: Subject<void>): void {
    this.#setRound(this.#clock.now())
    const hints$ = this.#desk.location.watch().pipe(takeUntil(closed$))
    void hints$
      .forEach(({ token }) => {
        if (token === undefined) this.#roundSoon()
        else this.#hinted.hint(token)
      })
      .catch(() => {
        this.#log.warn('hints ended', { location: this.#desk.location.name })
      })
  }

  close(): void {
    this.#closed = true
    this.#near.close()
    this.#cancelRound?.()
  }

  /** Looks at a slot's machines soon; asked again while it is near, less and less often. */
  heat(application: string, key: string): void {
    this.#near.heat(application, key)
  }

  async #lookHinted(tokens: readonly string[]): Promise<void> {
    if (this.#closed) return
    const targets = tokens.flatMap((token) => this.#find(token) ?? [])
    if (targets.length > 0) await this.#look(targets)
  }

  #find(token: string): Target | undefined {
    for (const keeper of this.#keepers.values()) {
      const { tokens, slots, holdings } = keeper.landscape
      const key = tokens.keyOf(token)
      if (key === undefined) continue
      const state = slots.get(key)
      const one = state && incarnations(state.record).find((other) => other.token === token)
      if (state !== undefined && one !== undefined) return targetOf(keeper, state, one)
      const holding = holdings.get(key)
      return holding !== undefined && this.#isSeenHere(holding) ? holdingTarget(keeper, holding) : undefined
    }
    return undefined
  }

  /** Looks at those near slots that are still unsettled; gives how each of them is to go on. */
  async #lookNear(due: readonly NearSlot[]): Promise<void> {
    const targets = due.flatMap((near) => this.#nearTargets(near))
    for (let at = 0; at < targets.length; at += this.#bulk())
      await this.#look(targets.slice(at, at + this.#bulk()))
  }

  #nearTargets(near: NearSlot): readonly Target[] {
    const { application, key } = near
    const keeper = this.#keepers.get(application)
    const state = keeper?.landscape.slots.get(key)
    if (keeper === undefined || state === undefined || !keeper.landscape.unsettled.has(key)) return []
    near.again(state.missed.size > 0)
    return this.#targetsOf(keeper, state)
  }

  #targetsOf(keeper: Keeper, state: SlotState): readonly Target[] {
    return incarnations(state.record)
      .filter(
        (one) =>
          one.location === this.#desk.location.name &&
          !state.underWay.includes(one.number) &&
          isMade(one, state),
      )
      .map((one) => targetOf(keeper, state, one))
  }

  /** A round as soon as may be: everything may have changed. */
  #roundSoon(): void {
    if (this.#isRound) this.#isAgain = true
    else this.#setRound(Math.max(this.#clock.now(), this.#lastRoundAt + ROUND_GAP))
  }

  /** The next round at `at`, if none is sooner. */
  #setRound(at: number): void {
    if (this.#closed || this.#roundAt <= at) return
    this.#cancelRound?.()
    this.#roundAt = at
    this.#cancelRound = this.#clock.schedule(Math.max(0, at - this.#clock.now()), () => {
      this.#roundAt = Infinity
      void this.#round().catch((thrown: unknown) => {
        this.#log.error('a round of looks broke', {
          location: this.#desk.location.name,
          error: String(thrown),
        })
      })
    })
  }

  async #round(): Promise<void> {
    this.#isRound = true
    this.#lastRoundAt = this.#clock.now()
    try {
      await this.#lookAround()
    } finally {
      this.#isRound = false
      const isAgain = this.#isAgain
      this.#isAgain = false
      this.#setRound(this.#clock.now() + this.#pace.next())
      if (isAgain) this.#roundSoon()
    }
  }

  /** One look at everything, bulk after bulk. */
  async #lookAround(): Promise<void> {
    const everything = this.#everything()
    const missed: Target[] = []
    let isAnswered = false
    let isAsked = false
    for (let bulk = take(everything, this.#bulk()); bulk.length > 0; bulk = take(everything, this.#bulk())) {
      if (this.#closed) return
      isAsked = true
      const misses = await this.#look(bulk)
      isAnswered ||= misses.length < bulk.length
      missed.push(...misses)
    }
    if (isAsked && !isAnswered) this.#pace.silent()
    else this.#pace.answered()
    this.#near.pause(this.#pace.isSilent)
    await this.#tellMissed(missed, isAnswered)
  }

  /** A place that answers about nothing may be down as a whole, or hold only what cannot be reached: it is asked. */
  async #tellMissed(missed: readonly Target[], isAnswered: boolean): Promise<void> {
    if (missed.length === 0) return
    const whole = !isAnswered && !(await this.#canBeReached())
    this.#desk.noteSilence(whole)
    for (const { keeper, key, ref, touch } of missed) keeper.missed(key, ref.token, { touch, whole })
  }

  async #canBeReached(): Promise<boolean> {
    const { location } = this.#desk
    const probe = async (signal: AbortSignal): Promise<boolean> =>
      location.listOwned(NOBODY, { signal }).then(
        () => true,
        () => false,
      )
    return (await this.#within(probe, PROBE_TIMEOUT)) === true
  }

  *#everything(): Generator<Target> {
    for (const keeper of this.#keepers.values()) {
      for (const state of keeper.landscape.slots.values()) yield* this.#targetsOf(keeper, state)
      for (const state of keeper.landscape.holdings.values())
        if (this.#isSeenHere(state)) yield holdingTarget(keeper, state)
    }
  }

  /** What was made here and is there by what is known; what is brought carries no marks of ours. */
  #isSeenHere({ record, underWay }: HoldingState): boolean {
    const { location, brought, stage } = record
    return location === this.#desk.location.name && !brought && stage === 'present' && !underWay
  }

  #bulk(): number {
    return Math.max(1, this.#desk.location.capabilities.bulk)
  }

  /** Looks at some, tells their keepers, and gives those of which nothing was said. */
  async #look(targets: readonly Target[]): Promise<readonly Target[]> {
    const refs = targets.map((target) => target.ref)
    const states = await this.#within((signal) => this.#desk.location.observe(refs, { signal }))
    const missed = targets.filter((target, at) => {
      const state = states?.[at]
      if (state !== undefined) target.keeper.observe(target.key, state, target.touch)
      return state === undefined
    })
    if (missed.length < targets.length) this.#answered()
    return missed
  }

  #answered(): void {
    this.#desk.noteSilence(false)
    if (this.#pace.answered()) this.#roundSoon()
    this.#near.pause(false)
  }

  /** What the place answers in time; undefined when it does not, or throws. */
  async #within<T>(ask: (signal: AbortSignal) => Promise<T>, timeout = LOOK_TIMEOUT): Promise<T | undefined> {
    const aborter = new AbortController()
    let cancel: Cancel | undefined
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#clock.schedule(timeout, () => {
        aborter.abort()
        resolve(undefined)
      })
    })
    try {
      return await Promise.race([ask(aborter.signal), late])
    } catch (thrown) {
      this.#log.error('a driver threw while observing', {
        location: this.#desk.location.name,
        error: String(thrown),
      })
      return undefined
    } finally {
      cancel?.()
    }
  }
}

/** An engine that there is not: a list of what is its is a short one, and asks of the place no more than that it answers. */
const NOBODY = 'nobody'

function take(targets: Iterator<Target>, most: number): readonly Target[] {
  const taken: Target[] = []
  while (taken.length < most) {
    const next = targets.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

/** Nothing is asked about a machine whose making has not even been answered. */
function isMade(one: Incarnation, state: SlotState): boolean {
  return one.stage !== 'creating' || machineOf(one, state.observed) !== undefined
}

function holdingTarget(keeper: Keeper, { record }: HoldingState): Target {
  const { token, shape, name, generation } = record
  const ref = { token, kind: shape.kind, name, generation }
  return { keeper, key: record.id, ref, touch: keeper.landscape.nextTouch() }
}

function targetOf(keeper: Keeper, state: SlotState, one: Incarnation): Target {
  const ref = machineRef(one, hostsIn(keeper.landscape.slots))
  return { keeper, key: state.path, ref, touch: keeper.landscape.nextTouch() }
}
