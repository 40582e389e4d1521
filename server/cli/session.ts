import type { Page, ProblemDetails } from '../api/index.js'
import { ROOT_SEGMENT, urlOf } from '../api/index.js'
import { type Colors, colorsFor } from './colors.js'
import { CliError, EXIT, RefusedError } from './exit.js'
import { httpTransport } from './http-transport.js'
import { Output, outputFormat } from './output.js'
import { type ProgressMode, progressMode } from './progress.js'
import type { Terminal } from './terminal.js'
import type { Call, CallAnswer, Transport } from './transport.js'

/** Where `weir serve` listens when nothing else is said. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8717'

/** Options that every verb takes. */
export interface GlobalOptions {
  readonly output: string
  readonly server?: string
  readonly tokenFile?: string
  readonly color: boolean
  readonly progress: string
}

/** What `weir serve` is told. */
export interface ServeOptions {
  readonly host: string
  readonly port: number
  /** Folder of the store, the token and the key; the default of the product when absent. */
  readonly data?: string
}

/** What the entry point hands in. */
export interface CliParts {
  readonly terminal: Terminal
  /** The product's version. */
  readonly version: string
  /** Opens the handlers of verbs that need no server, in this process. */
  openLocal(): Promise<Transport>
  /** Serves until it is told to stop; gives the exit code. */
  serve(options: ServeOptions): Promise<number>
  /** Milliseconds between looks while waiting. @default 500 */
  readonly pollInterval?: number
}

/** One run of one verb: the terminal, the output, and the server once it is needed. */
export class Session {
  readonly parts: CliParts
  readonly terminal: Terminal
  readonly options: GlobalOptions
  readonly output: Output
  readonly progress: ProgressMode
  /** Colors of standard output, and of standard error. */
  readonly colors: Colors
  readonly errColors: Colors
  #transport: Transport | undefined

  constructor(parts: CliParts, options: GlobalOptions) {
    this.parts = parts
    this.terminal = parts.terminal
    this.options = options
    this.output = new Output(outputFormat(options.output), parts.terminal)
    this.progress = progressMode(options.progress)
    const { outIsTty, errIsTty, environment } = parts.terminal
    this.colors = colorsFor(outIsTty, environment, !options.color)
    this.errColors = colorsFor(errIsTty, environment, !options.color)
  }

  /** The server's transport. */
  async remote(): Promise<Transport> {
    this.#transport ??= httpTransport({
      server: this.serverUrl(),
      timeout: 660_000,
      reconnect: 1000,
      sleep: (milliseconds, signal) => this.terminal.sleep(milliseconds, signal),
      ...(await this.#token()),
    })
    return this.#transport
  }

  /** Where the server is, without a slash at the end. */
  serverUrl(): string {
    const given = this.options.server ?? this.terminal.environment['WEIR_SERVER'] ?? DEFAULT_SERVER
    if (!/^https?:\/\/[^/]/.test(given)) {
      throw new CliError(EXIT.usage, `--server is a URL such as ${DEFAULT_SERVER}, not ${given}`)
    }
    return given.replace(/\/+$/, '')
  }

  /** Asks the server; what it refuses ends the command. */
  async ask(call: Call): Promise<CallAnswer> {
    const transport = await this.remote()
    const answer = await transport.ask(call)
    if (answer.status >= 400) throw refusalOf(answer, call)
    return answer
  }

  /** The same, for what it says. The wire's schemas are the contract of its shape. */
  async get<T>(call: Call): Promise<T> {
    return (await this.ask(call)).body as T
  }

  /** All pages of a list. */
  async all<T>(call: Call): Promise<readonly T[]> {
    const items: T[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 1000, ...call.query, cursor }
      const page = await this.get<Page<T>>({ ...call, query })
      items.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    return items
  }

  /** Asks for a change, under a key of its own so that it happens once. */
  async change<T>(call: Call): Promise<T> {
    const headers = { 'idempotency-key': this.terminal.newKey(), ...call.headers }
    return this.get<T>({ ...call, headers })
  }

  async #token(): Promise<{ readonly token?: string }> {
    const { environment, home } = this.terminal
    const given = environment['WEIR_TOKEN']
    if (given !== undefined && given !== '') return { token: given.trim() }
    const tokenFile = this.options.tokenFile ?? environment['WEIR_TOKEN_FILE']
    if (tokenFile !== undefined) return { token: await this.#readToken(tokenFile) }
    const folder = environment['WEIR_HOME'] ?? `${home}/.local/share/weir`
    // Without a token the server will say that one is missing, and where it is.
    return this.#readToken(`${folder}/token`).then(
      (token) => ({ token }),
      () => ({}),
    )
  }

  async #readToken(path: string): Promise<string> {
    try {
      return (await this.terminal.readFile(path)).trim()
    } catch (thrown) {
      throw new CliError(EXIT.unreadable, `cannot read the token in ${path}: ${messageOf(thrown)}`)
    }
  }
}

/** Makes an error of an answer that says no. */
export function refusalOf(answer: CallAnswer, call: Call): CliError {
  const { body } = answer
  if (typeof body === 'object' && body !== null && 'code' in body)
    return new RefusedError(body as ProblemDetails)
  const asked = urlOf(call.route, call.params, call.query)
  return new CliError(EXIT.unreachable, `what answered ${asked} with ${answer.status} is not Weir`)
}

/** An application and one of its entities, as `APP` or `APP/PATH/OF/ENTITY` names them. */
export interface Target {
  readonly application: string
  /** '' for the root. */
  readonly entity: string
}

/** Reads a target. */
export function targetOf(text: string): Target {
  const [application = '', ...path] = text.split('/')
  if (application === '') throw new CliError(EXIT.usage, `${text} is not APP or APP/ENTITY`)
  return { application, entity: path.join('/') }
}

/** The parameters that name an entity in an address. */
export function entityParams({ application, entity }: Target): { readonly [name: string]: string } {
  return { application, entity: entity === '' ? ROOT_SEGMENT : entity }
}

/** What an error says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
