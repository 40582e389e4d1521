import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ConnectionProber } from '../../../server/probe/connection-prober.js'
import { VirtualClock } from '../../support/virtual-clock.js'

let server: Server | undefined
afterEach(() => new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed))))

/** A port of this machine that takes connections. */
async function listening(): Promise<number> {
  server = createServer((socket) => socket.end())
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const NEVER = new AbortController().signal

describe('a connection prober', () => {
  it('says whether a port takes a connection, and leaves no timer behind', async () => {
    const clock = new VirtualClock()
    const prober = new ConnectionProber(clock)
    const port = await listening()
    expect(await prober.connect('127.0.0.1', port, { timeout: 2_000, signal: NEVER })).toEqual({
      kind: 'connected',
    })
    await new Promise((closed) => server?.close(closed))
    server = undefined
    const refused = await prober.connect('127.0.0.1', port, { timeout: 2_000, signal: NEVER })
    expect(refused).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    })
    expect(clock.pending).toBe(0)
  })

  it('gives up after its timeout, and when it is aborted', async () => {
    const clock = new VirtualClock()
    const prober = new ConnectionProber(clock)
    const port = await listening()
    const late = prober.connect('127.0.0.1', port, { timeout: 500, signal: NEVER })
    clock.advance(500)
    expect(await late).toEqual({ kind: 'failed', reason: 'no connection within 500 ms' })
    const control = new AbortController()
    const aborted = prober.connect('127.0.0.1', port, { timeout: 500, signal: control.signal })
    control.abort()
    expect(await aborted).toEqual({ kind: 'failed', reason: 'aborted' })
    const before = prober.connect('127.0.0.1', port, { timeout: 500, signal: control.signal })
    expect(await before).toEqual({ kind: 'failed', reason: 'aborted' })
  })

  it('never throws for a host that is none', async () => {
    const prober = new ConnectionProber(new VirtualClock())
    const answer = await prober.connect('no such host.invalid', 22, { timeout: 2_000, signal: NEVER })
    expect(answer).toMatchObject({ kind: 'failed' })
  })
})
