import { isLoopback, numberOf } from './addresses.js'
import { Failure, isJsonObject, type Json, type JsonObject } from '../../engine/index.js'

/** Machines that are directories of this very host, as people configure them; every key has a default. */
export interface LocalConfig {
  /** Where machines, volumes and networks are kept; one location each. @default given by the composition */
  readonly root: string
  /** Numbers that ports are chosen from, first and last. @default 20000 and 29999 */
  readonly ports: { readonly from: number; readonly to: number }
  /** Address of this host by which ports are tried and reached. @default 127.0.0.1 */
  readonly host: string
  /** Loopback addresses that those of machines are chosen from, first and last. @default 127.77.0.1 and 127.77.255.254 */
  readonly addresses: { readonly from: string; readonly to: string }
  /** Machines that there may be at once. @default 200 */
  readonly machines: number
  /** PATH of what runs here. @default given by the composition */
  readonly path: string
  /** Bytes at which a log file is turned over, and older ones that are kept. @default 10 MiB and 3 */
  readonly logs: { readonly limit: number; readonly keep: number }
  /** Milliseconds for one command to a supervisor. @default 30000 */
  readonly timeout: number
  /** Milliseconds between observations of a resource that is not expected to change. @default 1000 */
  readonly observePeriod: number
}

/** Reads a configuration. Throws a Failure ('invalid', never) that names every fault at once. */
export function localConfig(config: JsonObject, defaults: Pick<LocalConfig, 'root' | 'path'>): LocalConfig {
  const faults: string[] = []
  const read = reader(config, faults)
  const made: LocalConfig = {
    root: read('root', isPath, defaults.root).replace(/(?<=.)\/+$/, ''),
    ports: read('ports', isRange, { from: 20_000, to: 29_999 }),
    host: read('host', isText, '127.0.0.1'),
    addresses: read('addresses', isAddresses, { from: '127.77.0.1', to: '127.77.255.254' }),
    machines: read('machines', isPositive, 200),
    path: read('path', isText, defaults.path),
    logs: read('logs', isLogs, { limit: 10_485_760, keep: 3 }),
    timeout: read('timeout', isPositive, 30_000),
    observePeriod: read('observePeriod', isPositive, 1000),
  }
  const unknown = Object.keys(config).filter((key) => !Object.hasOwn(EXPECTED, key))
  faults.push(...unknown.map((key) => `${key}: not known; known are ${Object.keys(EXPECTED).join(', ')}`))
  if (faults.length === 0) return made
  throw new Failure({ cause: 'invalid', retry: 'never', message: `local location: ${faults.join('; ')}` })
}

const EXPECTED: { readonly [key in keyof LocalConfig]-?: string } = {
  root: 'an absolute path of one line',
  ports: '{from, to}, port numbers in this order',
  host: 'an address of this host',
  addresses: '{from, to}, addresses of 127.0.0.0/8 in this order',
  machines: 'a whole number, more than 0',
  path: 'directories of commands, joined by colons',
  logs: '{limit, keep}: bytes, and a number of files',
  timeout: 'milliseconds, more than 0',
  observePeriod: 'milliseconds, more than 0',
}

type Guard<T> = (value: Json) => value is Json & T

function reader(
  config: JsonObject,
  faults: string[],
): <K extends keyof LocalConfig>(
  key: K,
  guard: Guard<LocalConfig[K]>,
  fallback: LocalConfig[K],
) => LocalConfig[K] {
  return (key, guard, fallback) => {
    const value = config[key]
    if (value === undefined) return fallback
    if (guard(value)) return value
    faults.push(`${key}: expected ${EXPECTED[key]}, found ${JSON.stringify(value)}`)
    return fallback
  }
}

function isText(value: Json): value is string {
  return typeof value === 'string' && value !== '' && !/[\n\0]/.test(value)
}

function isPath(value: Json): value is string {
  return isText(value) && value.startsWith('/') && !value.split('/').includes('..')
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isPositive(value: Json): value is number {
  return isCount(value) && value > 0
}

function isRange(value: Json): value is JsonObject & LocalConfig['ports'] {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false
  const { from, to } = value as { readonly from?: Json; readonly to?: Json }
  return isCount(from) && isCount(to) && from > 0 && from <= to && to < 65_536
}

function isAddresses(value: Json): value is JsonObject & LocalConfig['addresses'] {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false
  const { from, to } = value as { readonly from?: Json; readonly to?: Json }
  if (typeof from !== 'string' || typeof to !== 'string') return false
  return isLoopback(from) && isLoopback(to) && numberOf(from) <= numberOf(to)
}

function isLogs(value: Json): value is JsonObject & LocalConfig['logs'] {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false
  const { limit, keep } = value as { readonly limit?: Json; readonly keep?: Json }
  return isCount(limit) && limit > 0 && isCount(keep)
}
