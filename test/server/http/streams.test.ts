import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HttpFace, READER, STRANGER, TOKEN, startFace } from '../../support/http-face.js'
import { SHOP } from '../../support/tiny-blueprint.js'

let face: HttpFace
let id: string

const open = async (limits: Parameters<typeof startFace>[0] = {}): Promise<void> => {
  face = await startFace(limits)
  face.engine.autoSettle = true
  id = (await face.call('POST', '/v1/applications', { text: SHOP })).body.application.id
}

beforeEach(() =>
  open({ limits: { heartbeat: 1000, requestTimeout: 300, headersTimeout: 200, checkInterval: 50 } }),
)
afterEach(() => face.close())

interface Reader {
  readonly status: number
  /** Reads until the text so far matches. */
  until(pattern: RegExp): Promise<string>
  /** Reads to the end. */
  rest(): Promise<string>
  leave(): Promise<void>
}

const follow = async (query: string, headers: Record<string, string> = {}): Promise<Reader> => {
  const abort = new AbortController()
  const answer = await fetch(`${face.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    signal: abort.signal,
  })
  const reader = answer.body!.getReader()
  let seen = ''
  const step = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    if (value !== undefined) seen += new TextDecoder().decode(value)
    return !done
  }
  return {
    status: answer.status,
    until: async (pattern) => {
      while (!pattern.test(seen))
        if (!(await step())) throw new Error(`ended before ${String(pattern)}: ${seen}`)
      return seen
    },
    rest: async () => {
      while (await step());
      return seen
    },
    leave: async () => {
      abort.abort()
      await reader.closed.catch(() => undefined)
    },
  }
}

const idsIn = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)\.1$/gm)].map(([, revision]) => Number(revision))

/** Resolves once the condition holds; looked at on every turn of the event loop, so nothing is slept for. */
const eventually = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** Everything that a raw connection says until it is closed. */
const converse = (text: string): Promise<string> =>
  new Promise((resolve) => {
    let said = ''
    const socket: Socket = connect(face.port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (part) => (said += String(part)))
    socket.on('close', () => resolve(said))
    socket.on('error', () => undefined)
  })

describe('a stream of events', () => {
  it('tells what happens, live, with the revision as id', async () => {
    const stream = await follow('')
    await eventually(() => face.engine.watchers === 1)
    face.engine.happen(id, 2)
    const text = await stream.until(/id: 4\.1\n/)
    expect(idsIn(text)).toEqual([3, 4])
    expect(text).toContain('event: entity\ndata: {"revision":3')
    await stream.leave()
  })

  it('tells what happened after a revision first', async () => {
    face.engine.happen(id, 3)
    const stream = await follow('?since=2')
    expect(idsIn(await stream.until(/id: 5\.1\n/))).toEqual([3, 4, 5])
    await stream.leave()
  })

  it('resumes after the last event that was seen, without a gap and without one twice', async () => {
    face.engine.happen(id, 50)
    const first = await follow('?since=0')
    const seen = idsIn(await first.until(/id: 20\.1\n/))
    await first.leave()
    face.engine.happen(id, 10)
    const second = await follow('?since=0', { 'last-event-id': `${seen.at(-1)}.1` })
    const more = idsIn(await second.until(/id: 62\.1\n/))
    expect([...seen, ...more]).toEqual(Array.from({ length: 62 }, (_none, at) => at + 1))
    await second.leave()
  })

  it('resumes in the middle of what one commit did', async () => {
    face.engine.happenTogether(id, 5)
    face.engine.happenTogether(id, 2)
    const ids = async (last: string, until: RegExp): Promise<string[]> => {
      const stream = await follow('', { 'last-event-id': last })
      const text = await stream.until(until)
      await stream.leave()
      return [...text.matchAll(/^id: (\S+)$/gm)].map(([, one]) => one!)
    }
    expect(await ids('3.3', /id: 4\.2\n/)).toEqual(['3.4', '3.5', '4.1', '4.2'])
    expect(await ids('3.5', /id: 4\.2\n/)).toEqual(['4.1', '4.2'])
    expect(await ids('3', /id: 4\.2\n/)).toEqual(['4.1', '4.2'])
  })

  it('says when the asked beginning is no longer kept', async () => {
    face.engine.compactedBefore = 1
    const stream = await follow('?since=0')
    expect(await stream.until(/id: 2\.1\n/)).toContain('event: compacted\ndata: {"oldest":1}\n\n')
    await stream.leave()
  })

  it('gives a sign of life while nothing happens', async () => {
    const stream = await follow('')
    await eventually(() => face.engine.watchers === 1)
    face.clock.advance(1000)
    face.clock.advance(1000)
    expect(await stream.until(/(: heartbeat\n\n){2}/)).not.toContain('data:')
    await stream.leave()
  })

  it('is of one application if that is asked for, and of one tenant always', async () => {
    expect((await face.call('GET', '/v1/events?application=nobody')).status).toBe(404)
    const stranger = await follow('?since=0', { authorization: `Bearer ${STRANGER}` })
    const ours = await follow(`?since=0&application=shop`, { authorization: `Bearer ${READER}` })
    expect(idsIn(await ours.until(/id: 2\.1\n/))).toEqual([1, 2])
    face.clock.advance(1000)
    expect(idsIn(await stranger.until(/heartbeat/))).toEqual([])
    await Promise.all([stranger.leave(), ours.leave()])
  })

  it('lets go of what it watched when its client leaves', async () => {
    const stream = await follow('')
    await eventually(() => face.engine.watchers === 1)
    await stream.leave()
    await eventually(() => face.engine.watchers === 0)
    expect(face.engine.watchers).toBe(0)
  })

  it('tells its clients when the server stops', async () => {
    const stream = await follow('')
    await eventually(() => face.engine.watchers === 1)
    await face.close()
    expect(await stream.rest()).toContain('event: end\ndata: {"reason":"the server stops"}')
    await open()
  })

  it.each(['x', '-1', '1e3', '1.', '1.2.3'])('refuses the Last-Event-ID %s', async (last) => {
    const { status } = await face.call('GET', '/v1/events', { headers: { 'last-event-id': last } })
    expect(status).toBe(400)
  })

  it('keeps a bounded amount for a client that does not read, then says so and closes', async () => {
    const before = process.memoryUsage().rss
    const socket = connect(face.port, '127.0.0.1')
    socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`)
    socket.pause()
    await eventually(() => face.engine.watchers === 1)
    const text = 'x'.repeat(10_000)
    for (let at = 0; at < 5000 && face.engine.watchers === 1; at += 1) {
      face.engine.happen(id, 1, text)
      if (at % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(face.engine.watchers).toBe(0)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
    let said = ''
    socket.on('data', (part) => (said += String(part)))
    const ended = new Promise((resolve) => socket.on('close', resolve))
    socket.resume()
    await ended
    expect(said).toContain('event: overflow')
    const ids = idsIn(said)
    expect(ids).toEqual(ids.map((_revision, at) => ids[0]! + at))
  })

  it('lets a client go that takes nothing for two heartbeats', async () => {
    const socket = connect(face.port, '127.0.0.1')
    socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`)
    socket.pause()
    await eventually(() => face.engine.watchers === 1)
    while (face.engine.watchers === 1) {
      face.engine.happen(id, 200, 'x'.repeat(10_000))
      face.clock.advance(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.on('error', () => undefined)
    const ended = new Promise((resolve) => socket.on('close', resolve))
    for (let beat = 0; beat < 3; beat += 1) face.clock.advance(1000)
    socket.resume()
    await ended
    expect(face.engine.watchers).toBe(0)
  })

  it(
    'serves a thousand idle streams, and refuses one more than it has room for',
    { timeout: 30_000 },
    async () => {
      await face.close()
      await open({ limits: { streams: 1000, heartbeat: 1000 } })
      const sockets = Array.from({ length: 1000 }, () => connect(face.port, '127.0.0.1'))
      const heard = new Set<number>()
      for (const [at, socket] of sockets.entries()) {
        socket.on('data', (part) => {
          if (String(part).includes('id: 3.1\n')) heard.add(at)
        })
        socket.on('error', () => undefined)
        socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`)
      }
      await eventually(() => face.engine.watchers === 1000)
      const full = await face.call('GET', '/v1/events')
      expect([full.status, full.headers.get('retry-after')]).toEqual([503, '10'])
      expect((await face.call('GET', '/v1/applications')).status).toBe(200)
      face.engine.happen(id, 1)
      face.clock.advance(1000)
      await eventually(() => heard.size === 1000)
      for (const socket of sockets) socket.destroy()
      await eventually(() => face.engine.watchers === 0)
      expect(heard.size).toBe(1000)
    },
  )
})

describe('a client that is too slow', () => {
  it('is cut off when its body does not end', async () => {
    const head = `POST /v1/validate HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: text/yaml\r\ncontent-length: 100\r\n\r\nname:`
    expect(await converse(head)).toContain('408 Request Timeout')
    expect((await face.call('GET', '/health')).status).toBe(200)
  })

  it('is cut off when a body in chunks does not end', async () => {
    const head = `POST /v1/validate HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: text/yaml\r\ntransfer-encoding: chunked\r\n\r\n5\r\nname:\r\n`
    expect(await converse(head)).toContain('408 Request Timeout')
  })

  it('is cut off when its head does not end', async () => {
    expect(await converse('GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ')).toContain('408 Request Timeout')
  })

  it('is refused with a head that is too long', async () => {
    expect(
      await converse(`GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`),
    ).toContain('431')
  })

  it('harms nobody when it leaves in the middle', async () => {
    const socket = connect(face.port, '127.0.0.1')
    await new Promise((resolve) => socket.on('connect', resolve))
    socket.write(
      `POST /v1/validate HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: text/yaml\r\ncontent-length: 100\r\n\r\nname:`,
    )
    socket.destroy()
    expect((await face.call('POST', '/v1/validate', { text: SHOP })).body.valid).toBe(true)
  })
})
