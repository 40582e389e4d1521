import { mkdir, writeFile } from 'node:fs/promises'
import { describe } from 'vitest'
import { filesIn } from '../../server/compose/config.js'
import {
  dockerSocket,
  dockerUnderTest,
  makeTestImages,
  TEST_IMAGES,
  whyNoDocker,
} from '../support/docker-images.js'
import type { Place, Shop } from '../scenario/place.js'
import { shopStory } from '../scenario/shop-story.js'

const reason = await whyNoDocker()
const docker = dockerUnderTest()

/** Containers of the Docker engine under test, asked for behind Weir's back. */
const dockerPlace: Place = {
  location: 'docker',
  prepare: async (data) => {
    await makeTestImages(docker)
    await mkdir(data, { recursive: true, mode: 0o700 })
    const config = { socketPath: dockerSocket(), image: TEST_IMAGES.node, pull: 'never' }
    await writeFile(filesIn(data).locations, JSON.stringify([{ name: 'docker', driver: 'docker', config }]))
  },
  running: async (shop) => {
    const listed = await docker.listContainers({ filters: labelled(shop) })
    const inspected = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()))
    return new Map(inspected.map(({ Name, Id, State }) => [Name.slice(1), `${Id} ${State.StartedAt}`]))
  },
  present: async (shop) => {
    const filters = labelled(shop)
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ])
    return [
      ...containers.map(({ Names }) => `container ${Names.join()}`),
      ...networks.map(({ Name }) => `network ${Name}`),
      ...volumes.map(({ Name }) => `volume ${Name}`),
    ]
  },
  kill: (_shop, machine) => docker.getContainer(machine).kill(),
}

function labelled({ application }: Shop): { readonly label: string[] } {
  return { label: [`weir.application=${application}`] }
}

describe.skipIf(reason !== undefined)(`the corner shop in containers ${reason ?? ''}`, () => {
  // The very same: what people see does not depend on the place.
  shopStory(dockerPlace, '../scenario/golden/corner-shop.txt')
})
