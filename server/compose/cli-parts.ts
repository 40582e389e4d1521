import { nodeTerminal } from '../cli/node-terminal.js'
import type { CliParts, ServeOptions } from '../cli/session.js'
import type { Terminal } from '../cli/terminal.js'
import { defaultData, filesIn, type ServerConfig } from './config.js'
import { VERSION } from './version.js'

/** Entities that one application may have where nobody says otherwise. */
export const DEFAULT_QUOTA = 250_000

/** What the CLI is made of: the terminal, the handlers that need no server, and the server itself. */
export function cliParts(terminal: Terminal = nodeTerminal()): CliParts {
  return {
    terminal,
    version: VERSION,
    openLocal: async () => (await import('./local-transport.js')).localTransport(DEFAULT_QUOTA),
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
