import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createRawServer, type Server as RawServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProbeAnswer } from '../../../engine/index.js'
import { HttpProber } from '../../../server/probe/http-prober.js'
import { SystemClock } from '../../../server/system/index.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const prober = new HttpProber(new SystemClock())
const servers: (Server | RawServer)[] = []
afterEach(async () => {
  prober.close()
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listening(server: Server | RawServer): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const serving = (listener: RequestListener): Promise<string> => listening(createServer(listener))

/** Answers the bytes to whatever is asked, then does `then` to the connection. */
const raw = (bytes: string, then: 'end' | 'keep'): Promise<string> =>
  listening(
    createRawServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => (then === 'end' ? socket.end(bytes) : socket.write(bytes)))
    }),
  )

function ask(
  url: string,
  options: { timeout?: number; limit?: number; signal?: AbortSignal } = {},
  by = prober,
) {
  const { timeout = 5000, limit = 1000, signal = new AbortController().signal } = options
  return by.get(url, { timeout, limit, signal })
}

describe('a probe that is answered', () => {
  it.each([200, 204, 404, 500, 503])('says status %d', async (status) => {
    const url = await serving((_request, response) => response.writeHead(status).end())
    expect(await ask(url)).toEqual({ kind: 'answered', status, body: '' })
  })

  it('asks for exactly what the URL says', async () => {
    const url = await serving((request, response) => response.end(`${request.method} ${request.url}`))
    expect(await ask(`${url}health?deep=1#part`)).toMatchObject({ body: 'GET /health?deep=1' })
  })

  it('says the headers that it is told beside its own', async () => {
    const url = await serving(({ headers }, response) =>
      response.end(`${String(headers['x-who'])} ${headers['user-agent']}`),
    )
    const options = {
      timeout: 5_000,
      limit: 1_000,
      signal: new AbortController().signal,
      headers: { 'x-who': 'me' },
    }
    expect(await prober.get(url, options)).toMatchObject({ body: 'me weir' })
  })

  it('follows no redirect', async () => {
    let asked = 0
    const url = await serving((_request, response) => {
      asked++
      response.writeHead(302, { location: '/elsewhere' }).end('moved')
    })
    expect(await ask(url)).toEqual({ kind: 'answered', status: 302, body: 'moved' })
    expect(asked).toBe(1)
  })

  it.each([
    { body: 'x'.repeat(10), limit: 10, expected: 'x'.repeat(10) },
    { body: 'x'.repeat(11), limit: 10, expected: 'x'.repeat(10) },
    { body: 'x'.repeat(5_000_000), limit: 100_000, expected: 'x'.repeat(100_000) },
    { body: 'aüb', limit: 2, expected: 'a' },
    { body: 'aüb', limit: 3, expected: 'aü' },
    { body: 'anything', limit: 0, expected: '' },
  ])('gives at most $limit bytes of the body', async ({ body, limit, expected }) => {
    const url = await serving((_request, response) => response.end(body))
    expect(await ask(url, { limit })).toEqual({ kind: 'answered', status: 200, body: expected })
  })

  it('takes the limit of an endless body without waiting for its end', async () => {
    const url = await serving((_request, response) => response.write('x'.repeat(50)))
    expect(await ask(url, { limit: 10 })).toMatchObject({ kind: 'answered', body: 'x'.repeat(10) })
  })

  it('uses one connection for one probe after the other', async () => {
    const ports = new Set<number | undefined>()
    const url = await serving((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('ok')
    })
    for (let n = 0; n < 10; n++) expect(await ask(url)).toMatchObject({ status: 200 })
    expect(ports.size).toBe(1)
  })

  it('does not mind that a kept connection was closed meanwhile', async () => {
    let connections = 0
    const url = await listening(
      createRawServer((socket) => {
        connections++
        socket.on('error', () => undefined)
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
          socket.once('data', () => socket.destroy())
        })
      }),
    )
    for (let n = 1; n <= 4; n++) expect(await ask(url)).toEqual({ kind: 'answered', status: 200, body: 'ok' })
    expect(connections).toBeGreaterThan(1)
  })
})

describe('a probe that fails', () => {
  it.each(['', 'no url', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'http://', '//127.0.0.1/'])(
    'says so of %j without asking anyone',
    async (url) => {
      expect(await ask(url)).toEqual({ kind: 'failed', reason: 'not an http or https URL' })
    },
  )

  it('says why when nobody listens', async () => {
    const url = await serving(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    expect(reason(await ask(url))).toContain('ECONNREFUSED')
  })

  it.each(['http://%zz@127.0.0.1:1/', 'http://name.invalid/', 'http://127.0.0.1:0/'])(
    'never throws: %s',
    async (url) => {
      expect(reason(await ask(url))).not.toBe('')
    },
  )

  it.each([
    { what: 'no HTTP', bytes: 'hello\r\n\r\n' },
    { what: 'nothing at all', bytes: '' },
    { what: 'half a header', bytes: 'HTTP/1.1 200 OK\r\ncontent-le' },
    { what: 'half a body', bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf' },
    { what: 'endless headers', bytes: `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}` },
  ])('says so when the answer is $what', async ({ bytes }) => {
    expect(reason(await ask(await raw(bytes, 'end')))).not.toBe('')
  })

  it.each([
    { what: 'nothing comes', bytes: '' },
    { what: 'the body does not end', bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf' },
  ])('gives up after its timeout when $what', async ({ bytes }) => {
    const clock = new VirtualClock()
    const mine = new HttpProber(clock)
    const answer = ask(await raw(bytes, 'keep'), { timeout: 2000 }, mine)
    expect(clock.advance(1999)).toBe(0)
    expect(clock.advance(1)).toBe(1)
    expect(await answer).toEqual({ kind: 'failed', reason: 'no answer within 2000 ms' })
    mine.close()
  })

  it('ends when it is aborted, before and meanwhile', async () => {
    const url = await raw('', 'keep')
    const before = new AbortController()
    before.abort()
    expect(await ask(url, { signal: before.signal })).toEqual({ kind: 'failed', reason: 'aborted' })
    const meanwhile = new AbortController()
    const answer = ask(url, { signal: meanwhile.signal })
    meanwhile.abort()
    expect(await answer).toEqual({ kind: 'failed', reason: 'aborted' })
  })

  it('leaves no timer behind, however it ends', async () => {
    const clock = new VirtualClock()
    const mine = new HttpProber(clock)
    await ask(await serving((_request, response) => response.end('ok')), {}, mine)
    await ask(await raw('', 'end'), {}, mine)
    await ask('http://%zz@127.0.0.1:1/', {}, mine)
    expect(clock.pending).toBe(0)
    mine.close()
  })
})

function reason(answer: ProbeAnswer): string {
  return answer.kind === 'failed' ? answer.reason : ''
}
