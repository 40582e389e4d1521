import type { EntityReference } from './expression.js'
import type { AskedPredicate, Predicate } from './predicate.js'

/** When a sensor is sampled beside its period, when it is not, and what is told of it. */
export interface SamplingSpec {
  /** Sensors whose changes make it be sampled at once. */
  readonly triggers?: readonly SensorTrigger[]
  /** What must hold of its entity for it to be sampled. */
  readonly condition?: Predicate | AskedPredicate
  /** Whether it is sampled only while its entity is up, and not as soon as that runs. @default false */
  readonly whileUp?: boolean
  /** Whether the first sample is taken a period after the beginning. @default false */
  readonly skipFirst?: boolean
  /** Whether a value that equals the last one is not told again. @default false */
  readonly onlyChanges?: boolean
  /** Milliseconds after the beginning in which failing is not worth a warning. @default 0 */
  readonly graceAtStart?: number
  /** Milliseconds after the last good sample in which failing is not worth a warning. @default 0 */
  readonly grace?: number
}

/** A sensor of an entity. */
export interface SensorTrigger {
  readonly of: EntityReference
  readonly sensor: string
}
