import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { digestOfText, type MachineShape } from '../../engine/index.js'
import type { LocalConfig } from './local-config.js'

/** Ports of a machine as asked for. */
type PortWant = MachineShape['ports'][number]

/**
 * Chooses a free number for each port: the one asked for when it is in the range, else the first free one from a start
 * that depends on the token, so that the same wish tends to the same numbers. `taken`: numbers of other machines at that address.
 * An exact one is that number. With `anyNumber` a number that is asked for need not be in the range. Undefined when the range has too few.
 */
export async function choosePorts(
  token: string,
  ports: readonly PortWant[],
  taken: ReadonlySet<number>,
  config: Pick<LocalConfig, 'ports' | 'host'> & { readonly anyNumber?: boolean },
): Promise<{ readonly [name: string]: number } | undefined> {
  const used = new Set(taken)
  const chosen: { [name: string]: number } = {}
  for (const port of ports) {
    // Nothing is opened here, so what software has of itself is not looked at: it tells best itself.
    const number =
      port.exact === true && port.number !== undefined
        ? port.number
        : await firstFree(candidates(token, port, config), used, port.protocol, config.host)
    if (number === undefined) return undefined
    used.add(number)
    chosen[port.name] = number
  }
  return chosen
}

/** How many numbers of the range no machine has; others on this host may still hold some of them. */
export function freePorts(taken: ReadonlySet<number>, { from, to }: LocalConfig['ports']): number {
  return to - from + 1 - [...taken].filter((number) => number >= from && number <= to).length
}

function* candidates(
  token: string,
  port: PortWant,
  { ports: { from, to }, anyNumber }: Parameters<typeof choosePorts>[3],
): Generator<number> {
  const { number } = port
  if (number !== undefined && (anyNumber === true || (number >= from && number <= to))) yield number
  const size = to - from + 1
  const start = parseInt(digestOfText(`${token} ${port.name}`).slice(0, 8), 16) % size
  for (let step = 0; step < size; step += 1) yield from + ((start + step) % size)
}

async function firstFree(
  numbers: Iterable<number>,
  used: ReadonlySet<number>,
  protocol: PortWant['protocol'],
  host: string,
): Promise<number | undefined> {
  for (const number of numbers) {
    if (!used.has(number) && (await canBind(protocol, number, host))) return number
  }
  return undefined
}

function canBind(protocol: PortWant['protocol'], port: number, host: string): Promise<boolean> {
  return protocol === 'tcp' ? canListen(port, host) : canReceive(port, host)
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function canReceive(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
