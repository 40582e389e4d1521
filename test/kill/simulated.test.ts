import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { bundleChild } from './bundle-child.js'
import { campaign, type Findings, report } from './campaign.js'
import { expectFlawless, expectMany } from './expect-flawless.js'
import { every, progress, some } from './extent.js'
import { runProcesses } from './processes.js'

const CASES = [
  { name: 'simulated, in bulk', traits: { bulk: 50, concurrency: 1 } },
  { name: 'simulated, one by one', traits: { bulk: 1, concurrency: 1 } },
  { name: 'simulated, four at once', traits: { bulk: 1, concurrency: 4 } },
] as const

const directory = fileURLToPath(
  new URL(`../../node_modules/.cache/weir/kill-${process.pid}`, import.meta.url),
)
const all: Findings[] = []
let child = ''

beforeAll(async () => {
  child = await bundleChild(directory)
})

afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
  process.stdout.write(report(all))
})

describe('an engine process that is killed by SIGKILL before and after any transaction or effect', () => {
  it.each(CASES)(
    '$name: is started again and comes to the same end, with nothing twice and nothing left',
    async ({ name, traits }) => {
      const plan = { name, every: every(24), doubles: some(6, 100), seed: 23, parallel: 2, ...progress }
      const lead = (moments: Parameters<typeof runProcesses>[1]): ReturnType<typeof runProcesses> =>
        runProcesses(child, moments, traits)
      const findings = await campaign(plan, lead, () => performance.now())
      all.push(findings)
      expectFlawless(findings)
    },
    3_600_000,
  )

  it('dies often enough to tell', () => {
    expectMany(all, { points: 1_000, doubles: 200 })
  })
})
