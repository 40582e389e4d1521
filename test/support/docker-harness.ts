import type Docker from 'dockerode'
import { randomBytes, randomInt } from 'node:crypto'
import { type Clock, type JsonObject, type Location, type MachineShape } from '../../engine/index.js'
import type { ResourceRef, ResourceShape, ResourceWant } from '../../engine/index.js'
import type { DockerClient } from '../../locations/docker/docker-client.js'
import { dockerConfig } from '../../locations/docker/docker-config.js'
import { dockerLocation } from '../../locations/docker/docker-factory.js'
import { DockerodeClient } from '../../locations/docker/dockerode-client.js'
import { dockerSocket, dockerUnderTest, makeTestImages, TEST_IMAGES } from './docker-images.js'

/** The clock on the wall, for tests against real parts. */
export const wallClock: Clock = {
  now: () => Date.now(),
  schedule: (delay, action) => {
    const timer = setTimeout(action, Math.max(0, delay))
    return () => clearTimeout(timer)
  },
}

/** A Docker location of an engine of its own, and what a test does with it and behind its back. */
export interface DockerHarness {
  readonly engine: string
  readonly docker: Docker
  readonly location: Location
  /** Another location on the same engine of ours, over the same client or a wrapped one. */
  reopen(config?: JsonObject, wrap?: (client: DockerClient) => DockerClient): Location
  want(name: string, shape: ResourceShape, generation?: number): ResourceWant
  machine(overrides?: Partial<MachineShape>): MachineShape
  /** Removes all that carries this engine's mark, and says how much that was. */
  dispose(): Promise<number>
}

/** A command that runs until TERM. */
export const SLEEPER: readonly string[] = [
  '/bin/sh',
  '-c',
  'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done',
]

/** Opens a location on the engine under test, with the images made. */
export async function openDocker(config: JsonObject = {}): Promise<DockerHarness> {
  const docker = dockerUnderTest()
  await makeTestImages(docker)
  const engine = `test${randomBytes(6).toString('hex')}`
  const opened: Location[] = []
  const reopen: DockerHarness['reopen'] = (more = {}, wrap = (client) => client) => {
    const settings = dockerConfig({
      socketPath: dockerSocket(),
      image: TEST_IMAGES.busybox,
      pull: 'never',
      ...config,
      ...more,
    })
    const location = dockerLocation('docker', settings, wrap(new DockerodeClient(settings, wallClock)), {
      clock: wallClock,
      random: { next: () => randomInt(1_000_000) / 1_000_000 },
      ids: { next: () => randomBytes(8).toString('hex') },
    })
    opened.push(location)
    return location
  }
  return {
    engine,
    docker,
    location: reopen(),
    reopen,
    want: (name, shape, generation = 1) => wantOf(engine, name, shape, generation),
    machine: machineShape,
    dispose: async () => {
      const left = await removeAll(docker, engine)
      for (const location of opened) await location.close()
      return left
    },
  }
}

/** The reference by which a want's resource is meant. */
export function refOf(want: ResourceWant, generation: number = want.generation): ResourceRef {
  return { token: want.token, kind: want.shape.kind, name: want.name, generation }
}

/** Everything that carries an engine's mark, counted. */
export async function countOwned(docker: Docker, engine: string): Promise<number> {
  const { containers, networks, volumes } = await owned(docker, engine)
  return containers.length + networks.length + volumes.length
}

function wantOf(engine: string, name: string, shape: ResourceShape, generation: number): ResourceWant {
  return {
    token: `${engine}-${name}`,
    name: `${engine}-${name}`,
    marks: { engine, application: 'shop', entity: name, incarnation: 1, digest: 'd1' },
    generation,
    shape,
  }
}

function machineShape(overrides: Partial<MachineShape> = {}): MachineShape {
  return {
    kind: 'machine',
    command: SLEEPER,
    environment: {},
    ports: [],
    hostname: 'host',
    aliases: [],
    networks: [],
    volumes: [],
    addresses: [],
    rules: [],
    hostsSoftware: false,
    options: {},
    ...overrides,
  }
}

async function owned(docker: Docker, engine: string) {
  const filters = { label: [`weir.engine=${engine}`] }
  const [containers, networks, listed] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  return { containers, networks, volumes: listed.Volumes }
}

async function removeAll(docker: Docker, engine: string): Promise<number> {
  const { containers, networks, volumes } = await owned(docker, engine)
  for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true, v: true })
  for (const { Id } of networks) await docker.getNetwork(Id).remove()
  for (const { Name } of volumes) await docker.getVolume(Name).remove()
  return containers.length + networks.length + volumes.length
}
