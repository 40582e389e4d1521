import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createRawServer, type Server as RawServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpCall } from '../../../engine/index.js'
import { NodeHttpCaller } from '../../../server/probe/index.js'
import { SystemClock } from '../../../server/system/index.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const servers: (Server | RawServer)[] = []
afterEach(async () => {
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

function call(url: string, more: Partial<HttpCall> = {}, by = new NodeHttpCaller(new SystemClock())) {
  const signal = new AbortController().signal
  return by.call({ method: 'GET', url, headers: {}, timeout: 5000, limit: 1000, signal, ...more })
}

/** Sends everything to one path, which says by which method it was asked. */
const redirecting = (status: number, to: (url: string) => string): Promise<string> => {
  const server = createServer((request, response) => {
    const here = `http://${request.headers.host ?? ''}/`
    if (request.url === '/end') response.end(`${request.method} end`)
    else response.writeHead(status, { location: to(here) }).end()
  })
  return listening(server)
}

describe('a request', () => {
  it('says its method, headers and body, and gives status, headers and body', async () => {
    const url = await serving((request, response) => {
      const parts: string[] = []
      request.on('data', (chunk: Buffer) => parts.push(chunk.toString()))
      request.on('end', () => {
        response.writeHead(201, { 'X-Made': 'yes' })
        response.end(`${request.method} ${String(request.headers['x-who'])} ${parts.join('')}`)
      })
    })
    const reply = await call(url, { method: 'POST', headers: { 'x-who': 'ann' }, body: 'größe' })
    expect(reply).toMatchObject({ kind: 'answered', status: 201, body: 'POST ann größe', isCut: false })
    expect(reply).toMatchObject({ headers: { 'x-made': 'yes' } })
  })

  it('says that a long answer is cut', async () => {
    const url = await serving((_request, response) => response.end('x'.repeat(50)))
    expect(await call(url, { limit: 10 })).toMatchObject({ body: 'x'.repeat(10), isCut: true })
  })

  it.each(['', 'ftp://example.com/', 'example.com'])('is not made to "%s"', async (url) => {
    expect(await call(url)).toMatchObject({ kind: 'failed', mayBeDone: false })
  })

  it('is not made with a header that HTTP does not know', async () => {
    expect(await call('http://127.0.0.1:1/', { headers: { 'a b': 'x' } })).toMatchObject({
      kind: 'failed',
      mayBeDone: false,
    })
  })

  it('was surely not received where nobody listens', async () => {
    const url = await serving(() => undefined)
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
    expect(await call(url, { method: 'POST' })).toMatchObject({ kind: 'failed', mayBeDone: false })
  })

  it('may have been received where the connection is closed without an answer', async () => {
    const url = await listening(createRawServer((socket) => socket.once('data', () => socket.destroy())))
    expect(await call(url, { method: 'POST' })).toMatchObject({ kind: 'failed', mayBeDone: true })
  })

  it('ends when its time is up, and may have been received then', async () => {
    const clock = new VirtualClock()
    let asked = (): void => undefined
    const received = new Promise<void>((resolve) => (asked = resolve))
    const url = await serving(() => {
      asked()
    })
    const reply = call(url, { timeout: 2000 }, new NodeHttpCaller(clock))
    await received
    clock.advance(2000)
    expect(await reply).toEqual({ kind: 'failed', reason: 'no answer within 2000 ms', mayBeDone: true })
  })

  it('ends when nobody waits for it any more', async () => {
    const abort = new AbortController()
    const url = await serving(() => {
      abort.abort()
    })
    expect(await call(url, { signal: abort.signal })).toMatchObject({ reason: 'aborted', mayBeDone: true })
  })
})

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %d is followed to the same host', async (status) => {
    const url = await redirecting(status, () => '/end')
    expect(await call(url)).toMatchObject({ status: 200, body: 'GET end' })
  })

  it('is the answer of what changes something', async () => {
    const url = await redirecting(307, () => '/end')
    expect(await call(url, { method: 'POST' })).toMatchObject({ status: 307, body: '' })
  })

  it.each([
    ['another host', (url: string) => url.replace('127.0.0.1', 'localhost')],
    ['another port', () => 'http://127.0.0.1:1/'],
    ['no http', () => 'file:///etc/passwd'],
    ['nothing', () => 'http://'],
  ])('to %s is the answer', async (_what, to) => {
    const url = await redirecting(302, to)
    expect(await call(url)).toMatchObject({ kind: 'answered', status: 302 })
  })

  it('is followed five times', async () => {
    const url = await redirecting(302, (here) => here)
    expect(await call(url)).toMatchObject({ kind: 'answered', status: 302 })
  })
})
