import type { Json } from '../support/json.js'
import type { SealedSecret } from '../support/secret.js'

/**
 * Which entity an expression means, seen from the entity that declares it. `id` is matched against plan ids first, then
 * names; the nearest wins.
 */
export type EntityReference =
  | { readonly scope: 'self' | 'parent' | 'root' }
  | {
      readonly scope: 'global' | 'child' | 'sibling' | 'descendant' | 'ancestor' | 'member'
      readonly id: string
    }

/** A value that may be known only later. Data, never a closure, so that a spec can be stored, compared and shown. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: { readonly [key: string]: Expression } }
  | { readonly kind: 'config'; readonly of: EntityReference; readonly key: string }
  | {
      readonly kind: 'sensor'
      readonly of: EntityReference
      readonly sensor: string
      /** Whether the value must be truthy (not null, false, 0, '' or empty) to count as ready. */
      readonly whenReady: boolean
    }
  | { readonly kind: 'entity-id'; readonly of: EntityReference }
  | { readonly kind: 'format'; readonly pattern: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'access'; readonly of: Expression; readonly key: string | number }
  | {
      readonly kind: 'template'
      readonly text: string
      readonly bindings: { readonly [name: string]: Expression }
    }
  | SealedSecret

/** An expression that is already a value. */
export function literal(value: Json): Expression {
  return { kind: 'literal', value }
}
