import type { Json, JsonObject } from '../../../engine/index.js'
import { MOST_MEMBERS } from '../../resolve/defaults.js'

/** A text that is not an expression. */
export const text: JsonObject = { type: 'string' }

/** A text, or an expression in its long form. */
export const textValue: JsonObject = { type: ['string', 'object'] }

/** A command: a text, or an expression in its long form; `true` and `false` are commands. */
export const command: JsonObject = { type: ['string', 'boolean', 'object'] }

/** True or false. */
export const flag: JsonObject = { type: 'boolean' }

/** A whole number from 0. */
export const whole: JsonObject = { type: 'integer', minimum: 0, maximum: MOST_MEMBERS }

/** A name that ends up in names at the far end. */
export const word: JsonObject = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._:/@+=,-]*$',
  maxLength: 255,
  description: 'letters, digits and . _ : / @ + = , - only, beginning with a letter or digit',
}

/** Like `word`, or an expression. */
export const wordValue: JsonObject = {
  ...word,
  type: ['string', 'object'],
  pattern: '^(\\$brooklyn:|[A-Za-z0-9][A-Za-z0-9 ._:/@+=,-]*$)',
}

/** One or several words. */
export const words: JsonObject = { ...word, type: ['string', 'array'], items: word }

/** A location: its name, with settings in brackets or, as the one key of a map, below it. */
const place: JsonObject = {
  ...word,
  type: ['string', 'object'],
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._:/@+=,-]*([(]([^()]|[(][^()]*[)])*[)])?$',
  maxLength: 4000,
  description: 'the name of a location, which may have settings in brackets behind it',
}

/** One or several locations. */
export const places: JsonObject = { ...place, type: ['string', 'array', 'object'], items: place }

/** A time. */
export const duration: JsonObject = {
  type: ['string', 'integer'],
  minimum: 0,
  maximum: 1e12,
  maxLength: 40,
  pattern:
    '^(\\s*[0-9]+([.][0-9]+)?\\s*(ms|s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hour|hours|d|day|days))+\\s*$',
  description: 'a duration such as 5s, 2 min or 1h 30m',
}

/** An amount of bytes. */
export const bytes: JsonObject = {
  type: ['string', 'integer'],
  minimum: 0,
  maxLength: 40,
  pattern: '^\\s*[0-9]+([.][0-9]+)?\\s*([kKmMgGtT]i?)?[bB]?\\s*$',
  description: 'an amount such as 512 MB or 2 GiB',
}

/** How many of something must be so. */
export const quorum: JsonObject = {
  type: ['string', 'integer', 'array'],
  minimum: 0,
  minItems: 1,
  items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'integer', minimum: 0 } },
  pattern:
    '^(all|allAndAtLeastOne|atLeastOne|at-least-one|atLeastOneUnlessEmpty|at-least-one-unless-empty|alwaysHealthy|always|[0-9]{1,3}%)$',
  description:
    'a number, a percentage such as 50%, a list of points such as [[5, 5], [10, 7]], all, at-least-one, at-least-one-unless-empty or always',
}

/** A closed map. */
export function closed(properties: JsonObject, extras: JsonObject = {}): JsonObject {
  return { type: 'object', additionalProperties: false, properties, ...extras }
}

/** A map with keys of the author's. */
export function mapOf(values: JsonObject): JsonObject {
  return { type: 'object', additionalProperties: values }
}

/** A list. */
export function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items }
}

/** A number of cores, or a text that is one. */
export const coresOrText: JsonObject = {
  type: ['number', 'string'],
  exclusiveMinimum: 0,
  maximum: 100_000,
  pattern: '^[1-9][0-9]{0,5}$',
  description: 'a number of cores such as 2',
}

/** What Brooklyn reads of CAMP and does nothing with. */
export const LEFTOVER_FORMS = { artifacts: { type: 'array' }, characteristics: { type: 'array' } } as const

/** Either a value of `type` as it is, or a closed map. */
export function shortOr(short: JsonObject, properties: JsonObject): JsonObject {
  const { type, ...rest } = short
  const types: readonly Json[] = Array.isArray(type) ? (type as readonly Json[]) : [type ?? 'string']
  return { ...rest, type: [...types, 'object'], additionalProperties: false, properties }
}

/** Who goes first where there are too many: a rule by its name, or the sensor whose amount decides. */
export const victims: JsonObject = {
  type: ['string', 'object'],
  pattern: '^(newest|oldest|unhealthy-first|zone-balance|costliest)$',
  description: 'newest, oldest, unhealthy-first, zone-balance, costliest, or a sensor',
  properties: { sensor: text, first: { enum: ['lowest', 'highest'] } },
  additionalProperties: false,
  required: ['sensor'],
}

/** A sensor with a source. */
export const sensor: JsonObject = closed({
  type: { enum: ['string', 'number', 'boolean', 'json'] },
  http: textValue,
  command,
  metric: text,
  reach: textValue,
  value: true,
  select: text,
  timeout: duration,
  every: duration,
})
