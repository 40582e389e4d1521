import type { ApplicationSpec } from '../spec/application-spec.js'

/** Something that goes wrong in a proof. Those that last are over after a minute; a load that shifts stays. */
export interface ProofFault {
  readonly kind: ProofFaultKind
  /** Path of whom it befalls, or of whose members have the load; `*` for the number of a member. */
  readonly of?: string
  /** Of all that are there: the one with the lowest number, or with the highest. */
  readonly which?: 'first' | 'last'
  /** Of an engine that dies: before the effect that it was about to cause, or after it. */
  readonly when?: 'before' | 'after'
  /** The sensor that is a load, and what it is of all members together. */
  readonly metric?: string
  readonly load?: number
}

/** What can go wrong in a proof. */
export type ProofFaultKind =
  | 'machine-dies'
  | 'service-dies'
  | 'health-fails'
  | 'host-lost'
  | 'answer-lost'
  | 'no-room'
  | 'slow-start'
  | 'engine-dies'
  | 'metric-stops'
  | 'load-spikes'
  | 'load-drops'
  | 'load-shifts'

/** A fault at its moment: before the effect after so many, as soon as all is settled, or together with the fault before it. */
export interface ScheduledFault {
  readonly after: number | 'settled' | 'at-once'
  readonly fault: ProofFault
}

/** How far is looked, and which part of it. */
export interface ProofWish {
  /** Faults in one schedule, at most. */
  readonly faults: 0 | 1 | 2
  /** Effects after the beginning, or after a fault, before which the next one may come. */
  readonly steps: number
  /** Milliseconds after the end of the last fault within which all must have settled. */
  readonly within: number
  /** The first fault to begin with, counted from 0. */
  readonly from: number
  /** Schedules after which it is enough; those that belong together are tried together. */
  readonly most: number
}

/** Something that happened; milliseconds from the beginning. */
export interface ProofEvent {
  readonly at: number
  readonly what: string
}

/** The law that was broken. */
export type ProofLaw = 'bounds' | 'budget' | 'duplicate' | 'orphan' | 'settles' | 'policy' | 'engine'

/** One schedule, and what came of it. */
export interface ProofTrial {
  readonly schedule: readonly ScheduledFault[]
  /** Absent: all laws held. */
  readonly broken?: { readonly law: ProofLaw; readonly message: string }
  readonly events: readonly ProofEvent[]
}

/** What was found in one part of a proof. */
export interface ProofReport {
  /** First faults that there are, each with its moment. */
  readonly firsts: number
  /** Where to go on; absent: all has been looked at, or a law was broken. */
  readonly next?: number
  readonly schedules: number
  /** Schedules whose last fault befell nobody. */
  readonly idle: number
  /** Durable batches of which each was judged. */
  readonly checks: number
  /** The longest time from the end of the last fault until all was settled, in milliseconds. */
  readonly settling: number
  readonly counterexample?: ProofTrial
}

/**
 * Tries what policies make of faults: the whole engine over one application, at imagined places and in virtual time. Same wish, same
 * answer. Nothing of it reaches anything that is real.
 */
export interface Prover {
  prove(application: ApplicationSpec, wish: ProofWish): Promise<ProofReport>
  /** One schedule again; undefined where a fault of it cannot befall this application. */
  replay(
    application: ApplicationSpec,
    schedule: readonly ScheduledFault[],
    within: number,
  ): Promise<ProofTrial | undefined>
}
