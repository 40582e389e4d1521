import {
  Failure,
  isJsonObject,
  type Json,
  type JsonObject,
  type Random,
  type Rate,
  type ResourceKind,
} from '../../engine/index.js'
import { amount, flag, listOf, mapOf, number, oneOf, positive, record, text, whole } from './decode.js'
import type { Decode } from './decode.js'
import type { Zones } from './ledger.js'
import { loadDecode, type Load } from './load-model.js'
import { scriptDecode, VERBS, type ScriptSpec, type Verb } from './script.js'

/** A simulated place as people configure it; every key has a default. Times in milliseconds. */
export interface SimulatedConfig {
  /** Of all chance. @default chance that was handed in */
  readonly seed?: number
  /** Where the truth is: in this process, or in one of its own at a unix socket or a local TCP port. @default memory */
  readonly ledger: LedgerPlace
  /** How long an answer of a ledger in a process of its own is waited for. @default 30000 */
  readonly timeout: number
  /** How long calls take, by verb. @default 0: they are answered at once */
  readonly delays: { readonly [verb in Verb]?: Delay }
  /** How long a machine takes from its making until it is on. @default 0 */
  readonly boot: Delay
  /** How long tasks take beside what their scripts sleep. @default 0 */
  readonly task: Delay
  /** What zones can hold. @default one nameless zone without limits */
  readonly zones: Zones
  /** What roles have to do. @default nothing */
  readonly loads: { readonly [role: string]: Load }
  /** What goes wrong. @default nothing */
  readonly script: ScriptSpec
  /** Whether changes are hinted at. @default false */
  readonly hints: boolean
  /** Whether machines can be fenced, as by a power switch, while their hosts are lost. @default true */
  readonly fences: boolean
  /** Calls that may be under way at once. @default 64 */
  readonly concurrency: number
  /** Calls in a period, as a provider limits them. @default no limit */
  readonly rate?: Rate
  /** Resources in one call. @default 500 */
  readonly bulk: number
  /** Between observations of a resource that is not expected to change. @default 5000 */
  readonly observePeriod: number
  /** By which the machines' clock is ahead of ours. @default 0 */
  readonly skew: number
  /** Kinds of resource that there are. @default all */
  readonly kinds: readonly ResourceKind[]
}

/** Where the truth of a simulated place is. */
export type LedgerPlace = 'memory' | { readonly socket: string } | { readonly port: number }

/** So many milliseconds, or drawn from a range each time. */
export type Delay = number | { readonly min: number; readonly max: number }

/** Reads a configuration. Throws a Failure ('invalid', never) that names every fault at once. */
export function simulatedConfig(config: JsonObject): SimulatedConfig {
  const faults: string[] = []
  const given = CONFIG(config, '', faults) ?? {}
  if (faults.length > 0) {
    throw new Failure({
      cause: 'invalid',
      retry: 'never',
      message: `simulated location: ${faults.join('; ')}`,
    })
  }
  return { ...DEFAULTS, ...given }
}

/** One delay of a kind. Chance is asked only for a range. */
export function drawDelay(delay: Delay | undefined, random: Random): number {
  if (delay === undefined || typeof delay === 'number') return delay ?? 0
  return delay.min + (delay.max - delay.min) * random.next()
}

const KINDS: readonly ResourceKind[] = [
  ...(['machine', 'network', 'volume', 'address', 'rule', 'key', 'image', 'backends'] as const),
]

const DEFAULTS: SimulatedConfig = {
  ledger: 'memory',
  timeout: 30_000,
  delays: {},
  boot: 0,
  task: 0,
  zones: {},
  loads: {},
  script: {},
  hints: false,
  fences: true,
  concurrency: 64,
  bulk: 500,
  observePeriod: 5000,
  skew: 0,
  kinds: KINDS,
}

const RANGE = record<{ readonly min: number; readonly max: number }>({ min: amount, max: amount }, [
  'min',
  'max',
])

const DELAY: Decode<Delay> = (value, at, faults) => {
  if (!isJsonObject(value)) return amount(value, at, faults)
  const range = RANGE(value, at, faults)
  if (range !== undefined && range.min > range.max)
    faults.push(`${at}: min ${range.min} is more than max ${range.max}`)
  return range
}

const LEDGER: Decode<LedgerPlace> = (value, at, faults) => {
  if (value === 'memory') return value
  const place = record<{ readonly socket?: string; readonly port?: number }>({ socket: text, port: positive })
  const found = isJsonObject(value) ? place(value, at, faults) : undefined
  if (found?.socket !== undefined && found.port === undefined) return { socket: found.socket }
  if (found?.port !== undefined && found.socket === undefined) return { port: found.port }
  faults.push(`${at}: expected memory, {socket} or {port}, found ${JSON.stringify(value satisfies Json)}`)
  return undefined
}

const delayFields = Object.fromEntries(VERBS.map((verb) => [verb, DELAY])) as {
  readonly [verb in Verb]: Decode<Delay>
}

const CONFIG: Decode<Partial<SimulatedConfig>> = record<Partial<SimulatedConfig>>({
  seed: whole,
  ledger: LEDGER,
  timeout: positive,
  delays: record<{ readonly [verb in Verb]?: Delay }>(delayFields),
  boot: DELAY,
  task: DELAY,
  zones: mapOf(record({ machines: whole, cores: amount, memory: amount })),
  loads: mapOf(loadDecode),
  script: scriptDecode,
  hints: flag,
  fences: flag,
  concurrency: positive,
  rate: record({ tokens: positive, period: positive }, ['tokens', 'period']),
  bulk: positive,
  observePeriod: positive,
  skew: number,
  kinds: listOf(oneOf(KINDS)),
})
