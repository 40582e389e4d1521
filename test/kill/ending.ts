import type { Moment, Tally } from './mortal.js'

/** How often something was caused, by what it was. */
export type Counts = { readonly [what: string]: number }

/** What came of a workload that was led through its deaths to its end. */
export interface Ending {
  /** Books and far end at each settled wish, by generation. */
  readonly chapters: ReadonlyMap<number, readonly string[]>
  /** How often each object was made and removed, and each kind of run begun on it. */
  readonly counts: Counts
  /** Objects that were made twice. */
  readonly doubles: readonly string[]
  /** Objects that are left after everything was removed. */
  readonly orphans: readonly string[]
  /** Commits and effects of each life; of processes only of those that were not killed. */
  readonly lives: readonly Tally[]
  /** Moments that were not reached because the workload ended before. */
  readonly notReached: readonly Moment[]
}

/** How an ending differs from the one without a death, a line for each difference. */
export function differences(reference: Ending, ending: Ending): readonly string[] {
  const lines: string[] = []
  const names = new Set([...Object.keys(reference.counts), ...Object.keys(ending.counts)])
  for (const name of names) {
    const [expected = 0, found = 0] = [reference.counts[name], ending.counts[name]]
    if (expected !== found) lines.push(`${name}: ${found} times, not ${expected}`)
  }
  for (const [generation, found] of ending.chapters) {
    const expected = reference.chapters.get(generation) ?? []
    for (const line of expected) if (!found.includes(line)) lines.push(`chapter ${generation} misses ${line}`)
    for (const line of found) if (!expected.includes(line)) lines.push(`chapter ${generation} has ${line}`)
  }
  if (!ending.chapters.has(Math.max(...reference.chapters.keys()))) lines.push('the last chapter is missing')
  return lines
}
