import { type Schema, type WireJson, json, map, oneOf, optional, shape, text, time } from './schema.js'

/** A policy or an enricher of an entity, and how it stands. */
export interface Policy {
  readonly entity: string
  readonly name: string
  readonly type: string
  readonly role: 'policy' | 'enricher'
  readonly state: 'acting' | 'suspended' | 'faulty' | 'inert' | 'resting'
  readonly reason: string
  readonly since?: number
  readonly config: { readonly [key: string]: WireJson }
}

/** Schema of a policy. */
export const policySchema: Schema<Policy> = shape<Policy>('Policy', 'A policy or an enricher of an entity.', {
  entity: text('Path of its entity.'),
  name: text('Its name, unique among those of its entity.'),
  type: text('Its type.'),
  role: oneOf('What it is: one asks for changes, the other gives values to sensors.', ['policy', 'enricher']),
  state: oneOf(
    'Whether it acts: suspended by a person or by another policy, faulty for what it did, inert where nothing acts for its type, resting while its application is not wanted running.',
    ['acting', 'suspended', 'faulty', 'inert', 'resting'],
  ),
  reason: text("Why it does not act; '' while it does."),
  since: optional(time('Since when, where that was noted.')),
  config: map(json('A value; secrets by name.'), 'Its settings as they evaluate now.'),
})
