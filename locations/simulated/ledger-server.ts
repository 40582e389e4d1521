import { realpathSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { isJsonObject, type Json } from '../../engine/index.js'
import { LEDGER_VERBS, type LedgerAddress, type LedgerVerb } from './external-ledger.js'
import type { Ledger } from './ledger.js'
import { sendLine, takeLines } from './line-wire.js'
import { MemoryLedger } from './memory-ledger.js'

/**
 * Serves a ledger to other processes: lines of JSON, `{id, verb, args}` and `{id, answer}` or `{id, error}`. Who can
 * open the socket can do everything; ports listen on the loopback address only. Resolves when it listens.
 */
export function serveLedger(ledger: Ledger, address: LedgerAddress): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    takeLines(socket, (value) => void answer(ledger, socket, value))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const listening = (): void => {
      resolve(server)
    }
    if ('socket' in address) server.listen(address.socket, listening)
    else server.listen(address.port, '127.0.0.1', listening)
  })
}

async function answer(ledger: Ledger, socket: Socket, value: unknown): Promise<void> {
  const { id, verb, args } = messageOf(value)
  try {
    if (verb === undefined) throw new Error('no such verb')
    const verbs = ledger as unknown as Verbs
    sendLine(socket, { id, answer: await verbs[verb](...args) })
  } catch (error) {
    sendLine(socket, { id, error: error instanceof Error ? error.message : String(error) })
  }
}

/** A ledger as seen from the wire: the caller's types are the port's own. */
type Verbs = { readonly [verb in LedgerVerb]: (...args: readonly unknown[]) => Promise<unknown> }

interface Message {
  readonly id: Json
  readonly verb: LedgerVerb | undefined
  readonly args: unknown[]
}

function messageOf(value: unknown): Message {
  const message = value as Json
  if (!isJsonObject(message)) return { id: null, verb: undefined, args: [] }
  const verb = LEDGER_VERBS.find((known) => known === message['verb'])
  const args = Array.isArray(message['args']) ? (message['args'] as unknown[]) : []
  return { id: message['id'] ?? null, verb, args }
}

/** The command: `node ledger-server.js SOCKET`, or a port; says 'listening' on its output when it does. */
async function main(where: string | undefined): Promise<void> {
  if (where === undefined) {
    process.stderr.write('usage: node ledger-server.js SOCKET|PORT\n')
    process.exitCode = 2
    return
  }
  await serveLedger(new MemoryLedger(), /^\d+$/.test(where) ? { port: Number(where) } : { socket: where })
  process.stdout.write('listening\n')
}

const [, command, where] = process.argv
if (command !== undefined && realpathSync(command) === fileURLToPath(import.meta.url)) await main(where)
