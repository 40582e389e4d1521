import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant, of those there are; undefined when none is near. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || written === '' || written.length > LONGEST) return undefined
  const plain = normalName(written)
  const same = names.find((name) => normalName(name) === plain)
  if (same !== undefined) return same
  const near = closest(written.toLowerCase(), names.map((name) => name.toLowerCase()))
  const found = names.find((name) => name.toLowerCase() === near)
  if (found === undefined) return undefined
  return distance(written.toLowerCase(), near) <= Math.max(1, Math.floor(written.length / 3)) ? found : undefined
}

/** `did you mean "web"?`, or what there is to choose from; undefined when there is nothing. */
export function suggestionFor(written: string, names: readonly string[]): string | undefined {
  const near = nearestName(written, names)
  if (near !== undefined) return `did you mean "${near}"?`
  if (names.length === 0) return undefined
  const shown = names.slice(0, MOST_SHOWN).join(', ')
  return `there is ${shown}${names.length > MOST_SHOWN ? ' …' : ''}`
}

/** A name as names are compared: case, '_', '-', '.' and ' ' do not count. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '')
}

const LONGEST = 100
const MOST_SHOWN = 12
