import type { EntitySpec } from './entity-spec.js'
import type { Expression } from './expression.js'

/** An entity that is inside of another one while something holds. */
export interface ConditionalSpec {
  /** While this is truthy it is there, while it is anything else it is not; while it is not known, all stays as it is. */
  readonly when: Expression
  readonly spec: EntitySpec
}
