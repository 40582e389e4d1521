import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ResourceWant } from '../../../engine/index.js'
import { externalLedger, MemoryLedger, type LedgerAddress } from '../../../locations/simulated/index.js'
import { serveLedger } from '../../../locations/simulated/ledger-server.js'
import { SystemClock } from '../../../server/system/index.js'
import { VirtualClock } from '../../support/virtual-clock.js'
import { machineShape, openSimulation, type Simulation } from './simulated-harness.js'

/** By the clock on the wall: what is waited for is a process of its own. */
const PATIENCE = { clock: new SystemClock(), timeout: 10_000 }
const options = { signal: new AbortController().signal }
let directory = ''
let address: LedgerAddress & { readonly socket: string }
let server: Server | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weir-ledger-'))
  address = { socket: join(directory, 'ledger.sock') }
})
afterEach(async () => {
  server?.close()
  await rm(directory, { recursive: true })
})

it('keeps the far end while engines come and go', async () => {
  server = await serveLedger(new MemoryLedger(), address)
  const first = open()
  await first.location.ensure([want('web-1')], options)
  await first.location.close()
  const second = open()
  expect(await second.location.ensure([want('web-1')], options)).toMatchObject([{ kind: 'found' }])
  expect(await second.location.handle.inventory()).toMatchObject([
    { creates: 1, deletes: 0, state: 'running' },
  ])
  await second.location.destroy(
    [{ token: 't-web-1', kind: 'machine', name: 'web-1', generation: 2 }],
    options,
  )
  expect(await second.location.handle.inventory()).toMatchObject([
    { creates: 1, deletes: 1, state: 'absent' },
  ])
  await second.location.close()
})

it('knows nothing of a lost host across the wire either', async () => {
  server = await serveLedger(new MemoryLedger(), address)
  const { location } = open()
  await location.ensure([want('web-1'), want('web-2')], options)
  await location.handle.loseHost('t-web-1')
  const refs = ['web-1', 'web-2'].map(
    (name) => ({ token: `t-${name}`, kind: 'machine', name, generation: 2 }) as const,
  )
  expect((await location.observe(refs, options)).map((state) => state?.state)).toEqual([undefined, 'running'])
  const logs = refs.slice(0, 1).map((ref) => location.logs(ref, { ...options, lines: 1 }))
  await expect(Promise.all(logs)).rejects.toMatchObject({ record: { cause: 'unreachable' } })
  expect(await location.fence(refs, options)).toEqual([{ kind: 'done' }, { kind: 'done' }])
  await location.close()
})

it('says unknown while the far end cannot be asked, and reaches it again later', async () => {
  const { location } = open()
  expect(await location.ensure([want('web-1')], options)).toMatchObject([
    { kind: 'unknown', failure: { cause: 'unreachable' } },
  ])
  const ref = { token: 't-web-1', kind: 'machine', name: 'web-1', generation: 1 } as const
  expect(await location.observe([ref], options)).toEqual([undefined])
  await expect(location.listOwned('e', options)).rejects.toMatchObject({ record: { cause: 'unreachable' } })
  server = await serveLedger(new MemoryLedger(), address)
  expect(await location.ensure([want('web-1')], options)).toMatchObject([{ kind: 'created' }])
  await location.close()
})

it('gives up all that waits on a connection which is accepted and silent, at once, and connects anew', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => silent.listen(address.socket, resolve))
  const patience = { clock: new VirtualClock(), timeout: 1000 }
  const { location } = openSimulation({ ledger: address }, externalLedger(address, patience))
  const calls = Array.from({ length: 20 }, (_, at) => location.ensure([want(`web-${at}`)], options))
  const looked = location.observe([{ token: 't', kind: 'machine', name: 'web', generation: 1 }], options)
  await vi.waitUntil(() => sockets.length > 0)
  patience.clock.advance(1000)
  const answers = (await Promise.all(calls)).flat()
  expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'unknown'))
  expect(answers[0]).toMatchObject({
    failure: { message: 'the ledger cannot be asked: nothing came within 1000 ms' },
  })
  expect(await looked).toEqual([undefined])
  expect(patience.clock.pending).toBe(0)
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
  server = await serveLedger(new MemoryLedger(), address)
  expect(await location.ensure([want('web-1')], options)).toMatchObject([{ kind: 'created' }])
  await location.close()
})

it('answers what it does not know with an error, and ends a connection that speaks no JSON', async () => {
  server = await serveLedger(new MemoryLedger(), address)
  const socket = connect(address.socket)
  socket.write('{"id":1,"verb":"constructor","args":[]}\n')
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (data: Buffer) => resolve(data.toString())),
  )
  expect(JSON.parse(answer)).toEqual({ id: 1, error: 'no such verb' })
  const closed = new Promise((resolve) => socket.once('close', () => resolve(true)))
  socket.write('hello\n')
  expect(await closed).toBe(true)
})

it('listens at a local port as well', async () => {
  server = await serveLedger(new MemoryLedger(), { port: 0 })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const { location } = openSimulation({ ledger: { port } }, externalLedger({ port }, PATIENCE))
  expect(await location.ensure([want('web-1')], options)).toMatchObject([{ kind: 'created' }])
  expect(await location.test(options)).toMatchObject([{ ok: true }])
  await location.close()
})

function open(): Simulation {
  return openSimulation({ ledger: address }, externalLedger(address, PATIENCE))
}

function want(name: string): ResourceWant {
  const marks = { engine: 'e', application: 'a', entity: name, incarnation: 1, digest: 'd' }
  return { token: `t-${name}`, name, marks, generation: 1, shape: machineShape() }
}
