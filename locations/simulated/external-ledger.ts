import { connect, type Socket } from 'node:net'
import type { Cancel, Clock } from '../../engine/index.js'
import { UnreachedError } from './call-desk.js'
import type { Ledger } from './ledger.js'
import { sendLine, takeLines } from './line-wire.js'

/** Verbs of a ledger, as they travel. */
export const LEDGER_VERBS = [
  'ensure',
  'observe',
  'start',
  'stop',
  'fence',
  'destroy',
  'listOwned',
  'run',
  'endRun',
  'output',
  'exec',
  'copy',
  'logs',
  'printed',
  'shares',
  'usage',
  'disturb',
  'makeStranger',
  'changes',
  'inventory',
] as const

/** One of the verbs of a ledger that travel. */
export type LedgerVerb = (typeof LEDGER_VERBS)[number]

/** Where a ledger in another process listens; ports are local ones. */
export type LedgerAddress = { readonly socket: string } | { readonly port: number }

/** How long an answer is waited for, and by which clock. */
export interface Patience {
  readonly clock: Clock
  /** Milliseconds. */
  readonly timeout: number
}

/**
 * A ledger in another process: what happens to this one leaves the far end as it is. It connects when first asked, and
 * again when the connection was lost, or was silent for longer than its patience. Rejects with an UnreachedError when an
 * answer does not come.
 */
export function externalLedger(address: LedgerAddress, patience: Patience): Ledger {
  const wire = new LedgerWire(address, patience)
  const verbs = LEDGER_VERBS.map(
    (verb) => [verb, (...args: readonly unknown[]) => wire.ask(verb, args)] as const,
  )
  // The types are those of the port: both sides are built from it, and the server checks the verb.
  return { ...Object.fromEntries(verbs), close: () => wire.close() } as unknown as Ledger
}

interface Waiting {
  readonly cancel: Cancel
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

class LedgerWire {
  readonly #address: LedgerAddress
  readonly #patience: Patience
  readonly #waiting = new Map<number, Waiting>()
  #socket: Socket | undefined
  #last = 0

  constructor(address: LedgerAddress, patience: Patience) {
    this.#address = address
    this.#patience = patience
  }

  ask(verb: LedgerVerb, args: readonly unknown[]): Promise<unknown> {
    const id = (this.#last += 1)
    const socket = this.#connected()
    const { clock, timeout } = this.#patience
    return new Promise((resolve, reject) => {
      const cancel = clock.schedule(timeout, () => {
        this.#drop(socket, `nothing came within ${timeout} ms`)
      })
      this.#waiting.set(id, { cancel, resolve, reject })
      sendLine(socket, { id, verb, args })
    })
  }

  close(): Promise<void> {
    this.#socket?.destroy()
    return Promise.resolve()
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket
    const socket =
      'socket' in this.#address ? connect(this.#address.socket) : connect(this.#address.port, '127.0.0.1')
    this.#socket = socket
    let why = 'the connection was closed'
    takeLines(socket, (value) => {
      this.#take(value)
    })
    socket.on('error', (error) => {
      why = error.message
    })
    socket.on('close', () => {
      this.#lost(socket, why)
    })
    return socket
  }

  #take(value: unknown): void {
    const { id, answer, error } = value as {
      readonly id: number
      readonly answer?: unknown
      readonly error?: string
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.cancel()
    if (error === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(`the ledger failed: ${error}`))
  }

  /** Ends a connection that is accepted and silent: what else waits on it would wait in vain. */
  #drop(socket: Socket, why: string): void {
    this.#lost(socket, why)
    socket.destroy()
  }

  #lost(socket: Socket, why: string): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    const lost = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { cancel, reject } of lost) {
      cancel()
      reject(new UnreachedError(`the ledger cannot be asked: ${why}`))
    }
  }
}
