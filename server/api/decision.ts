import {
  type Schema,
  type WireJson,
  integer,
  json,
  list,
  map,
  number,
  oneOf,
  optional,
  shape,
  text,
  time,
} from './schema.js'
import { type WireFailure, failureSchema } from './task.js'

/** One value that a decision was made on. */
export interface DecisionInput {
  readonly entity: string
  readonly sensor: string
  readonly value: WireJson
  readonly age: number
}

/** A decision or a refusal. */
export interface Decision {
  readonly id: string
  readonly at: number
  readonly entity: string
  readonly by: string
  readonly policyType: string
  readonly kind: 'decided' | 'refused' | 'held'
  readonly intent: string
  readonly rule: string
  readonly reason: string
  readonly count: number
  readonly inputs: readonly DecisionInput[]
}

/** How retrying stands. */
export interface WhyTrouble {
  readonly attempts: number
  readonly since: number
  readonly retryAt: number
  readonly failure: WireFailure
  readonly verdict: string
  readonly alertAt: number
}

/** Why something is as it is. */
export interface Why {
  readonly entity: string
  readonly state: string
  readonly summary: string
  readonly waits: readonly string[]
  readonly waitsSince: { readonly [wait: string]: number }
  readonly trouble?: WhyTrouble
  readonly next: readonly string[]
  readonly decisions: readonly Decision[]
}

/** Schema of a decision. */
export const decisionSchema: Schema<Decision> = shape<Decision>('Decision', 'A decision or a refusal.', {
  id: text('Its identity.'),
  at: time('When.'),
  entity: text('Path of the entity.'),
  by: text('The policy, or who asked.'),
  policyType: text('Its type.'),
  kind: oneOf('What became of it.', ['decided', 'refused', 'held']),
  intent: text('What was asked for.'),
  rule: text('Which rule decided.'),
  reason: text('Why.'),
  count: integer('How often in a row.'),
  inputs: list(
    shape<DecisionInput>('DecisionInput', 'One value that it was decided on.', {
      entity: text('Whose.'),
      sensor: text('Which.'),
      value: json('What it was.'),
      age: number('Milliseconds old.'),
    }),
  ),
})

/** Schema of a why. */
export const whySchema: Schema<Why> = shape<Why>('Why', 'Why something is as it is.', {
  entity: text('Path of the entity.'),
  state: text('What it is shown as.'),
  summary: text('In one line.'),
  waits: list(text('Who and what.'), 'What it waits for.'),
  waitsSince: map(time('When.'), 'Since when, of each of these where that is known.'),
  trouble: optional(
    shape<WhyTrouble>('WhyTrouble', 'How retrying stands.', {
      attempts: integer('Failures in a row.'),
      since: time('The first of them.'),
      retryAt: time('The next try.'),
      failure: failureSchema,
      verdict: text('What became of retrying; empty while it goes on.'),
      alertAt: time('When it becomes an alert.'),
    }),
  ),
  next: list(text('One line.'), 'What is done next.'),
  decisions: list(decisionSchema),
})
