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
import { expectFlawless } from '../kill/expect-flawless.js'
import { every, some } from '../kill/extent.js'
import type { Moment } from '../kill/mortal.js'
import { runReal } from '../kill/real.js'
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
        every: every(150),
        doubles: some(1, 8),
        also: [[{ side: 'mid-install', ordinal: 1 }], [{ side: 'mid-install', ordinal: 2 }]],
        seed: 41,
        parallel: 1,
      } as const
      const findings = await campaign(
        plan,
        (moments) => runDocker(docker, child, moments),
        () => performance.now(),
      )
      process.stdout.write(report([findings]))
      expectFlawless(findings)
    }, 7_200_000)
  },
)

async function runDocker(docker: Docker, child: string, moments: readonly Moment[]): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
  const far = { kind: 'docker', socket: dockerSocket(), image: TEST_IMAGES.busybox } as const
  const begun = Math.floor(Date.now() / 1_000)
  try {
    const census = { counts: () => happenings(docker, begun) }
    return await runReal(child, moments, { far, directory, census })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What the Docker engine says was made and removed since then, by name. */
async function happenings(docker: Docker, begun: number): Promise<Counts> {
  const filters = { label: [`weir.engine=${ENGINE_ID}`], type: ['container'], event: ['create', 'destroy'] }
  const until = Math.ceil(Date.now() / 1_000)
  const stream = await docker.getEvents({ since: begun, until, filters: JSON.stringify(filters) })
  let text = ''
  for await (const part of stream as AsyncIterable<Buffer>) text += part.toString()
  const counts = new Map<string, number>()
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const { Action, Actor } = JSON.parse(line) as DockerEvent
    const what = `${Action} ${Actor.Attributes['name'] ?? Actor.ID}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

interface DockerEvent {
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: { readonly [name: string]: string } }
}
