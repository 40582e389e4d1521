import type { Expression } from './expression.js'

/**
 * What a gate holds back: the making of a machine, all that is done on it until it serves, one of its phases, or the end of
 * what runs on it.
 */
export type GateStage = 'make' | 'start' | 'install' | 'customize' | 'launch' | 'stop'

/**
 * Holds a stage of an entity, and of all that is inside it, back until a condition is truthy; null holds nothing back. A
 * condition that is a pool of permits lets as many through at once as it has. What has a gate of the same name of its own
 * does not have that of what it is inside of.
 */
export interface GateSpec {
  /** As its author calls it. */
  readonly name: string
  readonly stage: GateStage
  readonly condition: Expression
  /** Milliseconds after which it holds nothing back any more. @default for ever */
  readonly within?: number
}
