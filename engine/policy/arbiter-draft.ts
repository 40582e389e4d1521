import {
  type Floor,
  type Rollout,
  type Suspension,
  type Suspensions,
  suspensionOf,
} from '../entity/desired.js'
import type { Intent, RolloutIntent } from '../ports/policy.js'
import { required } from '../support/invariant.js'
import type { ReplacementSpec } from '../spec/members-spec.js'
import {
  type ArbiterState,
  DEFAULT_RATE_LIMIT,
  type MemberState,
  type RoleStanding,
} from './arbiter-state.js'

/** An intent that asks for a change of what is desired of entities. */
export type Wanted = Exclude<Intent, { readonly kind: 'hold' | 'call' | 'suspend' | RolloutIntent['kind'] }>

/** What a role has left to give. Changes with each grant. */
export interface RoleDraft {
  readonly state: RoleStanding
  wanted: number
  disrupted: number
  replacing: number
  /** Whether a person has set the count in this turn. */
  setByPerson: boolean
}

/** The state with everything granted so far in this turn, so that the next request is judged by what is left. */
export class ArbiterDraft {
  readonly state: ArbiterState
  readonly now: number
  readonly counts: { [role: string]: number }
  readonly floors: { [path: string]: Floor }
  rollouts: { readonly [role: string]: Rollout }
  readonly recent: { [role: string]: readonly number[] } = {}
  /** Members granted a replacement in this turn. */
  readonly replaced: Set<string> = new Set<string>()
  /** Calls that go on with those granted in this turn, by `callKey`. */
  readonly calling: Map<string, number>
  /** Entities that the quota leaves. */
  room: number
  /** Suspensions by policies, of those that are suspended so. */
  suspensions: { readonly [policy: string]: Suspensions }
  readonly #suspensionsBefore: { readonly [policy: string]: Suspensions }
  readonly #rolloutsBefore: { readonly [role: string]: Rollout }
  readonly #roles = new Map<string, RoleDraft>()

  constructor(state: ArbiterState, now: number) {
    this.state = state
    this.now = now
    this.counts = { ...state.desired.counts }
    this.floors = { ...state.desired.floors }
    this.#suspensionsBefore = state.desired.suspendedByPolicies ?? {}
    this.suspensions = this.#suspensionsBefore
    this.#rolloutsBefore = state.desired.rollouts ?? {}
    this.rollouts = this.#rolloutsBefore
    this.calling = new Map(state.calling)
    this.room = state.room ?? Infinity
  }

  role(path: string | undefined): RoleDraft | undefined {
    if (path === undefined || !Object.hasOwn(this.state.roles, path)) return undefined
    const known = this.#roles.get(path)
    if (known !== undefined) return known
    const state = required(this.state.roles[path], 'role of the state')
    const { disrupted, replacing } = state
    const wanted = own(this.counts, path) ?? state.initial
    const role: RoleDraft = { state, wanted, disrupted, replacing, setByPerson: false }
    this.#roles.set(path, role)
    return role
  }

  member(path: string): MemberState | undefined {
    return own(this.state.members, path)
  }

  rollout(path: string): Rollout | undefined {
    return own(this.rollouts, path)
  }

  /** Numbers of the members of a role. */
  numbersOf(path: string): readonly number[] {
    return own(this.state.roles, path)?.numbers ?? []
  }

  floor(path: string): Floor | undefined {
    return own(this.floors, path)
  }

  /** Whether a change that comes to members in turns stands otherwise than before. */
  get rolloutsChanged(): boolean {
    return this.rollouts !== this.#rolloutsBefore
  }

  /** Whether other policies are suspended by policies than before. */
  get suspensionsChanged(): boolean {
    return this.suspensions !== this.#suspensionsBefore
  }

  /** Why a policy may not act, by its key; undefined where it may. */
  suspension(policy: string): Suspension | undefined {
    return suspensionOf({ ...this.state.desired, suspendedByPolicies: this.suspensions }, policy)
  }

  /** Disruptive decisions of a role within the period. */
  recentOf(key: string): readonly number[] {
    const { period } = this.state.rateLimit ?? DEFAULT_RATE_LIMIT
    const times = own(this.recent, key) ?? own(this.state.recent, key) ?? []
    return times.map((at) => Math.min(at, this.now)).filter((at) => at > this.now - period)
  }

  /** Takes a granted intent into account; gives what it counts under where the rate of such is limited. */
  grant(intent: Wanted, byPerson: boolean): string | undefined {
    if (intent.kind === 'scale') return this.#scale(intent.entity, intent.count, byPerson)
    if (intent.kind === 'restart') return this.#restart(intent)
    return this.#replace(intent)
  }

  /** The rate memory to keep: only what still counts. */
  rateMemory(): { readonly [role: string]: readonly number[] } {
    const keys = new Set([...Object.keys(this.state.recent), ...Object.keys(this.recent)])
    const kept = [...keys]
      .map((key) => [key, this.recentOf(key)] as const)
      .filter(([, times]) => times.length > 0)
    return Object.fromEntries(kept)
  }

  #scale(path: string, count: number, byPerson: boolean): string | undefined {
    const role = required(this.role(path), 'role of a granted count')
    const fewer = role.wanted - count
    if (fewer > 0) role.disrupted += Math.min(fewer, role.state.ready)
    this.room += fewer * (role.state.each ?? 1)
    role.wanted = count
    role.setByPerson ||= byPerson
    this.counts[path] = count
    return fewer > 0 ? this.spend(path) : undefined
  }

  #restart(intent: Extract<Wanted, { readonly kind: 'restart' }>): string {
    const member = required(this.member(intent.entity), 'member of a granted restart')
    const role = this.role(member.role)
    if (role !== undefined && member.up) role.disrupted += 1
    const { incarnation } = this.floor(intent.entity) ?? {}
    const lowest = incarnation === undefined ? {} : { incarnation }
    const { reason } = intent
    this.floors[intent.entity] = { ...lowest, runOf: intent.incarnation, run: intent.run + 1, reason }
    return this.spend(member.role ?? intent.entity)
  }

  #replace(intent: Extract<Wanted, { readonly kind: 'replace' }>): string {
    const member = required(this.member(intent.entity), 'member of a granted replacement')
    const role = this.role(member.role)
    if (role !== undefined && isNewFirst(role.state.replacement)) role.replacing += 1
    else if (role !== undefined && member.up && !this.#isDisrupted(intent.entity, member)) role.disrupted += 1
    const elsewhere = intent.elsewhere === true ? ({ elsewhere: true } as const) : {}
    this.floors[intent.entity] = { incarnation: intent.incarnation + 1, ...elsewhere, reason: intent.reason }
    this.replaced.add(intent.entity)
    return this.spend(member.role ?? intent.entity)
  }

  /** Whether a restart of this very run is wanted already, so that the member is counted as disrupted. */
  #isDisrupted(path: string, member: MemberState): boolean {
    const floor = this.floor(path)
    return floor?.runOf === member.incarnation && (floor.run ?? 0) > member.run
  }

  /** Takes into account that something was granted that counts under a key, which it gives back. */
  spend(key: string): string {
    this.recent[key] = [...this.recentOf(key), this.now]
    return key
  }
}

/** Whether a replacement makes the new one before the old one goes: only with room for one more. */
export function isNewFirst(replacement: ReplacementSpec): boolean {
  return replacement.order === 'new-first' && replacement.surge > 0
}

/** The own property; paths are data, so inherited names are none. */
function own<T>(map: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}
