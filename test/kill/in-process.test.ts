import { afterAll, describe, expect, it } from 'vitest'
import { campaign, type Findings, report } from './campaign.js'
import { expectFlawless } from './expect-flawless.js'
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

const all: Findings[] = []
const now = (): number => performance.now()

afterAll(() => {
  process.stdout.write(report(all))
})

describe('an engine in virtual time that dies at any commit or effect', () => {
  it.each(CIRCUMSTANCES)('$name: comes to the same end, with nothing twice and nothing left', async (how) => {
    const plan = { name: how.name, every: every(14), doubles: some(10, 150), seed: 11, parallel: 1 }
    const findings = await campaign(plan, (moments) => runThrough(moments, how), now)
    all.push(findings)
    expectFlawless(findings)
  })

  it('is caught when its far end makes things twice', async () => {
    const how = { name: 'forgetful', bulk: false, concurrency: 1, forgetful: true }
    const plan = { name: how.name, every: 7, doubles: 0, seed: 11, parallel: 1 }
    const { duplicates, mismatches } = await campaign(plan, (moments) => runThrough(moments, how), now)
    expect(duplicates).toBeGreaterThan(0)
    expect(mismatches).toBeGreaterThan(0)
  })
})
