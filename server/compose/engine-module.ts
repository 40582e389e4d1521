import { ContainerModule } from 'inversify'
import {
  Engine,
  type Clock,
  type Compiler,
  type EngineOptions,
  type HttpCaller,
  type IdSource,
  type LocationFactory,
  type Log,
  type PolicyKind,
  type Prober,
  type Random,
  type Renderer,
  type Seal,
  type Store,
} from '../../engine/index.js'
import { yamlDataReader } from '../../blueprints/index.js'
import { externalConfig } from '../storage/index.js'
import { filesIn, type ServerConfig } from './config.js'
import { configuredLocations } from './configured-locations.js'
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
        TOKENS.compiler,
        TOKENS.prober,
        TOKENS.caller,
        TOKENS.factories,
        TOKENS.policyKinds,
        TOKENS.store,
        TOKENS.engineId,
      ],
    )
    .inSingletonScope()
})

function engineOptions(parts: Parts): EngineOptions {
  const [config, clock, ids, random, log, seal, renderer, compiler, prober, caller, ...others] = parts
  const [factories, policyKinds, store, engineId] = others
  const read = { renderer, compiler, prober, caller, data: yamlDataReader() }
  const ports = { ...read, clock, ids, random, log, seal, factories, policyKinds, store, engineId }
  // The store is one process's alone, so whoever holds it took over from a dead one: no lease to wait out.
  const files = filesIn(config.data)
  const locations = configuredLocations(files.locations, seal)
  return {
    ...ports,
    holder: engineId,
    locations,
    external: externalConfig(files.external, { caller, clock }),
    quota: config.quota,
  }
}

type Parts = readonly [
  ServerConfig,
  Clock,
  IdSource,
  Random,
  Log,
  Seal,
  Renderer,
  Compiler,
  Prober,
  HttpCaller,
  readonly LocationFactory[],
  readonly PolicyKind[],
  Store,
  string,
]
