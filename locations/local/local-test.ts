import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOfText, Failure, type RunRequest } from '../../engine/index.js'
import { awaitCommand, SupervisorClient, type Transport } from '../supervisor/index.js'
import type { LocalConfig } from './local-config.js'
import { failureText } from './local-failures.js'
import { runProcess } from './local-process.js'
import type { LocalStore } from './local-store.js'
import { choosePorts, freePorts } from './ports.js'

/** One thing that was tried; the detail of one that does not work says what to do about it. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** What trying this host takes. */
interface TestParts {
  readonly store: LocalStore
  readonly config: LocalConfig
  readonly signal: AbortSignal
}

/** Tries what machines here will need, and leaves nothing behind. */
export function testHost(
  store: LocalStore,
  config: LocalConfig,
  signal: AbortSignal,
): Promise<readonly TestLine[]> {
  const parts = { store, config, signal }
  const { from, to } = config.ports
  return Promise.all([
    line('directory', 'set `root` to a directory that the user who runs the server may write', () =>
      tryDirectory(parts),
    ),
    line('processes', 'processes are found in /proc: this needs Linux', () => tryProcesses(parts)),
    line('shell', `PATH is ${config.path}: set \`path\` to directories with the system's commands`, () =>
      sh(parts, 'command -v sh'),
    ),
    line('sessions', 'runs are found by their mark alone', () =>
      sh(parts, 'command -v setsid || echo "no setsid: runs are found by their mark alone"'),
    ),
    line('node', '', () =>
      sh(
        parts,
        'command -v node || echo "none in PATH: documents that launch it need its folder in \\`path\\`"',
      ),
    ),
    line(
      'supervisor',
      'nothing can be installed or launched here until a script can run and be waited for',
      () => trySupervisor(parts),
    ),
    line('ports', `set \`ports\` to a range beside ${from} to ${to}, or end what holds it`, () =>
      tryPorts(parts),
    ),
    line('machines', 'destroy some, or raise `machines`', () => tryMachines(parts)),
  ])
}

/** A file is written, moved and read: rights on paper are not rights. */
async function tryDirectory({ store }: TestParts): Promise<string> {
  await mkdir(store.machines, { recursive: true, mode: 0o700 })
  const scratch = scratchIn(store)
  try {
    await writeFile(`${scratch}.new`, 'works')
    await rename(`${scratch}.new`, scratch)
    if ((await readFile(scratch, 'utf8')) !== 'works')
      throw new Error(`${store.root} does not keep what is written`)
  } finally {
    for (const path of [`${scratch}.new`, scratch]) await rm(path, { force: true })
  }
  const { bavail, bsize } = await statfs(store.root)
  return `${store.root}, ${Math.round((bavail * bsize) / 1e6)} MB free`
}

async function tryProcesses({ store }: TestParts): Promise<string> {
  const boot = await store.boot()
  if (boot === 'unknown') throw new Error('the identity of this boot cannot be read')
  return `boot ${boot}`
}

async function tryPorts({ store, config }: TestParts): Promise<string> {
  const want = { name: 'test', protocol: 'tcp', published: false } as const
  const taken = new Set((await store.allMachines()).flatMap((record) => Object.values(record.ports)))
  if ((await choosePorts('test', [want], taken, config)) === undefined) throw new Error('no port is free')
  return `${freePorts(taken, config.ports)} from ${config.ports.from} to ${config.ports.to}`
}

async function tryMachines({ store, config }: TestParts): Promise<string> {
  const { length } = await store.allMachines()
  if (length >= config.machines) throw new Error(`all ${config.machines} are taken`)
  return `${length} of ${config.machines}`
}

/** A task runs to its end under a supervisor of its own, and its receipt and output are read. */
async function trySupervisor({ store, config, signal }: TestParts): Promise<string> {
  const root = scratchIn(store)
  const transport: Transport = (command, stdin, options) =>
    runProcess(command, {
      ...options,
      stdin,
      directory: root,
      environment: { PATH: config.path },
      ends: false,
    })
  const call = { signal, timeout: Math.min(config.timeout, PATIENCE) }
  try {
    for (const folder of ['run', 'install']) await mkdir(join(root, folder), { recursive: true, mode: 0o700 })
    const client = new SupervisorClient(transport, { root, instance: 'test', secret: digestOfText(root) })
    const answer = await client.run(TASK, call)
    if ('failure' in answer) throw new Failure(answer.failure)
    await transport(awaitCommand(root, TASK.token), '', { ...call, limit: 1000 })
    const run = (await client.status(call)).find(({ token }) => token === TASK.token)
    if (run?.state !== 'exited') return `runs commands; without mkfifo, their ends are seen by looking`
    const { stdout } = await client.output(TASK.token, 100, call)
    if (run.exitCode === 0 && stdout === 'works\n') return 'runs commands and keeps their receipts'
    throw new Error(`a command ended with exit code ${run.exitCode ?? '?'}`)
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Milliseconds. */
const PATIENCE = 10_000

const TASK: RunRequest = {
  token: 'test',
  digest: 'test',
  mode: 'task',
  generation: 1,
  label: 'test',
  script: 'echo works',
  environment: {},
  files: [],
  timeout: PATIENCE,
}

/** Names with a dot first are no machines. */
function scratchIn(store: LocalStore): string {
  return join(store.machines, `.test-${randomBytes(6).toString('hex')}`)
}

async function sh({ config, signal }: TestParts, script: string): Promise<string> {
  const environment = { PATH: config.path }
  const options = { signal, timeout: 5000, limit: 1000, stdin: '', directory: '/', environment, ends: true }
  const { exitCode, stdout, stderr } = await runProcess(['sh', '-c', script], options)
  if (exitCode !== 0) throw new Error(`ended with exit code ${exitCode ?? '?'}: ${stderr.trim()}`)
  return stdout.trim()
}

async function line(what: string, remedy: string, attempt: () => Promise<string>): Promise<TestLine> {
  try {
    return { what, ok: true, detail: await attempt() }
  } catch (error) {
    const why = failureText(error)
    return { what, ok: false, detail: remedy === '' ? why : `${why}: ${remedy}` }
  }
}
