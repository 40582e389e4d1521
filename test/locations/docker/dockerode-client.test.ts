import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ContainerSpec, PullLine } from '../../../locations/docker/docker-client.js'
import { faultOf } from '../../../locations/docker/docker-failures.js'
import { DockerodeClient, negotiate } from '../../../locations/docker/dockerode-client.js'
import { VirtualClock } from '../../support/virtual-clock.js'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

const call = { signal: new AbortController().signal }

describe('the version to speak with a docker engine', () => {
  it.each([
    { engine: '1.41', lowest: '1.12', spoken: '1.41' },
    { engine: '1.47', lowest: '1.24', spoken: '1.47' },
    { engine: '1.56', lowest: '1.44', spoken: '1.47' },
    { engine: '1.41', lowest: undefined, spoken: '1.41' },
  ])('is $spoken for one of API $lowest to $engine', ({ engine, lowest, spoken }) => {
    expect(negotiate(versionOf(engine, lowest))).toBe(spoken)
  })

  it.each([
    { engine: '1.40', lowest: '1.12' },
    { engine: '1.60', lowest: '1.48' },
  ])('does not exist for one of API $lowest to $engine, which is said', ({ engine, lowest }) => {
    expect(() => negotiate(versionOf(engine, lowest))).toThrow(
      `docker engine 0 speaks API ${lowest} to ${engine}, this driver 1.41 to 1.47`,
    )
  })
})

describe('a client of a docker engine', () => {
  const opened: { readonly server: Server; readonly client: DockerodeClient; readonly socketPath: string }[] =
    []

  afterEach(async () => {
    for (const { server, client, socketPath } of opened.splice(0)) {
      client.close()
      server.closeAllConnections()
      server.close()
      await rm(socketPath, { force: true })
    }
  })

  async function engine(answer: Answer, api = '1.41') {
    const seen: string[] = []
    const clock = new VirtualClock()
    const socketPath = join(tmpdir(), `weir-test-${randomUUID()}.sock`)
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      if (request.url === '/version') {
        response.end(JSON.stringify(versionOf(api, '1.24')))
        return
      }
      let body = ''
      request.on('data', (bytes: Buffer) => (body += bytes.toString()))
      request.on('end', () => answer(request, response, body))
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    const client = new DockerodeClient({ socketPath, timeout: 1000 }, clock)
    opened.push({ server, client, socketPath })
    return { client, clock, seen, server }
  }

  it('asks for the version once, and speaks it', async () => {
    const { client, seen } = await engine((_request, response) => response.end('{"NCPU":2}'))
    await client.info(call)
    await client.info(call)
    expect(seen).toEqual(['GET /version', 'GET /v1.41/info', 'GET /v1.41/info'])
  })

  it('uses its own socket, whatever the environment says', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:9')
    const { client } = await engine((_request, response) => response.end('{"NCPU":2}'))
    expect(await client.info(call)).toEqual({ NCPU: 2 })
  })

  it('sends what a container is made from in the body alone: an engine logs URLs', async () => {
    const bodies: string[] = []
    const { client, seen } = await engine((_request, response, body) => {
      bodies.push(body)
      response.statusCode = 201
      response.end('{"Id":"c1"}')
    })
    expect(await client.createContainer('web', spec(['KEY=clear']), call)).toBe('c1')
    await client.createNetwork(
      { Name: 'n', Driver: 'bridge', CheckDuplicate: true, Labels: { a: 'clear' } },
      call,
    )
    await client.createVolume({ Name: 'v', Driver: 'local', Labels: { a: 'clear' } }, call)
    expect(seen.slice(1)).toEqual([
      'POST /v1.41/containers/create?name=web',
      'POST /v1.41/networks/create?',
      'POST /v1.41/volumes/create?',
    ])
    expect(bodies.every((body) => body.includes('clear'))).toBe(true)
  })

  it('asks for names as they are, even such as look like paths', async () => {
    const { client, seen } = await engine((_request, response) => response.end('{}'))
    await client.inspectNetwork('../containers/x', call)
    expect(seen[1]).toBe('GET /v1.41/networks/..%2Fcontainers%2Fx')
  })

  it.each<{ readonly how: string; readonly answer: Answer }>([
    { how: 'does not begin', answer: () => undefined },
    {
      how: 'does not end',
      answer: (_request, response) => {
        response.write('{"NCPU":')
      },
    },
  ])('waits for an answer that $how no longer than its time', async ({ answer }) => {
    let asked = false
    const { client, clock } = await engine((request, response, body) => {
      asked = true
      answer(request, response, body)
    })
    const failed = client.info(call).catch((error: unknown) => error)
    await vi.waitUntil(() => asked)
    clock.advance(1000)
    expect(await failed).toMatchObject({ name: 'WaitEnded', why: 'timeout' })
    expect(clock.pending).toBe(0)
  })

  it('waits for an answer that breaks off no longer than its time', async () => {
    let broken = false
    const { client, clock } = await engine((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"NCPU":', () => {
        response.destroy()
        broken = true
      })
    })
    const failed = client.info(call).catch((error: unknown) => faultOf(error))
    await vi.waitUntil(() => broken)
    clock.advance(1000)
    expect(await failed).toMatchObject({ mayHaveHappened: true })
  })

  it('stops waiting when asked to, and says so', async () => {
    const { client } = await engine(() => undefined)
    const aborter = new AbortController()
    const failed = client.info({ signal: aborter.signal }).catch((error: unknown) => error)
    aborter.abort()
    expect(await failed).toMatchObject({ why: 'aborted' })
    await expect(client.info({ signal: AbortSignal.abort() })).rejects.toMatchObject({ why: 'aborted' })
  })

  it('asks for the version anew after the engine was silent: it may have come back as another', async () => {
    let alive = false
    const { client, seen } = await engine((request, response) => {
      if (!alive) request.socket.destroy()
      else response.end('{}')
    })
    await client.info(call).catch(() => (alive = true))
    await client.info(call)
    expect(seen.filter((line) => line === 'GET /version')).toHaveLength(2)
  })

  it('passes on the progress of a pull, and takes an error inside of it for what it is', async () => {
    const { client } = await engine((_request, response) => {
      response.write('{"id":"a","status":"Downloading"}\n{"id":"a","sta')
      response.end(
        'tus":"Pull complete"}\n{"error":"manifest unknown","errorDetail":{"message":"manifest unknown"}}\n',
      )
    })
    const lines: PullLine[] = []
    const error: unknown = await client
      .pullImage('nginx', (line) => lines.push(line), call)
      .catch((e: unknown) => e)
    expect(lines.map((line) => line.status)).toEqual(['Downloading', 'Pull complete'])
    expect(faultOf(error)).toMatchObject({
      mayHaveHappened: false,
      failure: { cause: 'missing', retry: 'never' },
    })
  })

  it.each([
    { status: 409, text: 'Conflict' },
    { status: 500, text: 'server error' },
  ])("rejects with the engine's words: $status", async ({ status, text }) => {
    const { client } = await engine((_request, response) => {
      response.statusCode = status
      response.end(JSON.stringify({ message: text }))
    })
    const error: unknown = await client.startContainer('c1', call).catch((e: unknown) => e)
    expect(error).toMatchObject({ statusCode: status })
    expect(faultOf(error).failure.message).toBe(text)
  })

  it('lists no volumes where the engine says null', async () => {
    const { client } = await engine((_request, response) => response.end('{"Volumes":null}'))
    expect(await client.listVolumes(['weir.token'], call)).toEqual([])
  })

  it('says that nothing was sent where there is no engine', async () => {
    const client = new DockerodeClient(
      { socketPath: join(tmpdir(), 'weir-test-none.sock'), timeout: 1000 },
      new VirtualClock(),
    )
    const error: unknown = await client.info(call).catch((e: unknown) => e)
    expect(faultOf(error)).toMatchObject({ mayHaveHappened: false, failure: { cause: 'unreachable' } })
    client.close()
  })
})

function versionOf(api: string, lowest: string | undefined) {
  return { Version: '0', ApiVersion: api, ...(lowest === undefined ? {} : { MinAPIVersion: lowest }) }
}

function spec(Env: readonly string[]): ContainerSpec {
  return {
    Image: 'base',
    Env,
    Labels: {},
    Hostname: 'host',
    ExposedPorts: {},
    HostConfig: {
      NetworkMode: 'default',
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: {} },
      PortBindings: {},
      Mounts: [],
    },
  }
}
