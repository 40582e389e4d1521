import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant, of those there are; undefined when none is near. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || written === '' || written.length > LONGEST) return undefined
  const plain = normalName(written)
  const same = names.find((name) => normalName(name) === plain)
  if (same !== undefined) return same
  const swapped = names.find((name) => isSwapped(written.toLowerCase(), name.toLowerCase()))
  if (swapped !== undefined) return swapped
  const near = closest(
    written.toLowerCase(),
    names.map((name) => name.toLowerCase()),
  )
  const found = names.find((name) => name.toLowerCase() === near)
  if (found === undefined) return undefined
  return distance(written.toLowerCase(), near) <= Math.max(1, Math.floor(written.length / 3))
    ? found
    : undefined
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

/** Whether one name is the other but for one slip of a finger, or two where both are long. */
export function isSlip(written: string, name: string): boolean {
  if (Math.abs(written.length - name.length) > 2 || written === name) return false
  const [a, b] = [written.toLowerCase(), name.toLowerCase()]
  const least = Math.min(a.length, b.length)
  if (least < SHORTEST) return false
  return isSwapped(a, b) || distance(a, b) <= (least < LONG ? 1 : 2)
}

/** Whether two words differ in the order of two neighbouring letters only. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

const LONGEST = 100
const SHORTEST = 4
const LONG = 12
const MOST_SHOWN = 12
