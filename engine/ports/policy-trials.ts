import type { PolicyDocument } from '../spec/policy-document.js'
import type { JsonObject } from '../support/json.js'
import type { Problem } from '../support/problem.js'

/** What a policy finds where it is to be attached. */
export interface PolicySurroundings {
  /** Path of the entity. */
  readonly entity: string
  /** Bounds of its members, where it has any. */
  readonly members?: { readonly min: number; readonly max: number; readonly initial: number }
  /** Types of the sensors that are known of the entity, of each member and of each child, by name; absent: nobody knows. */
  readonly sensors: {
    readonly self?: SensorTypes
    readonly members?: SensorTypes
    readonly children?: SensorTypes
  }
}

/** Types of sensors by name: 'number', 'string', 'boolean' or 'json'. */
export type SensorTypes = { readonly [name: string]: string }

/** What became of one test of a policy. */
export interface PolicyTestOutcome {
  readonly name: string
  readonly passed: boolean
  /** What was not as it was expected, each with what was asked for instead. */
  readonly faults: readonly string[]
  /** All that was asked for, in order; of what repeats, the first. Times count from the beginning, in milliseconds. */
  readonly asked: readonly AskedView[]
}

/** Something that was asked for in a trial. */
export interface AskedView {
  readonly at: number
  /** e.g. 'scale to 4', 'replace member 2', 'hold (stale-reading)'. */
  readonly what: string
  readonly reason: string
}

/**
 * Tries policies without anything that runs, in virtual time and with the steps that run live. Pure: the same in, the same out.
 * Documents are sound in form; what is wrong with them beyond that is told by pointers into them.
 */
export interface PolicyTrials {
  check(document: PolicyDocument, around?: PolicySurroundings): readonly Problem[]
  /** With these values in the place of the document's own; a test's own go before both. */
  test(document: PolicyDocument, parameters?: JsonObject): readonly PolicyTestOutcome[]
}
