import { silentLog } from '../../engine/index.js'
import { stockBench } from './policy-trials.js'
import { type Compile, handleOffline } from '../../server/handlers/index.js'
import { runCli } from '../../server/cli/program.js'
import type { CliParts, ServeOptions } from '../../server/cli/session.js'
import type { Terminal } from '../../server/cli/terminal.js'
import type { Call, CallAnswer, Transport } from '../../server/cli/transport.js'
import { compileTiny } from './tiny-blueprint.js'
import { TOKEN } from './http-face.js'

/** How one run of the CLI differs from the plain one. */
export interface RunOptions {
  readonly input?: string
  readonly files?: Record<string, string>
  readonly environment?: Record<string, string>
  readonly tty?: boolean
  readonly columns?: number
  /** Answers to questions, in order. */
  readonly answers?: string[]
  /** Called after every look while waiting, with the number of looks. */
  readonly onSleep?: (looks: number, press: () => void) => void
  readonly serve?: (options: ServeOptions) => Promise<number>
  /** By which documents are read without a server. @default that of tiny ones */
  readonly compile?: Compile
}

/** What came of it. */
export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
  readonly files: Record<string, string>
  readonly questions: readonly string[]
}

/** Runs a command line against a server. Waiting takes no time: a virtual second passes with every look. */
export async function runWeir(
  server: string,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  let [out, err, now, looks, keys] = ['', '', 1_700_000_000_000, 0, 0]
  const files = { ...options.files }
  const listeners = new Set<() => void>()
  const questions: string[] = []
  const answers = [...(options.answers ?? [])]
  const press = (): void => {
    for (const listener of listeners) listener()
  }
  const terminal: Terminal = {
    outIsTty: options.tty === true,
    errIsTty: options.tty === true,
    columns: options.columns ?? 100,
    environment: { WEIR_SERVER: server, WEIR_TOKEN: TOKEN, ...options.environment },
    home: '/home/someone',
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        now += Math.min(milliseconds, 10_000)
        looks += 1
        options.onSleep?.(looks, press)
        // Long sleeps end only when they are aborted: a test that sleeps would be slow.
        if (signal.aborted || milliseconds <= 20_000) setImmediate(resolve)
        else signal.addEventListener('abort', () => resolve())
      }),
    newKey: () => `${process.pid}-${performance.now()}-${(keys += 1)}`,
    readInput: async () => options.input ?? '',
    readFile: async (path) => {
      if (Object.hasOwn(files, path)) return files[path]!
      throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    },
    readBytes: async (path) => Buffer.from(await terminal.readFile(path), 'latin1'),
    writeFile: async (path, text) => {
      files[path] = text
    },
    ask: async (question) => {
      questions.push(question)
      return answers.shift() ?? ''
    },
    onInterrupt: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const parts: CliParts = {
    terminal,
    version: '0.0.1',
    openLocal: async () => localTransport(options.compile ?? compileTiny),
    serve: options.serve ?? (async () => 0),
    pollInterval: 10_000,
  }
  const exit = await runCli(words, parts)
  return { exit, out, err, files, questions }
}

/** The handlers that need no server, in this process. */
function localTransport(compile: Compile): Transport {
  return {
    ask: (call) => askHere(compile, call),
    follow: () => {
      throw new Error('nothing happens without a server')
    },
  }
}

async function askHere(compile: Compile, { route, params, query, headers, body }: Call): Promise<CallAnswer> {
  const answer = await handleOffline(
    {
      compile,
      policies: stockBench,
      log: silentLog,
    },
    {
      route,
      actor: { tenant: 'main', name: 'local' },
      params: params ?? {},
      query: Object.fromEntries(
        Object.entries(query ?? {}).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)] as const],
        ),
      ),
      headers: headers ?? {},
      body: { kind: 'json', value: JSON.parse(JSON.stringify(body)) },
    },
  )
  if (answer.kind === 'stream') throw new Error('a stream needs a server')
  return { status: answer.status, headers: answer.headers, body: answer.body }
}
