import { describe, expect, it } from 'vitest'
import type { JsonObject, ResourceShape, ResourceWant } from '../../../engine/index.js'
import type { DockerClient, Labels, NetworkFacts } from '../../../locations/docker/docker-client.js'
import { dockerConfig } from '../../../locations/docker/docker-config.js'
import { DockerMaker } from '../../../locations/docker/docker-ensure.js'
import { DockerFinder } from '../../../locations/docker/docker-finder.js'
import { labelsOf } from '../../../locations/docker/docker-labels.js'
import { ImagePuller } from '../../../locations/docker/docker-pull.js'
import { fakeDocker, httpError } from '../../support/fake-docker.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const call = { signal: new AbortController().signal }

describe('a machine that is to be', () => {
  it('is made after its image has been pulled', async () => {
    const done: string[] = []
    const maker = makerOver({
      createContainer: async () => {
        done.push('create')
        if (!done.includes('pull')) throw httpError(404, 'No such image: nginx:latest')
        return 'c1'
      },
      pullImage: async () => void done.push('pull'),
    })
    expect(await maker.ensure(machine(), call)).toMatchObject({ kind: 'created', resource: { id: 'c1' } })
    expect(done).toEqual(['create', 'pull', 'create'])
  })

  it('is not ready while its image is being pulled, and says how far that is', async () => {
    const maker = makerOver(
      {
        createContainer: () => Promise.reject(httpError(404, 'No such image: nginx:latest')),
        pullImage: () => new Promise(() => undefined),
      },
      { pullWait: 0 },
    )
    expect(await settled(maker.ensure(machine(), call))).toEqual({
      kind: 'not-ready',
      retryAfter: 2000,
      reason: 'pulling base: 0 of 0 layers, 0 of 0 MB',
    })
  })

  it('is not made where its image may not be pulled', async () => {
    const maker = makerOver(
      { createContainer: () => Promise.reject(httpError(404, 'No such image: base')) },
      { pull: 'never' },
    )
    expect(await maker.ensure(machine(), call)).toMatchObject({
      kind: 'refused',
      failure: { cause: 'missing', retry: 'never' },
    })
  })

  it('is not ready while its name is held by something that is just being made or removed', async () => {
    const maker = makerOver({
      createContainer: () => Promise.reject(httpError(409, 'Conflict. The container name is already in use')),
      inspectContainer: () => Promise.reject(httpError(404, 'No such container: x')),
    })
    expect(await maker.ensure(machine(), call)).toMatchObject({ kind: 'not-ready', retryAfter: 200 })
  })

  it('is unknown, not refused, when it was made but could not join all of its networks', async () => {
    const maker = makerOver({
      createContainer: async () => 'c1',
      inspectContainer: () => Promise.reject(httpError(500, 'hm')),
      inspectNetwork: async (name) => ({ Id: name, Name: name, Created: '', Labels: null }),
    })
    const networks = ['n1', 'n2'].map((token) => ({ token, brought: true }))
    expect(await maker.ensure(machine({ networks }), call)).toMatchObject({ kind: 'unknown' })
  })
})

describe('a network that is to be', () => {
  const want = wanted({ kind: 'network', cidr: '10.9.0.0/24' })
  const facts = (Id: string, Created: string, labels: Labels | null = labelsOf(want)): NetworkFacts => ({
    Id,
    Name: want.name,
    Created,
    Labels: labels,
  })

  it('is the oldest of those that were made at once, and the others go', async () => {
    const lists = [[], [facts('n2', '2026-01-02'), facts('n1', '2026-01-01'), facts('n0', '2026-01-02')]]
    const removed: string[] = []
    const maker = makerOver({
      listNetworks: async () => lists.shift() ?? [],
      createNetwork: async (spec) => {
        expect(spec).toMatchObject({ CheckDuplicate: true, IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } })
        return 'n2'
      },
      removeNetwork: async (id) => void removed.push(id),
    })
    expect(await maker.ensure(want, call)).toMatchObject({ kind: 'created', resource: { id: 'n1' } })
    expect(removed).toEqual(['n0', 'n2'])
  })

  it('is a conflict when its name is held by another engine of our kind', async () => {
    const other = { ...labelsOf(want), 'weir.engine': 'e2' }
    const maker = makerOver({
      listNetworks: async () => [],
      createNetwork: () => Promise.reject(httpError(409, 'network with name n already exists')),
      inspectNetwork: async () => facts('n1', '2026-01-01', other),
    })
    expect(await maker.ensure(want, call)).toEqual({
      kind: 'conflict',
      holder: 'network n1, made by engine e2 for shop/web',
    })
  })
})

describe('a volume that is to be', () => {
  const want = wanted({ kind: 'volume' })

  it('is a conflict when a stranger made it between our look and our wish: the docker engine gives us the old one', async () => {
    const looks = [
      Promise.reject(httpError(404, 'no such volume')),
      Promise.resolve({ Name: want.name, Labels: null }),
    ]
    const maker = makerOver({ inspectVolume: () => looks.shift()!, createVolume: async () => undefined })
    expect(await maker.ensure(want, call)).toEqual({
      kind: 'conflict',
      holder: `volume ${want.name}, which is not of this engine's making`,
    })
  })

  it.each([
    { made: '7', kind: 'found' },
    { made: '8', kind: 'refused' },
  ])('that was made by generation $made is $kind for generation 7', async ({ made, kind }) => {
    const Labels = { ...labelsOf(want), 'weir.generation': made }
    const maker = makerOver({ inspectVolume: async () => ({ Name: want.name, Labels }) })
    expect(await maker.ensure(want, call)).toMatchObject({ kind })
  })
})

function makerOver(known: Partial<DockerClient>, config: JsonObject = {}): DockerMaker {
  const client = fakeDocker(known)
  return new DockerMaker({
    client,
    finder: new DockerFinder(client),
    puller: new ImagePuller(client, clock),
    config: dockerConfig({ image: 'base', ...config }),
  })
}

const clock = new VirtualClock()

async function settled<T>(promise: Promise<T>): Promise<T> {
  await clock.settle(1)
  return promise
}

function machine(given: object = {}): ResourceWant {
  return wanted({
    kind: 'machine',
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
    ...given,
  })
}

function wanted(shape: ResourceShape): ResourceWant {
  const marks = { engine: 'e1', application: 'shop', entity: 'web', incarnation: 1, digest: 'd' }
  return { token: 't1', name: 'shop-web', marks, generation: 7, shape }
}
