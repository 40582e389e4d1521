import type { Json } from '../../engine/index.js'

/** A copy of plain objects, without the bare ones of the reader. */
export function plainCopy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
