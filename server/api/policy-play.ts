import { type Asked, type PolicySubmission, askedSchema, policySubmissionFields } from './policy-trial.js'
import { type WireProblem, problemSchema } from './problem.js'
import {
  type Schema,
  closed,
  flag,
  integer,
  list,
  map,
  nullable,
  number,
  oneOf,
  optional,
  shape,
  text,
  time,
} from './schema.js'

/** That a sensor is at most so much for a share of the time. */
export interface Slo {
  readonly sensor: string
  readonly limit: number
  /** From 0 to 1. */
  readonly share: number
}

/** A policy document with what it is played with. */
export interface PlaySubmission extends Pick<PolicySubmission, 'document' | 'file' | 'parameters'> {
  /** The sensor of members that is the load of each. @default that of the first promise, or 'load' */
  readonly sensor?: string
  /** In the place of the document's own. */
  readonly slo?: readonly Slo[]
  readonly chart?: boolean
}

/** A policy with a recorded load. */
export interface BacktestSubmission extends PlaySubmission {
  /** CSV, JSON lines, or what Prometheus answers to a range query. */
  readonly data: string
}

/** A policy with a load that is made up. Times in milliseconds. */
export interface SimulateSubmission extends PlaySubmission {
  readonly load: {
    readonly kind: 'constant' | 'ramp' | 'diurnal' | 'spikes'
    readonly base: number
    readonly peak?: number
    readonly period?: number
    readonly noise?: number
  }
  readonly failures?: number
  readonly duration: number
  readonly seed?: number
}

/** How a promise was kept. */
export interface SloOutcome extends Slo {
  readonly kept: number | null
  readonly met: boolean
  readonly violated: number
  readonly longest: number
}

/** How well members followed the demand. */
export interface PlayElasticity {
  readonly accuracyUnder: number
  readonly accuracyOver: number
  readonly timeUnder: number
  readonly timeOver: number
  readonly instability: number
  readonly jitter: number
}

/** A part of a play. */
export interface PlayPoint {
  readonly at: number
  readonly load: number
  readonly ready: number
  readonly wanted: number
  readonly demand: number | null
  readonly violated: number
}

/** What a policy did over a load, and what came of it. */
export interface Play {
  readonly policy: string
  readonly sensor: string
  readonly from: number
  readonly to: number
  readonly samples: number
  readonly outs: number
  readonly ins: number
  readonly restarts: number
  readonly replacements: number
  readonly flapping: number
  readonly held: { readonly [rule: string]: number }
  readonly refused: { readonly [rule: string]: number }
  readonly failures: number
  readonly memberHours: number
  readonly cost: number
  readonly mostMembers: number
  readonly slo: readonly SloOutcome[]
  readonly elasticity: PlayElasticity | null
  readonly decisions: readonly Asked[]
  readonly points: readonly PlayPoint[]
  readonly chart?: string
  readonly warnings: readonly WireProblem[]
}

const sloFields = {
  sensor: text('A sensor of the members.', { minLength: 1, maxLength: 1000 }),
  limit: number('The most that it may be.'),
  share: number('For this share of the time, from 0 to 1.'),
}

const { document, file, parameters } = policySubmissionFields
const playFields = {
  document,
  file,
  parameters,
  sensor: optional(text('The sensor of members that is the load of each.', { maxLength: 1000 })),
  slo: optional(
    list(closed<Slo>('Slo', 'What is promised.', sloFields), 'In the place of its own.', { maxItems: 100 }),
  ),
  chart: optional(flag('Whether a picture is wanted.')),
}

/** Schema of a policy with a recorded load. */
export const backtestSchema: Schema<BacktestSubmission> = closed<BacktestSubmission>(
  'Backtest',
  'A policy with a recorded load.',
  { ...playFields, data: text('CSV, JSON lines, or what Prometheus answers to a range query.') },
)

/** Schema of a policy with a load that is made up. */
export const simulateSchema: Schema<SimulateSubmission> = closed<SimulateSubmission>(
  'Simulate',
  'A policy with a load that is made up.',
  {
    ...playFields,
    load: closed<SimulateSubmission['load']>('LoadModel', 'The load of all members together.', {
      kind: oneOf('Its course.', ['constant', 'ramp', 'diurnal', 'spikes']),
      base: number('Where it begins, or rests.'),
      peak: optional(number('What it comes to at its height.')),
      period: optional(
        integer('Milliseconds of a day, or on average between spikes.', { minimum: 1000, maximum: 1e11 }),
      ),
      noise: optional(number('The share by which it is off at random.')),
    }),
    failures: optional(number('Failures of members in an hour, on average.')),
    duration: integer('Milliseconds.', { minimum: 1000, maximum: 1e11 }),
    seed: optional(integer('What chance is made from.', { minimum: 0, maximum: 4_294_967_295 })),
  },
)

const share = (words: string): Schema<number> => number(`${words} Percent.`)

/** Schema of what a policy did. */
export const playSchema: Schema<Play> = shape<Play>(
  'Play',
  'What a policy did over a load, and what came of it.',
  {
    policy: text('Its name.'),
    sensor: text('The sensor that was the load of each member.'),
    from: time('Its beginning.'),
    to: time('Its end.'),
    samples: integer('Values that members told.'),
    outs: integer('How often the count was raised.'),
    ins: integer('How often it was lowered.'),
    restarts: integer('Members that were launched again.'),
    replacements: integer('Members that were replaced.'),
    flapping: integer('Changes of the count that were taken back soon after.'),
    held: map(integer('How often.'), 'Why it did nothing, by rule.'),
    refused: map(integer('How often.'), 'What the arbiter did not grant, by rule.'),
    failures: integer('Members that failed.'),
    memberHours: number('Hours of members that were paid for.'),
    cost: number('What they cost.'),
    mostMembers: integer('The most there were at once.'),
    slo: list(
      shape<SloOutcome>('SloOutcome', 'How a promise was kept.', {
        ...sloFields,
        kept: nullable(
          number('The share of the time for which it was; null where nothing was known of its sensor.'),
        ),
        met: flag('Whether that was enough.'),
        violated: number('Milliseconds for which it was not kept.'),
        longest: number('The longest of them in a row.'),
      }),
    ),
    elasticity: nullable(
      shape<PlayElasticity>('Elasticity', 'How well members followed the demand (SPEC).', {
        accuracyUnder: share('Members that were missing, of those that were needed.'),
        accuracyOver: share('Members that were too many, of those that were needed.'),
        timeUnder: share('The time in which there were too few.'),
        timeOver: share('The time in which there were too many.'),
        instability: share('The time in which they moved otherwise than the demand.'),
        jitter: number('Changes in an hour beyond those of the demand.'),
      }),
    ),
    decisions: list(askedSchema, 'The first of what was granted; times since the epoch.'),
    points: list(
      shape<PlayPoint>('PlayPoint', 'A part of it.', {
        at: time('Its beginning.'),
        load: number('Of all members together.'),
        ready: number('Members that were up.'),
        wanted: integer('Members that were wanted at its end.'),
        demand: nullable(integer('The fewest that would do.')),
        violated: number('The share of it for which the promise was not kept.'),
      }),
    ),
    chart: optional(text('A picture of it, as SVG.')),
    warnings: list(problemSchema),
  },
)
