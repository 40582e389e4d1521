/** Any value that survives a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object; keys are data, never identifiers of ours. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Whether a JSON value is an object (neither a list nor null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Freezes a plain value and everything below it; gives the same value back. Cycles are not allowed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  // Not over Object.values: the list it makes would cost more than the freezing, and whole stores come through here.
  for (const key in value) deepFreeze(value[key])
  return value
}

/** Structural equality of two JSON values; key order does not count, list order does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b)
  if (isJsonObject(a) && isJsonObject(b)) return sameObject(a, b)
  return false
}

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
}

function sameObject(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}
