import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type WholeServer, startWholeServer } from '../support/whole-server.js'
import { HOSTILE_DOCUMENTS, role } from './hostile-documents.js'
import { HOSTILE_REQUESTS } from './hostile-requests.js'

/** What was there before, and must not notice anything. */
const STEADY = `name: Steady
location: local
roles:
  - name: one
    launch: echo $$ >new; mv new pid; exec sleep 100000
    effectors: { greet: { command: echo hello, parameters: [{ name: whom, default: you }] } }
  - name: many
    count: { initial: 2, min: 1, max: 2 }
    launch: echo $$ >new; mv new pid; exec sleep 100000
`

/** Milliseconds in which the server says that it lives, whatever it was just asked. */
const ALIVE_WITHIN = 500

let server: WholeServer
let steady: readonly string[] = []

beforeAll(async () => {
  server = await startWholeServer(
    24_100,
    {},
    { requestTimeout: 1_000, headersTimeout: 500, checkInterval: 100 },
  )
  const deployed = await server.ask('POST', '/v1/applications', {
    text: STEADY,
    headers: { 'idempotency-key': 'steady' },
  })
  expect(deployed.status).toBe(202)
  await eventually('it runs', async () => (await state('Steady')) === 'running', 20_000)
  const told = (name: string): boolean => existsSync(join(machinesFolder(), name, 'run', 'pid'))
  await eventually(
    'its programs have told who they are',
    () => machines().length === 3 && machines().every(told),
  )
  steady = processes()
})

afterEach(async () => {
  const asked = performance.now()
  expect((await server.ask('GET', '/health', { token: null })).status).toBe(200)
  expect(performance.now() - asked).toBeLessThan(ALIVE_WITHIN)
  expect(processes()).toEqual(steady)
  const { body } = await server.ask('GET', '/v1/applications')
  expect(body.items.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
    ['Steady', 'running'],
  ])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

afterAll(async () => {
  await server.ask('DELETE', '/v1/applications/Steady?force=true')
  await eventually('nothing of it is left', async () => (await state('Steady')) === 'destroyed', 20_000)
  expect(machines()).toEqual([])
  await server.close()
})

describe('a hostile document', () => {
  it.each(HOSTILE_DOCUMENTS)('is refused and nothing is lost: %s', async (_what, text, code) => {
    const answer = await server.ask('POST', '/v1/applications', { text: text() })
    expect([answer.status, answer.code]).toEqual([422, 'invalid-document'])
    expect(answer.problems).toContain(code)
    expect(answer.body.problems[0].message.length).toBeGreaterThan(10)
  })
})

describe('a hostile request', () => {
  it.each(HOSTILE_REQUESTS)(
    'is refused and nothing is lost: %s',
    async (_what, request, options, status, code) => {
      const [method = '', path = ''] = request.split(' ')
      const answer = await server.ask(method, path, options)
      expect([answer.status, answer.code]).toEqual([status, code])
      expect(answer.body).toMatchObject({ title: expect.any(String), detail: expect.any(String) })
    },
  )

  it('that never ends is given up, and the server goes on', async () => {
    const head = `POST /v1/applications HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.token}\r\ncontent-type: application/yaml\r\ncontent-length: 1000\r\n\r\n`
    const said = await Promise.all([
      converse(`${head}name: x`),
      converse('GET /v1/applications HTTP/1.1\r\nx-'),
      converse('rubbish\r\n\r\n'),
      converse(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
    ])
    const statuses = said.map((text) => /^HTTP\/1\.1 (\d+)/.exec(text)?.[1])
    expect(statuses).toEqual(['408', '408', '400', '431'])
  })

  it('may be one of 1,000 that listen and say nothing', async () => {
    const abort = new AbortController()
    const { token, url } = server
    const open = Array.from({ length: 1_000 }, () =>
      fetch(`${url}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal }),
    )
    const statuses = new Set((await Promise.all(open)).map((answer) => answer.status))
    expect([...statuses]).toEqual([200])
    const asked = performance.now()
    const answer = await server.ask('POST', '/v1/validate', { text: role() })
    expect(answer.body.valid).toBe(true)
    expect(performance.now() - asked).toBeLessThan(ALIVE_WITHIN)
    abort.abort()
    await eventually('all have left', async () =>
      /^weir_\S*streams\S* 0$/m.test((await server.ask('GET', '/metrics')).said),
    )
  })
})

async function state(application: string): Promise<string> {
  const { body } = await server.ask('GET', `/v1/applications/${application}`)
  return String(body.state ?? (body.code === 'gone' ? 'destroyed' : body.code))
}

/** Every process of the landscape by the machine it runs on: its id and when it began. */
function processes(): readonly string[] {
  return machines().map((name) => {
    const pid = readFileSync(join(machinesFolder(), name, 'run', 'pid'), 'utf8').trim()
    return `${name} ${pid} ${beginOf(pid)}`
  })
}

function beginOf(pid: string): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function machines(): readonly string[] {
  return readdirSync(machinesFolder()).sort()
}

function machinesFolder(): string {
  return join(server.data, 'local', 'default', 'local', 'machines')
}

/** Everything that a raw connection is told until it is closed. */
function converse(text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
    socket.on('data', (part) => (said += String(part)))
    socket.on('close', () => resolve(said))
    socket.on('error', () => undefined)
  })
}
