import type { Json } from '../support/json.js'
import type { SealedSecret } from '../support/secret.js'

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
}

/** A value that may be known only later. Data, never a closure, so that a spec can be stored, compared and shown. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: { readonly [key: string]: Expression } }
  | { readonly kind: 'config'; readonly of: EntityReference; readonly key: string | Expression }
  | SensorExpression
  | {
      /** The entity itself: shown by its path, and usable wherever an entity is asked for. */
      readonly kind: 'entity-id'
      readonly of: EntityReference
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
  | SealedSecret

/** An expression that is already a value. */
export function literal(value: Json): Expression {
  return { kind: 'literal', value }
}
