import { spawn, type ChildProcess } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandOutput, RunRequest } from '../../../engine/index.js'
import {
  SupervisorClient,
  type SupervisorPlace,
  type Transport,
} from '../../../locations/supervisor/index.js'

/** The shells that the script must be at home in, as far as this machine has them; dash and bash it must have. */
export const SHELLS: readonly { readonly title: string; readonly shell: string; readonly path: string }[] = [
  'dash',
  'bash',
  'busybox',
].flatMap((shell) => {
  const path = ['/bin', '/usr/bin'].map((at) => `${at}/${shell}`).find((at) => existsSync(at))
  return path === undefined && shell === 'busybox' ? [] : [{ title: shell, shell, path: path ?? shell }]
})

export const quiet: { readonly signal: AbortSignal } = { signal: new AbortController().signal }

/** A directory that plays a machine, commanded through a shell of choice. */
export interface BenchMachine {
  readonly root: string
  readonly place: SupervisorPlace
  readonly client: SupervisorClient
  readonly transport: Transport
  /** Starters that are under way: a test may kill them. */
  readonly starters: Set<ChildProcess>
  /** From here on `killAt` counts. Says afterwards how many tools were called. */
  arm(): void
  calls(): number
  open(change: Partial<SupervisorPlace>): SupervisorClient
  dispose(): void
}

/**
 * `hide`: programs that the machine has not. `killAt`: the starter of a run is killed with all that it waits for, before
 * the so-manieth tool that it calls does anything.
 */
export function benchMachine(
  shell: string,
  options: {
    readonly hide?: readonly string[]
    readonly logs?: SupervisorPlace['logs']
    readonly killAt?: number
  } = {},
): BenchMachine {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'weir-supervisor-')))
  const bin = join(base, 'bin')
  const root = join(base, 'machine')
  for (const path of [bin, root, join(root, 'run'), join(root, 'install')]) mkdirSync(path)
  symlinkSync(shell, join(bin, 'sh'))
  if (options.killAt !== undefined) armTools(base, bin, options.killAt)
  const path = options.hide === undefined ? `${bin}:/usr/bin:/bin` : bin
  if (options.hide !== undefined) linkTools(bin, options.hide)
  const starters = new Set<ChildProcess>()
  const transport = spawnTransport({ PATH: path, HOME: root }, starters)
  const place = {
    root,
    instance: 'one',
    secret: 's3cret',
    ...(options.logs === undefined ? {} : { logs: options.logs }),
  }
  return {
    root,
    place,
    transport,
    starters,
    client: new SupervisorClient(transport, place),
    arm: () => writeFileSync(join(base, 'armed'), ''),
    calls: () => {
      const count = join(base, 'calls')
      return existsSync(count) ? readFileSync(count, 'utf8').trim().split('\n').length : 0
    },
    open: (change) => new SupervisorClient(transport, { ...place, ...change }),
    dispose: () => {
      for (const pid of marked(root)) kill(pid)
      rmSync(base, { recursive: true, force: true })
    },
  }
}

export function request(token: string, script: string, change: Partial<RunRequest> = {}): RunRequest {
  return {
    token,
    digest: `digest-${token}`,
    mode: 'task',
    generation: 1,
    label: 'install',
    script,
    environment: {},
    files: [],
    timeout: 0,
    ...change,
  }
}

/** Ids of all living processes that carry a mark below this directory: runs and supervisors. */
export function marked(root: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
        return environment.includes(`WEIR_RUN=${root}/`) || environment.includes(`WEIR_SUPERVISOR=${root}/`)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** How many processes wait at the pipe of a run. */
export function waiters(root: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
      if (!command.includes('await') || !command.includes(root)) return false
      return readdirSync(`/proc/${pid}/fd`).some((fd) =>
        readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith('/.alive'),
      )
    } catch {
      return false
    }
  }).length
}

/** Tools count what starters call; what a supervisor or a run calls goes through. */
function armTools(base: string, bin: string, killAt: number): void {
  const count = join(base, 'calls')
  for (const tool of ['cat', 'ln', 'mkdir', 'mv', 'rm', 'chmod', 'setsid', 'ls', 'grep']) {
    const real = ['/usr/bin', '/bin'].map((at) => `${at}/${tool}`).find((path) => existsSync(path)) ?? tool
    const script = [
      '#!/bin/sh',
      `if [ -z "\${WEIR_SUPERVISOR-}\${WEIR_RUN-}" ] && [ -e ${base}/armed ]; then`,
      `  echo ${tool} >>${count}`,
      `  if [ "$(/usr/bin/wc -l <${count})" -eq ${killAt} ]; then kill -KILL 0; fi`,
      'fi',
      `exec ${real} "$@"`,
    ]
    writeFileSync(join(bin, tool), script.join('\n'), { mode: 0o755 })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}

function linkTools(bin: string, hidden: readonly string[]): void {
  for (const from of ['/bin', '/usr/bin']) {
    for (const tool of readdirSync(from)) {
      if (!hidden.includes(tool) && !existsSync(join(bin, tool))) {
        try {
          symlinkSync(join(from, tool), join(bin, tool))
        } catch {
          continue
        }
      }
    }
  }
}

function spawnTransport(environment: NodeJS.ProcessEnv, starters: Set<ChildProcess>): Transport {
  return (command, stdin) =>
    new Promise<CommandOutput>((resolve, reject) => {
      const child = spawn(command[0]!, command.slice(1), { env: environment, detached: true })
      starters.add(child)
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
      child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
      child.stdin.on('error', () => undefined)
      child.on('error', reject)
      child.on('close', (code) => {
        starters.delete(child)
        resolve({ stdout, stderr, ...(code === null ? {} : { exitCode: code }) })
      })
      child.stdin.end(stdin)
    })
}
