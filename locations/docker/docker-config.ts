import { Failure, isJsonObject, type Json, type JsonObject } from '../../engine/index.js'

/** A Docker engine as people configure it; every key has a default. */
export interface DockerConfig {
  /** The engine's unix socket. @default /var/run/docker.sock */
  readonly socketPath: string
  /** Image of machines that name none. @default none: such machines are refused */
  readonly image?: string
  /** Whether images that are not on the machine are pulled. @default missing */
  readonly pull: 'missing' | 'never'
  /** Milliseconds that one ensure waits for a pull before it says 'not-ready'. @default 5000 */
  readonly pullWait: number
  /** Names of dangerous options that are allowed, each as 'name' or 'name:value'; see DANGERS. @default none */
  readonly allow: readonly string[]
  /** Address of the host on which ports are published. @default 127.0.0.1 */
  readonly publishHost: string
  /** Host by which others reach published ports. @default publishHost, or 127.0.0.1 where that is all addresses */
  readonly endpointHost: string
  /** Limits of machines that say nothing; memory in bytes. @default no limit but 4096 processes */
  readonly limits: Limits
  /** Sizes by name. @default none */
  readonly offerings: { readonly [name: string]: Limits }
  /** Directories outside of run and install directory into which files may be put. @default none */
  readonly writable: readonly string[]
  /** Milliseconds for one call to the engine, and for a look at many. @default 60000 */
  readonly timeout: number
  /** Milliseconds after which an event stream that says nothing is opened anew. @default 60000 */
  readonly silence: number
  /** Changes that the engine is asked for at once; more gain nothing. @default 4 */
  readonly concurrency: number
  /** Milliseconds between observations of a resource that is not expected to change. @default 5000 */
  readonly observePeriod: number
}

/** What a container may use at most. */
export interface Limits {
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
  /** Processes. */
  readonly pids?: number
}

/** Names by which a location may allow what gives a container power over its host. */
export const DANGERS = [
  'privileged',
  'host-pid',
  'host-network',
  'host-ipc',
  'bind',
  'bind-root',
  'bind-socket',
  'devices',
  'capabilities',
  'security-options',
] as const

/** What gives a container power over its host. */
export type Danger = (typeof DANGERS)[number]

/** Reads a configuration. Throws a Failure ('invalid', never) that names every fault at once. */
export function dockerConfig(config: JsonObject): DockerConfig {
  const faults: string[] = []
  const read = reader(config, faults)
  const publishHost = read('publishHost', isText, '127.0.0.1')
  const image = read('image', isText, undefined)
  const made: DockerConfig = {
    socketPath: read('socketPath', isPath, '/var/run/docker.sock'),
    ...(image === undefined ? {} : { image }),
    pull: read('pull', isPull, 'missing'),
    pullWait: read('pullWait', isCount, 5000),
    allow: read('allow', isAllowList, []),
    publishHost,
    endpointHost: read('endpointHost', isText, isAnyAddress(publishHost) ? '127.0.0.1' : publishHost),
    limits: { pids: 4096, ...read('limits', isLimits, {}) },
    offerings: read('offerings', isOfferings, {}),
    writable: read('writable', isPaths, []),
    timeout: read('timeout', isPositive, 60_000),
    silence: read('silence', isPositive, 60_000),
    concurrency: read('concurrency', isPositive, 4),
    observePeriod: read('observePeriod', isPositive, 5000),
  }
  const unknown = Object.keys(config).filter((key) => !Object.hasOwn(EXPECTED, key))
  faults.push(...unknown.map((key) => `${key}: not known; known are ${Object.keys(EXPECTED).join(', ')}`))
  if (faults.length > 0) {
    throw new Failure({ cause: 'invalid', retry: 'never', message: `docker location: ${faults.join('; ')}` })
  }
  return made
}

/** Whether an address stands for all addresses of the host. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

const EXPECTED: { readonly [key in keyof DockerConfig]-?: string } = {
  socketPath: 'an absolute path',
  image: 'the name of an image',
  pull: "'missing' or 'never'",
  pullWait: 'milliseconds',
  allow: `a list of ${DANGERS.join(', ')}, each also as name:value`,
  publishHost: 'an address of the host',
  endpointHost: 'a host name or address',
  limits: '{cores, memory, pids}, each a positive number',
  offerings: 'a map of names to {cores, memory, pids}',
  writable: 'a list of absolute paths',
  timeout: 'milliseconds, more than 0',
  silence: 'milliseconds, more than 0',
  concurrency: 'a whole number, more than 0',
  observePeriod: 'milliseconds, more than 0',
}

type Guard<T> = (value: Json) => value is Json & T
type Read = <T, D extends T | undefined>(key: keyof DockerConfig, guard: Guard<T>, fallback: D) => T | D

function reader(config: JsonObject, faults: string[]): Read {
  return (key, guard, fallback) => {
    const value = config[key]
    if (value === undefined) return fallback
    if (guard(value)) return value
    faults.push(`${key}: expected ${EXPECTED[key]}, found ${JSON.stringify(value)}`)
    return fallback
  }
}

function isText(value: Json): value is string {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function isPath(value: Json): value is string {
  return isText(value) && value.startsWith('/') && !value.split('/').includes('..')
}

function isPaths(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every(isPath)
}

function isPull(value: Json): value is 'missing' | 'never' {
  return value === 'missing' || value === 'never'
}

function isCount(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isPositive(value: Json): value is number {
  return isCount(value) && value > 0
}

function isAllowList(value: Json): value is readonly string[] {
  const names: readonly string[] = DANGERS
  return isTexts(value) && value.every((item) => names.includes(item.split(':')[0] ?? ''))
}

function isLimits(value: Json): value is JsonObject & Limits {
  if (!isJsonObject(value)) return false
  return Object.entries(value).every(
    ([key, limit]) => ['cores', 'memory', 'pids'].includes(key) && typeof limit === 'number' && limit > 0,
  )
}

function isOfferings(value: Json): value is JsonObject & { readonly [name: string]: Limits } {
  return isJsonObject(value) && Object.values(value).every(isLimits)
}
