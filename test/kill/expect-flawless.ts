import { expect } from 'vitest'
import type { Findings } from './campaign.js'
import { EVERYTHING } from './extent.js'

/** Fails unless every chain of a campaign came to the same end, with nothing twice and nothing left. */
export function expectFlawless({ details, duplicates, orphans, mismatches, failures }: Findings): void {
  expect(details).toEqual([])
  const faults = { duplicates, orphans, mismatches, failures }
  expect(faults).toEqual({ duplicates: 0, orphans: 0, mismatches: 0, failures: 0 })
}

/** Fails unless all campaigns together had at least so many deaths; a sample may have fewer. */
export function expectMany(
  findings: readonly Findings[],
  least: { readonly points: number; readonly doubles: number },
): void {
  if (!EVERYTHING) return
  const points = findings.reduce((sum, one) => sum + one.points, 0)
  const doubles = findings.reduce((sum, one) => sum + one.doubleCrashes, 0)
  expect(points).toBeGreaterThanOrEqual(least.points)
  expect(doubles).toBeGreaterThanOrEqual(least.doubles)
}
