import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { locationContract, type LocationHarness } from '../../contract/location-contract.js'
import { DockerCensus } from '../../support/docker-census.js'
import { CREATE_FAULTS, FaultyDocker } from '../../support/docker-faults.js'
import { countOwned, openDocker } from '../../support/docker-harness.js'
import { dockerSocket, dockerUnderTest, TEST_IMAGES, whyNoDocker } from '../../support/docker-images.js'
import { HalfOpenProxy, type Silence } from '../../support/half-open-proxy.js'

const reason = await whyNoDocker()

/** Milliseconds: long enough for every call of a busy engine, and waited for where there is none. */
const IMPATIENT = { timeout: 6000, silence: 3000 }

describe.skipIf(reason !== undefined)(`a location on a real Docker engine ${reason ?? ''}`, () => {
  const strangers: string[] = []
  const docker = dockerUnderTest()

  afterAll(async () => {
    for (const name of strangers) await docker.getContainer(name).remove({ force: true })
    const filters = { label: ['weir.application=ct'] }
    expect(await docker.listContainers({ all: true, filters })).toEqual([])
    expect(await docker.listNetworks({ filters })).toEqual([])
    expect((await docker.listVolumes({ filters })).Volumes).toEqual([])
  })

  locationContract('docker', open)

  it('was reached by strangers of the same name, which it has left alone', async () => {
    const seen = await Promise.all(strangers.map((name) => docker.getContainer(name).inspect()))
    expect(seen.map((stranger) => stranger.Config.Labels['weir.engine'])).toEqual(
      strangers.map(() => undefined),
    )
  })

  async function open(): Promise<LocationHarness> {
    const harness = await openDocker()
    const faulty = new FaultyDocker()
    const directory = await mkdtemp(join(tmpdir(), 'weir-proxy-'))
    const socketPath = join(directory, 'docker.sock')
    const proxy = await HalfOpenProxy.open(socketPath, dockerSocket())
    const location = harness.reopen({ socketPath, ...IMPATIENT }, (client) => faulty.wrap(client))
    const silence = (how: Silence) => async (name: string) =>
      proxy.arm(how, 'POST ', `/containers/create?name=${name} `)
    const label = 'weir.application=ct'
    const census = await DockerCensus.open(docker, { label, image: TEST_IMAGES.busybox })
    return {
      location,
      image: TEST_IMAGES.busybox,
      machine: (overrides) => {
        const { command: _command, ...shape } = harness.machine()
        return { ...shape, hostsSoftware: true, ...overrides }
      },
      makeStranger: async (name) => {
        strangers.push(name)
        await docker.createContainer({ name, Image: TEST_IMAGES.busybox, Labels: {} })
      },
      breakInstance: async (ref) => {
        await docker.getContainer(ref.name).kill()
      },
      vanish: async (ref) => {
        if (ref.kind === 'network') await docker.getNetwork(ref.name).remove()
        else if (ref.kind === 'volume') await docker.getVolume(ref.name).remove()
        else await docker.getContainer(ref.name).remove({ force: true, v: true })
      },
      settle: () => new Promise((resolve) => setTimeout(resolve, 50)),
      faults: {
        ...Object.fromEntries(
          CREATE_FAULTS.map((fault) => [fault, async (name: string) => faulty.arm(name, fault)]),
        ),
        'provider-restart': async (name) => {
          await docker.getContainer(name).restart({ t: 0 })
        },
        // Each connection begins with "look at all": whatever happened before it was a gap.
        'event-gap': async () => undefined,
        'half-open-before': silence('before'),
        'half-open-after': silence('after'),
        'half-open-answer': silence('answer'),
        'half-open-look': async (name) => proxy.arm('answer', 'GET ', `/containers/${name}/json`),
        'half-open-hints': async () => proxy.silenceAll(),
      },
      made: async (token) => {
        const happenings = await census.happenings()
        return happenings.filter((one) => one.token === token && one.action === 'create').length
      },
      dispose: async () => {
        census.close()
        const left = await docker.listContainers({ all: true, filters: { label: ['weir.application=ct'] } })
        for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true })
        const networks = await docker.listNetworks({ filters: { label: ['weir.application=ct'] } })
        for (const { Id } of networks) await docker.getNetwork(Id).remove()
        const { Volumes } = await docker.listVolumes({ filters: { label: ['weir.application=ct'] } })
        for (const { Name } of Volumes) await docker.getVolume(Name).remove()
        expect(await countOwned(docker, harness.engine)).toBe(0)
        await harness.dispose()
        proxy.close()
        await rm(directory, { recursive: true })
      },
    }
  }
})
