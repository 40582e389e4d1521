import type { PolicyDocument, SloSpec } from '../spec/policy-document.js'
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

/** The load of all members together over time; each value holds until the next one. */
export interface LoadSeries {
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** A fault in recorded data. */
export interface DataFault {
  /** Counts from 1; 0 for the whole. */
  readonly line: number
  readonly message: string
}

/** A load that is made up. */
export interface LoadModel {
  readonly kind: 'constant' | 'ramp' | 'diurnal' | 'spikes'
  readonly base: number
  /** What it comes to at its height; of no meaning to a constant one. */
  readonly peak: number
  /** Milliseconds: of a day for a diurnal load, on average between spikes; a ramp takes the whole time. */
  readonly period: number
  /** The share of a value by which it is off at random. */
  readonly noise: number
  /** Failures of members in an hour, on average, at random times. */
  readonly failures: number
  /** Milliseconds. */
  readonly duration: number
}

/** How a policy is played over a load. */
export interface PlayOptions {
  /** The sensor of the members that is the load of each. */
  readonly sensor: string
  readonly parameters: JsonObject
  /** In the place of the document's own. */
  readonly slo?: readonly SloSpec[]
  readonly chart?: boolean
}

/** How a promise was kept. */
export interface SloOutcome extends SloSpec {
  /** The share of the time for which it was; null where nothing of its sensor was known. */
  readonly kept: number | null
  readonly met: boolean
  /** Milliseconds for which it was not, and the longest of them in a row. */
  readonly violated: number
  readonly longest: number
}

/**
 * How well the members followed the demand, which is the fewest that would keep the promise; by the measures of the SPEC Research
 * Group. Shares in percent; jitter is changes of supply beyond those of demand, in an hour.
 */
export interface Elasticity {
  readonly accuracyUnder: number
  readonly accuracyOver: number
  readonly timeUnder: number
  readonly timeOver: number
  readonly instability: number
  readonly jitter: number
}

/** A part of a play, for charts: means over it, the highest load of a member, and members at its end. */
export interface PlayPoint {
  readonly at: number
  readonly load: number
  readonly ready: number
  readonly wanted: number
  /** The fewest members that keep the promise; null where there is none. */
  readonly demand: number | null
  /** The share of it for which the first promise was not kept. */
  readonly violated: number
}

/** What a policy did over a load, and what came of it. Times in milliseconds. */
export interface PlayReport {
  readonly policy: string
  readonly sensor: string
  readonly from: number
  readonly to: number
  /** Values that members told. */
  readonly samples: number
  readonly outs: number
  readonly ins: number
  readonly restarts: number
  readonly replacements: number
  /** Changes of the count that were taken back soon after. */
  readonly flapping: number
  /** How often it held, and how often the arbiter did not grant, by rule. */
  readonly held: { readonly [rule: string]: number }
  readonly refused: { readonly [rule: string]: number }
  readonly failures: number
  readonly memberHours: number
  readonly cost: number
  readonly mostMembers: number
  readonly slo: readonly SloOutcome[]
  /** Null where nothing is promised of the sensor. */
  readonly elasticity: Elasticity | null
  /** The first of what was granted. */
  readonly decisions: readonly AskedView[]
  readonly points: readonly PlayPoint[]
  /** A picture of it, as SVG. */
  readonly chart?: string
}

/**
 * Tries policies without anything that runs, in virtual time and with the steps that run live. Pure: the same in, the same out.
 * Documents are sound in form; what is wrong with them beyond that is told by pointers into them.
 */
export interface PolicyTrials {
  check(document: PolicyDocument, around?: PolicySurroundings): readonly Problem[]
  /** With these values in the place of the document's own; a test's own go before both. */
  test(document: PolicyDocument, parameters?: JsonObject): readonly PolicyTestOutcome[]
  /** Recorded load: CSV, JSON lines, or the answer of Prometheus to a range query. `sensor` names the column. */
  readLoad(
    text: string,
    sensor: string,
  ): { readonly load: LoadSeries } | { readonly faults: readonly DataFault[] }
  /** Plays a policy over a recorded load, which is divided over the members that are up. */
  backtest(document: PolicyDocument, load: LoadSeries, options: PlayOptions): PlayReport
  /** The same over a load that is made up from a seed, with failures. */
  simulate(document: PolicyDocument, model: LoadModel, seed: number, options: PlayOptions): PlayReport
}
