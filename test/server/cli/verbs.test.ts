import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { spawnSync } from 'node:child_process'
import { type RunOptions, type Ran, runWeir } from '../../support/cli-run.js'
import { type HttpFace, READER, startFace } from '../../support/http-face.js'
import { SHOP } from '../../support/tiny-blueprint.js'
import { VERBS } from '../../../server/cli/verbs.js'

let face: HttpFace
let weir: (line: string, options?: RunOptions) => Promise<Ran>

const files = {
  'shop.yaml': SHOP,
  'bad.yaml': 'nmae: shop\nrole: web 1..6 3\n',
  'lib/app.yaml': 'name: app\nfile: web.js\n',
  'lib/web.js': 'hello',
}

beforeAll(async () => {
  face = await startFace()
  weir = (line, options = {}) =>
    runWeir(
      face.url,
      line.split(' ').filter((word) => word !== ''),
      { files, ...options },
    )
})
afterAll(() => face.close())

beforeEach(() => {
  face.engine.autoSettle = true
})

/** Characters that a terminal takes for commands. */
const COMMANDS = new RegExp(`[${String.fromCharCode(0x1b, 0x07, 0x202e, 0x9b)}]`)

const deployed = async (name: string): Promise<string> => {
  const { out } = await weir('deploy - -o name', { input: SHOP.replace('shop', name) })
  return out.trim()
}

describe('exit codes', () => {
  it.each([
    ['version', 0],
    ['status', 0],
    ['validate shop.yaml', 0],
    ['plan shop.yaml', 0],
    ['plan shop.yaml --detailed-exitcode', 2],
    ['validate bad.yaml', 3],
    ['deploy bad.yaml', 3],
    ['plan bad.yaml', 3],
    ['status nobody', 4],
    ['destroy nobody --yes', 4],
    ['catalog show nothing', 4],
    ['wait nobody', 4],
    ['', 64],
    ['frobnicate', 64],
    ['deploy', 64],
    ['deploy shop.yaml more.yaml', 64],
    ['status --what', 64],
    ['status -o xml', 64],
    ['scale shop 3', 64],
    ['scale shop/web three', 64],
    ['wait shop --timeout soon', 64],
    ['wait shop --for sensr:x', 64],
    ['get application nobody', 4],
    ['get frogs', 64],
    ['get entities', 64],
    ['exec shop/web/1', 64],
    ['completion tcsh', 64],
    ['replace shop/web/1 --order sideways', 64],
    ['deploy shop.yaml --set nonsense', 64],
    ['serve --port 70000', 64],
    ['status --server ftp://x', 64],
    ['validate nowhere.yaml', 66],
    ['deploy nowhere.yaml', 66],
    ['status --server http://127.0.0.1:1', 69],
    ['--help', 0],
    ['help deploy', 0],
    ['location --help', 0],
    ['--version', 0],
  ])('weir %s ends with %i', async (line, exit) => {
    const ran = await weir(line)
    expect([ran.exit, ran.err + ran.out]).toEqual([exit, expect.anything()])
    expect(exit <= 3 || ran.err !== '').toBe(true)
    expect(ran.err).not.toContain('fault of weir')
  })

  it('ends with 77 without a token, and says where to find one', async () => {
    const ran = await weir('status', { environment: { WEIR_TOKEN: '' } })
    expect(ran.exit).toBe(77)
    expect(ran.err).toContain('WEIR_TOKEN')
  })

  it('ends with 77 when the token may not', async () => {
    const ran = await weir('deploy shop.yaml', { environment: { WEIR_TOKEN: READER } })
    expect([ran.exit, ran.err]).toEqual([77, expect.stringContaining('applications:write')])
  })

  it('ends with 5 when it is not in time, and names what it waits for', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait --timeout 30s', { input: SHOP.replace('shop', 'slow') })
    expect(ran.exit).toBe(5)
    expect(ran.err).toContain('is not running after 30 s')
    expect(ran.err).toContain('web/2: starting')
  })

  it('ends with 1 when the work fails for good, and says why', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait', {
      input: SHOP.replace('shop', 'doomed'),
      onSleep: () => {
        face.engine.fail('there is no room')
      },
    })
    expect([ran.exit, ran.err]).toEqual([1, expect.stringContaining('failed: there is no room')])
  })

  it('ends with 64 when what cannot be mended should be', async () => {
    expect((await weir('validate - --fix', { input: 'nmae: x' })).exit).toBe(64)
  })

  it.each(['--wait --progress loud', '--wait=happy', '--timeout 1', '-o xml'])(
    'changes nothing when %s is a mistake',
    async (options) => {
      const ran = await weir(`deploy - ${options}`, { input: SHOP.replace('shop', 'mistaken') })
      expect(ran.exit).toBe(64)
      expect((await weir('status mistaken')).exit).toBe(4)
    },
  )

  it('ends with 1 when a command at the far end fails', async () => {
    const id = await deployed('failing')
    const ran = await weir(`exec ${id}/web/1 -- false`)
    expect([ran.exit, ran.err]).toEqual([1, expect.stringContaining('ended with 1')])
  })

  it('says that it is at fault itself when it is', async () => {
    const ran = await weir('serve', {
      serve: () => {
        throw new Error('no such thing')
      },
    })
    expect([ran.exit, ran.err]).toEqual([1, expect.stringContaining('fault of weir itself')])
  })
})

describe('validate', () => {
  it('works without a server, on standard input', async () => {
    const ran = await runWeir('http://127.0.0.1:1', ['validate', '-'], { input: SHOP })
    expect([ran.exit, ran.out]).toEqual([0, 'stdin: valid\n'])
  })

  it('shows each problem where it is, with the way out', async () => {
    const ran = await weir('validate bad.yaml')
    expect(ran.out).toBe(`error[BP1103]: unknown key "nmae"
  --> bad.yaml:1:1
   |
 1 | nmae: shop
   | ^^^^
   = did you mean "name"?
   = docs: /docs/errors/BP1103
   = fix available (Write "name"): run with --fix

1 error
`)
  })

  it.each(['validate odd.yaml', 'plan odd.yaml', 'deploy odd.yaml', 'apply odd.yaml'])(
    'takes an unknown key for a warning where that is wanted: %s',
    async (line) => {
      const [verb = ''] = line.split(' ')
      const odd = { files: { 'odd.yaml': `lunch: x\n${SHOP.replace('shop', `odd-${verb}`)}` } }
      expect((await weir(line, odd)).exit).toBe(3)
      const ran = await weir(`${line} --compat`, odd)
      const told = line.startsWith('validate') ? ran.out : ran.err
      expect([ran.exit, told]).toEqual([0, expect.stringContaining('warning[BP1103]: unknown key "lunch"')])
    },
  )

  it('prints problems as a list for programs', async () => {
    const ran = await weir('validate shop.yaml bad.yaml -o json')
    expect(JSON.parse(ran.out)).toEqual([
      {
        code: 'BP1103',
        severity: 'error',
        message: 'unknown key "nmae"',
        file: 'bad.yaml',
        range: { start: { line: 1, column: 1 }, end: { line: 1, column: 5 } },
        hint: 'did you mean "name"?',
        fix: {
          title: 'Write "name"',
          edits: [{ range: { start: { line: 1, column: 1 }, end: { line: 1, column: 5 } }, text: 'name' }],
        },
        docs: '/docs/errors/BP1103',
      },
    ])
  })

  it('mends what can be mended', async () => {
    const ran = await weir('validate bad.yaml --fix')
    expect([ran.exit, ran.files['bad.yaml']]).toEqual([0, SHOP.replace('role: store 1..1 1\n', '')])
  })

  it('reads the files that a document names beside it', async () => {
    expect((await weir('validate lib/app.yaml')).exit).toBe(0)
    const ran = await weir('validate x/app.yaml', { files: { 'x/app.yaml': files['lib/app.yaml'] } })
    expect([ran.exit, ran.err]).toEqual([66, expect.stringContaining('x/web.js')])
  })

  it.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\secret'])(
    'sends no file that is not beside the document: %s',
    async (path) => {
      const ran = await weir('validate evil.yaml', {
        files: { 'evil.yaml': `name: x\nfile: ${path}\n`, '../secret': 'x', '/etc/passwd': 'x' },
      })
      expect([ran.exit, ran.err]).toEqual([3, expect.stringContaining('not beside it')])
    },
  )
})

describe('deploy and what follows', () => {
  it('waits for it and says where it is', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait', {
      input: SHOP.replace('shop', 'waited'),
      onSleep: (looks) => {
        if (looks === 2) face.engine.settle()
      },
    })
    expect(ran.exit).toBe(0)
    expect(ran.out).toMatch(/^waited \(.*\) is running {2}http:\/\/127.0.0.1:1\/\n$/)
    expect(ran.err).toContain('web/1  starting')
    expect(ran.err).toContain('web/1  starting → running')
  })

  it('says every 20 seconds that it still waits', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait --timeout 65s', { input: SHOP.replace('shop', 'quiet') })
    expect(ran.err.match(/still waiting for \S+ to be running: 0 of 6 up/g)).toHaveLength(3)
  })

  it('gives progress as one object a line', async () => {
    const ran = await weir('deploy - --wait --progress json', { input: SHOP.replace('shop', 'lines') })
    const lines = ran.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ entity: 'web/1', state: 'running', up: true }))
  })

  it('deploys the plan that was shown, and no other', async () => {
    const digest = (await weir('plan shop.yaml -o name')).out.trim()
    const other = await weir('deploy - --plan wrong', { input: SHOP.replace('shop', 'planned') })
    expect([other.exit, other.err]).toEqual([1, expect.stringContaining('has moved since')])
    expect((await weir(`deploy shop.yaml --plan ${digest}`)).exit).toBe(0)
  })

  it('applies a document to the application of its name, or deploys it', async () => {
    expect((await weir('apply -', { input: SHOP.replace('shop', 'applied') })).out).toContain('applied')
    const again = await weir('apply -', { input: SHOP.replace('shop', 'applied').replace('3', '4') })
    expect(again.exit).toBe(0)
    expect((await weir('versions applied -o name')).out).toBe('2\n1\n')
    expect((await weir('diff applied v1 v2')).out).toContain('root')
    expect((await weir('rollback applied v1')).exit).toBe(0)
    expect((await weir('versions applied')).out).toMatch(/^3 \* .* 1 /m)
    expect((await weir('versions applied --show 1')).out).toBe(SHOP.replace('shop', 'applied'))
  })

  it('takes parameters, as JSON where they are', async () => {
    const ran = await weir('deploy --set name=given shop.yaml')
    expect(ran.out).toContain('given (')
  })

  it('scales, replaces, stops, starts, recovers and destroys', async () => {
    const id = await deployed('living')
    expect((await weir(`scale ${id}/web 5 --wait`)).exit).toBe(0)
    expect((await weir(`get members ${id}/web -o name`)).out.split('\n')).toHaveLength(6)
    expect((await weir(`scale ${id}/web 9`)).exit).toBe(3)
    expect((await weir(`replace ${id}/web/1`)).exit).toBe(0)
    expect((await weir(`replace ${id}/web/1 --incarnation 1`)).exit).toBe(1)
    expect((await weir(`stop ${id} --wait`)).out).toContain('stopped')
    expect((await weir(`stop ${id}`)).out).toContain('nothing to do')
    expect((await weir(`start ${id} --wait`)).exit).toBe(0)
    face.engine.break(id, 'web/2', 'it fell over')
    expect((await weir(`get problems ${id}`)).out).toContain('it fell over')
    expect((await weir(`why ${id}/web/2`)).out).toContain('it fell over')
    expect((await weir(`recover ${id} --wait`)).exit).toBe(0)
    expect((await weir(`destroy ${id} --yes --wait`)).exit).toBe(0)
    expect((await weir(`start ${id}`)).exit).toBe(4)
  })

  it('asks before it destroys', async () => {
    const id = await deployed('kept')
    const no = await weir(`destroy ${id}`, { tty: true, answers: ['n'] })
    expect([no.exit, no.questions]).toEqual([1, [`Destroy kept (${id}) with 4 members? [y/N] `]])
    expect((await weir(`status ${id} -o json`)).out).toContain('"wish": "running"')
    expect((await weir(`destroy ${id}`, { tty: true, answers: ['y'] })).exit).toBe(0)
  })
})

describe('leaving', () => {
  it('detaches after asking at the first Ctrl-C', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait --progress plain', {
      input: SHOP.replace('shop', 'detached'),
      tty: true,
      answers: ['y'],
      onSleep: (looks, press) => {
        if (looks === 1) press()
      },
    })
    expect([ran.exit, ran.questions.length]).toEqual([0, 1])
    expect(ran.err).toContain('weir wait')
  })

  it('goes on when that is not wanted', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait', {
      input: SHOP.replace('shop', 'stays'),
      tty: true,
      answers: ['n'],
      onSleep: (looks, press) => {
        if (looks === 1) press()
        if (looks === 4) face.engine.settle()
      },
    })
    expect([ran.exit, ran.out]).toEqual([0, expect.stringContaining('running')])
  })

  it('ends with 130 at the second Ctrl-C', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait', {
      input: SHOP.replace('shop', 'left'),
      tty: true,
      answers: ['n'],
      onSleep: (looks, press) => {
        if (looks !== 1) return
        press()
        press()
      },
    })
    expect(ran.exit).toBe(130)
  })

  it('ends with 130 at the first Ctrl-C where nobody can be asked', async () => {
    face.engine.autoSettle = false
    const ran = await weir('deploy - --wait', {
      input: SHOP.replace('shop', 'piped'),
      onSleep: (looks, press) => {
        if (looks === 1) press()
      },
    })
    expect([ran.exit, ran.questions]).toEqual([130, []])
  })
})

describe('what is printed', () => {
  let id = ''
  beforeAll(async () => {
    face.engine.autoSettle = true
    id = await deployed('printed')
  })

  it.each([
    'status',
    'get apps',
    'get applications',
    'get application printed',
    'get entity printed',
    'get entities printed',
    'get roles printed',
    'get members printed/web',
    'get sensors printed/web/1',
    'get tasks printed',
    'get decisions printed',
    'get problems printed',
    'get versions printed',
    'get locations',
    'get types',
    'get orphans',
    'status printed',
    'tree printed',
    'describe printed/web/1',
    'why printed',
    'versions printed',
    'location list',
    'location show local',
    'location test local',
    'location capacity local shop.yaml',
    'catalog list',
    'catalog show autoscale',
    'catalog schema software',
    'orphans',
    'plan shop.yaml',
    'activity printed',
    'version',
  ])('weir %s prints a table, JSON, YAML and names', async (line) => {
    for (const format of ['table', 'wide', 'json', 'yaml', 'name']) {
      const ran = await weir(`${line} -o ${format}`)
      expect([format, ran.exit, ran.err.includes('fault')]).toEqual([format, 0, false])
      expect(() => (format === 'json' ? JSON.parse(ran.out) : undefined)).not.toThrow()
    }
  })

  it('follows a log until Ctrl-C, each line once', async () => {
    const said = ['one\n', 'one\n', 'one\ntwo\n', 'three\n']
    const spy = vi.spyOn(face.engine, 'logs')
    spy.mockImplementation(async () => ({ kind: 'accepted', value: said.shift() ?? 'three\n' }))
    const ran = await weir('logs printed/web/1 -f', {
      onSleep: (looks, press) => {
        if (looks === 5) press()
      },
    })
    expect([ran.exit, ran.out]).toEqual([130, 'one\ntwo\nthree\n'])
  })

  it('draws the tree', async () => {
    expect((await weir('tree printed')).out).toBe(`root  running
├─ store  running
└─ web  running
   ├─ web/1  running
   ├─ web/2  running
   └─ web/3  running
`)
  })

  it('shows what a plan would do, and why', async () => {
    const { out } = await weir('plan - --app printed', {
      input: SHOP.replace('shop', 'printed').replace('3', '6'),
    })
    expect(out).toContain('-/+ web  role in local: its document changed')
    expect(out).toContain('machine.image: a → b # forces replacement')
    expect(out).toContain('Plan: 2 to replace.')
    expect(out).toContain('local: 5 of 7 fit, which is not enough')
    const same = await weir('plan - --app printed --detailed-exitcode', {
      input: SHOP.replace('shop', 'printed'),
    })
    expect([same.exit, same.out]).toEqual([0, expect.stringContaining('nothing to do')])
  })

  it('paints only where it is seen, and never against NO_COLOR', async () => {
    const painted = async (options: RunOptions): Promise<boolean> =>
      (await weir('tree printed', options)).out.includes('\u001b[')
    expect(await painted({ tty: true })).toBe(true)
    expect(await painted({ tty: true, environment: { NO_COLOR: '1' } })).toBe(false)
    expect(await painted({ environment: { FORCE_COLOR: '1' } })).toBe(true)
    expect(await painted({})).toBe(false)
    expect((await weir('tree printed --no-color', { tty: true })).out).not.toContain('\u001b[')
  })

  it('cuts tables to the terminal, and nowhere else', async () => {
    const { out } = await weir('get applications', { tty: true, columns: 40 })
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40)
    expect((await weir('get applications', { columns: 40 })).out).toContain('http://127.0.0.1:1/')
  })

  it('lets no escape sequence of the far end through to a terminal', async () => {
    const seen = await weir(`logs ${id}/web/1`, { tty: true })
    expect(seen.out).toBe('first line\nred line\nlast line\n')
    face.engine.break(id, 'web/3', '\u001b]0;owned\u0007evil\u202e\u009b31m')
    for (const line of [
      `why ${id}/web/3`,
      `get entities ${id}`,
      `describe ${id}/web/3`,
      `tree ${id}`,
      `get problems ${id} -o json`,
      `get problems ${id} -o yaml`,
    ]) {
      expect((await weir(line)).out).not.toMatch(COMMANDS)
    }
  })

  it('runs a command and shows what it printed', async () => {
    const ran = await weir(`exec ${id}/web/1 --stdin -- echo -o json --help`, { input: 'typed' })
    expect([ran.exit, ran.out]).toEqual([0, 'echo -o json --help\ntyped'])
  })

  it('asks an entity to do something and shows the streams', async () => {
    const ran = await weir(`invoke ${id}/web/1 restart -p fast=true -p name=x -o name`)
    const { out } = await weir(`activity --task ${ran.out.trim()}`)
    expect(out).toContain('stdout:\n{"fast":true,"name":"x"}')
  })

  it('says how retrying stands, what comes next and what was decided', async () => {
    const broken = await deployed('troubled')
    face.engine.break(broken, 'web/1', 'exit code 3')
    face.engine.now = 1_700_000_000_000
    const { out } = await weir(`why ${broken}/web/1`)
    expect(out).toBe(`${broken}/web/1  failed  exit code 3
  waits: web/1 waits for the test to settle, for 40 s
  attempt 7 since 60 s, next in 40 s, alert in 10 min
  command-failed: exit code 3
  next: launch web/1 again
  0.0 s ago autoscale refused ×3 scale to 9: more than max
  0.0 s ago autoscale refused ×3 scale to 9: more than max
`)
    expect((await weir(`describe ${broken}/web/1`)).out).toContain('Problems:     exit code 3')
  })

  it('lists policies, lets one rest and act again', async () => {
    const { out } = await weir('deploy - -o name', { input: 'name: kept\nrole: web 1..6 3 size\n' })
    const web = `${out.trim()}/web`
    expect((await weir(`policy list ${web}`)).out).toMatch(/size +autoscale +policy +acting/)
    const rests = await weir(`policy suspend ${web} size --reason upgrade`)
    expect([rests.exit, rests.out]).toEqual([0, 'size is suspended by admin: upgrade\n'])
    expect((await weir(`policy resume ${web} size`)).out).toBe('size is acting\n')
    expect((await weir(`policy suspend ${web} other`)).exit).toBe(4)
    expect((await weir(`policy list ${out.trim()}`)).err).toBe('no policies\n')
  })

  it('describes what an entity can be asked to do, and with what', async () => {
    const { out } = await weir(`describe ${id}/web/1`)
    expect(out.replace(/ +/g, ' ')).toContain(
      'Effectors\n restart: restart it\n how: string, default gently, oneOf ["gently","hard"]: In which way.\n',
    )
  })

  it('adds a place with a secret from the environment', async () => {
    const ran = await weir('location add cloud simulated -c zones=2 --secret key=CLOUD_KEY', {
      environment: { CLOUD_KEY: 'hunter2' },
    })
    expect(ran.exit).toBe(0)
    const { out } = await weir('location show cloud -o json')
    expect(JSON.parse(out).config).toEqual({
      zones: 2,
      key: { kind: 'secret', name: 'cloud.key', sealed: 'x' },
    })
    expect((await weir('location test cloud')).exit).toBe(1)
    expect((await weir('location remove cloud')).exit).toBe(0)
    expect((await weir('location remove local')).exit).toBe(3)
  })

  it('collects what is left over', async () => {
    face.engine.leaveOrphan({
      why: 'in-no-book',
      location: 'local',
      kind: 'machine',
      name: 'm1',
      token: 't1',
      application: 'a',
      entity: 'web/1',
      seen: 2,
      since: 5,
    })
    expect((await weir('orphans')).out).toContain('m1')
    expect((await weir('orphans --collect -o name')).out).toBe('t1\n')
    expect((await weir('orphans')).err).toContain('no orphans')
  })

  it.each([
    { leaseEndsAt: 5, says: /Lease: +ended \d+ d ago/ },
    { leaseEndsAt: 4e12, says: /Lease: +ends in \d+ d/ },
  ])('says of an application what has become of its lease: $says', async ({ leaseEndsAt, says }) => {
    expect((await weir(`status ${id}`)).out).not.toContain('Lease')
    face.engine.leaseEndsAt = leaseEndsAt
    expect((await weir(`status ${id}`)).out).toMatch(says)
    expect((await weir(`describe ${id}`)).out).toMatch(says)
    face.engine.leaseEndsAt = undefined
  })

  it('lists what has outlived its lease in a table of its own', async () => {
    const about = { name: 'shop', token: 'a1', application: 'a1', entity: '', location: '', seen: 0 }
    face.engine.leaveOrphan({ why: 'lease-ended', kind: 'application', ...about, since: 5 })
    const ran = await weir('orphans')
    expect(ran.err).toContain('no orphans')
    expect(ran.out).toMatch(/^LEASE ENDED +APPLICATION +ID\n.* ago +shop +a1\n$/)
    expect(JSON.parse((await weir('orphans -o json')).out)).toMatchObject([{ why: 'lease-ended', since: 5 }])
    await weir('orphans --collect')
  })

  it('follows events from the past to now', async () => {
    const ran = await weir(`events ${id} --since 0 --limit 2 -o json`)
    const lines = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ text }) => text)).toEqual(['printed deployed', 'printed is running'])
    expect((await weir(`watch ${id} --since 0 --limit 1`)).out).toContain('printed deployed')
  })

  it('ends following with 130 at Ctrl-C', async () => {
    const ran = await weir('events --for 9h', { onSleep: (_looks, press) => setImmediate(press) })
    expect(ran.exit).toBe(130)
  })

  it('waits for a sensor', async () => {
    expect((await weir(`wait ${id}/web/1 --for sensor:load<8`)).exit).toBe(0)
    expect((await weir(`wait ${id}/web/1 --for sensor:load>8 --timeout 20s`)).exit).toBe(5)
  })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('knows every verb in %s', async (shell) => {
    const { out } = await weir(`completion ${shell}`)
    for (const verb of VERBS) expect(out).toContain(verb.usage.split(' ')[0])
    expect(out).toContain('detailed-exitcode')
    expect(out).toContain('weir complete')
  })

  it('asks the server for applications, and for what is in one', async () => {
    const id = await deployed('completed')
    expect((await weir('complete comp')).out).toBe('completed\n')
    expect((await weir(`complete ${id}/we`)).out).toBe(
      ['web', 'web/1', 'web/2', 'web/3'].map((path) => `${id}/${path}\n`).join(''),
    )
    expect((await weir('complete nothing')).out).toBe('')
  })

  it('completes names in bash as a person types them', async () => {
    const id = await deployed('typed')
    const script = (await weir('completion bash')).out
    const complete = async (...words: string[]): Promise<readonly string[]> => {
      const said = (await weir(`complete ${words.at(-1)}`)).out
      const run = `${script}
weir() { [ "$1" = complete ] && printf '%s' "$SAID"; }
compopt() { :; }
COMP_WORDS=(weir ${words.join(' ')}); COMP_CWORD=${words.length}; _weir; printf '%s\n' "\${COMPREPLY[@]}"`
      const { stdout, stderr } = spawnSync('bash', ['-c', run], {
        encoding: 'utf8',
        env: { ...process.env, SAID: said },
      })
      expect(stderr).toBe('')
      return stdout.trim().split('\n')
    }
    expect(await complete('status', 'typ')).toEqual(['typed'])
    expect(await complete('scale', `${id}/we`)).toContain(`${id}/web`)
    expect(await complete('get', 'applic')).toEqual(['applications'])
    expect(await complete('rep')).toEqual(['replace'])
    expect(await complete('plan', '--det')).toEqual(['--detailed-exitcode'])
  })
})

describe('serve', () => {
  it('hands the address and the folder to who serves', async () => {
    const told: unknown[] = []
    const serve = async (options: unknown): Promise<number> => {
      told.push(options)
      return 0
    }
    await weir('serve --port 9000 --data /data', { serve })
    await weir('serve', { serve, environment: { WEIR_HOME: '/home/weir' } })
    expect(told).toEqual([
      { host: '127.0.0.1', port: 9000, data: '/data' },
      { host: '127.0.0.1', port: 8717, data: '/home/weir' },
    ])
  })
})

describe('a backtest over what a server has recorded', () => {
  const BAND = 'policy: band\ndoes: { type: autoscale, lower: 20, upper: 50 }\npool: { min: 1, max: 10 }\n'
  const backtest = (more: string) =>
    weir(`policy backtest band.yaml ${more}`, { files: { 'band.yaml': BAND } })

  it('plays what the members of a role had to do together', async () => {
    const id = await deployed('recorded')
    const { exit, out } = await backtest(`--recorded ${id}/web -o json`)
    expect([exit, JSON.parse(out)]).toMatchObject([
      0,
      { sensor: 'load', from: 1_767_225_660_000, to: 1_767_225_840_000 },
    ])
  })

  it('says where there is too little, or no such entity, or two loads are named', async () => {
    const id = await deployed('unrecorded')
    const little = await backtest(`--recorded ${id}/web --sensor queue`)
    expect([little.exit, little.err]).toEqual([1, expect.stringContaining('too little is recorded of queue')])
    expect((await backtest(`--recorded ${id}/nobody`)).exit).toBe(4)
    expect((await backtest(`--recorded ${id}/web --data x.csv`)).exit).toBe(64)
    expect((await backtest('')).exit).toBe(64)
  })
})
