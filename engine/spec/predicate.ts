import type { Expression } from './expression.js'
import type { Json } from '../support/json.js'

/**
 * What must hold of something: a value, or an entity. Data, so that it can be stored and shown; a part that is not known
 * before something runs is put in as an expression around it, and is plain by the time it is judged.
 */
export type Predicate =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate }
  /** Must hold; where it does not, that is a failure and not an answer. */
  | { readonly kind: 'assert'; readonly of: Predicate }
  /** Equal, whatever is text and whatever is number: '5' equals 5. */
  | { readonly kind: 'equals'; readonly value: Json }
  /** In the order of numbers, else of versions, else of texts with the numbers in them counted as such. */
  | { readonly kind: 'order'; readonly is: Order; readonly than: Json }
  /** A regular expression, or a glob, that the whole text must fit. */
  | { readonly kind: 'pattern' | 'glob'; readonly text: string }
  | { readonly kind: 'when'; readonly state: PredicateState }
  /** What must hold of the name of its type, of the number of what is in it, or of one thing in it. */
  | { readonly kind: 'type' | 'size' | 'has-element'; readonly of: Predicate }
  /** What must hold of a part of it, or of something else. */
  | { readonly kind: 'select'; readonly from: Selection; readonly of: Predicate }

/** An expression that gives a predicate: what it says is known only when it is judged. */
export interface AskedPredicate {
  readonly kind: 'asked'
  readonly of: Expression
}

/** How a value stands to another. */
export type Order = 'less' | 'at-most' | 'more' | 'at-least'

/** The words for what a value may be at a moment. */
export const PREDICATE_STATES = [
  'absent',
  'absent_or_null',
  'present',
  'present_non_null',
  'truthy',
  'falsy',
  'always',
  'never',
] as const

/** What a value may be at a moment. */
export type PredicateState = (typeof PREDICATE_STATES)[number]

/** What is looked at instead of the thing itself. */
export type Selection =
  | { readonly kind: 'key'; readonly key: string }
  /** Counted from 0; from the end where it is negative. */
  | { readonly kind: 'index'; readonly index: number }
  /** Members by name and position, e.g. `$.a.b[0]`. */
  | { readonly kind: 'path'; readonly path: string }
  /** Those of a list of which it holds. */
  | { readonly kind: 'filter'; readonly of: Predicate }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'config' | 'sensor'; readonly name: string }
  | { readonly kind: 'tags' | 'locations' | 'children' }
  /** The causes of an error, itself first. */
  | { readonly kind: 'causes' }
