import { silentLog } from '../../engine/index.js'
import { stockPolicies } from '../../policies/index.js'
import { nodeTerminal } from '../cli/node-terminal.js'
import type { CliParts, ServeOptions } from '../cli/session.js'
import type { Terminal } from '../cli/terminal.js'
import type { Call, CallAnswer, Transport } from '../cli/transport.js'
import { handleOffline, type OfflineContext } from '../handlers/index.js'
import { offlineCompile } from './offline.js'
import { defaultData, filesIn, type ServerConfig } from './config.js'
import { VERSION } from './version.js'

/** Entities that one application may have where nobody says otherwise. */
export const DEFAULT_QUOTA = 250_000

/** What the CLI is made of: the terminal, the handlers that need no server, and the server itself. */
export function cliParts(terminal: Terminal = nodeTerminal()): CliParts {
  return {
    terminal,
    version: VERSION,
    openLocal: () => Promise.resolve(localTransport()),
    serve: (options) => serveUntilToldToStop(options, terminal),
  }
}

/** The configuration that follows from a command line and the environment. */
export function configOf(options: ServeOptions, terminal: Terminal, log: 'file' | 'stderr'): ServerConfig {
  const data = options.data ?? defaultData(terminal.environment)
  const { host, port } = options
  return {
    host,
    port,
    data,
    quota: DEFAULT_QUOTA,
    logLevel: 'info',
    ...(log === 'file' ? { logFile: filesIn(data).log } : {}),
  }
}

async function serveUntilToldToStop(options: ServeOptions, terminal: Terminal): Promise<number> {
  const config = configOf(options, terminal, 'stderr')
  // Loaded only to serve: verbs that need no server shall not wait for drivers and the store.
  const { startServer } = await import('./serve.js')
  const server = await startServer(config).catch(async (thrown: unknown) => {
    const { refusedStart } = await import('./refused-start.js')
    throw await refusedStart(thrown, config)
  })
  terminal.out(`weir ${VERSION} serves at ${server.url}\ntoken: ${filesIn(config.data).token}\n`)
  await new Promise<void>((resolve) => {
    terminal.onInterrupt(resolve)
    process.once('SIGTERM', resolve)
  })
  await server.close()
  return 0
}

/** Answers the calls that need no server with the same handlers, in this process. */
function localTransport(): Transport {
  const context: OfflineContext = { compile: offlineCompile(stockPolicies, DEFAULT_QUOTA), log: silentLog }
  return {
    ask: (call) => askHere(context, call),
    follow: () => {
      throw new Error('events need a server')
    },
  }
}

async function askHere(context: OfflineContext, call: Call): Promise<CallAnswer> {
  const query = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  const answer = await handleOffline(context, {
    route: call.route,
    actor: { tenant: 'default', name: 'local' },
    params: call.params ?? {},
    query: Object.fromEntries(query),
    headers: call.headers ?? {},
    body:
      call.body === undefined
        ? { kind: 'none' }
        : { kind: 'json', value: JSON.parse(JSON.stringify(call.body)) as never },
  })
  if (answer.kind === 'stream') throw new Error('a stream needs a server')
  return { status: answer.status, headers: answer.headers, body: answer.body }
}
