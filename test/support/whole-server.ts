import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../engine/index.js'
import { nodeTerminal } from '../../server/cli/node-terminal.js'
import { runCli } from '../../server/cli/program.js'
import { cliParts } from '../../server/compose/cli-parts.js'
import { filesIn } from '../../server/compose/config.js'
import { startServer } from '../../server/compose/serve.js'
import type { HttpLimits } from '../../server/http/index.js'
import { TemporaryDirectories } from './temporary-directory.js'

/** The whole product in this process: real store, real local location, real HTTP. */
export interface WholeServer {
  readonly url: string
  /** The data folder. */
  readonly data: string
  /** A folder beside it that is the test's own. */
  readonly folder: string
  readonly token: string
  /** Asks over REST, with the server's token unless told otherwise. */
  ask(method: string, path: string, options?: AskOptions): Promise<Asked>
  /** Runs a command line against it. */
  weir(...words: readonly string[]): Promise<{ readonly exit: number; readonly text: string }>
  /** Closes it and removes its folders. */
  close(): Promise<void>
}

/** How a question differs from the plain one. */
export interface AskOptions {
  /** Absent: the server's own; null: none. */
  readonly token?: string | null
  readonly json?: unknown
  readonly text?: string | Uint8Array
  /** @default application/json for `json`, application/yaml for `text` */
  readonly type?: string
  readonly headers?: { readonly [name: string]: string }
}

/** What came back. */
export interface Asked {
  readonly status: number
  /** The `code` of a refusal; '' for anything else. */
  readonly code: string
  /** Codes of the document's problems. */
  readonly problems: readonly string[]
  readonly headers: Headers
  /** The body as it came. */
  readonly said: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

/**
 * Starts it on a free port of loopback with an empty data folder; its machines take ports from `ports` on. `local` is
 * the rest of the local location's configuration.
 */
export async function startWholeServer(
  ports: number,
  local: JsonObject = {},
  limits: Partial<HttpLimits> = {},
): Promise<WholeServer> {
  const folders = new TemporaryDirectories()
  const [data, folder] = [folders.make(), folders.make()]
  const files = filesIn(data)
  const config = { ...local, ports: { from: ports, to: ports + 99 } }
  writeFileSync(join(data, 'locations.json'), JSON.stringify([{ name: 'local', driver: 'local', config }]))
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    data,
    quota: 250_000,
    logLevel: 'debug',
    logFile: files.log,
    limits,
  })
  const { url } = server
  const token = readFileSync(files.token, 'utf8').trim()
  return {
    url,
    data,
    folder,
    token,
    ask: (method, path, options = {}) => ask(`${url}${path}`, method, { token, ...options }),
    weir: (...words) => weir(words, { WEIR_SERVER: url, WEIR_TOKEN_FILE: files.token }),
    close: async () => {
      await server.close()
      folders.remove()
    },
  }
}

async function ask(address: string, method: string, how: AskOptions): Promise<Asked> {
  const { token, json, text, headers } = how
  const body = json === undefined ? text : JSON.stringify(json)
  const type = how.type ?? (json === undefined ? 'application/yaml' : 'application/json')
  const answer = await fetch(address, {
    method,
    redirect: 'manual',
    headers: {
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body as string }),
  })
  const said = await answer.text()
  const isJson = (answer.headers.get('content-type') ?? '').includes('json')
  const parsed = isJson ? JSON.parse(said) : said
  const errors = (parsed?.problems ?? []).filter((one: { severity: string }) => one.severity === 'error')
  return {
    status: answer.status,
    code: answer.status < 400 ? '' : String(parsed?.code ?? ''),
    problems: errors.map((one: { code: string }) => one.code),
    headers: answer.headers,
    said,
    body: parsed,
  }
}

/** Made once: it listens to this process's own streams. */
const ours = nodeTerminal()

async function weir(
  words: readonly string[],
  environment: { readonly [name: string]: string },
): Promise<{ readonly exit: number; readonly text: string }> {
  let text = ''
  const say = (more: string): void => {
    text += more
  }
  const terminal = {
    ...ours,
    outIsTty: false,
    errIsTty: false,
    columns: 200,
    environment,
    out: say,
    err: say,
  }
  const exit = await runCli(words, { ...cliParts(terminal), pollInterval: 100 })
  return { exit, text }
}
