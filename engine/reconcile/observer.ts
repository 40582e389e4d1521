import { takeUntil, type Subject } from 'rxjs'
import type { Incarnation } from '../entity/allocation.js'
import type { ResourceRef } from '../ports/location.js'
import type { Cancel, Clock } from '../support/clock.js'
import type { Log } from '../support/log.js'
import { WakeQueue } from '../support/wake-queue.js'
import { incarnations } from './condition.js'
import type { Keeper } from './keeper.js'
import type { HoldingState, SlotState } from './landscape.js'
import type { LocationDesk } from './location-desk.js'

/** Milliseconds between near looks: the first soon, later ones less often. */
const NEAR_FIRST = 25
const NEAR_MOST = 1_000

/** One machine, network or volume to look at. */
interface Target {
  readonly keeper: Keeper
  readonly key: string
  readonly ref: ResourceRef
  readonly touch: number
}

/**
 * Looks at what one location holds for all keepers: near machines (expected to change) soon and then less often, all
 * others, networks and volumes once in the place's period, in bulk. Hints only bring a look forward.
 */
export class Observer {
  readonly #desk: LocationDesk
  readonly #clock: Clock
  readonly #log: Log
  readonly #keepers: ReadonlyMap<string, Keeper>
  readonly #near = new Map<string, { readonly application: string; readonly key: string; delay: number }>()
  readonly #due = new WakeQueue()
  #cancelNear: Cancel | undefined
  #cancelFar: Cancel | undefined
  #sweep: Iterator<Target> | undefined
  #closed = false

  constructor(
    desk: LocationDesk,
    keepers: ReadonlyMap<string, Keeper>,
    ports: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#desk = desk
    this.#keepers = keepers
    this.#clock = ports.clock
    this.#log = ports.log
  }

  /** Begins to look around, until `closed$`. */
  start(closed$: Subject<void>): void {
    this.#nextSweep(0)
    const hints$ = this.#desk.location.watch().pipe(takeUntil(closed$))
    void hints$
      .forEach((hint) => {
        this.#hint(hint.token)
      })
      .catch(() => {
        this.#log.warn('hints ended', { location: this.#desk.location.name })
      })
  }

  close(): void {
    this.#closed = true
    this.#cancelNear?.()
    this.#cancelFar?.()
  }

  /** Looks at a slot's machines soon; asked again while it is near, less and less often. */
  heat(application: string, key: string): void {
    const id = `${application} ${key}`
    if (this.#near.has(id)) return
    this.#near.set(id, { application, key, delay: NEAR_FIRST })
    this.#due.set(id, this.#clock.now() + NEAR_FIRST)
    this.#setNear()
  }

  #hint(token: string | undefined): void {
    if (token === undefined) {
      this.#nextSweep(0)
      return
    }
    const target = this.#find(token)
    if (target !== undefined) void this.#look([target])
  }

  #find(token: string): Target | undefined {
    for (const keeper of this.#keepers.values()) {
      for (const state of keeper.landscape.slots.values()) {
        const one = incarnations(state.record).find((other) => other.token === token)
        if (one !== undefined) return targetOf(keeper, state, one)
      }
    }
    return undefined
  }

  #setNear(): void {
    this.#cancelNear?.()
    const at = this.#due.next()
    if (at === undefined || this.#closed) return
    this.#cancelNear = this.#clock.schedule(Math.max(0, at - this.#clock.now()), () => {
      void this.#lookNear()
    })
  }

  async #lookNear(): Promise<void> {
    const targets: Target[] = []
    for (const id of this.#due.takeDue(this.#clock.now(), 1_000)) targets.push(...this.#nearTargets(id))
    this.#setNear()
    for (let at = 0; at < targets.length; at += this.#bulk())
      await this.#look(targets.slice(at, at + this.#bulk()))
  }

  /** The machines of a near slot; it stays near while its keeper says that it is unsettled. */
  #nearTargets(id: string): readonly Target[] {
    const near = this.#near.get(id)
    const keeper = near === undefined ? undefined : this.#keepers.get(near.application)
    const state = near === undefined ? undefined : keeper?.landscape.slots.get(near.key)
    if (
      near === undefined ||
      keeper === undefined ||
      state === undefined ||
      !keeper.landscape.unsettled.has(near.key)
    ) {
      this.#near.delete(id)
      return []
    }
    near.delay = Math.min(NEAR_MOST, near.delay * 1.5)
    this.#due.set(id, this.#clock.now() + near.delay)
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

  #nextSweep(delay: number): void {
    this.#cancelFar?.()
    if (this.#closed) return
    this.#cancelFar = this.#clock.schedule(delay, () => {
      void this.#lookAround()
    })
  }

  /** One look at everything, bulk after bulk; the next one begins a period later. */
  async #lookAround(): Promise<void> {
    this.#sweep = this.#everything()
    for (let bulk = this.#takeBulk(); bulk.length > 0; bulk = this.#takeBulk()) {
      if (this.#closed) return
      await this.#look(bulk)
    }
    this.#nextSweep(this.#desk.location.capabilities.observePeriod)
  }

  #takeBulk(): readonly Target[] {
    const bulk: Target[] = []
    while (bulk.length < this.#bulk()) {
      const next = this.#sweep?.next()
      if (next === undefined || next.done === true) break
      bulk.push(next.value)
    }
    return bulk
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

  async #look(targets: readonly Target[]): Promise<void> {
    const aborter = new AbortController()
    try {
      const states = await this.#desk.location.observe(
        targets.map((target) => target.ref),
        { signal: aborter.signal },
      )
      targets.forEach((target, at) => {
        const state = states[at]
        if (state !== undefined) target.keeper.observe(target.key, state, target.touch)
      })
    } catch (thrown) {
      this.#log.error('a driver threw while observing', {
        location: this.#desk.location.name,
        error: String(thrown),
      })
    }
  }
}

/** Nothing is asked about a machine whose making has not even been answered. */
function isMade(one: Incarnation, state: SlotState): boolean {
  return one.stage !== 'creating' || state.observed?.resources[one.token] !== undefined
}

function holdingTarget(keeper: Keeper, { record }: HoldingState): Target {
  const { token, resource, name, generation } = record
  const ref = { token, kind: resource, name, generation }
  return { keeper, key: record.id, ref, touch: keeper.landscape.nextTouch() }
}

function targetOf(keeper: Keeper, state: SlotState, one: Incarnation): Target {
  const ref = { token: one.token, kind: 'machine' as const, name: one.name, generation: one.generation }
  return { keeper, key: state.path, ref, touch: keeper.landscape.nextTouch() }
}
