import type { DesiredRecord } from '../../entity/desired.js'
import type { HoldingRecord, RoleRecord, SlotRecord } from '../../entity/allocation.js'
import type { ApplicationStatus, ObservedRecord } from '../../entity/observation.js'
import { ROOT, isMemberPath, isWithin, parentPath } from '../../entity/path.js'
import type { ResourceState } from '../../entity/resource.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import { copyWith } from '../../support/copy.js'
import { required } from '../../support/invariant.js'
import type { FailureRecord } from '../../support/failure.js'
import { changedKeys } from './changed-keys.js'
import { conditionOf, incarnations, isSameCondition, type Condition, type SlotWants } from './condition.js'
import { jobDigest } from './digests.js'
import { isSetAside } from './verdicts.js'
import { NO_GROUPS, type Groups } from './group-reading.js'
import { KeptValues } from './kept-values.js'
import { LossBook } from './loss-book.js'
import { setId } from './naming.js'
import { PermitBook } from './permit-book.js'
import { isSpread, siteKey } from './placement.js'
import { restOf } from './rest.js'
import { treeAt } from './rollout.js'
import { TokenIndex } from './token-index.js'
import { contributionOf, count, emptyTally, type MutableTally } from './tally.js'
import { Dependents } from './dependents.js'
import type { SlotFacts } from './world.js'

/** A slot in memory: its records, and what is derived from them. */
export interface SlotState {
  readonly path: string
  readonly role: string | undefined
  record: SlotRecord
  observed: ObservedRecord | undefined
  node: SpecNode | undefined
  condition: Condition
  /** When the condition last changed its state. */
  since: number
  /** Whether the slot's record is in the store. */
  stored: boolean
  /** Incarnations with a call under way. */
  underWay: readonly number[]
  notBefore: number
  begunAt: number
  /** Raised whenever something was asked or heard about it, so that older observations are told from newer. */
  touched: number
  /** First of the looks in a row that have missed a machine, by token. Forgotten by a restart: what is to last is in `observed`. */
  missed: ReadonlyMap<string, number>
  waits: readonly string[]
  /** Since when it waits for each; where no record says so, a restart begins anew. */
  waitsSince: { readonly [wait: string]: number }
}

/** A role in memory. */
export interface RoleState {
  readonly path: string
  record: RoleRecord
  node: SpecNode | undefined
  readonly slots: Map<string, SlotState>
  tally: MutableTally
  /** Incarnations at each site and location, where members may be at several. */
  sited: Map<string, number>
}

/** A network or volume in memory. */
export interface HoldingState {
  record: HoldingRecord
  /** As last seen at its location since its last command was answered. */
  seen: ResourceState | undefined
  underWay: boolean
  notBefore: number
  /** Raised whenever something was asked or heard about it, so that older observations are told from newer. */
  touched: number
  waits: readonly string[]
  failure?: FailureRecord
}

/**
 * One application in memory: the three books as loaded and since changed, indexed for deciding. Whoever changes a slot
 * here commits the same change to the store; effects follow only after that.
 */
export class Landscape {
  readonly trees: Map<number, SpecTree> = new Map<number, SpecTree>()
  readonly slots: Map<string, SlotState> = new Map<string, SlotState>()
  readonly roles: Map<string, RoleState> = new Map<string, RoleState>()
  readonly holdings: Map<string, HoldingState> = new Map<string, HoldingState>()
  readonly #owned = new Map<string, Set<string>>()
  readonly dependents: Dependents = new Dependents()
  /** Whose each token is. */
  readonly tokens: TokenIndex = new TokenIndex()
  desired: DesiredRecord
  status: ApplicationStatus
  /** Keys of what is not as wanted. */
  readonly unsettled: Set<string> = new Set<string>()
  /** Keys of what has failed and is not calm yet. */
  readonly troubled: Set<string> = new Set<string>()
  /** Values of sensors that nobody can be asked for again. */
  readonly kept: KeptValues = new KeptValues()
  /** Config values that were set while it ran, by entity; those of the key NAME_SETTING are names for people. */
  readonly settings: KeptValues = new KeptValues()
  /** Who is in which group, once somebody who can read expressions was put here. */
  groups: Groups = NO_GROUPS
  /** What is lost, by cause. */
  readonly losses: LossBook = new LossBook()
  /** Who has permits of which pool. */
  readonly permits: PermitBook = new PermitBook(this.dependents)
  /** Slots of which something may run, and of which something exists. */
  running = 0
  existing = 0
  #touch = 0

  constructor(desired: DesiredRecord, status: ApplicationStatus) {
    this.desired = desired
    this.status = status
  }

  /** The indexed spec of the wanted version. */
  get tree(): SpecTree {
    return required(this.trees.get(this.desired.version), `spec of version ${this.desired.version}`)
  }

  /** A number larger than all before. */
  nextTouch(): number {
    return ++this.#touch
  }

  /** Puts a slot in, from its records or new. */
  addSlot(path: string, record: SlotRecord | undefined, now: number, observed?: ObservedRecord): SlotState {
    const role = this.#roleAbove(path)
    const since = observed?.shown?.since ?? now
    const state: SlotState = {
      path,
      role: role?.path,
      record: record ?? { kind: 'slot', path, next: 1, leaving: EMPTY, upSerial: 0, createdAt: now },
      observed,
      node: treeAt(this, path).at(path),
      condition: NOTHING,
      since,
      stored: record !== undefined,
      underWay: EMPTY,
      notBefore: 0,
      begunAt: 0,
      touched: 0,
      missed: NONE_MISSED,
      waits: EMPTY,
      waitsSince: NO_TIMES,
    }
    this.slots.set(path, state)
    this.tokens.note(path, undefined, record)
    this.permits.note(path, record, [])
    role?.slots.set(path, state)
    this.#derive(state, since)
    if (role !== undefined) this.#countIn(role, state, 1)
    return state
  }

  /** Changes a slot's records; gives the keys that must be looked at again because of it. */
  change(
    state: SlotState,
    change: { readonly record?: SlotRecord; readonly observed?: ObservedRecord | undefined },
    now: number,
  ): readonly string[] {
    const role = this.#roleOf(state)
    if (role !== undefined) this.#countIn(role, state, -1)
    if (change.record !== undefined) {
      this.tokens.note(state.path, state.record, change.record)
      state.record = change.record
    }
    if (change.observed !== undefined) state.observed = change.observed
    this.#derive(state, now)
    if (role !== undefined) this.#countIn(role, state, 1)
    return this.permits.note(state.path, state.record, this.notify(state.path))
  }

  /** Takes a slot out: nothing is left of it. */
  removeSlot(state: SlotState): readonly string[] {
    const role = this.#roleOf(state)
    if (role !== undefined) {
      this.#countIn(role, state, -1)
      role.slots.delete(state.path)
    }
    this.slots.delete(state.path)
    this.tokens.note(state.path, state.record, undefined)
    this.unsettled.delete(state.path)
    this.troubled.delete(state.path)
    this.losses.note(state.path, undefined)
    this.running -= state.condition.quiet ? 0 : 1
    this.existing -= state.condition.gone ? 0 : 1
    return this.permits.note(state.path, undefined, this.notify(state.path))
  }

  /** Puts a role in. */
  addRole(path: string, record: RoleRecord | undefined): RoleState {
    const known = this.roles.get(path)
    if (known !== undefined) {
      if (record !== undefined) known.record = record
      return known
    }
    const tally = emptyTally()
    const role: RoleState = {
      path,
      record: record ?? { kind: 'role', path, next: 1 },
      node: treeAt(this, path).at(path),
      slots: new Map(),
      tally,
      sited: new Map(),
    }
    this.roles.set(path, role)
    return role
  }

  /** Puts a network or volume in. */
  addHolding(record: HoldingRecord, seen?: ResourceState): HoldingState {
    const state: HoldingState = {
      record,
      seen,
      underWay: false,
      notBefore: 0,
      touched: 0,
      waits: EMPTY,
    }
    this.holdings.set(record.id, state)
    this.tokens.set(record.token, record.id)
    const owned = this.#owned.get(record.owner)
    if (owned === undefined) this.#owned.set(record.owner, new Set([record.id]))
    else owned.add(record.id)
    return state
  }

  /** Takes a network or volume out; gives the keys that must be looked at again because of it. */
  removeHolding(state: HoldingState): readonly string[] {
    const { id, owner, token } = state.record
    this.holdings.delete(id)
    this.tokens.delete(token)
    this.#owned.get(owner)?.delete(id)
    this.unsettled.delete(id)
    this.troubled.delete(id)
    return this.notify(id)
  }

  /** Ids of what follows a slot; '' for what is the application's own. */
  ownedBy(owner: string): ReadonlySet<string> {
    return this.#owned.get(owner) ?? NONE
  }

  /** The set of back ends of a slot. */
  setOf(path: string): HoldingState | undefined {
    return this.#owned.has(path) ? this.holdings.get(setId(path)) : undefined
  }

  /** Takes a new desired record in; gives the keys that must be looked at again because of it. */
  want(desired: DesiredRecord, now: number): readonly string[] {
    const before = this.desired
    this.desired = desired
    return changedKeys(before, desired) ?? this.#wantAnew(now)
  }

  /** A new wish, document, rollout or recovery: everything derived from it is derived again. */
  #wantAnew(now: number): readonly string[] {
    for (const role of this.roles.values()) {
      role.node = treeAt(this, role.path).at(role.path)
      role.tally = emptyTally()
      role.sited = new Map()
    }
    for (const slot of this.slots.values()) {
      slot.node = treeAt(this, slot.path).at(slot.path)
      this.#derive(slot, now)
      const role = this.#roleOf(slot)
      if (role !== undefined) this.#countIn(role, slot, 1)
    }
    return this.keys()
  }

  /** Every key that can be decided about. */
  keys(): readonly string[] {
    return [...this.roles.keys(), ...this.slots.keys(), ...this.holdings.keys()]
  }

  /** The slot as deciding functions see it, by its records or by what these are about to become. */
  facts(state: SlotState, books: Pick<SlotState, 'record' | 'observed'> = state): SlotFacts {
    const { path, role, notBefore, begunAt } = state
    const { record, observed } = books
    const retired = this.#retiredAbove(state)
    return {
      path,
      record: retired === undefined || record.retired !== undefined ? record : copyWith(record, { retired }),
      observed,
      node: state.node,
      role,
      notBefore,
      begunAt,
      isUnderWay: (incarnation) => state.underWay.includes(incarnation),
      isMissed: (token) => state.missed.has(token),
    }
  }

  /** Keys of all who asked about this entity, or about something that it is inside of. */
  notify(path: string): readonly string[] {
    const keys: string[] = []
    for (let at: string | undefined = path; at !== undefined; at = parentPath(at))
      this.dependents.take(at, keys)
    return keys
  }

  /** Slots below a path. */
  *slotsWithin(path: string): Iterable<SlotState> {
    const role = this.roles.get(path)
    if (role !== undefined && !this.#hasChildren(path)) yield* role.slots.values()
    else for (const slot of this.slots.values()) if (isWithin(slot.path, path)) yield slot
  }

  #hasChildren(role: string): boolean {
    const { member, firstMember, children = [] } = this.roles.get(role)?.node ?? {}
    return member === undefined || [...member.children, ...children].length > 0 || firstMember !== undefined
  }

  /** The role that it is a member of: what else is inside of a role has a name, and no number. */
  #roleAbove(path: string): RoleState | undefined {
    const parent = isMemberPath(path) ? parentPath(path) : undefined
    return parent === undefined ? undefined : this.roles.get(parent)
  }

  /** A member's retirement holds for everything inside of it. */
  #retiredAbove(state: SlotState): string | undefined {
    for (let at = parentPath(state.path); at !== undefined && at !== ROOT; at = parentPath(at)) {
      const above = this.slots.get(at)
      if (above?.record.retired !== undefined) return above.record.retired
    }
    return undefined
  }

  #derive(state: SlotState, now: number): void {
    const condition = conditionOf(state.record, state.node, state.observed, this.#wantedOf(state))
    const old = state.condition
    if (old.state !== condition.state || old.up !== condition.up) state.since = now
    const same = isSameCondition(old, condition)
    this.running += Number(old.quiet) - Number(condition.quiet)
    this.existing += Number(old.gone) - Number(condition.gone)
    if (state.record.trouble === undefined) this.troubled.delete(state.path)
    else this.troubled.add(state.path)
    this.losses.note(state.path, state.record)
    if (!same || old.reason !== condition.reason) state.condition = condition
  }

  #wantedOf({ node, path }: SlotState): SlotWants {
    const [set, rest] = [this.setOf(path)?.record, restOf(this.desired, path)]
    if (node?.spec.job === undefined && set === undefined && rest === undefined) return this.desired
    const { wish, recovery } = this.desired
    const job = node?.spec.job === undefined ? undefined : jobDigest(treeAt(this, path), node)
    return { wish: rest ? 'stopped' : wish, recovery, set, job, rest }
  }

  #countIn(role: RoleState, state: SlotState, sign: 1 | -1): void {
    count(role.tally, contributionOf(state, isSetAside(state, this)), sign)
    const member = role.node?.member
    if (member === undefined || !isSpread(member)) return
    for (const one of incarnations(state.record)) {
      for (const key of new Set([one.location, siteKey(one)]))
        role.sited.set(key, (role.sited.get(key) ?? 0) + sign)
    }
  }

  #roleOf(state: SlotState): RoleState | undefined {
    return state.role === undefined ? undefined : this.roles.get(state.role)
  }
}

const NOTHING: Condition = { state: 'created', up: false, quiet: true, gone: true, reason: 'not begun' }

/** Entities at rest share one empty list. */
const EMPTY: readonly never[] = Object.freeze([])

const NO_TIMES: SlotState['waitsSince'] = Object.freeze({})

const NONE_MISSED: ReadonlyMap<string, number> = new Map()

const NONE: ReadonlySet<string> = new Set()
