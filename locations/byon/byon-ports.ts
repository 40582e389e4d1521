import { digestOfText, type MachineShape } from '../../engine/index.js'
import type { PortRange } from './byon-config.js'

/** Port of a machine as asked for. */
type PortWant = MachineShape['ports'][number]

/**
 * Chooses a number for each port: the one asked for unless another machine of that host has it, else the first free one of the range from a
 * start that depends on the token. An exact one is that number. Undefined when the range has too few.
 */
export function choosePorts(
  token: string,
  ports: readonly PortWant[],
  taken: ReadonlySet<number>,
  range: PortRange,
): { readonly [name: string]: number } | undefined {
  const used = new Set(taken)
  const chosen: { [name: string]: number } = {}
  for (const port of ports) {
    const number = isItself(port, used) ? port.number : firstFree(`${token} ${port.name}`, used, range)
    if (number === undefined) return undefined
    used.add(number)
    chosen[port.name] = number
  }
  return chosen
}

function isItself({ number, exact }: PortWant, used: ReadonlySet<number>): boolean {
  return number !== undefined && (exact === true || !used.has(number))
}

function firstFree(seed: string, used: ReadonlySet<number>, { from, to }: PortRange): number | undefined {
  const size = to - from + 1
  const start = parseInt(digestOfText(seed).slice(0, 8), 16) % size
  for (let step = 0; step < size; step += 1) {
    const number = from + ((start + step) % size)
    if (!used.has(number)) return number
  }
  return undefined
}
