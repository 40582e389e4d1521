import { type WireProblem, problemSchema } from './problem.js'
import {
  type FieldsOf,
  type Schema,
  type WireJson,
  closed,
  flag,
  json,
  list,
  map,
  number,
  optional,
  shape,
  text,
} from './schema.js'
import { type Submission, submissionSchema } from './submission.js'

/** A policy document with what it is tried with. */
export interface PolicySubmission {
  readonly document: string
  /** What problems call the document. @default 'policy.yaml' */
  readonly file?: string
  /** Values of its parameters in the place of its defaults. */
  readonly parameters?: { readonly [name: string]: WireJson }
  /** What it is to be attached in. */
  readonly blueprint?: Submission
  /** Name of the entity that it is to be attached to. @default the only one with members */
  readonly entity?: string
}

/** What is wrong with a policy document. */
export interface PolicyValidation {
  readonly valid: boolean
  readonly problems: readonly WireProblem[]
  /** Artifacts that the blueprint names and that were not sent. */
  readonly missing: readonly string[]
}

/** What was asked for at a moment of a trial. */
export interface Asked {
  /** Milliseconds from the beginning. */
  readonly at: number
  readonly what: string
  readonly reason: string
}

/** What became of one test. */
export interface PolicyTest {
  readonly name: string
  readonly passed: boolean
  readonly faults: readonly string[]
  readonly asked: readonly Asked[]
}

/** What became of the tests of a policy. */
export interface PolicyTests {
  readonly policy: string
  readonly passed: boolean
  readonly tests: readonly PolicyTest[]
  readonly warnings: readonly WireProblem[]
}

/** Fields of a submission, for those that are more than one. */
export const policySubmissionFields: FieldsOf<PolicySubmission> = {
  document: text('The text of the policy document.'),
  file: optional(text('What problems call it.', { maxLength: 1000 })),
  parameters: optional(map(json('A value.'), 'Values of its parameters in the place of its defaults.')),
  blueprint: optional(submissionSchema),
  entity: optional(text('Name of the entity that it is to be attached to.', { maxLength: 1000 })),
}

/** Schema of a policy document with what it is tried with. */
export const policySubmissionSchema: Schema<PolicySubmission> = closed<PolicySubmission>(
  'PolicySubmission',
  'A policy document with what it is tried with.',
  policySubmissionFields,
)

/** Schema of what is wrong with a policy document. */
export const policyValidationSchema: Schema<PolicyValidation> = shape<PolicyValidation>(
  'PolicyValidation',
  'What is wrong with a policy document.',
  {
    valid: flag('Whether it could be attached.'),
    problems: list(problemSchema),
    missing: list(text('A path.'), 'Artifacts that the blueprint names and that were not sent.'),
  },
)

/** Schema of something that was asked for. */
export const askedSchema: Schema<Asked> = shape<Asked>(
  'Asked',
  'What was asked for at a moment of a trial.',
  {
    at: number('Milliseconds from the beginning.'),
    what: text('In short, e.g. scale to 4.'),
    reason: text('Why.'),
  },
)

const test: Schema<PolicyTest> = shape<PolicyTest>('PolicyTest', 'What became of one test.', {
  name: text('What the policy is to do.'),
  passed: flag('Whether it did.'),
  faults: list(text('What was not as it was expected.')),
  asked: list(askedSchema, 'All that was asked for, in order.'),
})

/** Schema of what became of tests. */
export const policyTestsSchema: Schema<PolicyTests> = shape<PolicyTests>(
  'PolicyTests',
  'What became of the tests of a policy.',
  {
    policy: text('Its name.'),
    passed: flag('Whether all did.'),
    tests: list(test),
    warnings: list(problemSchema, 'What the document says that may not be meant.'),
  },
)
