import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type Docker from 'dockerode'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { bundleChild } from '../kill/bundle-child.js'
import { campaign, report } from '../kill/campaign.js'
import { ENGINE_ID } from '../kill/child-orders.js'
import type { Counts, Ending } from '../kill/ending.js'
import { expectFlawless, expectMany } from '../kill/expect-flawless.js'
import { every, progress, some } from '../kill/extent.js'
import type { Moment } from '../kill/mortal.js'
import { runReal, type Census } from '../kill/real.js'
import { DockerCensus, type Happening } from '../support/docker-census.js'
import {
  dockerSocket,
  dockerUnderTest,
  makeTestImages,
  TEST_IMAGES,
  whyNoDocker,
} from '../support/docker-images.js'

const reason = await whyNoDocker()

describe.skipIf(reason !== undefined)(
  `an engine process killed beside a Docker engine ${reason ?? ''}`,
  () => {
    const bundle = fileURLToPath(
      new URL(`../../node_modules/.cache/weir/kill-docker-${process.pid}`, import.meta.url),
    )
    const docker = dockerUnderTest()
    let child = ''

    beforeAll(async () => {
      await makeTestImages(docker)
      child = await bundleChild(bundle)
    })

    afterAll(() => {
      rmSync(bundle, { recursive: true, force: true })
    })

    it('comes to the same end, with no container twice and none left, also when it dies in the middle of an install', async () => {
      const plan = {
        name: 'docker',
        every: every(200, 8),
        doubles: some(1, 8),
        also: [[{ side: 'mid-install', ordinal: 1 }], [{ side: 'mid-install', ordinal: 2 }]],
        seed: 41,
        parallel: 1,
        ...progress,
      } as const
      const findings = await campaign(
        plan,
        (moments) => runDocker(docker, child, moments),
        () => performance.now(),
      )
      process.stdout.write(report([findings]))
      expectFlawless(findings)
      expectMany([findings], { points: 60, doubles: 1 })
    }, 7_200_000)
  },
)

async function runDocker(docker: Docker, child: string, moments: readonly Moment[]): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
  const far = { kind: 'docker', socket: dockerSocket(), image: TEST_IMAGES.busybox } as const
  const label = `weir.engine=${ENGINE_ID}`
  const census = async (): Promise<Census> => {
    const opened = await DockerCensus.open(docker, { label, image: TEST_IMAGES.busybox })
    return { counts: async () => countsOf(await opened.happenings()), close: () => opened.close() }
  }
  try {
    return await runReal(child, moments, { far, directory, census })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** How often each container was made and removed. */
function countsOf(happenings: readonly Happening[]): Counts {
  const counts = new Map<string, number>()
  for (const { action, name } of happenings) {
    const what = `${action} ${name}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
