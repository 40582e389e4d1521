import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { parseDuration } from './duration.js'
import {
  type DurationField,
  type Field,
  type Fields,
  type FlagField,
  type GroupField,
  type JsonField,
  type NameMap,
  type NamesField,
  type NumberField,
  type ScalarField,
  type TextField,
  isRequired,
} from './field.js'
import { nearestName } from './nearest.js'

/** The values of fields: numbers (durations in milliseconds), texts, names, and groups of numbers. */
export type Values<Declared extends Fields> = {
  readonly [Key in keyof Declared]: Declared[Key] extends GroupField
    ? { readonly [Inner in keyof Declared[Key]['fields']]: number }
    : ValueOf<Declared[Key]>
}

type ValueOf<Declared extends Field> = Declared extends TextField
  ? string
  : Declared extends FlagField
    ? boolean
    : Declared extends NamesField
      ? NameMap
      : Declared extends JsonField
        ? Json
        : number

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
    return field.kind === 'json' ? null : field.fallback
  }
  return decodeScalar(place, field, value)
}

function decodeScalar(place: Place, field: ScalarField, value: Json): unknown {
  switch (field.kind) {
    case 'text':
      return decodeText(place, field, value)
    case 'flag':
      return decodeFlag(place, value)
    case 'names':
      return decodeNames(place, value)
    case 'json':
      return value
    default:
      return decodeNumber(place, field, value)
  }
}

function decodeNumber(place: Place, field: NumberField | DurationField, value: Json): number {
  const number = field.kind === 'duration' && typeof value === 'string' ? parseDuration(value) : value
  if (typeof number === 'number' && isSound(field, number)) return number
  place.problems.push(valueProblem(place, expectationOf(field), value))
  return field.least
}

function decodeGroup(place: Place, field: GroupField, value: Json | undefined): unknown {
  if (value === undefined || value === null) return decodeObject(place, field.fields, {})
  if (isJsonObject(value)) return decodeObject(place, field.fields, value)
  place.problems.push(valueProblem(place, `a map with ${Object.keys(field.fields).join(', ')}`, value))
  return {}
}

function decodeText(place: Place, { oneOf }: TextField, value: Json): string {
  if (typeof value === 'string' && value !== '' && oneOf?.includes(value) !== false) return value
  const expected = oneOf === undefined ? 'a name' : `one of ${oneOf.join(', ')}`
  place.problems.push(valueProblem(place, expected, value))
  return ''
}

function decodeFlag(place: Place, value: Json): boolean {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  place.problems.push(valueProblem(place, 'true or false', value))
  return false
}

function decodeNames(place: Place, value: Json): NameMap {
  if (isJsonObject(value) && Object.values(value).every(isName)) return value as NameMap
  const names = Array.isArray(value) ? (value as readonly Json[]) : [value]
  if (names.every(isName)) return Object.fromEntries(names.map((name) => [name, name]))
  place.problems.push(valueProblem(place, 'a name, a list of names or a map of them', value))
  return {}
}

function isName(value: Json): value is string {
  return typeof value === 'string' && value !== ''
}

/** Longer or larger than this is a slip of the pen, and would not add up exactly. */
const LARGEST = 1e12

function isSound(field: NumberField | DurationField, value: number): boolean {
  const whole = field.kind !== 'integer' || Number.isInteger(value)
  return Number.isFinite(value) && whole && value >= field.least && value <= LARGEST
}

function expectationOf(field: NumberField | DurationField): string {
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
