import type { CommandOutput } from '../../engine/index.js'
import { BoundedText } from '../supervisor/index.js'
import type { Call, DockerClient } from './docker-client.js'
import { WaitEnded } from './docker-failures.js'

/** A command for a container, and how much of it we wait for and keep. */
export interface ExecOptions {
  readonly signal: AbortSignal
  /** Milliseconds; 0 for none. */
  readonly timeout: number
  /** Bytes of each stream. */
  readonly limit: number
  readonly stdin?: string | Buffer
  /**
   * Unlike any other: what carries it in its environment is ended when we stop waiting. Absent for commands whose
   * children are to outlive them.
   */
  readonly mark?: string
}

/**
 * Runs one command and waits for it. After the timeout a marked one is ended with all that it has begun; the answer
 * then has no exit code and says so. Rejects as the client does.
 */
export async function execCommand(
  client: DockerClient,
  id: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<CommandOutput> {
  const streams = { stdout: new BoundedText(options.limit), stderr: new BoundedText(options.limit) }
  const request = {
    command,
    environment: options.mark === undefined ? [] : [`${MARK}=${options.mark}`],
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    output: (stream: 'stdout' | 'stderr', bytes: Buffer): void => streams[stream].push(bytes),
  }
  try {
    const exitCode = await client.exec(id, request, options)
    return { ...shown(streams), ...(exitCode === undefined ? {} : { exitCode }) }
  } catch (error) {
    if (!(error instanceof WaitEnded)) throw error
    const ended = options.mark === undefined ? undefined : endMarked(client, id, options.mark)
    if (error.why === 'aborted' || ended === undefined) throw error
    await ended
    streams.stderr.push(Buffer.from(`\nended after ${options.timeout} ms\n`))
    return shown(streams)
  }
}

const MARK = 'WEIR_EXEC'

/** The engine cannot end an exec, so a second one does it from inside. Without -z, busybox stops at the first NUL. */
const END = [
  'for file in /proc/[0-9]*/environ; do',
  `  if grep -q -z "${MARK}=$1" "$file" 2>/dev/null; then`,
  '    process=${file#/proc/}; kill -KILL "${process%/environ}" 2>/dev/null',
  '  fi',
  'done',
].join('\n')

const END_TIMEOUT = 5000

/** As good as it can be: an image without sh or grep keeps the process, until the container ends. */
async function endMarked(client: DockerClient, id: string, mark: string): Promise<void> {
  const call: Call = { signal: new AbortController().signal, timeout: END_TIMEOUT }
  const request = { command: ['/bin/sh', '-c', END, 'sh', mark], environment: [], output: () => undefined }
  await client.exec(id, request, call).catch(() => undefined)
}

function shown(streams: { readonly stdout: BoundedText; readonly stderr: BoundedText }): CommandOutput {
  return { stdout: streams.stdout.toString(), stderr: streams.stderr.toString() }
}
