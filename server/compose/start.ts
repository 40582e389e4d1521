import { parseArgs } from 'node:util'
import { runCli } from '../cli/program.js'
import type { CliParts } from '../cli/session.js'
import { nodeTerminal } from '../cli/node-terminal.js'
import type { Terminal } from '../cli/terminal.js'
import { aliveServer } from './alive.js'
import { cliParts, configOf } from './cli-parts.js'
import { DEFAULT_PORT, defaultData, filesIn, productFolder } from './config.js'
import { startServer, type RunningServer } from './serve.js'

/** Name of the sample landscape, as its document names it. */
const SAMPLE = 'corner-shop'

/**
 * `npm start`: attaches to the server that is alive, or starts one (which adopts what a dead one left running), deploys
 * the sample unless told not to, shows what happens, and runs until Ctrl-C. Gives the exit code.
 */
export async function start(words: readonly string[]): Promise<number> {
  const terminal = nodeTerminal()
  const options = readWords(words)
  if (options === undefined) {
    terminal.err('usage: npm start -- [--no-demo] [--port <number>] [--host <address>] [--data <folder>]\n')
    return 64
  }
  const data = options.data ?? defaultData(terminal.environment)
  const alive = await aliveServer(data)
  const server = alive === undefined ? await begin(options, terminal) : undefined
  const url = server?.url ?? alive ?? ''
  const parts = { ...cliParts(terminal), terminal: withServer(terminal, url, filesIn(data).token) }
  terminal.out(
    `${server === undefined ? 'attached to' : 'serving at'} ${url}   api: ${url}/docs   token: ${filesIn(data).token}\n`,
  )
  if (options.demo) await showSample(parts)
  const left = await untilLeft({ server, parts, terminal, demo: options.demo, data })
  return left === 'server ended' ? start(words) : 0
}

interface StartOptions {
  readonly demo: boolean
  readonly host: string
  readonly port: number
  readonly data?: string
}

function readWords(words: readonly string[]): StartOptions | undefined {
  const options = {
    demo: { type: 'boolean', default: true },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    data: { type: 'string' },
  } as const
  try {
    const { values } = parseArgs({ args: [...words], options, allowNegative: true, strict: true })
    const { demo, host, data } = values
    const port = /^[0-9]{1,5}$/.test(values.port) ? Number(values.port) : undefined
    return port === undefined ? undefined : { demo, host, port, ...(data === undefined ? {} : { data }) }
  } catch {
    return undefined
  }
}

/** Starts the server; where its usual port is taken by something else, any free one does. */
async function begin(options: StartOptions, terminal: Terminal): Promise<RunningServer> {
  const config = configOf(options, terminal, 'file')
  try {
    return await startServer(config)
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EADDRINUSE') throw thrown
    throw new Error(`port ${options.port} is taken by another program; try: npm start -- --port 0`, {
      cause: thrown,
    })
  }
}

/** The same terminal, told where the server and its token are. */
function withServer(terminal: Terminal, url: string, tokenFile: string): Terminal {
  const environment = { ...terminal.environment, WEIR_SERVER: url, WEIR_TOKEN_FILE: tokenFile }
  return {
    ...terminal,
    environment,
    out: (text) => {
      terminal.out(text)
    },
    err: (text) => {
      terminal.err(text)
    },
  }
}

/** Deploys the sample if it is not there, and shows it once it runs. */
async function showSample(parts: CliParts): Promise<void> {
  const known = await runCli(['get', 'application', SAMPLE, '-o', 'name'], quiet(parts))
  const file = productFolder('catalog', 'items', SAMPLE, 'blueprint.yaml')
  if (known !== 0) await runCli(['deploy', file, '--wait', '--timeout', '3m', '--progress', 'plain'], parts)
  await runCli(['status', SAMPLE], parts)
}

function quiet(parts: CliParts): CliParts {
  return { ...parts, terminal: { ...parts.terminal, out: () => undefined, err: () => undefined } }
}

interface Session {
  readonly server: RunningServer | undefined
  readonly parts: CliParts
  readonly terminal: Terminal
  readonly demo: boolean
  readonly data: string
}

/** Milliseconds between looks at whether the server that this one is attached to still lives. */
const LOOK_AGAIN = 2_000

/** Follows what happens until Ctrl-C: the first asks what becomes of the landscape, the second ends at once. */
async function untilLeft(session: Session): Promise<'left' | 'server ended'> {
  const { parts, demo, server } = session
  const watched = new AbortController()
  if (demo) void runCli(['watch', SAMPLE], quietInterrupts(parts, watched.signal))
  const ended = server === undefined ? serverEnds(session, watched.signal) : never()
  const how = await Promise.race([personLeaves(session), ended])
  watched.abort()
  await server?.close()
  return how
}

function personLeaves(session: Session): Promise<'left'> {
  let presses = 0
  return new Promise((resolve) => {
    const onPress = (): void => {
      presses += 1
      if (presses > 1) process.exit(130)
      void farewell(session).then((go) => {
        if (go) resolve('left')
        else presses = 0
      })
    }
    session.terminal.onInterrupt(onPress)
    process.once('SIGTERM', onPress)
  })
}

/** The server that this one is attached to is gone: what it left running is adopted. */
async function serverEnds(session: Session, signal: AbortSignal): Promise<'server ended'> {
  const { terminal, data } = session
  do await terminal.sleep(LOOK_AGAIN, signal)
  while (!signal.aborted && (await aliveServer(data)) !== undefined)
  if (!signal.aborted) terminal.err('the server has ended; taking over what it left running\n')
  return 'server ended'
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}

/** What is followed does not listen to Ctrl-C itself. */
function quietInterrupts(parts: CliParts, signal: AbortSignal): CliParts {
  const say = (text: string, tell: (text: string) => void): void => {
    if (!signal.aborted) tell(text)
  }
  const { terminal } = parts
  const out = (text: string): void => {
    say(text, (said) => {
      terminal.out(said)
    })
  }
  const err = (text: string): void => {
    say(text, (said) => {
      terminal.err(said)
    })
  }
  return { ...parts, terminal: { ...terminal, out, err, onInterrupt: () => () => undefined } }
}

/** Asks what becomes of the landscape; gives whether to leave. Without a terminal it is left running, and that is said. */
async function farewell(session: Session): Promise<boolean> {
  const { terminal, parts, demo } = session
  if (!demo) return true
  if (!terminal.errIsTty) {
    terminal.err(
      `\nleaving; ${SAMPLE} goes on running. npm start adopts it again; weir destroy ${SAMPLE} removes it\n`,
    )
    return true
  }
  const said = await terminal.ask(`\n${SAMPLE} is running. [l]eave it running, [d]estroy it, or [s]tay? [l] `)
  if (/^s/i.test(said.trim())) return false
  if (/^d/i.test(said.trim())) await runCli(['destroy', SAMPLE, '--yes', '--wait'], parts)
  else terminal.err(`${SAMPLE} goes on running; npm start adopts it again\n`)
  return true
}
