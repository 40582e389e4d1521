import type { Json } from '../support/json.js'
import type { SealedSecret } from '../support/secret.js'
import type { Order } from './predicate.js'

/** Where an entity is looked for by name, seen from another one. */
export type NamedScope = 'global' | 'child' | 'sibling' | 'descendant' | 'ancestor' | 'member' | 'application'

/**
 * Which entity an expression means. It is looked for from the entity that declares the expression, or from the one that
 * `from` means. `id` is matched against plan ids first, then names, then paths; the nearest wins. 'value' is the entity that
 * a value is, or names.
 */
export type EntityReference =
  | { readonly scope: 'self' | 'parent' | 'root'; readonly from?: EntityReference }
  | { readonly scope: NamedScope; readonly id: string | Expression; readonly from?: EntityReference }
  | { readonly scope: 'value'; readonly of: Expression }

/** What a function of this language is called; each has a page of its own in the table of `engine/expression/functions.ts`. */
export type FunctionName = 'url-encode' | 'replace' | 'member'

/** A sensor of an entity. */
export interface SensorExpression {
  readonly kind: 'sensor'
  readonly of: EntityReference
  readonly sensor: string | Expression
  /** Whether the value must be truthy (not null, false, 0, '' or empty) to count as ready. */
  readonly whenReady: boolean
  /** Whether it fails, instead of waiting, while the entity has failed. @default false */
  readonly abortOnFire?: boolean
  /** Milliseconds that it is waited for; past them whoever waits has failed. @default for ever */
  readonly timeout?: number
  /** The same, counted only while the entity is not up. @default for ever */
  readonly timeoutIfDown?: number
  /** Whether it fails, instead of waiting, where there is no value. @default false */
  readonly atOnce?: boolean
}

/** A config key of an entity, from itself or from above. */
export interface ConfigExpression {
  readonly kind: 'config'
  readonly of: EntityReference
  readonly key: string | Expression
  /** Whether it fails where there is no value, or null. @default false: it is null */
  readonly atOnce?: boolean
}

/**
 * Where a workflow's variable is looked for. 'any': by its first key, in what the step gives (where that is known), its
 * input, the output of the step before it, variables, and the workflow's input; in a handler, the handled step's first.
 * 'step': first the id of a step; then, as for 'current-step', 'previous-step' and 'handled-step', `output`, `input`, `error`,
 * `step_id`, `step_index` or `name`. 'run': `id`, `name`, `task_id`, `now`, `now_iso`, `random`, and what the workflow is given and gives.
 */
export type VariableSource =
  | 'any'
  | 'variables'
  | 'input'
  | 'output'
  | 'error'
  | 'step'
  | 'current-step'
  | 'previous-step'
  | 'handled-step'
  | 'run'

/** A value of a workflow that is being done: keys and positions into what `of` names. Fails where there is none, and outside of one. */
export interface VariableExpression {
  readonly kind: 'variable'
  readonly of: VariableSource
  readonly path: readonly (string | number | Expression)[]
}

/** Expressions that calculate with others. */
export type OperatorExpression =
  | {
      readonly kind: 'arithmetic'
      readonly operator: '+' | '-' | '*' | '/' | '%'
      readonly left: Expression
      readonly right: Expression
    }
  | {
      /** True or false: loosely equal, or in the order of `compareValues`; false where the two have no order. */
      readonly kind: 'compare'
      readonly is: 'equal' | 'different' | Order
      readonly left: Expression
      readonly right: Expression
    }
  | {
      /** The first value that decides it: not truthy for 'and', truthy for 'or'; else the last. */
      readonly kind: 'logic'
      readonly operator: 'and' | 'or'
      readonly of: readonly Expression[]
    }
  | {
      /** By whether a value is truthy; only what is chosen is evaluated. */
      readonly kind: 'choose'
      readonly by: Expression
      readonly then: Expression
      readonly else: Expression
    }
  | {
      /** The first that is known and not null; what is waited for, or fails, counts as not known. */
      readonly kind: 'first-known'
      readonly of: readonly Expression[]
    }
  | {
      /** The value as one of a type; fails where it cannot be that. */
      readonly kind: 'typed'
      readonly type: string
      readonly value: Expression
    }

/** A value that may be known only later. Data, never a closure, so that a spec can be stored, compared and shown. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: { readonly [key: string]: Expression } }
  | ConfigExpression
  | SensorExpression
  | {
      /** The entity itself: shown by its path, and usable wherever an entity is asked for. */
      readonly kind: 'entity-id'
      readonly of: EntityReference
      /** 'name': as text, what people call it. @default the entity */
      readonly as?: 'name'
    }
  | {
      /** The name of a place of the entity: where it is, or else where it may be put. */
      readonly kind: 'location'
      readonly of: EntityReference
      /** Which of them, from 0. */
      readonly index: number | Expression
    }
  | {
      /** `%s`, `%d`, `%f` and their like take the arguments in order, or by position as in `%2$s`. */
      readonly kind: 'format'
      readonly pattern: string
      readonly arguments: readonly Expression[]
    }
  | { readonly kind: 'access'; readonly of: Expression; readonly key: string | number }
  | {
      readonly kind: 'apply'
      readonly function: FunctionName
      readonly arguments: readonly Expression[]
    }
  | {
      readonly kind: 'template'
      readonly text: string
      readonly bindings: { readonly [name: string]: Expression }
    }
  | {
      /** A secret that somebody else keeps: read again at each evaluation, and never stored. */
      readonly kind: 'external'
      readonly provider: string
      readonly key: string
    }
  | VariableExpression
  | OperatorExpression
  | SealedSecret

/** An expression that is already a value. */
export function literal(value: Json): Expression {
  return { kind: 'literal', value }
}
