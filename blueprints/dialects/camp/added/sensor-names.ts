import { type Expression, type Json, isJsonObject } from '../../../../engine/index.js'
import { SENSOR_ALIASES } from '../types/types.js'

/** Settings that name sensors: one, several, or by the names under which they are shown. */
const NAMING: ReadonlySet<string> = new Set([
  ...['source', 'sources', 'target', 'sensor', 'sensors', 'except', 'current', 'total'],
  ...['start', 'enabled', 'weight', 'failed'],
])

/** A setting of what acts for a policy or an enricher: what it calls as Brooklyn does has its name here. */
export function withSensorNames(key: string, value: Expression): Expression {
  return NAMING.has(key) ? renamed(value) : value
}

/** The name that a sensor has here. */
export function sensorNamed(name: string): string {
  return Object.hasOwn(SENSOR_ALIASES, name) ? (SENSOR_ALIASES[name] ?? name) : name
}

function renamed(value: Expression): Expression {
  switch (value.kind) {
    case 'literal':
      return { ...value, value: renamedIn(value.value) }
    case 'list':
      return { ...value, items: value.items.map(renamed) }
    case 'map': {
      const entries = Object.entries(value.entries)
      return {
        ...value,
        entries: Object.fromEntries(entries.map(([name, to]) => [sensorNamed(name), renamed(to)])),
      }
    }
    default:
      return value
  }
}

function renamedIn(value: Json): Json {
  if (typeof value === 'string') return sensorNamed(value)
  if (Array.isArray(value)) return (value as readonly Json[]).map(renamedIn)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, to]) => [sensorNamed(name), renamedIn(to)]))
}
