import { isJsonObject, type Json, type JsonObject, type Seal } from '../../engine/index.js'

/** Whether a configuration says `{"$secret": …}` anywhere. */
export function hasSecret(value: Json | undefined): boolean {
  return JSON.stringify(value ?? null).includes('"$secret"')
}

/** Whether a secret is no text, or has company: it would be kept in the clear, or lose what stands beside it. */
export function hasUnsealable(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasUnsealable)
  if (!isJsonObject(value)) return false
  if (!Object.hasOwn(value, '$secret')) return Object.values(value).some(hasUnsealable)
  return typeof value['$secret'] !== 'string' || Object.keys(value).length > 1
}

/** A location's configuration with its `{"$secret": "clear text"}` sealed, each under its place in it. */
export function sealConfig(value: JsonObject, name: string, seal: Seal): JsonObject {
  const entries = Object.entries(value).map(
    ([key, part]) => [key, sealValue(part, `${name}.${key}`, seal)] as const,
  )
  return Object.fromEntries(entries)
}

function sealValue(value: Json, name: string, seal: Seal): Json {
  if (Array.isArray(value)) return value.map((item: Json, at) => sealValue(item, `${name}.${at}`, seal))
  if (!isJsonObject(value)) return value
  const clear = Object.hasOwn(value, '$secret') ? value['$secret'] : undefined
  return typeof clear === 'string' ? seal.seal(name, clear) : sealConfig(value, name, seal)
}
