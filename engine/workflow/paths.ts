import { isJsonObject, type Json, type JsonObject } from '../support/json.js'

/** Keys and positions into a value. */
export type ValuePath = readonly (string | number)[]

/**
 * A value with a part of it changed; undefined for the part takes it away. What the part is in is made where it is not there: a
 * list for a position, else a map. The position -1 is the one behind the last.
 */
export function withPart(
  value: Json | undefined,
  path: ValuePath,
  part: Json | undefined,
): { readonly value: Json | undefined } | { readonly error: string } {
  const [key, ...rest] = path
  if (key === undefined) return { value: part }
  if (Array.isArray(value)) return withItem(value, key, rest, part)
  if (value === undefined)
    return part === undefined
      ? { value }
      : typeof key === 'number'
        ? withItem([], key, rest, part)
        : withMember({}, key, rest, part)
  return isJsonObject(value)
    ? withMember(value, key, rest, part)
    : { error: `what should have a part ${key} is no map` }
}

function withMember(
  members: JsonObject,
  key: string | number,
  rest: ValuePath,
  part: Json | undefined,
): ReturnType<typeof withPart> {
  const within = withPart(Object.hasOwn(members, key) ? members[key] : undefined, rest, part)
  if ('error' in within) return within
  const { [key]: _former, ...others } = members
  return { value: within.value === undefined ? others : { ...others, [key]: within.value } }
}

/** The position behind the last. */
const BEHIND = -1

function withItem(
  items: readonly Json[],
  key: string | number,
  rest: ValuePath,
  part: Json | undefined,
): ReturnType<typeof withPart> {
  const at = Number(key) === BEHIND && part !== undefined ? items.length : Number(key)
  if (!Number.isInteger(at) || at < 0 || at > items.length) return { error: `a list has no position ${key}` }
  const within = withPart(items[at], rest, part)
  if ('error' in within) return within
  return {
    value:
      within.value === undefined
        ? items.filter((_item, index) => index !== at)
        : items.toSpliced(at, 1, within.value),
  }
}

/** What is at a path; undefined where nothing is. */
export function partAt(value: Json | undefined, path: ValuePath): Json | undefined {
  return path.reduce<Json | undefined>((within, key) => {
    if (Array.isArray(within)) return (within as readonly Json[])[Number(key)]
    return isJsonObject(within) && Object.hasOwn(within, key) ? within[key] : undefined
  }, value)
}
