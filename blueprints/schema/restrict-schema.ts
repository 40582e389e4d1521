import { type Json, type JsonObject, isJsonObject } from '../../engine/index.js'

/** Every key that occurs anywhere in a value. */
export function keysIn(value: Json): ReadonlySet<string> {
  const keys = new Set<string>()
  const rest: Json[] = [value]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (Array.isArray(next)) for (const item of next as readonly Json[]) rest.push(item)
    else if (isJsonObject(next))
      for (const [key, held] of Object.entries(next)) {
        keys.add(key)
        rest.push(held)
      }
  }
  return keys
}

/**
 * A schema that says the same of every value that has no keys but these: a property that does not occur may have any form.
 * Its name stays, since unknown keys are told from it.
 */
export function restrictedTo(keys: ReadonlySet<string>, schema: Json): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map((item) => restrictedTo(keys, item))
  if (!isJsonObject(schema)) return schema
  const entries = Object.entries(schema).map(([keyword, held]) => {
    const isProperties = keyword === 'properties' && isJsonObject(held)
    return [keyword, isProperties ? restrictedProperties(keys, held) : restrictedTo(keys, held)] as const
  })
  return Object.fromEntries(entries)
}

function restrictedProperties(keys: ReadonlySet<string>, properties: JsonObject): JsonObject {
  const entries = Object.entries(properties).map(
    ([name, form]) => [name, keys.has(name) ? restrictedTo(keys, form) : true] as const,
  )
  return Object.fromEntries(entries)
}
