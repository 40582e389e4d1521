import { parseArgs } from 'node:util'
import { tellError } from '../cli/errors.js'
import { runCli } from '../cli/program.js'
import type { CliParts } from '../cli/session.js'
import { nodeTerminal } from '../cli/node-terminal.js'
import type { Terminal } from '../cli/terminal.js'
import { aliveServer } from './alive.js'
import { attachOrServe, type FoundServer } from './attach.js'
import { cliParts, configOf } from './cli-parts.js'
import { DEFAULT_PORT, filesIn, productFolder } from './config.js'

/** Name of the sample landscape, as its document names it. */
const SAMPLE = 'corner-shop'

/**
 * `npm start`: attaches to the server that is alive, or starts one (which adopts what a dead one left running), deploys
 * the sample unless told not to, shows what happens, and runs until Ctrl-C. Should the server end that it is attached
 * to, it takes its place. Gives the exit code.
 */
export async function start(words: readonly string[]): Promise<number> {
  const terminal = nodeTerminal()
  const options = readWords(words)
  if (options === undefined) {
    terminal.err('usage: npm start -- [--no-demo] [--port <number>] [--host <address>] [--data <folder>]\n')
    return 64
  }
  try {
    while ((await untilLeft(await beginSession(options, terminal))) === 'server ended') {
      terminal.err('the server has ended; taking over what it left running\n')
    }
    return 0
  } catch (thrown) {
    return tellError(thrown, terminal, undefined)
  }
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

/** One server's time: until a person leaves, or the server ends that another process runs. */
interface Session {
  readonly server: FoundServer
  readonly terminal: Terminal
  /** The command line, told where the server is; it leaves Ctrl-C to us. */
  readonly parts: CliParts
  readonly voice: Voice
  readonly over: AbortController
  readonly demo: boolean
  readonly data: string
}

/** Finds or starts the server, and says where it is. */
async function beginSession(options: StartOptions, terminal: Terminal): Promise<Session> {
  const config = configOf(options, terminal, 'file')
  const { data } = config
  const server = await attachOrServe(config, terminal)
  const how = server.own === undefined ? 'attached to' : 'serving at'
  terminal.out(`${how} ${server.url}   api: ${server.url}/docs   token: ${filesIn(data).token}\n`)
  const over = new AbortController()
  const voice = { quiet: false }
  const parts = cliParts(spectator(terminal, { url: server.url, token: filesIn(data).token, voice }))
  return { server, terminal, parts, voice, over, demo: options.demo, data }
}

/** Whether what is shown may speak: not while a person is asked something, and not once the session is over. */
interface Voice {
  quiet: boolean
}

/** The terminal of what is only shown: it knows the server, does not listen to Ctrl-C, and can be made quiet. */
function spectator(
  terminal: Terminal,
  { url, token, voice }: { readonly url: string; readonly token: string; readonly voice: Voice },
): Terminal {
  const unlessQuiet = (tell: (text: string) => void) => (text: string) => {
    if (!voice.quiet) tell(text)
  }
  return {
    ...terminal,
    environment: { ...terminal.environment, WEIR_SERVER: url, WEIR_TOKEN_FILE: token, WEIR_TOKEN: undefined },
    out: unlessQuiet((text) => {
      terminal.out(text)
    }),
    err: unlessQuiet((text) => {
      terminal.err(text)
    }),
    onInterrupt: () => () => undefined,
  }
}

/** Shows what happens until Ctrl-C, whatever is being shown at the time, or until the server ends. */
async function untilLeft(session: Session): Promise<'left' | 'server ended'> {
  const { server, over, voice, demo, terminal } = session
  const person = personLeaves(session)
  const ends = [person.left, ...(server.own === undefined ? [serverEnds(session)] : [])]
  if (demo) {
    showSample(session).catch((thrown: unknown) => {
      if (!over.signal.aborted) terminal.err(`${SAMPLE} cannot be shown: ${String(thrown)}\n`)
    })
  }
  const how = await Promise.race(ends)
  over.abort()
  voice.quiet = true
  await server.own?.close()
  person.undo()
  return how
}

/** Deploys the sample unless it is there; tells how it comes up, or how what was found stands; then what happens. */
async function showSample({ parts, over }: Session): Promise<void> {
  const found = await isThere(parts)
  if (!found && !(await deploySample(parts))) return
  const { text } = await ask(parts, 'get', 'applications', SAMPLE, '-o', 'json')
  const isWanted = text.includes('"wish": "running"')
  if (isWanted) await runCli(['wait', SAMPLE, '--timeout', '3m', '--progress', 'plain'], parts)
  if (found && !over.signal.aborted) await runCli(['get', 'entities', SAMPLE], parts)
  if (!over.signal.aborted) await runCli(['watch', SAMPLE], parts)
}

/** Gives whether it is there; another process that is attached may have been quicker. */
async function deploySample(parts: CliParts): Promise<boolean> {
  const { exit, text } = await ask(
    parts,
    'deploy',
    productFolder('catalog', 'items', SAMPLE, 'blueprint.yaml'),
  )
  if (exit === 0 || (await isThere(parts))) return true
  parts.terminal.err(text)
  return false
}

async function isThere(parts: CliParts): Promise<boolean> {
  return (await ask(parts, 'get', 'applications', SAMPLE, '-o', 'name')).exit === 0
}

/** Runs a command line without showing it. */
async function ask(
  parts: CliParts,
  ...words: readonly string[]
): Promise<{ readonly exit: number; readonly text: string }> {
  let text = ''
  const gather = (more: string): void => {
    text += more
  }
  const terminal = { ...parts.terminal, out: gather, err: gather }
  return { exit: await runCli(words, { ...parts, terminal }), text }
}

/** Listens to who wants to leave: the first Ctrl-C asks, the second ends at once; SIGTERM leaves without asking. */
function personLeaves(session: Session): { readonly left: Promise<'left'>; readonly undo: () => void } {
  const { terminal } = session
  const undoes: (() => void)[] = []
  const left = new Promise<'left'>((resolve, reject) => {
    let presses = 0
    const leave = (asks: boolean): void => {
      presses += 1
      if (presses > 1) process.exit(130)
      farewell(session, asks).then((goes) => {
        if (goes) resolve('left')
        else presses = 0
      }, reject)
    }
    const terminate = (): void => {
      leave(false)
    }
    process.on('SIGTERM', terminate)
    undoes.push(
      () => process.off('SIGTERM', terminate),
      terminal.onInterrupt(() => {
        leave(terminal.errIsTty)
      }),
    )
  })
  return {
    left,
    undo: () => {
      for (const undo of undoes) undo()
    },
  }
}

/** Milliseconds between looks at whether the server that this one is attached to still lives. */
const LOOK_AGAIN = 2_000

/** Resolves when the server that this one is attached to is gone. */
async function serverEnds({ terminal, data, over }: Session): Promise<'server ended'> {
  do await terminal.sleep(LOOK_AGAIN, over.signal)
  while (!over.signal.aborted && (await aliveServer(data)) !== undefined)
  return 'server ended'
}

/** Asks a person what becomes of the sample; gives whether to leave. Who is not asked is told that it goes on. */
async function farewell(session: Session, asks: boolean): Promise<boolean> {
  const { terminal, parts, voice, demo } = session
  if (!demo || !(await isThere(parts))) return true
  const goesOn = `${SAMPLE} goes on running; npm start adopts it again, weir destroy ${SAMPLE} removes it\n`
  const said = asks
    ? await terminal.ask(`\n${SAMPLE}: [l]eave it running, [d]estroy it, or [s]tay? [l] `)
    : ''
  voice.quiet = false
  if (/^s/i.test(said.trim())) return false
  if (/^d/i.test(said.trim())) await runCli(['destroy', SAMPLE, '--yes', '--wait'], parts)
  else terminal.err(`${asks ? '' : '\nleaving; '}${goesOn}`)
  return true
}
