import { type ConfigMap, type Expression, type SensorSpec, literal } from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import type { AdjunctType } from '../../../resolve/adjunct-lookup.js'
import { underFullNames } from './full-names.js'

/** The sensor that a detector of failures goes by; undefined for what is none, or lacks what is to be reached. */
export function detectorSensor(type: AdjunctType, config: () => ConfigMap): SensorSpec | undefined {
  const asks = Object.hasOwn(ASKS, type.name) ? ASKS[type.name] : undefined
  return asks?.(new Map(underFullNames(type, config())))
}

/** The names of the sensors, which those that judge them know. */
export const REACHED = {
  connection: 'ha.connection.reached',
  ssh: 'ha.sshConnection.reached',
  latency: 'web.request.latency.reached',
} as const

type Given = ReadonlyMap<string, Expression>

/** By the names of their types. @source Brooklyn: the detectors' own defaults. */
const ASKS: { readonly [type: string]: (given: Given) => SensorSpec | undefined } = {
  ConnectionFailureDetector: (given) => {
    const address = given.get('connectionFailureDetector.endpoint')
    if (address === undefined) return undefined
    const period = millisecondsOf(given, 'connectionFailureDetector.pollPeriod', SECOND)
    return reach(REACHED.connection, { address, period, timeout: 10 * SECOND })
  },
  SshMachineFailureDetector: (given) =>
    reach(REACHED.ssh, {
      period: millisecondsOf(given, 'failureDetector.pollPeriod', 60 * SECOND),
      timeout: millisecondsOf(given, 'ha.sshConnection.timeout', 10 * SECOND),
    }),
  HttpLatencyDetector: (given) => {
    const address = given.get('latencyDetector.url') ?? ofSensor(given.get('latencyDetector.urlSensor'))
    if (address === undefined || given.has('latencyDetector.urlPostProcessing')) return undefined
    const period = millisecondsOf(given, 'latencyDetector.period', SECOND)
    return reach(REACHED.latency, { address, period, timeout: 20 * SECOND })
  },
}

const SECOND = 1_000
const LEAST = 100

function reach(
  name: string,
  asked: { readonly address?: Expression; readonly period: number; readonly timeout: number },
): SensorSpec {
  return { name, type: 'json', source: { kind: 'reach', ...asked } }
}

function ofSensor(named: Expression | undefined): Expression | undefined {
  if (named?.kind !== 'literal' || typeof named.value !== 'string') return undefined
  return { kind: 'sensor', of: { scope: 'self' }, sensor: named.value, whenReady: false }
}

function millisecondsOf(given: Given, key: string, usual: number): number {
  const written = given.get(key) ?? literal(null)
  const read = written.kind === 'literal' ? durationOf(written.value) : undefined
  return read === undefined || read === Infinity ? usual : Math.max(LEAST, read)
}
