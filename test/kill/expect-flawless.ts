import { expect } from 'vitest'
import type { Findings } from './campaign.js'

/** Fails unless every chain of a campaign came to the same end, with nothing twice and nothing left. */
export function expectFlawless({ details, duplicates, orphans, mismatches, failures }: Findings): void {
  expect(details).toEqual([])
  const faults = { duplicates, orphans, mismatches, failures }
  expect(faults).toEqual({ duplicates: 0, orphans: 0, mismatches: 0, failures: 0 })
}
