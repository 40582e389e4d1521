import { ContainerModule } from 'inversify'
import { readFileSync } from 'node:fs'
import {
  Engine,
  type Clock,
  type EngineOptions,
  type IdSource,
  type LocationFactory,
  type LocationRecord,
  type Log,
  type PolicyKind,
  type Prober,
  type Random,
  type Renderer,
  type Seal,
  type Store,
} from '../../engine/index.js'
import { filesIn, type ServerConfig } from './config.js'
import { TOKENS } from './tokens.js'

/** The engine over everything else. */
export const engineModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.engine)
    .toResolvedValue(
      (...parts: Parts) => new Engine(engineOptions(parts)),
      [
        TOKENS.config,
        TOKENS.clock,
        TOKENS.ids,
        TOKENS.random,
        TOKENS.log,
        TOKENS.seal,
        TOKENS.renderer,
        TOKENS.prober,
        TOKENS.factories,
        TOKENS.policyKinds,
        TOKENS.store,
        TOKENS.engineId,
      ],
    )
    .inSingletonScope()
})

function engineOptions(parts: Parts): EngineOptions {
  const [config, clock, ids, random, log, seal, renderer, prober, factories, policyKinds, store, engineId] =
    parts
  const ports = { clock, ids, random, log, seal, renderer, prober, factories, policyKinds, store, engineId }
  // The store is one process's alone, so whoever holds it took over from a dead one: no lease to wait out.
  return { ...ports, holder: engineId, locations: configuredLocations(config) }
}

type Parts = readonly [
  ServerConfig,
  Clock,
  IdSource,
  Random,
  Log,
  Seal,
  Renderer,
  Prober,
  readonly LocationFactory[],
  readonly PolicyKind[],
  Store,
  string,
]

/** What every server has, then what its file names: a JSON list of {name, driver, config}. */
function configuredLocations(config: ServerConfig): EngineOptions['locations'] {
  const builtIn = ['local', 'simulated', 'docker'].map((driver) => ({
    record: locationRecord({ name: driver, driver, config: {} }),
    origin: 'built-in' as const,
  }))
  const named = namedLocations(filesIn(config.data).locations).map((location) => ({
    record: locationRecord(location),
    origin: 'file' as const,
  }))
  return [
    ...builtIn.filter(({ record }) => !named.some((other) => other.record.name === record.name)),
    ...named,
  ]
}

type Named = Pick<LocationRecord, 'name' | 'driver' | 'config'>

function locationRecord(location: Named): LocationRecord {
  return { kind: 'location', tenant: 'default', ...location }
}

function namedLocations(file: string): readonly Named[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly Named[]
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw new Error(`${file} is to be a JSON list of {"name", "driver", "config"}`, { cause: thrown })
  }
}
