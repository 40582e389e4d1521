import type { Random } from '../../engine/index.js'

/** The ways in which a finger slips. */
export const SLIPS = ['dropped', 'doubled', 'swapped', 'replaced'] as const
export type Slip = (typeof SLIPS)[number]

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** A word with one letter dropped, doubled, swapped with the next, or replaced by another. */
export function slipped(word: string, slip: Slip, random: Random): string {
  const at = Math.floor(random.next() * (slip === 'swapped' ? word.length - 1 : word.length))
  const [before, here, after] = [word.slice(0, at), word.charAt(at), word.slice(at + 1)]
  if (slip === 'dropped') return before + after
  if (slip === 'doubled') return before + here + here + after
  if (slip === 'swapped') return before + after.charAt(0) + here + after.slice(1)
  return before + LETTERS.charAt(Math.floor(random.next() * LETTERS.length)) + after
}

/**
 * A misspelling of a word that is no word that is known, a way of slipping after another until there is one; undefined
 * where none is found.
 */
export function misspelling(word: string, known: ReadonlySet<string>, random: Random): string | undefined {
  const first = Math.floor(random.next() * SLIPS.length)
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    const slip = SLIPS[(first + tried) % SLIPS.length] ?? 'doubled'
    const found = slipped(word, slip, random)
    if (found !== word && found !== '' && !known.has(found)) return found
  }
  return undefined
}

const MOST_TRIES = 20
