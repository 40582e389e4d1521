import type { DesiredRecord } from '../../entity/desired.js'
import type { HealthVerdict } from '../../entity/observation.js'
import type { ResourceState } from '../../entity/resource.js'
import type { Cancel } from '../../support/clock.js'
import type { Json } from '../../support/json.js'
import { incarnations, machineOf } from '../facts/condition.js'
import { HoldingKeeper } from './holding-keeper.js'
import type { Landscape, SlotState } from '../facts/landscape.js'
import type { LocationDesk } from './location-desk.js'
import { isHoldingKey, isWatchKey } from '../facts/naming.js'
import { noteMiss, noteSighting } from '../facts/misses.js'
import { sitesOf } from '../facts/placement.js'
import { RoleKeeper } from './role-keeper.js'
import { SlotKeeper } from './slot-keeper.js'
import { StatusKeeper } from './status-keeper.js'
import type { Step, StepOutcome } from '../facts/step.js'
import { Turn } from './turn.js'
import { Workbench, type KeeperPorts } from './workbench.js'

/** Keys looked at in one turn. */
const TURN = 256

/** Turns without letting others have the thread. */
const TURNS_IN_A_ROW = 16

/**
 * Keeps one application at its wanted level. Takes requests (keys), decides about each from the books in memory, makes
 * the decisions durable, and only then takes the announced steps. A first start, a lost event and a restart are the same
 * path: ask for every key once.
 */
export class Keeper {
  readonly landscape: Landscape
  readonly #bench: Workbench
  readonly #slots: SlotKeeper
  readonly #roles: RoleKeeper
  readonly #holdings: HoldingKeeper
  readonly #status: StatusKeeper
  /** Desks that told some key of room since the last turn. */
  readonly #offered = new Set<LocationDesk>()
  readonly #idle: (() => void)[] = []
  #cancelWake: Cancel | undefined
  #pumping = false
  #closed = false
  #turns = 0

  constructor(landscape: Landscape, ports: KeeperPorts) {
    this.landscape = landscape
    this.#bench = new Workbench(landscape, ports)
    this.#holdings = new HoldingKeeper(this.#bench)
    this.#slots = new SlotKeeper(this.#bench, this.#holdings)
    this.#roles = new RoleKeeper(this.#bench)
    this.#status = new StatusKeeper(this.#bench)
  }

  /** How many turns were taken, and how many requests were folded into others. */
  get counters(): { readonly turns: number; readonly superseded: number } {
    return { turns: this.#turns, superseded: this.#bench.queue.superseded }
  }

  /** Whether everything that was asked for has been looked at, and everything that was heard has been taken in. */
  get isQuiet(): boolean {
    return this.#bench.queue.size === 0 && this.#bench.news.size === 0
  }

  /** Looks at everything: after a start, or when places have changed. */
  wakeAll(): void {
    this.wake(['', ...this.landscape.keys()])
  }

  /** Looks at these keys; '' is the application itself. */
  wake(keys: Iterable<string>): void {
    this.#bench.request(keys)
    this.#pump()
  }

  /** Takes a changed desired record in, which is durable already. */
  want(desired: DesiredRecord): void {
    this.#bench.incomplete = true
    this.wake(['', ...this.landscape.want(desired, this.#bench.now)])
  }

  /** Takes in what an observation says of a slot's machine or a holding; older than the last word about it, it is dropped. */
  observe(key: string, resource: ResourceState, touch: number): void {
    const { slots, holdings } = this.landscape
    const { news } = this.#bench
    const slot = slots.get(key)
    const state = slot ?? holdings.get(key)
    if (state === undefined || state.touched > touch) return
    const known = slot === undefined ? holdings.get(key)?.seen : machineOf(resource, slot.observed)
    const isBack = slot !== undefined && noteSighting(slot, resource.token)
    if (!isBack && news.isOld(key, resource, known)) return
    news.of(key).resources.set(resource.token, resource)
    this.wake([key])
  }

  /** Takes in that a look at a slot's machine was not answered; `whole` when its place gave no answer at all. */
  missed(key: string, token: string, look: { readonly touch: number; readonly whole: boolean }): void {
    const slot = this.landscape.slots.get(key)
    if (slot === undefined || slot.touched > look.touch) return
    const unseen = noteMiss(slot, token, { at: this.#bench.now, whole: look.whole })
    if (unseen === undefined) return
    const news = this.#bench.news.of(key)
    news.unseen = { ...news.unseen, [token]: unseen }
    this.wake([key])
  }

  /** Takes in what probes say of a run. */
  judge(key: string, verdict: HealthVerdict): void {
    this.#bench.news.of(key).health = verdict
    this.wake([key])
  }

  /** Takes in sensors that others' expressions may read. */
  note(key: string, attributes: { readonly [sensor: string]: Json }): void {
    const news = this.#bench.news.of(key)
    news.attributes = { ...news.attributes, ...attributes }
    this.wake([key])
  }

  /** Resolves when nothing is left to decide now; steps may still be under way. */
  idle(): Promise<void> {
    if (!this.#pumping && this.#bench.queue.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Ends the loop; what is under way goes on at the far end. */
  close(): void {
    this.#closed = true
    this.#cancelWake?.()
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return
    this.#pumping = true
    void Promise.resolve().then(() => this.#run())
  }

  async #run(): Promise<void> {
    const { queue } = this.#bench
    try {
      for (let inARow = 1; queue.size > 0 && !this.#isClosed(); inARow += 1) {
        await this.#turn()
        if (inARow % TURNS_IN_A_ROW === 0) await this.#yield()
      }
    } catch (thrown) {
      this.close()
      this.#bench.ports.broke(thrown)
    }
    this.#pumping = false
    this.#setWake()
    for (const resolve of this.#idle.splice(0)) resolve()
    if (queue.size > 0) this.#pump()
  }

  /** Asked anew after every await. */
  #isClosed(): boolean {
    return this.#closed
  }

  #yield(): Promise<void> {
    return new Promise((resolve) => this.#bench.ports.clock.schedule(0, resolve))
  }

  #setWake(): void {
    this.#cancelWake?.()
    const { wakes, ports } = this.#bench
    const at = wakes.next()
    if (at === undefined || this.#closed) return
    this.#cancelWake = ports.clock.schedule(Math.max(0, at - ports.clock.now()), () => {
      this.wake(wakes.takeDue(ports.clock.now()))
      if (!this.#pumping) this.#setWake()
    })
  }

  /** Decides about what waits, makes it durable, then acts. Batches go in order; the store may group them. */
  async #turn(): Promise<void> {
    this.#turns += 1
    const turn = new Turn()
    this.#lookAll(turn)
    this.#status.look(turn)
    await Promise.all(turn.batches().map((changes) => this.#bench.ports.commit(changes)))
    for (const after of turn.after) after()
    this.#take(turn.steps)
    this.#passRoomOn()
    this.#bench.ports.turned()
  }

  /**
   * Looks at what waits, and at whoever is asked for by what was just found: what was heard of one and what follows from it
   * for the next are durable with one commit. No key twice in a turn, so that a turn ends.
   */
  #lookAll(turn: Turn): void {
    const { queue } = this.#bench
    const looked = new Set<string>()
    for (let keys = queue.take(TURN); keys.length > 0; keys = queue.take(TURN - looked.size, looked)) {
      for (const key of keys) {
        looked.add(key)
        this.#look(key, turn)
      }
    }
  }

  #look(key: string, turn: Turn): void {
    if (!this.landscape.slots.has(key) && !this.landscape.holdings.has(key)) this.#bench.news.take(key)
    if (isWatchKey(key)) {
      turn.after.push(() => {
        this.#bench.ports.watched(key)
      })
      return
    }
    if (isHoldingKey(key)) {
      this.#holdings.look(key, turn)
      return
    }
    const role = this.landscape.roles.get(key)
    const slot = this.landscape.slots.get(key)
    if (role !== undefined) this.#roles.look(role, turn)
    if (slot !== undefined && this.#mayLook(slot, turn)) this.#slots.look(slot, turn)
  }

  /** Whether there is something to take in, or room for what may be decided; whoever finds no room is told of it later. */
  #mayLook(slot: SlotState, turn: Turn): boolean {
    if (this.#bench.news.has(slot.path)) return true
    const desk = this.#deskOf(slot)
    if (desk === undefined || desk.hasRoom(turn.steps.length)) return true
    this.landscape.unsettled.add(slot.path)
    desk.whenRoom(`${this.landscape.desired.id} ${slot.path}`, () => {
      this.#offered.add(desk)
      this.wake([slot.path])
      if (this.#closed) desk.offerRoom()
    })
    return false
  }

  #deskOf(slot: SlotState): LocationDesk | undefined {
    const { ports } = this.#bench
    const [incarnation] = incarnations(slot.record)
    if (incarnation !== undefined) return ports.desk(incarnation.location)
    const sites = slot.node === undefined ? [] : sitesOf(slot.node)
    const desks = sites.flatMap(({ location }) => ports.desk(location) ?? [])
    return desks.find((desk) => desk.hasRoom()) ?? desks[0]
  }

  /** Whoever was told of room may have had no use for it: the next in line are told. */
  #passRoomOn(): void {
    const desks = [...this.#offered]
    this.#offered.clear()
    for (const desk of desks) desk.offerRoom()
  }

  #take(steps: readonly Step[]): void {
    for (const step of steps) if (step.call.verb === 'workflow') this.#takeWorkflow(step)
    for (const [location, group] of byLocation(steps.filter(({ call }) => call.verb !== 'workflow'))) {
      for (const step of group) this.#bench.ports.stepTaken(step)
      const desk = this.#bench.ports.desk(location)
      if (desk !== undefined) {
        desk.take(group, (outcome) => {
          this.#hear(outcome)
        })
      } else for (const step of group) this.#hear(noLocation(step))
    }
  }

  #takeWorkflow(step: Step): void {
    this.#bench.ports.workflow(step, (outcome) => {
      this.#hear(outcome)
    })
  }

  #hear(outcome: StepOutcome): void {
    if (this.#closed) return
    const { key } = outcome.step
    const state = this.landscape.slots.get(key) ?? this.landscape.holdings.get(key)
    if (state !== undefined) state.touched = this.landscape.nextTouch()
    this.#bench.ports.stepEnded(outcome)
    this.#bench.news.of(key).outcomes.push(outcome)
    this.wake([key])
  }
}

function byLocation(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const groups = new Map<string, Step[]>()
  for (const step of steps) {
    const group = groups.get(step.location)
    if (group === undefined) groups.set(step.location, [step])
    else group.push(step)
  }
  return groups
}

function noLocation(step: Step): StepOutcome {
  const failure = {
    cause: 'missing',
    retry: 'soon',
    message: `location ${step.location} is not there`,
  } as const
  return { step, answer: { kind: 'refused', failure } }
}
