import type { Expression } from './expression.js'

/**
 * What an effector does to the kept values of its entity and nothing else: it is done in one commit with the record of its
 * task, so that it is done once whatever happens to the engine. What comes out is the value as it is then.
 */
export type KeptChange =
  /** A number goes on by so much; from its beginning where it has none yet. */
  | { readonly kind: 'advance'; readonly sensor: string; readonly begin: Expression; readonly by: Expression }
  /** A value is set. */
  | { readonly kind: 'set'; readonly sensor: string; readonly value: Expression }
  /** Nothing is changed; the value comes out, or its beginning where it has none yet. */
  | { readonly kind: 'get'; readonly sensor: string; readonly begin: Expression }
  /** The entity that a parameter names comes into, or out of, those chosen by hand as members of a group. */
  | { readonly kind: 'join' | 'leave'; readonly parameter: string }
  /** The numbers of a sequence are given anew, from the first. */
  | { readonly kind: 'renumber' }
  /** Who is in a group is told again. Nothing is to be done: it follows by itself. */
  | { readonly kind: 'rescan' }
