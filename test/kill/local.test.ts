import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { bundleChild } from './bundle-child.js'
import { campaign, report } from './campaign.js'
import { expectFlawless, expectMany } from './expect-flawless.js'
import { every, progress, some } from './extent.js'
import { runLocal } from './real.js'

const bundle = fileURLToPath(
  new URL(`../../node_modules/.cache/weir/kill-local-${process.pid}`, import.meta.url),
)
const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
let child = ''

beforeAll(async () => {
  child = await bundleChild(bundle)
})

afterAll(() => {
  rmSync(bundle, { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
})

describe('an engine process with machines on this host that is killed by SIGKILL', () => {
  it('comes to the same end, and runs each install once, also when it dies in the middle of one', async () => {
    const plan = {
      name: 'local',
      every: every(220, 8),
      doubles: some(0, 8),
      also: [
        [{ side: 'mid-install', ordinal: 1 }],
        [
          { side: 'mid-install', ordinal: 1 },
          { side: 'before-commit', ordinal: 1 },
        ],
        [{ side: 'mid-install', ordinal: 2 }],
      ],
      seed: 31,
      parallel: 1,
      ...progress,
    } as const
    const lead = (moments: Parameters<typeof runLocal>[1]): ReturnType<typeof runLocal> =>
      runLocal(child, moments, join(directory, 'far-end'))
    const findings = await campaign(plan, lead, () => performance.now())
    process.stdout.write(report([findings]))
    expectFlawless(findings)
    expectMany([findings], { points: 60, doubles: 1 })
  }, 3_600_000)
})
