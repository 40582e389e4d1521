import { Failure, isJsonObject, Secret, type Json, type JsonObject } from '../../engine/index.js'
import { parseKnownHosts, USUAL_PORT, type HostTrust, type SshHost, type SshLogin } from '../ssh/index.js'
import { expandHosts } from './host-names.js'

/** Hosts of one's own, as people configure them; every key but `hosts` has a default. */
export interface ByonConfig {
  readonly hosts: readonly ByonHost[]
  /** Directory on each host below which machines are kept. @default `.weir` in the home of the user */
  readonly root: string
  /** Numbers that ports are chosen from, first and last. @default 20000 and 29999 */
  readonly ports: PortRange
  /** Milliseconds for one command at a host. @default 30000 */
  readonly timeout: number
  /** Hosts that are made to do something at once. @default 8 */
  readonly concurrency: number
  /** Milliseconds between observations of a resource that is not expected to change. @default 5000 */
  readonly observePeriod: number
}

/** Numbers, the first and the last. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** One of them. */
export interface ByonHost {
  /** Its name among them: its address, as it was written. */
  readonly name: string
  readonly ssh: SshHost
  /** Machines that it carries at once. @default 1 */
  readonly machines: number
  /** The zone in which it is; '' for none. */
  readonly zone: string
}

/** Reads a configuration. Throws a Failure ('invalid', never) that names every fault at once. */
export function byonConfig(config: JsonObject): ByonConfig {
  const faults: string[] = []
  const read = reader(config, faults)
  const made: ByonConfig = {
    hosts: hostsOf(config, faults),
    root: read('root', isRoot, '').replace(/(?<=.)\/+$/, ''),
    ports: read('ports', isRange, { from: 20_000, to: 29_999 }),
    timeout: read('timeout', isPositive, 30_000),
    concurrency: read('concurrency', isPositive, 8),
    observePeriod: read('observePeriod', isPositive, 5000),
  }
  faults.push(...unknownKeys(config, LOCATION_KEYS, ''))
  if (faults.length === 0) return made
  throw new Failure({ cause: 'invalid', retry: 'never', message: `byon location: ${faults.join('; ')}` })
}

/** What may be said of a host; said of the location it holds for all that do not say it themselves. */
const HOST_EXPECTED = {
  user: 'a name',
  port: 'a port number',
  key: 'a secret: a private key',
  passphrase: 'a secret',
  password: 'a secret',
  agent: "the path of an agent's socket",
  hostKeys: 'a list of fingerprints, as ssh-keygen -l prints them (SHA256:…)',
  knownHosts: 'lines of a file of known hosts',
  via: 'a host through which it is reached: {address, user, …}',
  machines: 'a whole number, more than 0',
  zone: 'a name',
} as const

const EXPECTED = {
  ...HOST_EXPECTED,
  hosts: 'a list of hosts: user@10.0.0.{1-4}:22, or {address, user, …}',
  root: 'an absolute path of one line',
  ports: '{from, to}, port numbers in this order',
  timeout: 'milliseconds, more than 0',
  concurrency: 'a whole number, more than 0',
  observePeriod: 'milliseconds, more than 0',
} as const

type Key = keyof typeof EXPECTED
const LOCATION_KEYS = Object.keys(EXPECTED)
const HOST_KEYS = ['address', ...Object.keys(HOST_EXPECTED)]

type Guard<T> = (value: Json) => value is Json & T

function reader(
  config: JsonObject,
  faults: string[],
  where = '',
): <T, D extends T | undefined>(key: Key, guard: Guard<T>, fallback: D) => T | D {
  return (key, guard, fallback) => {
    const value = config[key]
    if (value === undefined) return fallback
    if (guard(value)) return value
    faults.push(`${where}${key}: expected ${EXPECTED[key]}, found ${shown(value)}`)
    return fallback
  }
}

function hostsOf(config: JsonObject, faults: string[]): readonly ByonHost[] {
  const given = config['hosts']
  if (!Array.isArray(given) || given.length === 0) {
    faults.push(`hosts: expected ${EXPECTED.hosts}`)
    return []
  }
  const hosts = (given as readonly Json[]).flatMap((one, at) => hostsIn(config, one, `hosts[${at}]`, faults))
  const names = hosts.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) faults.push(`hosts: ${twice} is there twice`)
  return hosts
}

function hostsIn(config: JsonObject, given: Json, where: string, faults: string[]): readonly ByonHost[] {
  const own = isJsonObject(given) ? given : { address: given }
  const address = own['address']
  const named = typeof address === 'string' ? expandHosts(address) : undefined
  if (named === undefined) {
    // Never all of it: its login may stand beside its address.
    faults.push(`${where}: expected ${EXPECTED.hosts}, found the address ${shown(address)}`)
    return []
  }
  faults.push(...unknownKeys(own, HOST_KEYS, `${where}.`))
  // What a host says of itself goes before what is said of all.
  const all = Object.fromEntries(Object.keys(HOST_EXPECTED).map((key) => [key, own[key] ?? config[key]]))
  const merged = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return named.map((host) => {
    const said: JsonObject = { ...merged, ...host }
    const read = reader(said, faults, `${where}.`)
    const ssh = sshOf(host.address, said, where, faults)
    return {
      name: ssh.port === USUAL_PORT ? host.address : `${host.address}:${ssh.port}`,
      ssh,
      machines: read('machines', isPositive, 1),
      zone: read('zone', isText, ''),
    }
  })
}

function sshOf(address: string, said: JsonObject, where: string, faults: string[]): SshHost {
  const read = reader(said, faults, `${where}.`)
  const user = read('user', isText, '')
  if (user === '') faults.push(`${where}: who logs in is not said: give it a user`)
  const via = said['via'] === undefined || isJsonObject(said['via']) ? said['via'] : {}
  const trust = trustOf(said, where, faults)
  if (trust.pins.length === 0 && trust.known.length === 0) {
    faults.push(`${where}: how it is known for what it is is not said: give it hostKeys or knownHosts`)
  }
  return {
    address,
    port: read('port', isPort, USUAL_PORT),
    user,
    login: loginOf(said, where, faults),
    trust,
    ...(via === undefined ? {} : { via: viaOf(said, via, `${where}.via`, faults) }),
  }
}

/** What is not said of the host between is as for the one behind it. */
function viaOf(said: JsonObject, via: JsonObject, where: string, faults: string[]): SshHost {
  const address = via['address']
  const [host] = (typeof address === 'string' ? expandHosts(address) : undefined) ?? []
  if (host === undefined)
    faults.push(`${where}: expected ${EXPECTED.via}, found the address ${shown(address)}`)
  const { via: _self, port: _port, ...shared } = said
  return sshOf(host?.address ?? '', { ...shared, ...via, ...host }, where, faults)
}

function loginOf(said: JsonObject, where: string, faults: string[]): SshLogin {
  const secret = (key: 'key' | 'passphrase' | 'password'): Secret | undefined => {
    const value = said[key]
    if (typeof value === 'string') return new Secret(key, value)
    if (value !== undefined) faults.push(`${where}.${key}: expected ${EXPECTED[key]}`)
    return undefined
  }
  const [key, passphrase, password] = [secret('key'), secret('passphrase'), secret('password')]
  const agent = reader(said, faults, `${where}.`)('agent', isRoot, undefined)
  return {
    ...(key && { key }),
    ...(passphrase && { passphrase }),
    ...(agent !== undefined && { agent }),
    ...(password && { password }),
  }
}

function trustOf(said: JsonObject, where: string, faults: string[]): HostTrust {
  const read = reader(said, faults, `${where}.`)
  const lines = read('knownHosts', isLines, '')
  return { pins: read('hostKeys', isPins, []), known: parseKnownHosts(lines) }
}

function unknownKeys(config: JsonObject, known: readonly string[], where: string): readonly string[] {
  return Object.keys(config)
    .filter((key) => !known.includes(key))
    .map((key) => `${where}${key}: not known; known are ${known.join(', ')}`)
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function isText(value: Json): value is string {
  return typeof value === 'string' && value !== '' && !/[\n\0]/.test(value)
}

function isLines(value: Json): value is string {
  return typeof value === 'string'
}

function isRoot(value: Json): value is string {
  return isText(value) && value.startsWith('/') && !value.split('/').includes('..')
}

function isPins(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((pin) => typeof pin === 'string' && pin.startsWith('SHA256:'))
}

function isPositive(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}

function isPort(value: Json): value is number {
  return isPositive(value) && value < 65_536
}

function isRange(value: Json): value is JsonObject & PortRange {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false
  const { from, to } = value as { readonly from?: Json; readonly to?: Json }
  return from !== undefined && to !== undefined && isPort(from) && isPort(to) && from <= to
}
