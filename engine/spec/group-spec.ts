import type { EntitySpec } from './entity-spec.js'
import type { EntityReference, Expression } from './expression.js'
import type { Quorum } from './members-spec.js'
import type { AskedPredicate, Predicate } from './predicate.js'

/**
 * Whom a group has as its members. Nothing is made for them and nothing is recorded of them but who was chosen by hand:
 * all else follows from the tree and its sensors whenever it is asked for.
 */
export interface GroupSpec {
  /** Whom this holds of, at whatever depth, but not the group itself. @default nobody */
  readonly filter?: Predicate | AskedPredicate
  /** Below whom they are looked for. @default the application */
  readonly within?: EntityReference
  /** Whether those are members that were set aside because they never came up, at whatever depth. @default false */
  readonly setAside?: boolean
  /** Those that are members by name, until others are chosen. */
  readonly chosen?: readonly Expression[]
  /** Whether what stands inside of the group is a member too. @default false */
  readonly children?: boolean
  /** How many of its members must be up for it to be up. @default always */
  readonly quorum?: Quorum
  /** How many of its members must be up for it not to be shown as failed. @default nothing of the kind */
  readonly healthyQuorum?: Quorum
  readonly sequence?: SequenceSpec
  /** By what its members are told apart: those of one value are a bucket of that name; without a value one is in none. */
  readonly buckets?: Expression
  /** What each bucket is as a group inside of this one. @default its buckets are no groups of their own */
  readonly bucketSpec?: EntitySpec
  /** The bucket of the group around it that this one has the members of. */
  readonly bucket?: string
}

/** Numbers that members are given in the order in which they come, and keep. */
export interface SequenceSpec {
  readonly start: number
  readonly increment: number
  /** The number as a text, e.g. 'node%03d'. */
  readonly format: string
}

/** The kept sensor of a group that says who was chosen by hand: a list of paths. */
export const CHOSEN = 'members.chosen'

/** Sensors of a sequence: at the group the next number and who has which, at its members the number and its text. */
export const SEQUENCE = {
  next: 'sequence.next',
  cache: 'sequence.cache',
  value: 'sequence.value',
  text: 'sequence.string',
} as const
