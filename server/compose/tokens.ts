import type { ServiceIdentifier } from 'inversify'
import type { Clock, Engine, IdSource, LocationFactory, Log, PolicyKind, Prober, Random, Renderer, Seal, Store } from '../../engine/index.js'
import type { Compile, HandlerContext, Idempotency, TypeCatalog } from '../handlers/index.js'
import type { HttpServer } from '../http/index.js'
import type { ServerConfig } from './config.js'

const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`weir.${name}`)

/** What can be asked of the container, by type. */
export const TOKENS = {
  config: token<ServerConfig>('config'),
  clock: token<Clock>('clock'),
  ids: token<IdSource>('ids'),
  random: token<Random>('random'),
  log: token<Log>('log'),
  store: token<Store>('store'),
  engineId: token<string>('engine-id'),
  seal: token<Seal>('seal'),
  renderer: token<Renderer>('renderer'),
  prober: token<Prober>('prober'),
  factories: token<readonly LocationFactory[]>('factories'),
  policyKinds: token<readonly PolicyKind[]>('policy-kinds'),
  engine: token<Engine>('engine'),
  compile: token<Compile>('compile'),
  types: token<TypeCatalog>('types'),
  idempotency: token<Idempotency>('idempotency'),
  handlers: token<HandlerContext>('handlers'),
  bearer: token<string>('bearer'),
  http: token<HttpServer>('http'),
} as const
