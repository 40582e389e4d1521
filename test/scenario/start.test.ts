import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, realpathSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeTerminal } from '../../server/cli/node-terminal.js'
import { runCli } from '../../server/cli/program.js'
import { cliParts } from '../../server/compose/cli-parts.js'
import { filesIn, productFolder } from '../../server/compose/config.js'
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

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** How often it said something. */
  times(text: string): number {
    return this.#said.split(text).length - 1
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
    this.send(signal)
    return this.ended()
  }

  send(signal: 'SIGINT' | 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  async ended(): Promise<number | null> {
    if (this.lives) await once(this.#child, 'exit')
    return this.#child.exitCode
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
    for (const entity of ['store/1', 'web/1', 'web/2', 'web/3', 'balancer/1']) {
      await first.says(new RegExp(`\\d\\d:\\d\\d:\\d\\d ${entity} {2}(waiting|starting) \\(.+\\)`))
      await first.says(new RegExp(`\\d\\d:\\d\\d:\\d\\d ${entity} {2}.*→ (running)`))
    }
    const shop = await first.says(/Corner shop \(\w+\) is running {2}(http:\S+)/)
    const page = await visit(shop)
    expect(page).toMatchObject({ status: 200, servedBy: expect.stringMatching(/^web-\d$/) })
    expect(page.body).toContain(page.servedBy)
    expect(page.body).toMatch(/visit/)
    const processes = await running()
    expect(processes.size).toBe(5)

    expect(await first.end('SIGKILL')).toBeNull()
    expect(await visit(shop)).toMatchObject({ status: 200 })

    const second = start()
    const url = await second.says(/serving at (http:\S+)/)
    await second.says(/Corner shop \(\w+\) is running {2}(http:\S+)/)
    expect(strangers(processes, await running())).toEqual([])

    const third = start()
    expect(await third.says(/attached to (http:\S+)/)).toBe(url)
    await third.says(/(balancer\/1 +running)/)
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
    expect(fourth.times('leaving')).toBe(1)
    expect(await visit(shop)).toMatchObject({ status: 200 })

    const last = start('--no-demo')
    const weir = new Weir(await last.says(/serving at (http:\S+)/), data)
    expect(strangers(processes, await running())).toEqual([])
    const destroyed = await weir.weir('destroy', 'corner-shop', '--yes', '--wait', '--timeout', '40s')
    expect(destroyed).toMatchObject({ exit: 0 })
    expect(await localPlace.present({ data, application: '' })).toEqual([])
    expect(await last.end('SIGINT')).toBe(0)
  })

  it('can be left while the sample still comes up, which the next one then completes', async () => {
    const first = start()
    await first.says(/store\/1 {2}(waiting|starting)/)
    expect(await first.end('SIGINT')).toBe(0)
    await first.says(/leaving; (corner-shop goes on running)/)

    const second = start()
    await second.says(/Corner shop \(\w+\) is (running)/)
    expect((await running()).size).toBe(5)
    expect(await second.end('SIGINT')).toBe(0)
  })

  it('ends at once when Ctrl-C is pressed again', async () => {
    const server = start('--no-demo')
    const { hostname, port } = new URL(await server.says(/serving at (http:\S+)/))
    // A request that never ends makes an orderly end take its time.
    const held = connect(Number(port), hostname)
    held.on('error', () => undefined)
    held.write('POST /v1/applications HTTP/1.1\r\nhost: weir\r\ncontent-length: 9\r\n')
    held.write(`authorization: Bearer ${readFileSync(filesIn(data).token, 'utf8').trim()}\r\n\r\n1`)
    server.send('SIGINT')
    await eventually('it takes no more', () => takesNone(Number(port), hostname), PATIENCE)
    expect(server.lives).toBe(true)
    expect(await server.end('SIGINT')).toBe(130)
    held.destroy()
  })

  it('serves once when it is started twice at the same moment', async () => {
    const two = [start(), start()]
    const how = await Promise.all(two.map((one) => one.says(/(serving at|attached to) http:/)))
    expect(how.sort()).toEqual(['attached to', 'serving at'])
    const shops = await Promise.all(two.map((one) => one.says(/Corner shop \((\w+)\) is running/)))
    expect(new Set(shops).size).toBe(1)
    expect((await running()).size).toBe(5)
    for (const one of two) await one.end('SIGKILL')
  })

  it('says who has the folder that it cannot have', async () => {
    const holder = start('--no-demo')
    const url = await holder.says(/serving at (http:\S+)/)
    let told = ''
    const out = (text: string): void => void (told += text)
    const terminal = { ...nodeTerminal(), out, err: out }
    expect(await runCli(['serve', '--port', '0', '--data', data], cliParts(terminal))).toBe(1)
    expect(told).toContain(`${data} is in use by process ${holder.pid}, serving at ${url}`)
    expect(await holder.end('SIGINT')).toBe(0)
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
    expect(await confused.ended()).toBe(64)
  })
})

/** Whether nobody takes connections there any more. */
function takesNone(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const tried = connect(port, host)
    tried.on('connect', () => {
      tried.destroy()
      resolve(false)
    })
    tried.on('error', () => {
      resolve(true)
    })
  })
}

/** Machines whose process is not the one that it was; a policy may have taken members away, never added any. */
function strangers(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...after].filter(([machine, pid]) => before.get(machine) !== pid).map(([machine]) => machine)
}
