import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { productFolder } from '../../server/compose/config.js'
import { eventually } from '../support/eventually.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import { type WholeServer, startWholeServer } from '../support/whole-server.js'
import {
  eventsSince,
  filesBelow,
  leftoversOf,
  type Found,
  placesOf,
  processList,
  repliesAbout,
} from './canary-search.js'

/** A secret that no search can miss and no shell can take for its own. */
const newSecret = (): { readonly core: string; readonly clear: string } => {
  const core = randomBytes(16).toString('hex')
  return { core, clear: `it's "${core}" $x \`y\`` }
}
const first = newSecret()
const second = newSecret()
const spoken = newSecret()
const placed = newSecret()
const misused = newSecret()
const CORES = [first, second, spoken, placed, misused].map(({ core }) => core)

const SECRET = '$brooklyn:root().config("password")'

/** Each command tells its own command line and that of who began it. */
const OWN_COMMAND_LINES = 'cat /proc/$$/cmdline /proc/$PPID/cmdline'

const KEEPER = `name: Keeper
location: local
parameters: [{ name: password, type: password, required: true }]
roles:
  - name: vault
    config:
      shown: ${SECRET}
      around: $brooklyn:formatString("<%s>", ${SECRET})
    environment:
      PASSWORD: '{{ parameters.password }}'
      FORMATTED: $brooklyn:formatString("<%s>", ${SECRET})
    files:
      - { path: secret.conf, template: "password={{ parameters.password }}" }
    install: |
      printf %s "$PASSWORD" | sha256sum
      ${OWN_COMMAND_LINES}
    launch: |
      printf %s "$PASSWORD" | sha256sum >proof.txt
      printf %s "$FORMATTED" | sha256sum >>proof.txt
      sha256sum <secret.conf >>proof.txt
      ${OWN_COMMAND_LINES}
      exec sleep 100000
    sensors:
      proof: { command: 'cat proof.txt' }
      static: { value: ${SECRET} }
    effectors:
      say:
        command: 'printf %s "$WORD" | sha256sum; ${OWN_COMMAND_LINES}; read -r line || echo no more input'
        parameters: [{ name: WORD, type: password }]
`

/** What may not be done with a secret, and what fails beside one. */
const CARELESS = `name: Careless
location: local
parameters: [{ name: password, type: password, required: true }]
roles:
  - name: refused
    priority: 0
    environment: { PASSWORD: ${SECRET} }
    install: echo "PASSWORD was refused" >&2; exit 3
    launch: exec sleep 100000
  - name: shouting
    priority: 0
    launch: exec sleep 100000
    health:
      command: $brooklyn:formatString("echo %s >/dev/null", ${SECRET})
      every: 100ms
    sensors:
      loud:
        command: $brooklyn:formatString("echo %s", ${SECRET})
        every: 100ms
  - name: commanding
    priority: 0
    launch: $brooklyn:formatString("exec sleep 100000 %s", ${SECRET})
`

let server: WholeServer
/** All that the command line has said. */
let told = ''
/** Where each shell that the location begins writes its command line, however short it lives. */
let commands = ''
const folders = new TemporaryDirectories()

beforeAll(async () => {
  const folder = folders.make()
  commands = join(folder, 'commands.txt')
  const recorder = `#!/bin/sh\nprintf '%s\\n' "$*" >>'${commands}'\nexec /bin/sh "$@"\n`
  writeFileSync(join(folder, 'sh'), recorder, { mode: 0o755 })
  server = await startWholeServer(24_300, { path: `${folder}:/usr/local/bin:/usr/bin:/bin` })
  writeFileSync(join(server.folder, 'keeper.yaml'), KEEPER)
})
afterAll(async () => {
  await server.close()
  folders.remove()
})

describe('a secret', () => {
  it('reaches the process by environment and file', async () => {
    const file = join(server.folder, 'keeper.yaml')
    await weir('plan', file, '--set', `password=${first.clear}`, '-o', 'json')
    const deployed = await weir(
      ...['deploy', file, '--set', `password=${first.clear}`],
      ...['--wait', '--timeout', '20s', '--progress', 'plain'],
    )
    expect(deployed.exit).toBe(0)
    await eventually('the process has proved it', () => same(proofs('Keeper'), expectedProofs(first.clear)))
  })

  it('has left no environment file behind when the process runs', () => {
    const supervisor = join(machine('keeper'), 'supervisor')
    const names = readdirSync(supervisor, { recursive: true, encoding: 'utf8' })
    expect(names.some((name) => name.endsWith('/script') || name.endsWith('/out'))).toBe(true)
    expect(names.filter((name) => /(^|\/)(env|payload|\.payload.*)$/.test(name))).toEqual([])
    expect(placesOf(CORES, filesBelow(supervisor))).toEqual([])
  })

  it('reaches it again when it is changed', async () => {
    const { headers } = await server.ask('GET', '/v1/applications/Keeper')
    const changed = await server.ask('PUT', '/v1/applications/Keeper', {
      json: { document: KEEPER, parameters: { password: second.clear } },
      headers: { 'if-match': headers.get('etag') ?? '', 'idempotency-key': 'another-password' },
    })
    expect(changed.status).toBe(202)
    await eventually(
      'the process has the other one',
      () => same(proofs('Keeper'), expectedProofs(second.clear)),
      20_000,
    )
  })

  it('is what an effector is given', async () => {
    const invoked = await server.ask('POST', '/v1/applications/Keeper/entities/vault%2F1/effectors/say', {
      json: { parameters: { WORD: spoken.clear } },
    })
    const task = await ended(String(invoked.body.task?.id ?? invoked.body.id))
    expect([task.state, task.streams.stdout]).toEqual([
      'succeeded',
      expect.stringContaining(sha256(spoken.clear)),
    ])
    expect(task.streams.stdout).toContain('no more input')
  })

  it('is refused as a part of a command, also of one that only looks', async () => {
    const deployed = await server.ask('POST', '/v1/applications?start=true', {
      json: { document: CARELESS, parameters: { password: misused.clear } },
      headers: { 'idempotency-key': 'careless' },
    })
    expect(deployed.status).toBe(202)
    const reasonOf = async (entity: string): Promise<string> =>
      (await server.ask('GET', `/v1/applications/Careless/entities/${entity}%2F1/why`)).said
    await eventually('the launch is refused', async () =>
      (await reasonOf('commanding')).includes('a secret cannot be part of a command'),
    )
    await eventually('the health check is refused', async () =>
      (await reasonOf('shouting')).includes('a secret cannot be part of a command'),
    )
    await eventually('the install has failed', async () =>
      (await server.ask('GET', '/v1/applications/Careless/tasks')).said.includes('exit code 3'),
    )
    const { said } = await server.ask('GET', '/v1/applications/Careless/tasks')
    expect(said).toContain('PASSWORD was refused')
    expect(said).toContain('<secret password>')
  })

  it('of a place is kept by its name alone', async () => {
    const answer = await server.ask('POST', '/v1/locations', {
      json: { name: 'elsewhere', driver: 'docker', config: { image: { $secret: placed.clear } } },
      headers: { 'idempotency-key': 'elsewhere' },
    })
    const shown = await server.ask('GET', '/v1/locations/elsewhere')
    expect([answer.status, shown.status]).toEqual([201, 200])
    expect(shown.said).toContain('elsewhere.image')
    const said = [answer, shown].map((one, at) => [`answer ${at}`, Buffer.from(one.said)] as const)
    expect(placesOf(CORES, said)).toEqual([])
  })

  it('is refused without being repeated', async () => {
    const answers = await Promise.all([
      server.ask('POST', '/v1/applications', {
        json: { document: KEEPER, parameters: { pasword: first.clear } },
      }),
      server.ask('POST', '/v1/applications', {
        json: { document: KEEPER, parameters: { password: [first.clear] } },
      }),
      server.ask('POST', '/v1/plan', {
        json: {
          document: KEEPER.replace('location: local', 'location: nowhere'),
          parameters: { password: first.clear },
        },
      }),
      server.ask('POST', '/v1/applications', {
        json: { document: KEEPER, parameters: { password: first.clear }, more: first.clear },
      }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 400])
    expect(
      placesOf(
        CORES,
        answers.map((answer): Found => ['answer', Buffer.from(answer.said)]),
      ),
    ).toEqual([])
    const offline = await weir(
      'validate',
      join(server.folder, 'keeper.yaml'),
      '--set',
      `password=${first.clear}`,
    )
    expect(offline.text).toContain('valid')
    expect(placesOf(CORES, [['offline', Buffer.from(offline.text)]])).toEqual([])
  })

  it.each(['Keeper', 'Careless'])('is in no reply about %s', async (application) => {
    const replies = await repliesAbout(server, application)
    expect(replies.length).toBeGreaterThan(60)
    expect(replies.filter(([, bytes]) => bytes.includes('<secret password>')).length).toBeGreaterThan(0)
    expect(placesOf(CORES, replies)).toEqual([])
  })

  it('is in no plan and no difference', async () => {
    const plan = await server.ask('POST', '/v1/plan?application=Keeper', {
      json: { document: KEEPER.replace('100000', '100001'), parameters: { password: first.clear } },
    })
    const diff = await server.ask('GET', '/v1/applications/Keeper/diff?from=1&to=2')
    expect([plan.status, diff.status]).toEqual([200, 200])
    expect(plan.said).toContain('vault')
    expect(diff.said).toContain('"to":"<secret password>"')
    expect(diff.said).not.toContain('sealed')
    expect(
      placesOf(CORES, [
        ['plan', Buffer.from(plan.said)],
        ['diff', Buffer.from(diff.said)],
      ]),
    ).toEqual([])
  })

  it('would be found in any of these, however it is written', () => {
    const { core } = first
    const written = [0, 1, 2, 3].flatMap((by) =>
      (['utf8', 'hex', 'base64', 'base64url'] as const).map((form) =>
        Buffer.from(`${'-'.repeat(by)}${core}"`).toString(form),
      ),
    )
    const found = placesOf(
      [core],
      written.map((text) => [text, Buffer.from(`log: ${text}, more`)]),
    )
    expect(found).toEqual(written)
  })

  it('is in no event', async () => {
    const events = await eventsSince(server, 0)
    expect(events[1].includes('vault')).toBe(true)
    expect(placesOf(CORES, [events])).toEqual([])
  })

  it('is in nothing that the command line has said', async () => {
    for (const words of [
      ...[
        ['status', 'Keeper'],
        ['tree', 'Keeper'],
        ['describe', 'Keeper'],
        ['describe', 'Keeper/vault/1'],
      ],
      ...[
        ['why', 'Careless/refused/1'],
        ['why', 'Careless/shouting/1'],
        ['why', 'Careless/commanding/1'],
      ],
      ...[
        ['get', 'sensors', 'Keeper/vault/1'],
        ['get', 'tasks', 'Keeper'],
        ['get', 'tasks', 'Careless'],
      ],
      ...[
        ['get', 'problems', 'Careless'],
        ['get', 'decisions', 'Keeper'],
        ['versions', 'Keeper'],
      ],
      ...[
        ['diff', 'Keeper', '1', '2'],
        ['logs', 'Keeper/vault/1'],
        ['get', 'locations'],
      ],
    ]) {
      const { exit, text } = await weir(...words, '-o', 'json')
      expect([words.join(' '), exit, text.length > 2]).toEqual([words.join(' '), 0, true])
    }
    expect(placesOf(CORES, [['command line', Buffer.from(told)]])).toEqual([])
  })

  it('is in no command line of any process', () => {
    const processes = processList()
    expect(processes[1].includes('sleep 100000')).toBe(true)
    const begun = readFileSync(commands)
    expect(begun.includes('sha256sum; ')).toBe(true)
    expect(placesOf(CORES, [processes, ['a shell', begun]])).toEqual([])
  })

  it('is in the one file that must hold it, and in no other', () => {
    const files = filesBelow(server.data)
    const names = files.map(([where]) => where)
    expect(names).toEqual(expect.arrayContaining(['weir.db', 'weir.db-wal', 'weir.log', 'seal.key']))
    expect(placesOf(CORES, files)).toEqual([
      expect.stringMatching(/\/keeper-vault-1-[^/]+\/run\/secret\.conf$/),
    ])
  })

  it('is nowhere when what it was given to is gone', async () => {
    for (const name of ['Keeper', 'Careless']) {
      await server.ask('DELETE', `/v1/applications/${name}?force=true`)
      const isGone = async (): Promise<boolean> =>
        (await server.ask('GET', `/v1/applications/${name}`)).status === 410
      await eventually(`${name} is gone`, isGone, 20_000)
    }
    expect(placesOf(CORES, [...filesBelow(server.data), ...filesBelow(server.folder)])).toEqual([])
    expect(placesOf(CORES, leftoversOf(productFolder()))).toEqual([])
  })
})

async function weir(...words: readonly string[]): Promise<{ readonly exit: number; readonly text: string }> {
  const ran = await server.weir(...words)
  told += ran.text
  return ran
}

function machine(application: string): string {
  const machines = join(server.data, 'local', 'default', 'local', 'machines')
  const name = readdirSync(machines).find((one) => one.startsWith(`${application}-`))
  return join(machines, name ?? '')
}

/** What the process has proved, by digest. */
function proofs(application: string): readonly string[] {
  const file = join(machine(application.toLowerCase()), 'run', 'proof.txt')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(firstWord) : []
}

function expectedProofs(clear: string): readonly string[] {
  return [clear, `<${clear}>`, `password=${clear}`].map(sha256)
}

function firstWord(line: string): string {
  return line.split(' ')[0] ?? ''
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join() === b.join()
}

interface EndedTask {
  readonly state: string
  readonly streams: { readonly stdout: string }
}

function ended(id: string): Promise<EndedTask> {
  return eventually('the task has ended', async () => {
    const { body } = await server.ask('GET', `/v1/tasks/${id}`)
    return body.state === 'running' ? undefined : (body as EndedTask)
  })
}
