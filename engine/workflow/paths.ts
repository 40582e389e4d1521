import { isJsonObject, type Json } from '../support/json.js'

/** Keys and positions into a value. */
export type ValuePath = readonly (string | number)[]

/** A value with a part of it changed; undefined for the part takes it away. What the part is in must be there. */
export function withPart(
  value: Json | undefined,
  path: ValuePath,
  part: Json | undefined,
): { readonly value: Json | undefined } | { readonly error: string } {
  const [key, ...rest] = path
  if (key === undefined) return { value: part }
  if (Array.isArray(value)) return withItem(value, Number(key), rest, part)
  if (value !== undefined && !isJsonObject(value))
    return { error: `what should have a part ${key} is no map` }
  const within = withPart(
    value !== undefined && Object.hasOwn(value, key) ? value[key] : undefined,
    rest,
    part,
  )
  if ('error' in within) return within
  const { [key]: _former, ...others } = value ?? {}
  return { value: within.value === undefined ? others : { ...others, [key]: within.value } }
}

function withItem(
  items: readonly Json[],
  at: number,
  rest: ValuePath,
  part: Json | undefined,
): ReturnType<typeof withPart> {
  if (!Number.isInteger(at) || at < 0 || at > items.length) return { error: `a list has no position ${at}` }
  const within = withPart(items[at], rest, part)
  if ('error' in within) return within
  return {
    value:
      within.value === undefined
        ? items.filter((_item, index) => index !== at)
        : items.toSpliced(at, 1, within.value),
  }
}
