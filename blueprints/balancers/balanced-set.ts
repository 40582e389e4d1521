import { isJsonObject, type Backend, type BackendHealth, type Json } from '../../engine/index.js'

/** A set of back ends as balancers are configured for. */
export interface BalancedSet {
  readonly algorithm: 'round-robin' | 'least-connections' | 'source'
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly members: readonly Omit<Backend, 'machine'>[]
  readonly health?: BackendHealth
}

/**
 * Reads the sensor `backends` of an entity. Addresses come from far ends and stand in configurations without quotes: what is
 * not plainly an address or a name is refused, and so is a number out of its range. Throws an Error that names it.
 */
export function balancedSet(value: Json): BalancedSet {
  if (!isJsonObject(value) || !Array.isArray(value['members']))
    throw new Error('there is no set of back ends')
  const { algorithm, port, protocol, members, health } = value
  return {
    algorithm: oneOf(['round-robin', 'least-connections', 'source'] as const, algorithm),
    port: whole(port, 'port', 65_535),
    protocol: oneOf(['tcp', 'udp'] as const, protocol),
    members: members.map(memberOf),
    ...(isJsonObject(health) ? { health: healthOf(health) } : {}),
  }
}

/** Host and port as they stand in a configuration: IPv6 in brackets. */
export function hostAndPort({ address, port }: Pick<Backend, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const ADDRESS = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/

function memberOf(value: Json): BalancedSet['members'][number] {
  if (!isJsonObject(value)) throw new Error('a back end has no address')
  const { address, port, weight, draining } = value
  if (typeof address !== 'string' || !ADDRESS.test(address))
    throw new Error(`${JSON.stringify(address ?? null)} is not an address`)
  return {
    address,
    port: whole(port, 'port', 65_535),
    ...(weight === undefined ? {} : { weight: whole(weight, 'weight', 256) }),
    ...(draining === true ? { draining } : {}),
  }
}

const HOUR = 3_600_000

function healthOf({ period, timeout, failures }: { readonly [key: string]: Json }): BackendHealth {
  return {
    period: whole(period, 'period', HOUR),
    timeout: whole(timeout, 'timeout', HOUR),
    failures: whole(failures, 'failures', 1_000),
  }
}

function whole(value: Json | undefined, what: string, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${what} ${JSON.stringify(value ?? null)} is not a whole number from 1 to ${most}`)
  return value
}

function oneOf<T extends string>(words: readonly T[], value: Json | undefined): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new Error(`${JSON.stringify(value ?? null)} is none of ${words.join(', ')}`)
  return found
}
