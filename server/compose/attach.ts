import type { Terminal } from '../cli/terminal.js'
import { aliveServer } from './alive.js'
import type { ServerConfig } from './config.js'
import { isInUse, refusedStart } from './refused-start.js'
import { startServer, type RunningServer } from './serve.js'

/** The server of a data folder. */
export interface FoundServer {
  readonly url: string
  /** Absent: it is another process's. */
  readonly own?: RunningServer
}

/** Milliseconds for which a process that has the store may be silent: it is loading its books, or ending. */
const SILENCE = 30_000

/** Milliseconds between tries. */
const AGAIN = 200

/**
 * The server that works on this folder: the one that is alive, or one that we start. Of several processes that try at the
 * same moment the store lets one in; the others wait until it answers, and take its place should it end before that.
 * Throws a CliError that says what is in the way.
 */
export async function attachOrServe(config: ServerConfig, terminal: Terminal): Promise<FoundServer> {
  const deadline = terminal.now() + SILENCE
  for (;;) {
    const url = await aliveServer(config.data)
    if (url !== undefined) return { url }
    const own = await tryServe(config, terminal.now() < deadline)
    if (own !== undefined) return { url: own.url, own }
    await terminal.sleep(AGAIN, new AbortController().signal)
  }
}

/** Starts a server; undefined while another process has the store and that may yet change. */
async function tryServe(config: ServerConfig, isPatient: boolean): Promise<RunningServer | undefined> {
  try {
    return await startServer(config)
  } catch (thrown) {
    if (isPatient && isInUse(thrown)) return undefined
    throw await refusedStart(thrown, config)
  }
}
