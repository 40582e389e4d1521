import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { parseDuration } from './duration.js'
import { type Field, type Fields, type GroupField, type TextField, isRequired } from './field.js'
import { nearestName } from './nearest.js'

/** The values of fields: numbers (durations in milliseconds), text, and groups of them. */
export type Values<Declared extends Fields> = {
  readonly [Key in keyof Declared]: Declared[Key] extends GroupField
    ? { readonly [Inner in keyof Declared[Key]['fields']]: number }
    : Declared[Key] extends TextField
      ? string
      : number
}

/** Values with every fallback filled in, or all that is wrong, one problem for each mistake. */
export type Decoded<Declared extends Fields> =
  { readonly values: Values<Declared> } | { readonly problems: readonly Problem[] }

/** Reads the configuration of policies of `type`. Closed: a key that is not declared is a problem. */
export function decodeConfig<Declared extends Fields>(
  type: string,
  fields: Declared,
  config: JsonObject,
): Decoded<Declared> {
  const problems: Problem[] = []
  const values = decodeObject({ type, pointer: '', problems }, fields, config)
  return problems.length === 0 ? { values: values as Values<Declared> } : { problems }
}

/** The problem of two values that do not go together. */
export function contradiction(type: string, key: string, message: string, hint: string): Problem {
  return problemOf('policy-config-contradiction', `${type}: ${message}`, {
    pointer: key === '' ? '' : `/${key}`,
    hint,
  })
}

interface Place {
  readonly type: string
  readonly pointer: string
  readonly problems: Problem[]
}

function decodeObject(place: Place, fields: Fields, config: JsonObject): { readonly [key: string]: unknown } {
  reportUnknown(place, fields, config)
  const entries = Object.entries(fields).map(([key, field]) => {
    const value = Object.hasOwn(config, key) ? config[key] : undefined
    return [key, decodeField({ ...place, pointer: `${place.pointer}/${key}` }, field, value)]
  })
  return Object.fromEntries(entries) as { readonly [key: string]: unknown }
}

function decodeField(place: Place, field: Field, value: Json | undefined): unknown {
  if (field.kind === 'group') return decodeGroup(place, field, value)
  if (value === undefined || value === null) {
    if (isRequired(field)) reportMissing(place, field)
    return field.fallback
  }
  if (field.kind === 'text') return decodeText(place, value)
  const number = field.kind === 'duration' && typeof value === 'string' ? parseDuration(value) : value
  if (typeof number !== 'number' || !isSound(field, number)) {
    place.problems.push(valueProblem(place, expectationOf(field), value))
    return field.least
  }
  return number
}

function decodeGroup(place: Place, field: GroupField, value: Json | undefined): unknown {
  if (value === undefined || value === null) return decodeObject(place, field.fields, {})
  if (isJsonObject(value)) return decodeObject(place, field.fields, value)
  place.problems.push(valueProblem(place, `a map with ${Object.keys(field.fields).join(', ')}`, value))
  return {}
}

function decodeText(place: Place, value: Json): string {
  if (typeof value === 'string' && value !== '') return value
  place.problems.push(valueProblem(place, 'a name', value))
  return ''
}

/** Longer or larger than this is a slip of the pen, and would not add up exactly. */
const LARGEST = 1e12

function isSound(field: Exclude<Field, GroupField | TextField>, value: number): boolean {
  const whole = field.kind !== 'integer' || Number.isInteger(value)
  return Number.isFinite(value) && whole && value >= field.least && value <= LARGEST
}

function expectationOf(field: Exclude<Field, GroupField | TextField>): string {
  const least = field.least
  if (field.kind === 'duration') return `a duration of at least ${least} ms, such as 5s or 500`
  const what = field.kind === 'integer' ? 'a whole number' : 'a finite number'
  return `${what} of at least ${least}`
}

function reportUnknown(place: Place, fields: Fields, config: JsonObject): void {
  for (const key of Object.keys(config)) {
    if (Object.hasOwn(fields, key)) continue
    const near = nearestName(key, Object.keys(fields))
    const hint =
      near === undefined ? `Known keys: ${Object.keys(fields).join(', ')}.` : `Did you mean "${near}"?`
    const message = `${place.type} has no setting "${key}"`
    const pointer = `${place.pointer}/${escapePointer(key)}`
    place.problems.push(problemOf('policy-config-unknown-key', message, { pointer, hint }))
  }
}

function reportMissing(place: Place, field: Field): void {
  const key = place.pointer.slice(1)
  const message = `${place.type} needs "${key}": ${field.about}`
  place.problems.push(
    problemOf('policy-config-missing', message, { pointer: place.pointer, hint: `Give "${key}" a value.` }),
  )
}

function valueProblem(place: Place, expected: string, value: Json): Problem {
  const key = place.pointer.slice(1)
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 60)
  return problemOf('policy-config-value', `${place.type}: "${key}" must be ${expected}; it is ${shown}`, {
    pointer: place.pointer,
    hint: `Write ${expected}.`,
  })
}

function problemOf(
  code: string,
  message: string,
  at: { readonly pointer: string; readonly hint: string },
): Problem {
  return { kind: 'problem', code, severity: 'error', message, ...at }
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
