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
  new URL(`../../node_modules/.cache/weir/kill-flow-${process.pid}`, import.meta.url),
)
const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
let child = ''

beforeAll(async () => {
  child = await bundleChild(bundle, new URL('flow-child.ts', import.meta.url))
})

afterAll(() => {
  rmSync(bundle, { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
})

/** The effect that begins the first command: before it the machine is made and started. */
const BEGUN = 4

describe('an engine process that is killed by SIGKILL while it runs workflows on this host', () => {
  it('goes on with them to the same end, with each step done once and nothing left', async () => {
    const plan = {
      name: 'workflows',
      every: every(149, 4),
      doubles: some(0, 12),
      also: [[{ side: 'after-effect', ordinal: BEGUN }]],
      seed: 37,
      parallel: 1,
      ...progress,
    } as const
    const lead = (moments: Parameters<typeof runLocal>[1]): ReturnType<typeof runLocal> =>
      runLocal(child, moments, join(directory, 'far-end'))
    const findings = await campaign(plan, lead, () => performance.now())
    process.stdout.write(report([findings]))
    expectFlawless(findings)
    expectMany([findings], { points: 40, doubles: 1 })
  }, 3_600_000)
})
