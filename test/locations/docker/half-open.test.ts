import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Location, ResourceWant } from '../../../engine/index.js'
import { dockerConfig } from '../../../locations/docker/docker-config.js'
import { dockerLocation } from '../../../locations/docker/docker-factory.js'
import { DockerodeClient } from '../../../locations/docker/dockerode-client.js'
import { SystemClock } from '../../../server/system/index.js'
import { HalfOpenProxy } from '../../support/half-open-proxy.js'
import { SeededRandom } from '../../support/seeded-random.js'
import { SequenceIds } from '../../support/sequence-ids.js'

/** Milliseconds for one call; the tests wait for it. */
const TIMEOUT = 150
const options = { signal: new AbortController().signal }

describe('a docker engine that accepts connections and says nothing', () => {
  let directory: string
  let server: Server
  let proxy: HalfOpenProxy
  let client: DockerodeClient
  let location: Location
  let isSilent = false

  beforeEach(async () => {
    isSilent = false
    directory = await mkdtemp(join(tmpdir(), 'weir-half-open-'))
    const [far, near] = [join(directory, 'engine.sock'), join(directory, 'proxy.sock')]
    server = createServer((request, response) => {
      if (request.url === '/version') response.end('{"Version":"0","ApiVersion":"1.41"}')
      else if (!isSilent) response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(far, resolve))
    proxy = await HalfOpenProxy.open(near, far)
    const clock = new SystemClock()
    const config = dockerConfig({ socketPath: near, image: 'base', timeout: TIMEOUT })
    client = new DockerodeClient(config, clock)
    const needs = { clock, random: new SeededRandom(1), ids: new SequenceIds() }
    location = dockerLocation('docker', config, client, needs)
  })

  afterEach(async () => {
    await location.close()
    proxy.close()
    server.closeAllConnections()
    server.close()
    await rm(directory, { recursive: true })
  })

  const unknown = { kind: 'unknown', failure: { cause: 'timeout', retry: 'soon' } }

  it.each(['machine', 'network', 'volume'] as const)(
    'is said not to be known when asked to make or remove a %s, and known to be there by nobody',
    async (kind) => {
      isSilent = true
      const ref = { token: 't', kind, name: 'web', generation: 1 }
      expect(await location.ensure([wantOf(kind)], options)).toMatchObject([unknown])
      expect(await location.destroy([ref], options)).toMatchObject([unknown])
      expect(await location.observe([ref], options)).toEqual([undefined])
    },
  )

  it('has every other verb end in its time, as what is not known', async () => {
    isSilent = true
    expect(await location.start([ref], options)).toMatchObject([unknown])
    expect(await location.stop([ref], { ...options, grace: 0 })).toMatchObject([unknown])
    expect(await location.run(ref, RUN, options)).toMatchObject(unknown)
    expect(await location.endRun(ref, 'r', { ...options, grace: 0 })).toMatchObject(unknown)
    expect(await location.copy(ref, [{ path: 'a', content: '', mode: 0o600 }], options)).toMatchObject(
      unknown,
    )
    expect(await location.metrics([ref], options)).toEqual([])
    expect((await location.capacity([], options)).reason).toContain(`within ${TIMEOUT} ms`)
    const late = { record: { cause: 'timeout' } }
    await expect(location.listOwned('e', options)).rejects.toMatchObject(late)
    await expect(location.logs(ref, { ...options, lines: 1 })).rejects.toMatchObject(late)
    await expect(location.output(ref, 'r', { ...options, limit: 1 })).rejects.toMatchObject(late)
    const brief = { ...options, timeout: TIMEOUT, limit: 1 }
    await expect(location.exec(ref, ['true'], brief)).rejects.toMatchObject(late)
  })

  it('holds up a look at many no longer than a look at one', async () => {
    isSilent = true
    const refs = Array.from({ length: 80 }, (_, at) => ({ ...ref, name: `web-${at}`, token: `t${at}` }))
    const before = performance.now()
    const seen = await location.observe(refs, options)
    expect(seen).toEqual(refs.map(() => undefined))
    expect(performance.now() - before).toBeLessThan(5 * TIMEOUT)
  })

  it('is not believed to be there because it once accepted connections that are idle now', async () => {
    await Promise.all(Array.from({ length: 5 }, () => client.info(options)))
    proxy.silenceAll()
    await expect(client.info(options)).rejects.toMatchObject({ why: 'timeout' })
    expect(await client.info(options)).toEqual({})
  })

  it('is not waited for to begin a stream of events', async () => {
    isSilent = true
    await expect(client.events(undefined, options)).rejects.toMatchObject({ why: 'timeout' })
  })
})

const ref = { token: 't', kind: 'machine', name: 'web', generation: 1 } as const

const RUN = {
  token: 'r',
  digest: 'd',
  mode: 'task',
  generation: 1,
  label: 'launch',
  script: 'true',
  environment: {},
  files: [],
  timeout: 0,
} as const

function wantOf(kind: 'machine' | 'network' | 'volume'): ResourceWant {
  const marks = { engine: 'e', application: 'a', entity: 'web', incarnation: 1, digest: 'd' }
  return {
    token: 't',
    name: 'web',
    marks,
    generation: 1,
    shape: kind === 'machine' ? MACHINE : { kind },
  }
}

const MACHINE = {
  kind: 'machine',
  environment: {},
  ports: [],
  hostname: 'web',
  aliases: [],
  networks: [],
  volumes: [],
  addresses: [],
  rules: [],
  hostsSoftware: true,
  options: {},
} as const
