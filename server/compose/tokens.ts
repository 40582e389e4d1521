import type { ServiceIdentifier } from 'inversify'
import type {
  Clock,
  Compiler,
  Engine,
  HttpCaller,
  IdSource,
  LocationFactory,
  Log,
  PolicyKind,
  Prober,
  Random,
  Renderer,
  Seal,
  Store,
} from '../../engine/index.js'
import type {
  CampContext,
  Catalogs,
  Compile,
  HandlerContext,
  Idempotency,
  PolicyBench,
  TypeCatalog,
} from '../handlers/index.js'
import type { HttpServer } from '../http/index.js'
import type { ServerConfig } from './config.js'

const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`weir.${name}`)

/** What can be asked of the container, by type. */
export const TOKENS: Tokens = {
  config: token('config'),
  clock: token('clock'),
  ids: token('ids'),
  random: token('random'),
  log: token('log'),
  store: token('store'),
  engineId: token('engine-id'),
  seal: token('seal'),
  renderer: token('renderer'),
  prober: token('prober'),
  caller: token('caller'),
  factories: token('factories'),
  policyKinds: token('policy-kinds'),
  policyBench: token('policy-bench'),
  engine: token('engine'),
  compile: token('compile'),
  compiler: token('compiler'),
  types: token('types'),
  catalogs: token('catalogs'),
  idempotency: token('idempotency'),
  handlers: token('handlers'),
  camp: token('camp'),
  bearer: token('bearer'),
  http: token('http'),
}

/** Each symbol with the type of what is bound to it. */
export interface Tokens {
  readonly config: ServiceIdentifier<ServerConfig>
  readonly clock: ServiceIdentifier<Clock>
  readonly ids: ServiceIdentifier<IdSource>
  readonly random: ServiceIdentifier<Random>
  readonly log: ServiceIdentifier<Log>
  readonly store: ServiceIdentifier<Store>
  readonly engineId: ServiceIdentifier<string>
  readonly seal: ServiceIdentifier<Seal>
  readonly renderer: ServiceIdentifier<Renderer>
  readonly prober: ServiceIdentifier<Prober>
  readonly caller: ServiceIdentifier<HttpCaller>
  readonly factories: ServiceIdentifier<readonly LocationFactory[]>
  readonly policyKinds: ServiceIdentifier<readonly PolicyKind[]>
  readonly policyBench: ServiceIdentifier<PolicyBench>
  readonly engine: ServiceIdentifier<Engine>
  readonly compile: ServiceIdentifier<Compile>
  readonly compiler: ServiceIdentifier<Compiler>
  readonly types: ServiceIdentifier<TypeCatalog>
  readonly catalogs: ServiceIdentifier<Catalogs>
  readonly idempotency: ServiceIdentifier<Idempotency>
  readonly handlers: ServiceIdentifier<HandlerContext>
  readonly camp: ServiceIdentifier<CampContext>
  readonly bearer: ServiceIdentifier<string>
  readonly http: ServiceIdentifier<HttpServer>
}
