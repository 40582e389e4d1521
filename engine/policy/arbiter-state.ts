import type { DesiredRecord, Floor, Rollout, Suspensions } from '../entity/desired.js'
import type { CallIntent, Intent } from '../ports/policy.js'
import type { ReplacementSpec } from '../spec/members-spec.js'
import type { Decision, DecisionInput } from './decision-log.js'

/** Who asks: a policy of an entity, or a person. */
export type Asker =
  | {
      readonly kind: 'policy'
      /** Path of the entity that the policy is attached to. */
      readonly entity: string
      readonly name: string
      readonly type: string
      /** Digest of its configuration. */
      readonly version: string
    }
  | { readonly kind: 'person'; readonly name: string }

/** The name under which an asker appears among actors. */
export function actorName(by: Asker): string {
  return by.kind === 'person' ? by.name : `policy ${by.entity}/${by.name}`
}

/** An intent with who asks and what it was made from. */
export interface Request {
  readonly by: Asker
  readonly intent: Intent
  readonly inputs: readonly DecisionInput[]
}

/** A role as the arbiter sees it. */
export interface RoleStanding {
  readonly min: number
  readonly max: number
  /** Wanted count where desired's book names none. */
  readonly initial: number
  /** All incarnations of its slots, those on their way out too. */
  readonly incarnations: number
  /** Those of them on their way out. */
  readonly leaving: number
  /** Members that are up. */
  readonly ready: number
  /** Ready members that are wanted restarted or replaced old-first and are still up. */
  readonly disrupted: number
  /** Replacements wanted, new first, whose new incarnation is not there yet. */
  readonly replacing: number
  readonly replacement: ReplacementSpec
  /** Numbers of its members that are not on their way out. @default not known */
  readonly numbers?: readonly number[]
  /** Entities that one member is, with what is inside of it. @default 1 */
  readonly each?: number
}

/** A slot as the arbiter sees it. */
export interface MemberState {
  /** Path of its role; absent for an entity that is a member of none. */
  readonly role?: string
  /** Number of the current incarnation, and of its run; 0 for none. */
  readonly incarnation: number
  readonly run: number
  readonly up: boolean
}

/** Times of the disruptive decisions of late, by role (or by entity where there is none). */
export type RateMemory = { readonly [role: string]: readonly number[] }

/** So many disruptive decisions in a period (ms). A role may have as many as it has members, if that is more. */
export interface RateLimit {
  readonly decisions: number
  readonly period: number
}

/** All that the arbiter goes by. Roles and members that no request names may be left out. */
export interface ArbiterState {
  readonly desired: DesiredRecord
  readonly roles: { readonly [path: string]: RoleStanding }
  readonly members: { readonly [path: string]: MemberState }
  readonly recent: RateMemory
  /** The version that the wanted one restores, if any. */
  readonly restored?: number
  /** Effectors of entities that are named in calls, by path. @default none can be called */
  readonly callable?: { readonly [path: string]: readonly string[] }
  /** Names of the policies and enrichers of entities that are named in suspensions, by path. @default none can be suspended */
  readonly policies?: { readonly [path: string]: readonly string[] }
  /** How many calls have not ended, by `callKey`. */
  readonly calling?: ReadonlyMap<string, number>
  /** Entities that the quota leaves. @default as many as wanted */
  readonly room?: number
  /** @default DEFAULT_RATE_LIMIT */
  readonly rateLimit?: RateLimit
}

/** The rate limit where none is given. */
export const DEFAULT_RATE_LIMIT: RateLimit = { decisions: 10, period: 60_000 }

/** What is to be written into desired's book: whole maps, to be put in place of the old ones. */
export interface DesiredChange {
  readonly counts: { readonly [role: string]: number }
  readonly floors: { readonly [path: string]: Floor }
  /** Absent where it stays as it is. */
  readonly suspendedByPolicies?: { readonly [policy: string]: Suspensions }
  /** Absent where it stays as it is. */
  readonly rollouts?: { readonly [role: string]: Rollout }
  /** Actor's name of the first that was granted something, and the reasons. */
  readonly by: string
  readonly reason: string
}

/** The rate limit of the calls of one policy. */
export const CALL_RATE_LIMIT: RateLimit = { decisions: 60, period: 60_000 }

/** Decisions that are older, in milliseconds, count for no rate. */
export const LONGEST_RATE_PERIOD: number = Math.max(DEFAULT_RATE_LIMIT.period, CALL_RATE_LIMIT.period)

/** Calls of one kind that may wait for each other. */
export const MOST_CALLS_OPEN = 10

/** A call that was granted. */
export interface GrantedCall {
  readonly by: Asker
  readonly call: CallIntent
}

/** What a run is of that a policy, or a person, has called for. */
export function callOrigin(by: Asker): string {
  if (by.kind === 'person') return by.name
  return by.entity === '' ? `policy ${by.name}` : `policy ${by.name} of ${by.entity}`
}

/** By what a call is known while it goes on: who made it, and of what. */
export function callKey(
  origin: string,
  { entity, effector }: Pick<CallIntent, 'entity' | 'effector'>,
): string {
  return `${origin}\n${entity}\n${effector}`
}

/** The answer to all requests of a turn. */
export interface Arbitration {
  /** Absent when nothing changes. */
  readonly desired?: DesiredChange
  /** What is to be called. */
  readonly calls: readonly GrantedCall[]
  /** One for each request, in the order in which they were decided. */
  readonly decisions: readonly Decision[]
  /** To be kept and given back with the next state. */
  readonly recent: RateMemory
}
