import type { ApplicationSpec } from '../../spec/application-spec.js'
import { isJsonObject, sameJson, type Json, type JsonObject } from '../../support/json.js'
import { isSealedSecret } from '../../support/secret.js'

/** One place where two specs differ; absent on a side where there is nothing. */
export interface SpecDifference {
  readonly path: string
  readonly from?: Json
  readonly to?: Json
}

/** Where two specs differ, by dotted path; children and members by name, source positions left out. */
export function specDiff(from: ApplicationSpec, to: ApplicationSpec): readonly SpecDifference[] {
  return differences(from as unknown as Json, to as unknown as Json)
}

/** The same for parts of specs. */
export function differences(from: Json, to: Json): readonly SpecDifference[] {
  const found: SpecDifference[] = []
  compare(readable(from), readable(to), '', found)
  return found
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  into: SpecDifference[],
): void {
  if (sameJson(before, after)) return
  const from = besides(before, after)
  const to = besides(after, before)
  if (isBranch(from) && isBranch(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      compare(from[key], to[key], path === '' ? key : `${path}.${key}`, into)
    }
    return
  }
  into.push({
    path,
    ...(from === undefined ? {} : { from: shown(from) }),
    ...(to === undefined ? {} : { to: shown(to) }),
  })
}

function isBranch(value: Json | undefined): value is JsonObject {
  return isJsonObject(value) && !isSealedSecret(value)
}

/** A list of named things is a map by their names; beside one, an empty list is an empty map. */
function besides(value: Json | undefined, other: Json | undefined): Json | undefined {
  return Array.isArray(value) && value.length === 0 && isJsonObject(other) ? {} : value
}

/** Secrets by their names alone; one that was given anew differs, even if it is the same. */
function shown(value: Json): Json {
  if (isSealedSecret(value)) return `<secret ${value.name}>`
  if (Array.isArray(value)) return value.map(shown)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shown(part)]))
}

/** Lists of things with a name or path become maps by it, literals their values, so that differences read well. */
function readable(value: Json): Json {
  if (Array.isArray(value)) return readableList(value as readonly Json[])
  if (!isJsonObject(value)) return value
  if (value['kind'] === 'literal') return value['value'] ?? null
  if (isSealedSecret(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'place' && key !== 'kind')
  return Object.fromEntries(entries.map(([key, part]) => [key, readable(part)]))
}

function readableList(list: readonly Json[]): Json {
  const names = list.map((item) => (isJsonObject(item) ? (item['name'] ?? item['path']) : undefined))
  const named = names.length > 0 && names.every((name) => typeof name === 'string')
  if (!named) return list.map(readable)
  return Object.fromEntries(list.map((item, at) => [names[at] ?? '', readable(item)]))
}
