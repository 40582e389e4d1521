import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { productFolder } from '../../server/compose/config.js'
import { eventually } from '../support/eventually.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import { localPlace } from './local-place.js'
import { visit } from './visitors.js'
import { Weir } from './weir.js'

/** Milliseconds for anything on a busy machine; the first start may have to build. */
const PATIENCE = 55_000

/** `npm start` in a process of its own, without a terminal. */
class Started {
  readonly #child: ChildProcess
  #said = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (part: Buffer) => (this.#said += String(part)))
    child.stderr?.on('data', (part: Buffer) => (this.#said += String(part)))
  }

  get lives(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Waits until it has said something, and gives the text that the pattern's group found. */
  async says(pattern: RegExp): Promise<string> {
    try {
      return await eventually(String(pattern), () => pattern.exec(this.#said)?.slice(-1)[0], PATIENCE)
    } catch (thrown) {
      throw new Error(`it never said ${String(pattern)}, but:\n${this.#said}`, { cause: thrown })
    }
  }

  /** Sends a signal, and gives the exit code; null where the signal itself ended it. */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    if (!this.lives) return this.#child.exitCode
    this.#child.kill(signal)
    const [code] = (await once(this.#child, 'exit')) as [number | null]
    return code
  }
}

describe('npm start', { timeout: 120_000 }, () => {
  const folders = new TemporaryDirectories()
  let data = ''
  let all: Started[] = []

  beforeEach(() => {
    data = join(realpathSync(folders.make()), 'data')
    all = []
  })

  afterEach(async () => {
    for (const one of all) await one.end('SIGKILL')
    const shop = { data, application: '' }
    for (const machine of (await localPlace.running(shop)).keys()) await localPlace.kill(shop, machine)
    await eventually('nothing runs any more', async () => (await localPlace.running(shop)).size === 0)
    folders.remove()
  })

  const start = (...options: readonly string[]): Started => {
    const script = productFolder('server', 'bootstrap', 'start.mjs')
    const child = spawn(process.execPath, [script, '--port', '0', '--data', data, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new Started(child)
    all.push(started)
    return started
  }

  const running = (): ReturnType<typeof localPlace.running> => localPlace.running({ data, application: '' })

  it('shows the sample come up, and later starts take over what earlier ones left running', async () => {
    const first = start()
    await first.says(/serving at (http:\S+)/)
    for (const line of [/web\/1 .*starting/, /web\/3 .*→ running/, /balancer\/1 .*→ running/]) {
      await first.says(line)
    }
    const shop = await first.says(/Corner shop \(\w+\) is running {2}(http:\S+)/)
    expect(await visit(shop)).toMatchObject({ status: 200, servedBy: expect.stringMatching(/^web-\d$/) })
    const processes = await running()
    expect(processes.size).toBe(5)

    expect(await first.end('SIGKILL')).toBeNull()
    expect(await visit(shop)).toMatchObject({ status: 200 })

    const second = start()
    const url = await second.says(/serving at (http:\S+)/)
    await second.says(/Corner shop is (running)/)
    expect(strangers(processes, await running())).toEqual([])

    const third = start()
    expect(await third.says(/attached to (http:\S+)/)).toBe(url)
    await third.says(/Corner shop is (running)/)
    expect(await third.end('SIGINT')).toBe(0)
    await third.says(/leaving; (corner-shop goes on running)/)
    expect(second.lives).toBe(true)

    const fourth = start()
    expect(await fourth.says(/attached to (http:\S+)/)).toBe(url)
    await second.end('SIGKILL')
    await fourth.says(/(taking over what it left running)/)
    await fourth.says(/serving at (http:\S+)/)
    expect(strangers(processes, await running())).toEqual([])
    expect(await fourth.end('SIGINT')).toBe(0)
    await fourth.says(/leaving; (corner-shop goes on running)/)
    expect(await visit(shop)).toMatchObject({ status: 200 })

    const last = start('--no-demo')
    const weir = new Weir(await last.says(/serving at (http:\S+)/), data)
    expect(strangers(processes, await running())).toEqual([])
    const destroyed = await weir.weir('destroy', 'corner-shop', '--yes', '--wait', '--timeout', '40s')
    expect(destroyed).toMatchObject({ exit: 0 })
    expect(await localPlace.present({ data, application: '' })).toEqual([])
    expect(await last.end('SIGINT')).toBe(0)
  })

  it('only serves when asked to', async () => {
    const server = start('--no-demo')
    const weir = new Weir(await server.says(/serving at (http:\S+)/), data)
    const { body } = await weir.rest('GET', '/applications')
    expect(body).toMatchObject({ items: [] })
    expect(await server.end('SIGINT')).toBe(0)
    expect(await localPlace.present({ data, application: '' })).toEqual([])
  })

  it('says how it is used when it does not understand', async () => {
    const confused = start('--nodemo')
    await confused.says(/usage: npm start -- (\[--no-demo\])/)
    await eventually('it has ended', () => !confused.lives, PATIENCE)
    expect(await confused.end('SIGINT')).toBe(64)
  })
})

/** Machines whose process is not the one that it was; a policy may have taken members away, never added any. */
function strangers(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...after].filter(([machine, pid]) => before.get(machine) !== pid).map(([machine]) => machine)
}
