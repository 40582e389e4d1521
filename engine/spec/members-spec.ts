import type { Json } from '../support/json.js'
import type { EntitySpec } from './entity-spec.js'
import type { Predicate } from './predicate.js'

/** How many of something must be so. Percentages are of the wanted count, rounded up. */
export type Quorum =
  | { readonly kind: 'all' }
  | { readonly kind: 'all-and-at-least-one' }
  | { readonly kind: 'at-least-one' }
  | { readonly kind: 'at-least-one-unless-empty' }
  | { readonly kind: 'always' }
  | { readonly kind: 'number'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | {
      /** How many of so many: between two points along the line through them, and on beyond the first and the last. */
      readonly kind: 'points'
      readonly points: readonly { readonly of: number; readonly needed: number }[]
    }

/** A number of equal members made from one spec. */
export interface MembersSpec {
  readonly initial: number
  readonly min: number
  readonly max: number
  /** What each member is made from; shared by all of them. */
  readonly spec: EntitySpec
  /** What the member with the number 1 is made from, where it is another thing. */
  readonly first?: EntitySpec
  /** Members that must be up for the start of this role to count as done. @default all */
  readonly startQuorum: Quorum
  /** Milliseconds from the beginning of the start within which these are to be up; past it that is told. @default no time of its own */
  readonly startWithin?: number
  /** Members that must be up for the role to count as up once it has started. @default at-least-one-unless-empty */
  readonly runningQuorum: Quorum
  /**
   * Members that must be up for the role not to be shown as failed, once it has settled; it may be up without them.
   * @default nothing of the kind
   */
  readonly healthyQuorum?: Quorum
  /** Members of which a sensor has a value: these go before all others, in this order. */
  readonly victimsFirst?: readonly { readonly sensor: string; readonly value: Json }[]
  /** Whether its members are restarted when somebody asks it to be, and how. @default 'sequential' */
  readonly restart?: 'off' | 'sequential' | 'parallel'
  /** The amount of a sensor by which members go after those, in the place of `victims`; absent: by `victims`. */
  readonly victimsBy?: { readonly sensor: string; readonly first: 'lowest' | 'highest' }
  /**
   * Which member goes when scaling in: 'newest', 'oldest', 'unhealthy-first', or 'zone-balance', from where most are.
   * @default 'unhealthy-first'
   */
  readonly victims: string
  /** Members that may be provisioned or removed at once. @default 0: no bound of the role's own */
  readonly concurrency: number
  /** Whether members that never came up within their retries are set aside for inspection. @default true */
  readonly quarantine: boolean
  /**
   * Of what failure a member is set aside, about a value with `message` and `kind`; after any other one it is removed, and
   * another takes its place. What its place lacks is no failure of the member, so nothing is asked about it. @default any
   */
  readonly quarantineFilter?: Predicate
  readonly replacement: ReplacementSpec
  /** When a zone counts as failed, so that members go to others. @default two attempts in an hour, nine in ten of which failed */
  readonly zoneFailure?: ZoneFailureSpec
}

/** So many incarnations within so many milliseconds, of which this share (0 to 1) has failed. */
export interface ZoneFailureSpec {
  readonly attempts: number
  readonly within: number
  readonly share: number
}

/** How a member is replaced: new first (surge 1, unavailable 0) or old first (surge 0, unavailable 1). */
export interface ReplacementSpec {
  readonly order: 'new-first' | 'old-first'
  /** Incarnations above max allowed while replacing. */
  readonly surge: number
  /** Ready members below min allowed while replacing. */
  readonly unavailable: number
}
