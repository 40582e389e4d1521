import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpLimits } from '../http/index.js'

/** Where the server keeps its things and where it listens. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly data: string
  /** Entities that one application may have. */
  readonly quota: number
  /** Lines of the log at or above this go to standard error or the log file. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** The file that the log goes to; standard error when absent. */
  readonly logFile?: string
  /** What the server takes and how long it waits, where that is not the usual. */
  readonly limits?: Partial<HttpLimits>
}

/** Port that the server listens on where nobody says otherwise. */
export const DEFAULT_PORT = 8717

/** The folder of the store, the token and the key where nobody says otherwise. */
export function defaultData(environment: NodeJS.ProcessEnv): string {
  const home = environment['WEIR_HOME']
  return home !== undefined && home !== '' ? home : join(homedir(), '.local', 'share', 'weir')
}

/** Files in the data folder. */
export function filesIn(data: string): {
  readonly [
    file in 'store' | 'key' | 'token' | 'server' | 'machines' | 'locations' | 'external' | 'log'
  ]: string
} {
  return {
    store: join(data, 'weir.db'),
    key: join(data, 'seal.key'),
    token: join(data, 'token'),
    server: join(data, 'server.json'),
    machines: join(data, 'local'),
    locations: join(data, 'locations.json'),
    external: join(data, 'external.json'),
    log: join(data, 'weir.log'),
  }
}

/** A folder of the product: seen from the sources, from what is built of them, and from the bundled command line. */
export function productFolder(...segments: readonly string[]): string {
  const here = fileURLToPath(new URL('.', import.meta.url))
  let root = here
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root)
  return join(root, ...segments)
}
