import { describe, expect, it } from 'vitest'
import { campaign, type Findings, report } from './campaign.js'
import { every, some } from './extent.js'
import { type Circumstances, runThrough } from './in-process.js'

const CIRCUMSTANCES: readonly (Circumstances & { readonly name: string })[] = [
  { name: 'in process, in bulk', bulk: true, concurrency: 1 },
  { name: 'in process, one by one', bulk: false, concurrency: 1 },
  { name: 'in process, two at once', bulk: false, concurrency: 2 },
  { name: 'in process, four at once', bulk: false, concurrency: 4 },
  { name: 'in process, commands late by 5 ms', bulk: false, concurrency: 4, lateBy: 5 },
  { name: 'in process, commands late by 300 ms', bulk: false, concurrency: 4, lateBy: 300 },
]

describe('an engine in virtual time that dies at any commit or effect', () => {
  it.each(CIRCUMSTANCES)('$name: comes to the same end, with nothing twice and nothing left', async (how) => {
    const plan = { name: how.name, every: every(7), doubles: some(20, 150), seed: 11, parallel: 1 }
    const findings = await campaign(
      plan,
      (moments) => runThrough(moments, how),
      () => performance.now(),
    )
    process.stdout.write(report([findings]))
    expectFlawless(findings)
  })
})

function expectFlawless(findings: Findings): void {
  const { details, duplicates, orphans, mismatches, failures } = findings
  expect(details).toEqual([])
  expect({ duplicates, orphans, mismatches, failures }).toEqual({
    duplicates: 0,
    orphans: 0,
    mismatches: 0,
    failures: 0,
  })
}
