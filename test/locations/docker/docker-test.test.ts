import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import type { ContainerFacts, DockerClient } from '../../../locations/docker/docker-client.js'
import { dockerConfig } from '../../../locations/docker/docker-config.js'
import { testEngine, type TestLine } from '../../../locations/docker/docker-test.js'
import { overridden } from '../../support/docker-faults.js'
import { fakeDocker, httpError, socketError } from '../../support/fake-docker.js'
import { SequenceIds } from '../../support/sequence-ids.js'

const signal = new AbortController().signal

describe('the test of a docker engine', () => {
  it('says what works, line by line, and leaves nothing behind', async () => {
    const engine = fakeEngine()
    const lines = await tested(engine.client, { image: 'base', allow: ['bind:/srv'] })
    expect(lines.map(({ what, ok, detail }) => [what, ok, detail])).toEqual([
      ['reach /var/run/docker.sock', true, 'docker 20, API 1.41'],
      ['use the engine', true, 'Debian, 2 cores, 8 bytes of memory, storage overlay2'],
      ['find image base', true, 'on the machine'],
      ['run sh in base', true, 'it runs'],
      ['make a network', true, 'made and removed'],
      ['dangerous options', true, 'allowed: bind:/srv; machines with them have power over the host'],
    ])
    expect(engine.left()).toEqual([])
  })

  it.each([
    { why: socketError('ECONNREFUSED'), says: 'start the engine, or set its socket as `socketPath`' },
    {
      why: socketError('EACCES'),
      says: 'let the user who runs the server use the socket (the group docker)',
    },
  ])('tries no further where there is no engine, and says how to mend it: $says', async ({ why, says }) => {
    const lines = await tested(fakeDocker({ version: () => Promise.reject(why) }))
    expect(lines).toMatchObject([{ ok: false, detail: expect.stringContaining(says) as string }])
  })

  it('says which of the two is too old', async () => {
    const version = async () => ({ Version: '17', ApiVersion: '1.30' })
    const lines = await tested(fakeDocker({ version }))
    expect(lines).toMatchObject([{ ok: false }])
    expect(lines[0]?.detail).toContain('speaks API 1.41 to 1.30, this driver 1.41 to 1.47: update the older')
  })

  it('does not take silence about an image for its absence', async () => {
    const engine = fakeEngine({ inspectImage: () => Promise.reject(socketError('ECONNRESET')) })
    expect(lineOf(await tested(engine.client, { image: 'base' }), 'find image base')).toMatchObject({
      ok: false,
    })
  })

  it.each([
    {
      of: 'is not here, and its registry has it',
      pull: 'missing',
      distribution: async () => undefined,
      line: {
        ok: true,
        detail: 'not on the machine; its registry has it, and it is pulled when it is first needed',
      },
    },
    {
      of: 'is not here, and no registry has it',
      pull: 'missing',
      distribution: () => Promise.reject(httpError(404, 'manifest unknown')),
      line: {
        ok: false,
        detail: 'manifest unknown: bring it to the machine by hand, or name another as `image`',
      },
    },
    {
      of: 'is not here, and the registry wants to know who asks',
      pull: 'missing',
      distribution: () => Promise.reject(httpError(401, 'unauthorized')),
      line: {
        ok: false,
        detail: 'unauthorized: log the engine in to the registry, or name another image as `image`',
      },
    },
    {
      of: 'is not here, and none is pulled',
      pull: 'never',
      distribution: async () => undefined,
      line: {
        ok: false,
        detail:
          'not on the machine, and `pull` is never: bring it to the machine by hand, or name another as `image`',
      },
    },
  ])('says of an image that $of what follows, and tries no shell in it', async (row) => {
    const engine = fakeEngine({
      inspectImage: () => Promise.reject(httpError(404, 'no such image')),
      inspectDistribution: row.distribution,
    })
    const lines = await tested(engine.client, { image: 'base', pull: row.pull })
    expect(lineOf(lines, 'find image base')).toMatchObject(row.line)
    expect(lineOf(lines, 'run sh in base')).toBeUndefined()
  })

  it('says that machines must name their image where none is configured', async () => {
    const line = lineOf(await tested(fakeEngine().client), 'find an image')
    expect(line).toMatchObject({ ok: true })
    expect(line?.detail).toContain('set `image` for them')
  })

  it('takes a shell that has ended already for one that has ended', async () => {
    const engine = fakeEngine({ stopContainer: () => Promise.reject(httpError(304, '')) })
    expect(lineOf(await tested(engine.client, { image: 'base' }), 'run sh in base')).toMatchObject({
      ok: true,
    })
  })

  it.each([
    { exitCode: 3, ok: true, says: 'without mkfifo, ends of services are seen by looking' },
    { exitCode: 126, ok: false, says: 'software needs an image with /bin/sh' },
  ])('reads from exit code $exitCode what the shell of an image can', async ({ exitCode, ok, says }) => {
    const engine = fakeEngine({ inspectContainer: async () => facts(exitCode) })
    const line = lineOf(await tested(engine.client, { image: 'base' }), 'run sh in base')
    expect(line?.ok).toBe(ok)
    expect(line?.detail).toContain(says)
    expect(engine.left()).toEqual([])
  })

  it('removes what it has made when an image has no shell, and when its caller has gone', async () => {
    const engine = fakeEngine({
      startContainer: () =>
        Promise.reject(httpError(400, 'exec: "/bin/sh": no such file or directory: unknown')),
    })
    const line = lineOf(await tested(engine.client, { image: 'base' }), 'run sh in base')
    expect(line).toMatchObject({ ok: false })
    expect(line?.detail).toContain('software needs an image with /bin/sh')
    expect(engine.left()).toEqual([])
  })

  it('removes what was made although the answer was lost', async () => {
    const engine = fakeEngine()
    const { createContainer } = engine.client
    const losing = overridden(engine.client, {
      createContainer: async (...of) => {
        await createContainer(...of)
        throw socketError('ECONNRESET')
      },
    })
    expect(lineOf(await tested(losing, { image: 'base' }), 'run sh in base')).toMatchObject({ ok: false })
    expect(engine.left()).toEqual([])
  })

  it('says what to do where no network can be made', async () => {
    const engine = fakeEngine({
      createNetwork: () =>
        Promise.reject(httpError(500, 'could not find an available, non-overlapping IPv4 address pool')),
    })
    const line = lineOf(await tested(engine.client), 'make a network')
    expect(line?.detail).toContain('remove networks that are not needed')
  })
})

function tested(client: DockerClient, config: JsonObject = {}): Promise<readonly TestLine[]> {
  return testEngine({ client, config: dockerConfig(config), ids: new SequenceIds() }, { signal })
}

function lineOf(lines: readonly TestLine[], what: string): TestLine | undefined {
  return lines.find((line) => line.what === what)
}

/** An engine on which everything works, but for what is replaced; it knows what was made and not removed. */
function fakeEngine(own: Partial<DockerClient> = {}) {
  const left = new Set<string>()
  const client = fakeDocker({
    version: async () => ({ Version: '20', ApiVersion: '1.41' }),
    info: async () => ({ NCPU: 2, MemTotal: 8, Driver: 'overlay2', OperatingSystem: 'Debian' }),
    inspectImage: async () => undefined,
    createContainer: async (name) => kept(name),
    startContainer: async () => undefined,
    stopContainer: async () => undefined,
    inspectContainer: async () => facts(0),
    removeContainer: async (id) => void left.delete(id),
    createNetwork: async ({ Name }) => kept(Name),
    removeNetwork: async (id) => void left.delete(id),
    ...own,
  })
  const kept = (name: string): string => {
    left.add(name)
    return name
  }
  return { client, left: () => [...left] }
}

function facts(ExitCode: number): ContainerFacts {
  return {
    Id: 'c',
    Name: '/c',
    Created: '',
    State: { Status: 'exited', ExitCode, OOMKilled: false, Error: '', StartedAt: '' },
    Config: { Image: 'base', Labels: null },
    HostConfig: { NetworkMode: 'none' },
    NetworkSettings: { Ports: null, Networks: null },
  }
}
