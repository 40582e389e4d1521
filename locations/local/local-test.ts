import { access, constants, mkdir } from 'node:fs/promises'
import type { LocalConfig } from './local-config.js'
import { failureText } from './local-failures.js'
import { runProcess } from './local-process.js'
import type { LocalStore } from './local-store.js'
import { choosePorts, freePorts } from './ports.js'

/** One thing that was tried. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** Tries what machines here will need. */
export function testHost(
  store: LocalStore,
  config: LocalConfig,
  signal: AbortSignal,
): Promise<readonly TestLine[]> {
  const sh = async (script: string): Promise<string> => {
    const environment = { PATH: config.path }
    const options = { signal, timeout: 5000, limit: 1000, stdin: '', directory: '/', environment, ends: true }
    const { exitCode, stdout, stderr } = await runProcess(['sh', '-c', script], options)
    if (exitCode !== 0) throw new Error(`ended with exit code ${exitCode ?? '?'}: ${stderr.trim()}`)
    return stdout.trim()
  }
  return Promise.all([
    line('directory', async () => {
      await mkdir(store.machines, { recursive: true, mode: 0o700 })
      await access(store.machines, constants.W_OK)
      return store.root
    }),
    line('processes', async () => `boot ${await store.boot()}`),
    line('shell', () => sh('command -v sh')),
    line('sessions', () => sh('command -v setsid || echo "no setsid: runs are found by their mark alone"')),
    line('ports', async () => {
      const want = { name: 'test', protocol: 'tcp', published: false } as const
      const taken = new Set((await store.allMachines()).flatMap((record) => Object.values(record.ports)))
      if ((await choosePorts('test', [want], taken, config)) === undefined) throw new Error('no port is free')
      return `${freePorts(taken, config.ports)} from ${config.ports.from} to ${config.ports.to}`
    }),
  ])
}

async function line(what: string, attempt: () => Promise<string>): Promise<TestLine> {
  try {
    return { what, ok: true, detail: await attempt() }
  } catch (error) {
    return { what, ok: false, detail: failureText(error) }
  }
}
