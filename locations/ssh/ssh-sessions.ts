import type { Duplex } from 'node:stream'
import PQueue from 'p-queue'
import type { CommandOutput } from '../../engine/index.js'
import { quote } from '../supervisor/index.js'
import { SshConnection, type ConnectionPace, type SshCall } from './ssh-connection.js'
import { givenUp } from './ssh-fault.js'
import { hostText, type SshHost } from './ssh-host.js'

/** Channels of one connection: OpenSSH lets ten of them be open, and some are for people. */
const CHANNELS = 8

/** Milliseconds. */
const PACE: ConnectionPace = { login: 20_000, alive: 10_000, misses: 3 }

interface Session {
  /** What waits for a channel of its own. */
  readonly queue: PQueue
  connection?: Promise<SshConnection>
}

/**
 * Runs commands on hosts, over one connection for each that is opened when it is needed and again after it was lost. Commands
 * beyond what a connection carries wait for their turn.
 */
export class SshSessions {
  readonly #sessions = new Map<string, Session>()
  readonly #pace: ConnectionPace

  constructor(pace: Partial<ConnectionPace> = {}) {
    this.#pace = { ...PACE, ...pace }
  }

  /**
   * Runs a command and answers when it has ended; without an exit code nobody knows how. Rejects with an SshFault, which says
   * whether it may have begun.
   */
  async run(host: SshHost, command: readonly string[], call: SshCall): Promise<CommandOutput> {
    const session = this.#session(host)
    const line = command.map(quote).join(' ')
    return session.queue.add(async () => {
      if (call.signal.aborted) throw givenUp(host)
      return (await this.#connection(host, session)).exec(line, call)
    })
  }

  /** Ends all connections; what was begun at the hosts in sessions of its own goes on. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    const opened = sessions.map(({ connection }) => connection).filter((one) => one !== undefined)
    for (const connection of await Promise.allSettled(opened))
      if (connection.status === 'fulfilled') connection.value.end()
  }

  #session(host: SshHost): Session {
    const name = nameOf(host)
    const known = this.#sessions.get(name)
    if (known !== undefined) return known
    const session: Session = { queue: new PQueue({ concurrency: CHANNELS }) }
    this.#sessions.set(name, session)
    return session
  }

  /** The one that is open, or is being opened: who comes meanwhile waits for the same. */
  async #connection(host: SshHost, session: Session): Promise<SshConnection> {
    const known = session.connection
    const open = known === undefined ? undefined : await known.catch(() => undefined)
    if (open?.isOpen === true) return open
    if (session.connection === known) session.connection = this.#open(host)
    return session.connection ?? this.#open(host)
  }

  async #open(host: SshHost): Promise<SshConnection> {
    return SshConnection.open(host, this.#pace, await this.#through(host))
  }

  async #through(host: SshHost): Promise<Duplex | undefined> {
    if (host.via === undefined) return undefined
    const between = await this.#connection(host.via, this.#session(host.via))
    return between.forward(host.address, host.port)
  }
}

/** The same for what may share a connection. */
function nameOf(host: SshHost): string {
  return host.via === undefined ? hostText(host) : `${hostText(host)} via ${nameOf(host.via)}`
}
