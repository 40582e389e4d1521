import { readFileSync } from 'node:fs'
import {
  Failure,
  isJsonObject,
  type EngineOptions,
  type Json,
  type JsonObject,
  type LocationRecord,
  type Seal,
} from '../../engine/index.js'
import { hasUnsealable, sealConfig } from '../handlers/index.js'

/**
 * The locations that every server has, then those that its file names: a JSON list of {name, driver, config}, secrets as
 * {"$secret": "clear text"}, which are sealed before anybody sees them. Throws a Failure ('invalid', never) when the file
 * is at fault.
 */
export function configuredLocations(file: string, seal: Seal): EngineOptions['locations'] {
  const named = listIn(file).map((given) => ({
    record: namedRecord(given, file, seal),
    origin: 'file' as const,
  }))
  const builtIn = ['local', 'simulated', 'docker'].map((driver) => ({
    record: recordOf({ name: driver, driver, config: {} }),
    origin: 'built-in' as const,
  }))
  return [
    ...builtIn.filter(({ record }) => !named.some((other) => other.record.name === record.name)),
    ...named,
  ]
}

function listIn(file: string): readonly Json[] {
  const list = jsonIn(file)
  if (Array.isArray(list)) return list as readonly Json[]
  throw atFault(file)
}

function jsonIn(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw atFault(file, thrown)
  }
}

function namedRecord(given: Json, file: string, seal: Seal): LocationRecord {
  if (!isJsonObject(given)) throw atFault(file)
  const { name, driver, config = {} } = given
  if (typeof name !== 'string' || typeof driver !== 'string' || !isJsonObject(config)) throw atFault(file)
  if (hasUnsealable(config)) throw atFault(file)
  return recordOf({ name, driver, config: sealConfig(config, name, seal) })
}

function recordOf(location: {
  readonly name: string
  readonly driver: string
  readonly config: JsonObject
}): LocationRecord {
  return { kind: 'location', tenant: 'default', ...location }
}

function atFault(file: string, cause?: unknown): Failure {
  const form = '[{"name": "east", "driver": "docker", "config": {}}]'
  const message = `${file} is to be a JSON list like ${form}; a "$secret" is a text that stands alone`
  return new Failure({ cause: 'invalid', retry: 'never', message }, cause)
}
