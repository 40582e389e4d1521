import type { ObservedRecord, HealthVerdict } from '../entity/observation.js'
import type { ResourceState } from '../entity/resource.js'
import type { DesiredRecord } from '../entity/desired.js'
import type { Change } from '../store/store.js'
import type { Cancel, Clock } from '../support/clock.js'
import type { Json, JsonObject } from '../support/json.js'
import { sameJson } from '../support/json.js'
import { WakeQueue } from '../support/wake-queue.js'
import { deriveStatus, statusDueAt } from './application-status.js'
import type { Condition } from './condition.js'
import { incarnations } from './condition.js'
import { decideSlot } from './decide.js'
import type { Verdict } from './draft.js'
import { decideHolding } from './holding.js'
import { KEYS } from './keys.js'
import type { HoldingState, Landscape, RoleState, SlotState } from './landscape.js'
import type { LocationDesk } from './location-desk.js'
import { decideRole } from './members.js'
import { isHoldingKey } from './naming.js'
import { takeOutcome, withResource } from './outcome.js'
import { RequestQueue } from './request-queue.js'
import type { Step, StepOutcome } from './step.js'
import { locationOf, wantedCount, worldFor, type WorldSources } from './view-of-world.js'

/** What a keeper needs from outside. */
export interface KeeperPorts {
  readonly clock: Clock
  readonly sources: WorldSources
  /** Makes changes durable; rejects only when this keeper must not go on (fenced). Retries a failing medium itself. */
  commit(changes: readonly Change[]): Promise<void>
  desk(location: string): LocationDesk | undefined
  /** Told after a slot's shown state changed and is durable. */
  conditionChanged(state: SlotState, before: Condition): void
  /** Asks for a near look at a machine that is expected to change. */
  heat(key: string, state: SlotState): void
  /** Told after the application's status changed and is durable. */
  statusChanged(): void
  /** Told of each step before it is taken and of each outcome, for tasks. */
  stepTaken(step: Step): void
  stepEnded(outcome: StepOutcome): void
}

/** Keys looked at in one turn. */
const TURN = 256

/** Changes in one commit; below the store's limit, whole slots together. */
const COMMIT = 90

/** Turns without letting others have the thread. */
const TURNS_IN_A_ROW = 16

interface News {
  readonly outcomes: StepOutcome[]
  readonly resources: Map<string, ResourceState>
  health?: HealthVerdict
  attributes?: { readonly [sensor: string]: Json }
}

/**
 * Keeps one application at its wanted level. Takes requests (keys), decides about each from the books in memory, makes
 * the decisions durable, and only then takes the announced steps. A first start, a lost event and a restart are the same
 * path: ask for every key once.
 */
export class Keeper {
  readonly landscape: Landscape
  readonly #ports: KeeperPorts
  readonly #queue = new RequestQueue()
  readonly #wakes = new WakeQueue()
  readonly #news = new Map<string, News>()
  /** Desks that told some key of room since the last turn. */
  readonly #offered = new Set<LocationDesk>()
  #cancelWake: Cancel | undefined
  #pumping = false
  #closed = false
  #turns = 0
  #idle: (() => void)[] = []
  /** Whether the wanted spec may have slots or roles that are not in memory yet. */
  #incomplete = true

  constructor(landscape: Landscape, ports: KeeperPorts) {
    this.landscape = landscape
    this.#ports = ports
  }

  /** How many turns were taken, and how many requests were folded into others. */
  get counters(): { readonly turns: number; readonly superseded: number } {
    return { turns: this.#turns, superseded: this.#queue.superseded }
  }

  /** Looks at everything: after start, a new document or a new wish. */
  wakeAll(): void {
    this.#queue.add('')
    for (const key of this.landscape.keys()) this.#queue.add(key)
    this.#pump()
  }

  /** Looks at these keys; '' is the application itself. */
  wake(keys: Iterable<string>): void {
    for (const key of keys) this.#queue.add(key)
    this.#pump()
  }

  /** Takes a changed desired record in, which is durable already. */
  want(desired: DesiredRecord): void {
    const keys = this.landscape.want(desired, this.#ports.clock.now())
    this.#incomplete = true
    this.#queue.add('')
    for (const key of keys) this.#queue.add(key)
    this.#pump()
  }

  /** Takes in what an observation says; older than the last word about the slot, it is dropped. */
  observe(key: string, token: string, resource: ResourceState, touch: number): void {
    const state = this.landscape.slots.get(key)
    if (state === undefined || state.touched > touch || this.#isOld(state, token, resource)) return
    this.#newsOf(key).resources.set(token, resource)
    this.wake([key])
  }

  /** Takes in what probes say of a run. */
  judge(key: string, verdict: HealthVerdict): void {
    this.#newsOf(key).health = verdict
    this.wake([key])
  }

  /** Takes in sensors that others' expressions may read. */
  note(key: string, attributes: { readonly [sensor: string]: Json }): void {
    const news = this.#newsOf(key)
    news.attributes = { ...news.attributes, ...attributes }
    this.wake([key])
  }

  /** Resolves when nothing is left to decide now; steps may still be under way. */
  idle(): Promise<void> {
    if (!this.#pumping && this.#queue.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Ends the loop; what is under way goes on at the far end. */
  close(): void {
    this.#closed = true
    this.#cancelWake?.()
  }

  #isOld(state: SlotState, token: string, resource: ResourceState): boolean {
    const known = this.#news.get(state.path)?.resources.get(token) ?? state.observed?.resources[token]
    return known !== undefined && sameJson(known as unknown as Json, resource as unknown as Json)
  }

  #newsOf(key: string): News {
    const known = this.#news.get(key)
    if (known !== undefined) return known
    const news: News = { outcomes: [], resources: new Map() }
    this.#news.set(key, news)
    return news
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return
    this.#pumping = true
    void Promise.resolve().then(() => this.#run())
  }

  async #run(): Promise<void> {
    let inARow = 0
    try {
      while (this.#queue.size > 0 && !this.#isClosed()) {
        await this.#turn()
        inARow += 1
        if (inARow % TURNS_IN_A_ROW === 0) await this.#yield()
      }
    } catch {
      this.close()
    }
    this.#pumping = false
    this.#setWake()
    for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#queue.size > 0) this.#pump()
  }

  #isClosed(): boolean {
    return this.#closed
  }

  #yield(): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.schedule(0, resolve))
  }

  #setWake(): void {
    this.#cancelWake?.()
    const at = this.#wakes.next()
    if (at === undefined || this.#closed) return
    const { clock } = this.#ports
    this.#cancelWake = clock.schedule(Math.max(0, at - clock.now()), () => {
      this.wake(this.#wakes.takeDue(clock.now()))
      if (!this.#pumping) this.#setWake()
    })
  }

  async #turn(): Promise<void> {
    this.#turns += 1
    const turn = new TurnBook()
    for (const key of this.#queue.take(TURN)) this.#look(key, turn)
    this.#look('', turn)
    await this.#commit(turn)
    for (const after of turn.after) after()
    this.#take(turn.steps)
    this.#passRoomOn()
  }

  /** Whoever was told of room may have had no use for it: the next in line are told. */
  #passRoomOn(): void {
    const desks = [...this.#offered]
    this.#offered.clear()
    for (const desk of desks) desk.offerRoom()
  }

  #look(key: string, turn: TurnBook): void {
    if (key === '') this.#lookAtApplication(turn)
    else if (isHoldingKey(key)) this.#lookAtHolding(key, turn)
    else {
      const role = this.landscape.roles.get(key)
      const slot = this.landscape.slots.get(key)
      if (role !== undefined) this.#lookAtRole(role, turn)
      if (slot !== undefined) this.#lookAtSlot(slot, turn)
    }
  }

  #lookAtRole(role: RoleState, turn: TurnBook): void {
    const { landscape } = this
    const now = this.#ports.clock.now()
    if (landscape.desired.wish === 'gone') {
      if (role.slots.size === 0) this.#forgetRole(role, turn)
      return
    }
    const verdict = decideRole({
      path: role.path,
      node: role.node,
      record: role.record,
      wanted: wantedCount(landscape, role.path),
      present: role.tally.members,
      members: () => [...role.slots.values()].filter((slot) => isMember(slot, landscape)).map(memberFacts),
    })
    if (verdict.record !== role.record) {
      role.record = verdict.record
      turn.put(KEYS.role(landscape.desired.id, role.path), role.record)
    }
    for (const path of verdict.add) this.#addMember(path, now, turn)
    for (const { path, reason } of verdict.retire) this.#retire(path, reason, turn)
    this.#settle(role.path, verdict.settled, 0)
    if (!verdict.settled) this.#queue.add(role.path)
    if (role.node === undefined && role.slots.size === 0) this.#forgetRole(role, turn)
  }

  #forgetRole(role: RoleState, turn: TurnBook): void {
    this.landscape.roles.delete(role.path)
    this.landscape.unsettled.delete(role.path)
    turn.delete(KEYS.role(this.landscape.desired.id, role.path))
  }

  #addMember(path: string, now: number, turn: TurnBook): void {
    const { landscape } = this
    const state = landscape.addSlot(path, undefined, now)
    state.stored = true
    landscape.unsettled.add(path)
    turn.put(KEYS.slot(landscape.desired.id, path), state.record)
    this.#queue.add(path)
    this.#incomplete ||=
      state.node !== undefined && (state.node.children.length > 0 || state.node.member !== undefined)
  }

  #retire(path: string, reason: string, turn: TurnBook): void {
    const { landscape } = this
    const state = landscape.slots.get(path)
    if (state === undefined) return
    const record = { ...state.record, retired: reason }
    this.#enqueue(landscape.change(state, { record }, this.#ports.clock.now()))
    turn.put(KEYS.slot(landscape.desired.id, path), record)
    landscape.unsettled.add(path)
    this.#queue.add(path)
    for (const inside of landscape.slotsWithin(path)) this.#queue.add(inside.path)
  }

  #lookAtSlot(state: SlotState, turn: TurnBook): void {
    const { landscape } = this
    const news = this.#news.get(state.path)
    if (news === undefined && !this.#hasRoom(state, turn.steps.length)) return
    const { clock, sources } = this.#ports
    const now = clock.now()
    const world = worldFor(state.path, now, sources)
    this.#news.delete(state.path)
    const { record, observed } = this.#fold(state, news, now)
    const facts = { ...landscape.facts({ ...state, record, observed }), notBefore: state.notBefore }
    const verdict = decideSlot(facts, world)
    this.#apply(state, verdict, { observed, turn, now })
  }

  /** Puts what was heard into the records, outcome by outcome. */
  #fold(state: SlotState, news: News | undefined, now: number): Pick<SlotState, 'record' | 'observed'> {
    let { record, observed } = state
    if (news === undefined) return { record, observed }
    const world = worldFor(state.path, now, this.#ports.sources)
    for (const outcome of news.outcomes) {
      state.underWay.delete(outcome.step.incarnation)
      const facts = this.landscape.facts({ ...state, record, observed })
      const taken = takeOutcome(facts, outcome, world)
      record = taken.record
      observed = taken.observed
      state.notBefore = taken.notBefore
    }
    observed = withNews(observed ?? emptyObservation(state.path, now), news, now)
    return { record, observed }
  }

  #apply(
    state: SlotState,
    verdict: Verdict,
    context: { readonly observed: ObservedRecord | undefined; readonly turn: TurnBook; readonly now: number },
  ): void {
    const { landscape } = this
    const { turn, now } = context
    const { id } = landscape.desired
    if (verdict.forget) {
      this.#forget(state, turn)
      return
    }
    const before = state.condition
    const recordChanged = verdict.record !== state.record
    const observedChanged = context.observed !== state.observed
    if (recordChanged || observedChanged) {
      this.#enqueue(landscape.change(state, { record: verdict.record, observed: context.observed }, now))
    }
    if (recordChanged) {
      turn.put(KEYS.slot(id, state.path), verdict.record)
      state.stored = true
    }
    if (state.condition.gone && !before.gone) this.#enqueueOwned(state.path)
    this.#show(state, { before, observedChanged, turn, now })
    for (const holding of verdict.holdings) this.#addHolding(holding, turn)
    for (const step of verdict.steps) {
      state.underWay.add(step.incarnation)
      state.touched = landscape.nextTouch()
      turn.steps.push(step)
    }
    state.waits = verdict.waits
    this.#settle(state.path, verdict.settled, verdict.wakeAt)
    if (!verdict.settled) this.#ports.heat(state.path, state)
  }

  /** Keeps the shown state beside the observation when either changed. */
  #show(
    state: SlotState,
    context: {
      readonly before: Condition
      readonly observedChanged: boolean
      readonly turn: TurnBook
      readonly now: number
    },
  ): void {
    const { condition } = state
    const { before, turn, now } = context
    const shown = state.observed?.shown
    const moved =
      shown?.state !== condition.state || shown.up !== condition.up || shown.reason !== condition.reason
    if (!moved && !context.observedChanged) return
    if (!state.stored && state.observed === undefined) return
    const since = shown?.state === condition.state && shown.up === condition.up ? shown.since : now
    const observed = state.observed ?? emptyObservation(state.path, now)
    state.observed = {
      ...observed,
      at: now,
      shown: { state: condition.state, up: condition.up, reason: condition.reason, since },
    }
    state.since = since
    turn.put(KEYS.seen(this.landscape.desired.id, state.path), state.observed)
    if (moved)
      turn.after.push(() => {
        this.#ports.conditionChanged(state, before)
      })
  }

  #forget(state: SlotState, turn: TurnBook): void {
    const { landscape } = this
    const { id } = landscape.desired
    const before = state.condition
    this.#enqueue(landscape.removeSlot(state))
    this.#wakes.delete(state.path)
    turn.delete(KEYS.slot(id, state.path))
    turn.delete(KEYS.seen(id, state.path))
    if (state.role !== undefined) this.#queue.add(state.role)
    this.#enqueueOwned(state.path)
    state.condition = { ...before, state: 'gone', up: false, quiet: true, gone: true }
    turn.after.push(() => {
      this.#ports.conditionChanged(state, before)
    })
  }

  /** What followed a slot, and what all share, may go once nothing is left of it. */
  #enqueueOwned(path: string): void {
    for (const id of this.landscape.ownedBy(path)) this.#queue.add(id)
    if (this.landscape.existing === 0) for (const id of this.landscape.ownedBy('')) this.#queue.add(id)
  }

  #addHolding(record: HoldingState['record'], turn: TurnBook): void {
    if (this.landscape.holdings.has(record.id)) return
    this.landscape.addHolding(record)
    turn.put(KEYS.holding(this.landscape.desired.id, record.id), record)
    this.#queue.add(record.id)
  }

  #lookAtHolding(id: string, turn: TurnBook): void {
    const { landscape } = this
    const state = landscape.holdings.get(id)
    if (state === undefined) return
    const { clock, sources } = this.#ports
    this.#foldHolding(state, turn, clock.now())
    const world = worldFor(id, clock.now(), sources)
    const wanted = this.#isWanted(state.record)
    const verdict = decideHolding({ ...state, wanted }, world)
    if (
      verdict.forget ||
      (!wanted &&
        state.record.stage === 'removing' &&
        state.record.step === undefined &&
        state.record.token === '')
    ) {
      this.#forgetHolding(state, turn)
      return
    }
    if (verdict.record !== state.record) {
      state.record = verdict.record
      turn.put(KEYS.holding(landscape.desired.id, id), verdict.record)
    }
    for (const step of verdict.steps) {
      state.underWay = true
      turn.steps.push(step)
    }
    this.#settle(id, verdict.settled, verdict.wakeAt)
  }

  /** Networks stay while anything may need them; volumes follow their slot. */
  #isWanted(record: HoldingState['record']): boolean {
    const { landscape } = this
    if (record.owner !== '') {
      const slot = landscape.slots.get(record.owner)
      return (
        slot !== undefined &&
        (!slot.condition.gone ||
          (landscape.desired.wish !== 'gone' && slot.record.retired === undefined && slot.node !== undefined))
      )
    }
    return landscape.desired.wish !== 'gone' || landscape.existing > 0
  }

  #foldHolding(state: HoldingState, turn: TurnBook, now: number): void {
    const news = this.#news.get(state.record.id)
    if (news === undefined) return
    this.#news.delete(state.record.id)
    for (const outcome of news.outcomes) this.#takeHoldingOutcome(state, outcome, now)
    turn.put(KEYS.holding(this.landscape.desired.id, state.record.id), state.record)
    this.#enqueue(this.landscape.notify(state.record.id))
  }

  #takeHoldingOutcome(state: HoldingState, outcome: StepOutcome, now: number): void {
    const { answer, step } = outcome
    const { step: _step, trouble: _trouble, ...record } = state.record
    state.underWay = false
    if (answer.kind === 'not-ready' || answer.kind === 'pending')
      state.notBefore = now + (('retryAfter' in answer ? answer.retryAfter : undefined) ?? 500)
    else if (answer.kind === 'unknown' || answer.kind === 'refused')
      state.record = this.#holdingTrouble(state, answer.failure, now)
    else if (answer.kind === 'conflict') {
      state.record = this.#holdingTrouble(
        state,
        { cause: 'conflict', retry: 'never', message: `its name is held by ${answer.holder}` },
        now,
      )
    } else if (step.announcement.kind === 'destroy') state.record = { ...record, token: '' }
    else state.record = { ...record, stage: 'present' }
  }

  #holdingTrouble(
    state: HoldingState,
    failure: NonNullable<HoldingState['failure']>,
    now: number,
  ): HoldingState['record'] {
    const attempts = (state.record.trouble?.attempts ?? 0) + 1
    const delay = failure.retry === 'never' ? 300_000 : Math.min(60_000, 500 * 2 ** attempts)
    const trouble = {
      attempts,
      since: state.record.trouble?.since ?? now,
      retryAt: now + delay,
      failure,
      recovery: this.landscape.desired.recovery,
      ...(failure.retry === 'never' ? { verdict: 'alert' as const } : {}),
    }
    this.landscape.troubled.add(state.record.id)
    return { ...state.record, trouble }
  }

  #forgetHolding(state: HoldingState, turn: TurnBook): void {
    const { id } = state.record
    turn.delete(KEYS.holding(this.landscape.desired.id, id))
    this.#enqueue(this.landscape.removeHolding(state))
    if (state.record.owner !== '') this.#queue.add(state.record.owner)
  }

  #lookAtApplication(turn: TurnBook): void {
    const { landscape } = this
    const now = this.#ports.clock.now()
    if (this.#incomplete) this.#addMissing(now)
    const { settings } = landscape.tree.application
    const status = deriveStatus(
      landscape.status,
      {
        desired: landscape.desired,
        settings,
        settled: landscape.unsettled.size === 0 && this.#queue.size === 0 && this.#news.size === 0,
        begun: landscape.existing > 0 || landscape.holdings.size > 0 || turn.steps.length > 0,
        empty: landscape.slots.size === 0 && landscape.holdings.size === 0 && landscape.roles.size === 0,
        ...this.#alerts(),
      },
      now,
    )
    if (status !== landscape.status) {
      landscape.status = status
      turn.put(KEYS.status(landscape.desired.id), status)
      turn.after.push(() => {
        this.#ports.statusChanged()
      })
    }
    const due = statusDueAt(status, settings)
    if (due === undefined) this.#wakes.delete('')
    else this.#wakes.set('', due)
  }

  /** Slots and roles that the wanted version has and memory does not. */
  #addMissing(now: number): void {
    const { landscape } = this
    this.#incomplete = false
    const missing = landscape.missing()
    for (const path of missing.roles) {
      landscape.addRole(path, undefined)
      landscape.unsettled.add(path)
      this.#queue.add(path)
    }
    for (const path of missing.slots) {
      landscape.addSlot(path, undefined, now)
      landscape.unsettled.add(path)
      this.#queue.add(path)
    }
  }

  #alerts(): { readonly alerts: readonly string[]; readonly stuck: boolean } {
    const { landscape } = this
    const causes = new Map<string, string[]>()
    let stuck = false
    for (const key of landscape.troubled) {
      const trouble = landscape.slots.get(key)?.record.trouble ?? landscape.holdings.get(key)?.record.trouble
      if (trouble === undefined || trouble.recovery < landscape.desired.recovery) continue
      stuck = stuck || trouble.attempts >= 3
      if (trouble.verdict !== 'alert') continue
      const line = trouble.failure.message
      causes.set(line, [...(causes.get(line) ?? []), key])
    }
    return {
      stuck,
      alerts: [...causes].map(
        ([line, keys]) =>
          `${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ` and ${keys.length - 3} more` : ''}: ${line}`,
      ),
    }
  }

  #settle(key: string, settled: boolean, wakeAt: number): void {
    if (settled) this.landscape.unsettled.delete(key)
    else this.landscape.unsettled.add(key)
    if (wakeAt > 0) this.#wakes.set(key, wakeAt)
    else this.#wakes.delete(key)
  }

  #hasRoom(state: SlotState, more: number): boolean {
    const [location] = incarnations(state.record).map((one) => one.location)
    const name = location ?? (state.node === undefined ? undefined : locationOf(state.node))
    const desk = name === undefined ? undefined : this.#ports.desk(name)
    if (desk === undefined || desk.hasRoom(more)) return true
    this.landscape.unsettled.add(state.path)
    desk.whenRoom(`${this.landscape.desired.id} ${state.path}`, () => {
      this.#offered.add(desk)
      this.wake([state.path])
      if (this.#closed) desk.offerRoom()
    })
    return false
  }

  #enqueue(keys: readonly string[]): void {
    for (const key of keys) this.#queue.add(key)
  }

  /** Batches go in order; the store may make several durable together. */
  async #commit(turn: TurnBook): Promise<void> {
    const commits: Promise<void>[] = []
    for (const changes of turn.batches()) commits.push(this.#ports.commit(changes))
    await Promise.all(commits)
  }

  #take(steps: readonly Step[]): void {
    const byLocation = new Map<string, Step[]>()
    for (const step of steps) {
      const list = byLocation.get(step.location)
      if (list === undefined) byLocation.set(step.location, [step])
      else list.push(step)
    }
    for (const [location, list] of byLocation) {
      for (const step of list) this.#ports.stepTaken(step)
      const desk = this.#ports.desk(location)
      if (desk === undefined)
        list.forEach((step) => {
          this.#hear({ step, answer: noLocation(location) })
        })
      else
        desk.take(list, (outcome) => {
          this.#hear(outcome)
        })
    }
  }

  #hear(outcome: StepOutcome): void {
    if (this.#closed) return
    const { key } = outcome.step
    const state = this.landscape.slots.get(key)
    if (state !== undefined) state.touched = this.landscape.nextTouch()
    this.#ports.stepEnded(outcome)
    this.#newsOf(key).outcomes.push(outcome)
    this.wake([key])
  }
}

/** What one turn writes, and what follows once it is durable. Later writes of a key take the place of earlier ones. */
class TurnBook {
  readonly steps: Step[] = []
  readonly after: (() => void)[] = []
  readonly #changes = new Map<string, Change>()

  put(key: string, value: object): void {
    this.#changes.set(key, { kind: 'put', key, value: value as JsonObject })
  }

  delete(key: string): void {
    this.#changes.set(key, { kind: 'delete', key })
  }

  batches(): readonly (readonly Change[])[] {
    const all = [...this.#changes.values()]
    const batches: Change[][] = []
    for (let at = 0; at < all.length; at += COMMIT) batches.push(all.slice(at, at + COMMIT))
    return batches
  }
}

function isMember(slot: SlotState, landscape: Landscape): boolean {
  const { trouble, retired } = slot.record
  const aside = trouble?.verdict === 'quarantine' && trouble.recovery >= landscape.desired.recovery
  return retired === undefined && !aside
}

function memberFacts(slot: SlotState): {
  readonly path: string
  readonly createdAt: number
  readonly condition: Condition
} {
  return { path: slot.path, createdAt: slot.record.createdAt, condition: slot.condition }
}

function emptyObservation(path: string, now: number): ObservedRecord {
  return { kind: 'observed', path, at: now, resources: {}, attributes: {} }
}

function withNews(observed: ObservedRecord, news: News, now: number): ObservedRecord {
  let next = observed
  for (const [token, resource] of news.resources) next = withResource(next, token, resource, now)
  if (news.health !== undefined) next = { ...next, health: news.health, at: now }
  if (news.attributes !== undefined)
    next = { ...next, attributes: { ...next.attributes, ...news.attributes }, at: now }
  return next
}

function noLocation(location: string): {
  readonly kind: 'refused'
  readonly failure: { readonly cause: 'missing'; readonly retry: 'soon'; readonly message: string }
} {
  return {
    kind: 'refused',
    failure: { cause: 'missing', retry: 'soon', message: `location ${location} is not there` },
  }
}
