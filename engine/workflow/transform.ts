import { compareValues, equalsLoosely } from '../expression/compare.js'
import { clearText, isTruthy, mergedOver, plain, secretIn, type Value } from '../expression/value.js'
import { typed } from '../expression/operators.js'
import type { TransformName } from '../spec/step-action.js'
import { isJsonObject, type Json } from '../support/json.js'
import { Pattern } from '../support/pattern.js'
import { quote } from '../support/quote.js'
import { withPart } from './paths.js'
import type { RunWorld } from './run-world.js'

/** A value after an operation, or in words why it has none. */
export type Transformed = { readonly value: Value } | { readonly error: string }

type Reader = Pick<RunWorld, 'data'>

/** Puts a value through one operation. Secrets are only passed on: what would look into one is refused. */
export function transformed(
  name: TransformName,
  value: Value,
  given: readonly Json[],
  world: Reader,
): Transformed {
  if (name === 'wait' || name === 'return') return { value }
  if (secretIn(value) !== undefined) return { error: 'a secret cannot be transformed' }
  return OPERATIONS[name](plain(value), given, world)
}

type Operation = (value: Json, given: readonly Json[], world: Reader) => Transformed

const OPERATIONS: { readonly [name in Exclude<TransformName, 'wait' | 'return'>]: Operation } = {
  trim: (value) => ({ value: trimmed(value) }),
  replace: (value, given) => replaced(asText(value), given),
  merge: (value, [kind = '', ...how]) => merged(value, asText(kind), how.map(asText)),
  prepend: (value, [first = null]) => added(value, first, true),
  append: (value, [last = null]) => added(value, last, false),
  join: (value, [between = '']) => listed(value, (items) => items.map(asText).join(asText(between))),
  split: (value, [by = '', mode = 'literal']) => splitBy(asText(value), asText(by), asText(mode)),
  slice: (value, [from = 0, to]) => sliced(value, Number(from), to === undefined ? undefined : Number(to)),
  remove: (value, [key = null]) => removed(value, key),
  type: (value, [type = 'any']) => typedAs(asText(type), value),
  json: (value, [how = ''], world) =>
    encoded(value, asText(how), (given) => parsedJson(given) ?? world.data(given)),
  yaml: (value, [how = ''], world) => encoded(value, asText(how), (given) => world.data(lastDocument(given))),
  bash: (value, words) => ({
    value: quote(words.includes('encode') ? JSON.stringify(value) : asText(value)),
  }),
  first: (value) => listed(value, (items) => items[0] ?? null),
  last: (value) => listed(value, (items) => items.at(-1) ?? null),
  min: (value) => listed(value, (items) => extreme(items, -1)),
  max: (value) => listed(value, (items) => extreme(items, 1)),
  sum: (value) => numbers(value, (items) => sumOf(items)),
  average: (value) =>
    numbers(value, (items) => (items.length === 0 ? Number.NaN : sumOf(items) / items.length)),
  size: (value) => sizeOf(value),
  to_string: (value) => ({ value: asText(value) }),
  to_upper_case: (value) => ({ value: asText(value).toUpperCase() }),
  to_lower_case: (value) => ({ value: asText(value).toLowerCase() }),
}

function asText(value: Json): string {
  return clearText(value)
}

function trimmed(value: Json): Json {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return (value as readonly Json[]).filter((item) => item !== null)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null))
}

function replaced(
  value: string,
  [mode = 'literal', pattern = '', replacement = '', isAll = true]: readonly Json[],
): Transformed {
  if (mode === 'literal') return { value: literally(value, asText(pattern), [asText(replacement), isAll]) }
  const source = mode === 'glob' ? globSource(asText(pattern)) : asText(pattern)
  const compiled = Pattern.compile(source)
  if ('error' in compiled) return compiled
  const made = compiled.pattern.replace(value, asText(replacement), isAll === false ? 'first' : 'all')
  return 'error' in made ? made : { value: made.text }
}

function literally(value: string, from: string, [put, isAll]: readonly [string, Json]): string {
  return isAll === false ? value.replace(from, () => put) : value.replaceAll(from, () => put)
}

function globSource(glob: string): string {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return escaped.replaceAll('*', '.*').replaceAll('?', '.')
}

function merged(value: Json, kind: string, how: readonly string[]): Transformed {
  if (!Array.isArray(value)) return { error: 'only several values can be merged' }
  const lax = how.includes('lax')
  const parts = (value as readonly Json[]).filter((part) => !lax || part !== null)
  const asMap = kind === 'map' || (kind === '' && parts.every((part) => isJsonObject(part)))
  if (asMap) return mergedMaps(parts, how.includes('deep'))
  const items = parts.flatMap((part) => (Array.isArray(part) ? (part as readonly Json[]) : [part]))
  return { value: kind === 'set' ? distinct(items) : items }
}

function mergedMaps(parts: readonly Json[], deep: boolean): Transformed {
  if (!parts.every((part) => isJsonObject(part))) return { error: 'what is merged into a map must be maps' }
  const made = parts.reduce<Value>(
    (all, part) => (deep ? mergedOver(all, part) : { ...(all as object), ...part }),
    {},
  )
  return { value: made }
}

function distinct(items: readonly Json[]): readonly Json[] {
  return items.filter((item, at) => items.findIndex((other) => equalsLoosely(item, other)) === at)
}

function added(value: Json, part: Json, before: boolean): Transformed {
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    return { value: before ? [part, ...items] : [...items, part] }
  }
  return { value: before ? asText(part) + asText(value) : asText(value) + asText(part) }
}

function listed(value: Json, use: (items: readonly Json[]) => Json): Transformed {
  return Array.isArray(value) ? { value: use(value) } : { error: 'the value is no list' }
}

function numbers(value: Json, use: (items: readonly number[]) => number): Transformed {
  if (!Array.isArray(value)) return { error: 'the value is no list' }
  const made = use((value as readonly Json[]).map(Number))
  return Number.isFinite(made) ? { value: made } : { error: 'the list is not one of numbers' }
}

function sumOf(items: readonly number[]): number {
  return items.reduce((sum, item) => sum + item, 0)
}

function extreme(items: readonly Json[], sign: 1 | -1): Json {
  const [first = null, ...rest] = items
  return rest.reduce<Json>((best, item) => ((compareValues(item, best) ?? 0) * sign > 0 ? item : best), first)
}

function sizeOf(value: Json): Transformed {
  if (typeof value === 'string' || Array.isArray(value)) return { value: value.length }
  return isJsonObject(value) ? { value: Object.keys(value).length } : { error: 'the value has no size' }
}

function splitBy(value: string, by: string, mode: string): Transformed {
  if (mode === 'literal') return { value: value.split(by) }
  const mark = '\u0000'
  const made = replaced(value, [mode, by, mark])
  return 'error' in made ? made : { value: clearText(made.value).split(mark) }
}

function sliced(value: Json, from: number, to: number | undefined): Transformed {
  if (typeof value === 'string' || Array.isArray(value)) return { value: value.slice(from, to) as Json }
  return { error: 'only a text or a list can be sliced' }
}

function removed(value: Json, key: Json): Transformed {
  const made = withPart(value, [typeof key === 'number' ? key : asText(key)], undefined)
  return 'error' in made ? made : { value: made.value ?? null }
}

function typedAs(type: string, value: Json): Transformed {
  const made = typed(type, value)
  if (made.kind === 'ready') return { value: made.value }
  return { error: made.kind === 'failed' ? made.reason : 'it is not known' }
}

function encoded(value: Json, how: string, parse: (given: string) => Transformed): Transformed {
  if (how === 'string') return { value: asText(value) }
  if (how === 'encode') return { value: JSON.stringify(value) }
  if (how === 'parse') return parse(asText(value))
  return typeof value === 'string' ? parse(value) : { value }
}

function parsedJson(given: string): Transformed | undefined {
  try {
    return { value: JSON.parse(given) as Json }
  } catch {
    return undefined
  }
}

/** What stands after the last line that ends a document. */
function lastDocument(given: string): string {
  const parts = given.split(/^---\s*$/m)
  return [...parts].reverse().find((part) => isTruthy(part.trim())) ?? given
}
