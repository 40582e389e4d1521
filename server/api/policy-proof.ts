import { type WireProblem, problemSchema } from './problem.js'
import { type Schema, closed, either, integer, list, number, oneOf, optional, shape, text } from './schema.js'
import { type Submission, submissionSchema } from './submission.js'

const KINDS = [
  'machine-dies',
  'service-dies',
  'health-fails',
  'host-lost',
  'answer-lost',
  'no-room',
  'slow-start',
  'engine-dies',
  'metric-stops',
  'load-spikes',
  'load-drops',
  'load-shifts',
] as const

const LAWS = ['bounds', 'budget', 'duplicate', 'orphan', 'settles', 'policy', 'engine'] as const

/** Something that goes wrong. */
export interface ProofFault {
  readonly kind: (typeof KINDS)[number]
  readonly of?: string
  readonly which?: 'first' | 'last'
  readonly when?: 'before' | 'after'
  readonly metric?: string
  readonly load?: number
}

/** A fault at its moment. */
export interface ProofStep {
  readonly after: number | 'settled' | 'at-once'
  readonly fault: ProofFault
}

/** A blueprint whose policies are tried, and how far. Times in milliseconds. */
export interface ProofWish {
  readonly blueprint: Submission
  readonly faults?: 0 | 1 | 2
  readonly steps?: number
  readonly within?: number
  readonly from?: number
  readonly most?: number
  /** One schedule alone. */
  readonly schedule?: readonly ProofStep[]
}

/** What happened at a moment. */
export interface ProofEvent {
  readonly at: number
  readonly what: string
}

/** One schedule, and what came of it. */
export interface ProofTrial {
  readonly schedule: readonly ProofStep[]
  readonly broken?: { readonly law: (typeof LAWS)[number]; readonly message: string }
  readonly events: readonly ProofEvent[]
}

/** What was tried. */
export interface Proof {
  readonly application: string
  readonly firsts: number
  readonly next?: number
  readonly schedules: number
  readonly idle: number
  readonly checks: number
  readonly settling: number
  /** The first schedule that breaks a law; where one was asked for, that one. */
  readonly trial?: ProofTrial
  readonly warnings: readonly WireProblem[]
}

const fault: Schema<ProofFault> = closed<ProofFault>('ProofFault', 'Something that goes wrong.', {
  kind: oneOf('What.', KINDS),
  of: optional(text('Path of whom it befalls; * for the number of a member.', { maxLength: 1000 })),
  which: optional(oneOf('Of all that are there.', ['first', 'last'])),
  when: optional(oneOf('Of an engine that dies: before its effect, or after it.', ['before', 'after'])),
  metric: optional(text('The sensor that is a load.', { maxLength: 1000 })),
  load: optional(number('What it is of all members together.')),
})

const step: Schema<ProofStep> = closed<ProofStep>('ProofStep', 'A fault at its moment.', {
  after: either(
    integer('Before the effect after so many.', { minimum: 0, maximum: 1000 }),
    oneOf('Once all is settled, or together with the fault before it.', ['settled', 'at-once']),
  ),
  fault,
})

/** Schema of a blueprint whose policies are tried. */
export const proofWishSchema: Schema<ProofWish> = closed<ProofWish>(
  'ProofWish',
  'A blueprint whose policies are tried, and how far.',
  {
    blueprint: submissionSchema,
    faults: optional(oneOf('In one schedule, at most; 2 where nothing is said.', [0, 1, 2])),
    steps: optional(
      integer('Effects before which a fault may come; 1 where nothing is said.', {
        minimum: 0,
        maximum: 100,
      }),
    ),
    within: optional(
      integer('Milliseconds within which all must have settled.', { minimum: 60_000, maximum: 86_400_000 }),
    ),
    from: optional(integer('The first fault to begin with.', { minimum: 0 })),
    most: optional(integer('Schedules after which it is enough.', { minimum: 1 })),
    schedule: optional(list(step, 'One schedule alone.', { maxItems: 10 })),
  },
)

const trial: Schema<ProofTrial> = shape<ProofTrial>('ProofTrial', 'One schedule, and what came of it.', {
  schedule: list(step),
  broken: optional(
    shape<NonNullable<ProofTrial['broken']>>('ProofBreach', 'The law that was broken.', {
      law: oneOf('Which.', LAWS),
      message: text('How.'),
    }),
  ),
  events: list(
    shape<ProofEvent>('ProofEvent', 'What happened.', {
      at: number('Milliseconds from the beginning.'),
      what: text('In short.'),
    }),
  ),
})

/** Schema of what was tried. */
export const proofSchema: Schema<Proof> = shape<Proof>('Proof', 'What was tried.', {
  application: text('Its name.'),
  firsts: integer('First faults that there are, each with its moment.'),
  next: optional(integer('From where to go on; absent when that was all.')),
  schedules: integer('How many were tried.'),
  idle: integer('How many of them befell nobody with their last fault.'),
  checks: integer('How often the laws were checked.'),
  settling: integer('The longest time until all was settled, in milliseconds.'),
  trial: optional(trial),
  warnings: list(problemSchema, 'What the document says that may not be meant.'),
})
