import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Visitors } from '../scenario/visitors.js'
import { eventually } from '../support/eventually.js'
import { type WholeServer, startWholeServer } from '../support/whole-server.js'

const PATIENCE = 60_000

/** Where HAProxy listens, beside the ports of the machines. */
const DOOR = 27_450

const isAbsent = spawnSync('haproxy', ['-v']).error !== undefined && process.env['WEIR_LIVE'] !== 'require'

let server: WholeServer

beforeAll(async () => {
  server = await startWholeServer(27_300)
})
afterAll(async () => {
  // What it runs would outlive the server, and take some of the next visitors at the same door.
  await server.weir('destroy', 'turns', '--yes', '--force', '--wait', '--timeout', '100s')
  await server.close()
}, PATIENCE)

const WEB = [
  "const { createServer } = require('node:http')",
  "if (process.env.EDITION === 'bad') process.exit(3)",
  'const web = createServer((_request, answer) => answer.end(process.env.EDITION))',
  'web.listen(Number(process.env.PORT))',
  "process.on('SIGTERM', () => web.close(() => process.exit(0)))",
  '',
].join('\n')

/** Four webs of an edition behind HAProxy; another edition takes other machines. */
const shop = (edition: string): string =>
  [
    'name: Turns',
    'location: local',
    'roles:',
    '  - name: web',
    '    count: { initial: 4, min: 4, max: 6 }',
    '    port: http',
    '    files: [web.js]',
    `    environment: { EDITION: ${edition} }`,
    '    customize: echo ready',
    '    launch: exec node web.js',
    '    health: /',
    '    policies:',
    '      - { type: rollout, minHealthy: 2s, mostFailures: 2 }',
    '  - name: door',
    `    balance: { of: web, port: http, by: haproxy, listen: ${DOOR} }`,
    '',
  ].join('\n')

function documentOf(edition: string): string {
  const file = join(server.folder, `${edition}.yaml`)
  writeFileSync(file, shop(edition))
  return file
}

async function command(...words: readonly string[]): Promise<string> {
  const ran = await server.weir(...words)
  expect(ran.exit, `weir ${words.join(' ')}: ${ran.text}`).toBe(0)
  return ran.text
}

interface Shown {
  readonly state: string
  readonly version: number
}

async function application(): Promise<Shown> {
  return (await server.ask('GET', '/v1/applications/turns')).body as Shown
}

const isSettled = async (version: number): Promise<boolean> => {
  const now = await application()
  return now.version === version && now.state === 'running'
}

it.skipIf(isAbsent)(
  'comes to members behind a balancer without a failed request, and is taken back where it does not work',
  { timeout: 4 * PATIENCE },
  async () => {
    writeFileSync(join(server.folder, 'web.js'), WEB)
    await command('deploy', documentOf('one'), '--wait', '--timeout', '100s')
    const endpoint = `http://127.0.0.1:${DOOR}`
    const said = async (): Promise<string> => (await fetch(endpoint)).text()
    await eventually('the first edition', async () => (await said().catch(() => '')) === 'one', PATIENCE)
    const visitors = new Visitors(endpoint, 50)
    await command('apply', documentOf('two'), '--wait', '--timeout', '100s')
    expect(await said()).toBe('two')
    await command('apply', documentOf('bad'))
    await eventually('the second edition again', () => isSettled(4), PATIENCE)
    const complaints = await visitors.leave()
    expect(complaints).toEqual([])
    expect(visitors.served).toBeGreaterThan(200)
    expect(await said()).toBe('two')
    expect(await command('get', 'tasks', 'turns')).toMatch(/update .*failed|failed .*update/)
  },
)
