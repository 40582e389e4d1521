import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { Failure, type CommandOutput } from '../../engine/index.js'
import { BoundedText } from '../supervisor/index.js'
import { codeOf, hostFailure } from './local-failures.js'

/** A command of this host, and how much of it we wait for and keep. */
export interface ProcessOptions {
  readonly signal: AbortSignal
  /** Milliseconds; 0 for none. */
  readonly timeout: number
  /** Bytes of each stream. */
  readonly limit: number
  readonly stdin: string | Buffer
  readonly directory: string
  /** All that it is told: nothing of our own environment. */
  readonly environment: { readonly [name: string]: string }
  /** Whether the command is to end when we stop waiting; it goes on otherwise. */
  readonly ends: boolean
}

/**
 * Runs one command in a session of its own and waits until it has ended and closed its streams. When the wait ends
 * before, the answer has no exit code and says so. Rejects with a Failure when it cannot be started.
 */
export function runProcess(command: readonly string[], options: ProcessOptions): Promise<CommandOutput> {
  const [file = '', ...rest] = command
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) {
      reject(
        new Failure({ cause: 'timeout', retry: 'soon', message: 'the call was given up before it began' }),
      )
      return
    }
    const { environment: env, directory: cwd } = options
    const child = spawn(file, rest, { env: { ...env }, cwd, detached: true })
    child.once('error', (error) => reject(new Failure(startFailure(file, error), error)))
    follow(child, options, resolve)
  })
}

function follow(
  child: ChildProcessWithoutNullStreams,
  options: ProcessOptions,
  resolve: (output: CommandOutput) => void,
): void {
  const stdout = new BoundedText(options.limit)
  const stderr = new BoundedText(options.limit)
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
  // A command need not read what it is given.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin)
  const settle = (exitCode: number | null, why = ''): void => {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', abort)
    const known = exitCode === null ? {} : { exitCode }
    resolve({ stdout: stdout.toString(), stderr: `${stderr.toString()}${why}`, ...known })
  }
  const giveUp = (why: string): void => {
    if (options.ends) killGroup(child.pid)
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
    child.unref()
    settle(null, why)
  }
  const abort = (): void => giveUp('\nthe call was given up\n')
  const timer =
    options.timeout > 0
      ? setTimeout(() => giveUp(`\nended after ${options.timeout} ms\n`), options.timeout)
      : undefined
  options.signal.addEventListener('abort', abort, { once: true })
  child.once('close', (code) => settle(code))
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

function startFailure(file: string, error: Error): Failure['record'] {
  if (codeOf(error) !== 'ENOENT') return hostFailure(error)
  return { cause: 'command-failed', retry: 'never', message: `'${file}' is not a command here` }
}
