import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApplicationSpec, type EffectorSpec, required } from '../../engine/index.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import { compileText, problemsOf, services } from './support/documents.js'

const folders = new TemporaryDirectories()
let folder: string
let file: string

beforeEach(() => {
  folder = folders.make()
  file = join(folder, 'conf', 'pool.conf')
})
afterEach(() => folders.remove())

/** The effector that a document adds. */
function effector(settings: { readonly [key: string]: string }): EffectorSpec {
  const lines = Object.entries({ file, ...settings }).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  )
  const text = services(
    '- name: door',
    '  launch: serve',
    '  brooklyn.initializers:',
    `    - { type: RenderFileEffector, ${lines.join(', ')} }`,
  )
  const result = compileText(text) as { readonly spec: ApplicationSpec }
  const door = required(result.spec.root.children[0], 'the door')
  return required(
    door.effectors.find(({ name }) => name === 'render'),
    'the effector',
  )
}

interface Ran {
  readonly exit: number | null
  readonly said: string
}

/** Calls it, on this machine. */
function render(content: string, settings: { readonly [key: string]: string } = {}): Ran {
  const { command, environment = {} } = effector(settings)
  const values = Object.entries(environment).map(([name, value]) => [name, String(valueIn(value))])
  const { status, stdout, stderr } = spawnSync('sh', ['-c', String(valueIn(command))], {
    env: { ...process.env, ...Object.fromEntries(values), content },
    cwd: folder,
    encoding: 'utf8',
  })
  return { exit: status, said: `${stdout}${stderr}`.trim() }
}

function valueIn(expression: object): unknown {
  return (expression as { readonly value?: unknown }).value
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const reloads = (): number => (existsSync(join(folder, 'log')) ? read('log').length : 0)

const RELOAD = { reload: 'printf r >>log' }

describe('a file that is rendered', () => {
  it('is written whole, and taken; and nothing is done where it is so already', () => {
    expect(render('one', RELOAD)).toEqual({ exit: 0, said: 'it is taken' })
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777, reloads()]).toEqual(['one', 0o644, 1])
    expect(render('one', RELOAD)).toEqual({ exit: 0, said: 'it is so already' })
    expect(reloads()).toBe(1)
    expect(render('two', { ...RELOAD, mode: '600' }).exit).toBe(0)
    expect([readFileSync(`${file}.weir-backup`, 'utf8'), statSync(file).mode & 0o777]).toEqual(['one', 0o600])
  })

  it('is made by a command where it says so, which may be no other than the whole of it', () => {
    const make = 'while read -r address port; do echo "server $address:$port;"; done'
    expect(render('10.0.0.1 80\n10.0.0.2 81\n', { make }).exit).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('server 10.0.0.1:80;\nserver 10.0.0.2:81;\n')
    expect(render('x', { make: 'echo half; exit 3' }).exit).not.toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('10.0.0.2')
  })

  it.each([
    [
      { reload: 'printf r >>log; grep -q good conf/pool.conf' },
      'it was not taken; the one before is back',
      2,
    ],
    [{ ...RELOAD, health: 'grep -q good conf/pool.conf', healthFor: '1s' }, 'not healthy with it', 2],
  ])('is as before where that is refused: %j', (settings, why, times) => {
    expect(render('good', settings).exit).toBe(0)
    const before = reloads()
    expect(render('bad', settings)).toMatchObject({ exit: 1, said: expect.stringContaining(why) })
    expect([readFileSync(file, 'utf8'), reloads() - before]).toEqual(['good', times])
    expect(render('bad', settings)).toMatchObject({
      exit: 1,
      said: expect.stringContaining('within the last half hour'),
    })
    expect(reloads() - before).toBe(times)
    expect(render('good again', settings).exit).toBe(0)
    expect(render('bad', settings).said).toContain(why)
    const long = new Date(Date.now() - 31 * 60_000)
    utimesSync(`${file}.weir-refused`, long, long)
    expect(render('bad', settings).said).toContain(why)
  })

  it('is as before where it is checked and refused, each time', () => {
    const settings = { ...RELOAD, check: 'grep -q good conf/pool.conf' }
    expect(render('good', settings).exit).toBe(0)
    for (let time = 0; time < 2; time += 1)
      expect(render('bad', settings)).toEqual({
        exit: 1,
        said: 'the check refused it; the one before is back',
      })
    expect([readFileSync(file, 'utf8'), reloads()]).toEqual(['good', 1])
  })

  it('is not there where it was not before and is refused', () => {
    expect(render('bad', { check: 'false' }).exit).toBe(1)
    expect(existsSync(file)).toBe(false)
  })

  it.each(['check', 'reload', 'health'])(
    'is done to its end by the next call when it dies at its %s',
    (at) => {
      expect(render('one', RELOAD).exit).toBe(0)
      const dying = { ...RELOAD, [at]: `${at === 'reload' ? RELOAD.reload : ':'}; kill -KILL $PPID` }
      expect(render('two', dying).exit).not.toBe(0)
      const before = reloads()
      expect(render('two', RELOAD)).toEqual({ exit: 0, said: 'it is taken' })
      expect([readFileSync(file, 'utf8'), read('conf/pool.conf.weir-backup')]).toEqual(['two', 'one'])
      expect(reloads()).toBe(before + 1)
    },
  )

  it('may be a link to the file that is meant', () => {
    const real = join(folder, 'real.conf')
    writeFileSync(real, 'old')
    file = join(folder, 'link.conf')
    symlinkSync(real, file)
    expect(render('new').exit).toBe(0)
    expect([readFileSync(real, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['new', 'new'])
  })

  it('needs to be named', () => {
    const text = services(
      '- name: door',
      '  launch: serve',
      '  brooklyn.initializers: [{ type: RenderFileEffector }]',
    )
    expect(problemsOf(text).map(({ code }) => code)).toEqual(['BP1104'])
  })
})
