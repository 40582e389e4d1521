import { readFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import type { Application, Entity, WireEvent } from '../../server/api/index.js'
import { httpTransport } from '../../server/cli/http-transport.js'
import { runCli } from '../../server/cli/program.js'
import { nodeTerminal } from '../../server/cli/node-terminal.js'
import type { Terminal } from '../../server/cli/terminal.js'
import { cliParts } from '../../server/compose/cli-parts.js'
import { filesIn } from '../../server/compose/config.js'

/** Time, files and keys of this process; what it prints is gathered instead. */
const REAL = nodeTerminal()

/** What one command line came to. */
export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** What the REST API answered. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

/** How a request differs from a plain one. */
export interface Asked {
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

/** A server in use: by command line, by REST, and by its events. */
export class Weir {
  readonly url: string
  readonly data: string
  readonly token: string
  /** All that has happened since `listen`. */
  readonly events: WireEvent[] = []
  readonly #listening = new AbortController()

  constructor(url: string, data: string) {
    this.url = url
    this.data = data
    this.token = readFileSync(filesIn(data).token, 'utf8').trim()
  }

  /** Gathers events until `leave`. */
  listen(): void {
    const { signal } = this.#listening
    const transport = httpTransport({
      server: this.url,
      token: this.token,
      timeout: 10_000,
      reconnect: 100,
      sleep: pause,
    })
    const gather = async (): Promise<void> => {
      for await (const item of transport.follow({ since: 0 }, { signal })) {
        if (item.kind === 'event') this.events.push(item.event)
      }
    }
    void gather()
  }

  leave(): void {
    this.#listening.abort()
  }

  /** Runs `weir …` without a terminal. */
  async weir(...words: readonly string[]): Promise<Ran> {
    let [out, err] = ['', '']
    const environment = { WEIR_SERVER: this.url, WEIR_TOKEN: this.token }
    const terminal: Terminal = {
      ...REAL,
      outIsTty: false,
      errIsTty: false,
      environment,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      onInterrupt: () => () => undefined,
    }
    const exit = await runCli(words, { ...cliParts(terminal), pollInterval: 100 })
    return { exit, out, err }
  }

  /** Asks the REST API. */
  async rest(method: string, path: string, { body, headers }: Asked = {}): Promise<Answered> {
    const answer = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) }
  }

  async application(): Promise<Application> {
    return (await this.rest('GET', '/applications/corner-shop')).body as Application
  }

  /** Members of its front, by name. */
  async members(): Promise<readonly Entity[]> {
    const { body } = await this.rest('GET', '/applications/corner-shop/roles/web/members')
    return (body as { readonly items: readonly Entity[] }).items
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return after(milliseconds, undefined, { signal }).catch(() => undefined)
}
