import type { Json } from '../../support/json.js'

/**
 * The first number that a wish for a port names: `80`, `80+` for that one or any above it, `80-90`, and several of these
 * with commas between them. Undefined for anything else.
 * @source Brooklyn's port ranges take the first number that is free; on a machine of its own that is the first of all.
 */
export function portNumber(wish: Json): number | undefined {
  const [first = ''] =
    typeof wish === 'number' ? [String(wish)] : typeof wish === 'string' ? wish.split(',') : []
  const found = /^\s*(\d{1,5})\s*(?:\+|-\s*\d{1,5})?\s*$/.exec(first)?.[1]
  const number = Number(found)
  return number >= 1 && number <= 65_535 ? number : undefined
}
