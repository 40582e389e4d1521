import type { Duplex } from 'node:stream'
import type { Client, ClientChannel, ConnectConfig } from 'ssh2'
import type { CommandOutput } from '../../engine/index.js'
import { BoundedText } from '../supervisor/index.js'
import { distrust, distrustText, hostKeyAlgorithms } from './host-trust.js'
import { channelFault, givenUp, loginFault, lostFault, SshFault } from './ssh-fault.js'
import type { SshHost } from './ssh-host.js'

/** Milliseconds: for a login as a whole, and between signs of life, of which so many may be missed. */
export interface ConnectionPace {
  readonly login: number
  readonly alive: number
  readonly misses: number
}

/** A command's standard input, and how much of it is waited for and kept. */
export interface SshCall {
  readonly signal: AbortSignal
  /** Milliseconds; 0 for none. */
  readonly timeout: number
  /** Bytes of each stream. */
  readonly limit: number
  readonly stdin: string | Buffer
}

/** One login to one host. */
export class SshConnection {
  readonly #client: Client
  readonly #host: SshHost
  #open = true
  #trouble: Error | undefined

  private constructor(client: Client, host: SshHost) {
    this.#client = client
    this.#host = host
    client.on('error', (error) => (this.#trouble = error))
    client.once('close', () => (this.#open = false))
  }

  /** Logs in; `through`, where given, carries it. Rejects with an SshFault that says what is wrong with what. */
  static async open(host: SshHost, pace: ConnectionPace, through?: Duplex): Promise<SshConnection> {
    // Loaded when there is a host to log in to: most programs that hold this never do.
    const { Client } = (await import('ssh2')).default
    const client = new Client()
    try {
      await login(client, host, pace, through)
    } catch (error) {
      // What comes later of a login that has failed is nobody's concern.
      client.on('error', () => undefined).destroy()
      throw loginFault(host, error)
    }
    return new SshConnection(client, host)
  }

  get isOpen(): boolean {
    return this.#open
  }

  /**
   * Runs a command line and waits until it has ended and closed its streams. When the wait ends before, the answer has no exit code and
   * says so, and the command is hung up on. Rejects with an SshFault when it was not begun, or the connection was lost.
   */
  async exec(line: string, call: SshCall): Promise<CommandOutput> {
    if (call.signal.aborted) throw givenUp(this.#host)
    const ending = await this.#end(line, call)
    if (ending.exitCode === undefined && !this.#open && !ending.isGivenUp)
      throw lostFault(this.#host, true, this.#trouble)
    const { stdout, stderr, exitCode } = ending
    return { stdout, stderr, ...(exitCode === undefined ? {} : { exitCode }) }
  }

  /** A stream to an address as this host reaches it. */
  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.#client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
        if (error === undefined) resolve(stream)
        else
          reject(loginFault(this.#host, new Error(`it does not reach ${address}:${port}: ${error.message}`)))
      })
    })
  }

  end(): void {
    this.#open = false
    this.#client.end()
  }

  /** Followed from the very moment at which it is there: how a quick one ends may come with the same packet. */
  #end(line: string, call: SshCall): Promise<Ending> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        const isLost = !this.#open || error.message === NO_ANSWER
        reject(isLost ? lostFault(this.#host, true, this.#trouble ?? error) : channelFault(this.#host, error))
      }
      try {
        this.#client.exec(line, (error, channel) => {
          if (error === undefined) resolve(follow(channel, call))
          else refuse(error)
        })
      } catch (error) {
        // The connection has ended between two calls: nothing was sent.
        reject(lostFault(this.#host, false, error instanceof Error ? error : undefined))
      }
    })
  }
}

/** What the library says to those who wait when a connection closes. */
const NO_ANSWER = 'No response from server'

function login(client: Client, host: SshHost, pace: ConnectionPace, through?: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let why: string | undefined
    const verify = (key: Buffer): boolean => {
      why = distrust(host, key)
      return why === undefined
    }
    client.once('ready', resolve)
    client.once('close', () => reject(new Error('it has closed the connection')))
    client.once('error', (error) => {
      if (why === undefined) reject(error)
      else reject(untrusted(host, why))
    })
    // Throws for a key that cannot be read, which rejects as well.
    client.connect({ ...settings(host, pace), hostVerifier: verify, ...(through && { sock: through }) })
  })
}

function settings(host: SshHost, pace: ConnectionPace): ConnectConfig {
  const { key, passphrase, agent, password } = host.login
  const serverHostKey = hostKeyAlgorithms(host)
  return {
    host: host.address,
    port: host.port,
    username: host.user,
    readyTimeout: pace.login,
    keepaliveInterval: pace.alive,
    keepaliveCountMax: pace.misses,
    ...(key && { privateKey: key.reveal() }),
    ...(passphrase && { passphrase: passphrase.reveal() }),
    ...(agent !== undefined && { agent }),
    ...(password && { password: password.reveal() }),
    ...(serverHostKey && { algorithms: { serverHostKey: [...serverHostKey] as never } }),
  }
}

function untrusted(host: SshHost, why: string): SshFault {
  return new SshFault({ cause: 'denied', retry: 'never', message: distrustText(host, why) }, false)
}

interface Ending extends CommandOutput {
  /** Whether we have stopped waiting. */
  readonly isGivenUp: boolean
}

function follow(channel: ClientChannel, { signal, timeout, limit, stdin }: SshCall): Promise<Ending> {
  const stdout = new BoundedText(limit)
  const stderr = new BoundedText(limit)
  return new Promise((resolve) => {
    let code: number | undefined
    const settle = (why = ''): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      resolve({
        stdout: stdout.toString(),
        stderr: `${stderr.toString()}${why}`,
        ...(code === undefined ? {} : { exitCode: code }),
        isGivenUp: why !== '',
      })
    }
    const giveUp = (why: string): void => {
      settle(why)
      channel.destroy()
    }
    const abort = (): void => giveUp('\nthe call was given up\n')
    const timer = timeout > 0 ? setTimeout(() => giveUp(`\nended after ${timeout} ms\n`), timeout) : undefined
    signal.addEventListener('abort', abort, { once: true })
    // The channel took its time to open, and nobody tells of what was given up meanwhile.
    if (signal.aborted) abort()
    channel.on('data', (bytes: Buffer) => stdout.push(bytes))
    channel.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
    channel.on('exit', (given: number | null) => (code = given ?? KILLED))
    // A command need not read what it is given.
    channel.on('error', () => undefined)
    channel.once('close', () => settle())
    channel.end(stdin)
  })
}

/** Exit code of a command that was ended by a signal, as shells tell it of KILL. */
const KILLED = 137
