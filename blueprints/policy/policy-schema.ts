import type { JsonObject } from '../../engine/index.js'

const text: JsonObject = { type: 'string', minLength: 1, maxLength: 2000 }

const duration: JsonObject = {
  type: ['string', 'number'],
  minimum: 0,
  maximum: 1e12,
  maxLength: 40,
  pattern:
    '^(\\s*[0-9]+([.][0-9]+)?\\s*(ms|s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hour|hours|d|day|days))+\\s*$',
  description: 'a duration such as 5s, 2 min or 1h 30m',
}

const count: JsonObject = { type: 'integer', minimum: 0, maximum: 1_000_000 }

const number: JsonObject = { type: 'number', minimum: -1e12, maximum: 1e12 }

const share: JsonObject = {
  type: ['string', 'number'],
  minimum: 0,
  maximum: 1,
  pattern: '^([0-9]{1,2}([.][0-9]{1,6})?|100([.]0+)?)\\s*%$',
  description: 'a share such as 99% or 0.99',
}

function map(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', additionalProperties: false, properties, ...more }
}

const parameter: JsonObject = map({
  type: { type: 'string', enum: ['number', 'integer', 'text', 'flag', 'duration'] },
  default: { type: ['number', 'string', 'boolean'] },
  description: text,
  min: number,
  max: number,
  oneOf: { type: 'array', minItems: 1, maxItems: 100, items: { type: ['number', 'string', 'boolean'] } },
  pattern: text,
})

const pool: JsonObject = map({
  min: { ...count, description: 'the fewest members' },
  max: { ...count, description: 'the most members' },
  initial: { ...count, description: 'the members that are up at the beginning' },
  startDelay: { ...duration, description: 'from the wish for a member until it is up' },
  cost: { type: 'number', minimum: 0, maximum: 1e9, description: 'what one member costs for an hour' },
  every: { ...duration, description: 'how often members tell what they read' },
})

const slo: JsonObject = map(
  { sensor: text, atMost: number, share },
  {
    required: ['sensor', 'atMost'],
    description: 'a sensor that is at most so much, for a share of the time',
  },
)

const member: JsonObject = { type: 'integer', minimum: 1, maximum: 1000 }

const given: JsonObject = map(
  {
    at: duration,
    of: {
      type: ['string', 'integer', 'array'],
      pattern: '^(self|members)$',
      minimum: 1,
      maximum: 1000,
      minItems: 1,
      maxItems: 1000,
      items: member,
      description: 'members (all that are there), self (the entity of the policy), or numbers of members',
    },
    read: { type: 'object', description: 'values of sensors by name, told until others are given' },
    event: { type: 'string', enum: ['failed', 'up', 'unhealthy', 'starting', 'gone', 'silent', 'no-room'] },
    members: { type: 'integer', minimum: 0, maximum: 1000, description: 'how many there are from now on' },
  },
  { required: ['at'] },
)

const expectation: JsonObject = map({
  at: { ...duration, description: 'exactly when' },
  by: { ...duration, description: 'when at the latest' },
  until: { ...duration, description: 'until when nothing is asked for' },
  scale: count,
  restart: member,
  replace: member,
  call: { ...text, description: 'the effector that is called' },
  of: { ...member, description: 'the member that it is called of' },
  suspend: { ...text, description: 'the policy that is to act no more' },
  resume: { ...text, description: 'the policy that may act again' },
  hold: { ...text, description: 'the rule by which it does nothing' },
  nothing: { type: 'boolean', enum: [true] },
  why: { ...text, description: 'words that its rule or its reason holds' },
})

const test: JsonObject = map(
  {
    it: { ...text, description: 'what the policy does, as a sentence' },
    parameters: { type: 'object' },
    members: { ...member, minimum: 0, description: 'how many are there and up at the beginning' },
    given: { type: 'array', maxItems: 1000, items: given },
    expect: { type: 'array', minItems: 1, maxItems: 1000, items: expectation },
  },
  { required: ['it', 'expect'] },
)

const parts: { readonly [key: string]: JsonObject } = {
  policy: { ...text, maxLength: 100, pattern: '^[A-Za-z][A-Za-z0-9._-]*$', description: 'its name' },
  description: text,
  parameters: {
    type: 'object',
    description: 'by name: a value, or what a value must be',
    additionalProperties: { ...parameter, type: ['object', 'number', 'string', 'boolean'] },
  },
  does: {
    type: 'object',
    required: ['type'],
    properties: { type: { ...text, description: 'the type of policy' } },
    description: 'the type of policy and its settings, in which ${name} stands for a parameter',
  },
  pool,
  slo: { type: 'array', maxItems: 100, items: slo },
  tests: { type: 'array', maxItems: 1000, items: test },
}

/** The form of a policy document, JSON Schema 2020-12. */
export const policySchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Policy',
  description: 'A policy by itself: what it does, what it can be set to, and how it is known to be right.',
  ...map(parts, { required: ['policy', 'does'] }),
}

/** The form of one among the policies of an entity, or of an item, where it may be named otherwise. */
export const inlinePolicySchema: JsonObject = map({ ...parts, name: text, id: text }, { required: ['does'] })
