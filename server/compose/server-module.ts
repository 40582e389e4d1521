import { ContainerModule } from 'inversify'
import type { Clock, Engine, Log, Seal, Store } from '../../engine/index.js'
import {
  answerCamp,
  handle,
  Idempotency,
  StoredIdempotency,
  type CampContext,
  type Catalogs,
  type Compile,
  type HandlerContext,
  type PolicyBench,
  type TypeCatalog,
} from '../handlers/index.js'
import { createHttpServer, tokenHash, type HttpServer } from '../http/index.js'
import { readArchive, writeZip } from '../storage/index.js'
import { productFolder, type ServerConfig } from './config.js'
import { TOKENS } from './tokens.js'
import { VERSION } from './version.js'

/** The HTTP face over the handlers. */
export const serverModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.idempotency)
    .toResolvedValue(
      (store: Store, clock: Clock) => new Idempotency(new StoredIdempotency(store, clock), clock),
      [TOKENS.store, TOKENS.clock],
    )
    .inSingletonScope()
  bind(TOKENS.handlers).toResolvedValue(handlerContext, [
    TOKENS.engine,
    TOKENS.compile,
    TOKENS.types,
    TOKENS.idempotency,
    TOKENS.log,
    TOKENS.seal,
    TOKENS.catalogs,
    TOKENS.policyBench,
  ])
  bind(TOKENS.http)
    .toResolvedValue(httpServer, [
      TOKENS.handlers,
      TOKENS.camp,
      TOKENS.bearer,
      TOKENS.clock,
      TOKENS.log,
      TOKENS.config,
    ])
    .inSingletonScope()
})

type HandlerParts = readonly [Engine, Compile, TypeCatalog, Idempotency, Log, Seal, Catalogs, PolicyBench]

function handlerContext(
  ...[engine, compile, types, idempotency, log, seal, catalogs, policies]: HandlerParts
): HandlerContext {
  return {
    engine,
    compile,
    types,
    idempotency,
    log,
    seal,
    catalogs,
    policies,
    archives: { read: (bytes) => readArchive(bytes), write: writeZip },
    version: VERSION,
  }
}

type HttpParts = readonly [HandlerContext, CampContext, string, Clock, Log, ServerConfig]

function httpServer(...[context, camp, bearer, clock, log, config]: HttpParts): HttpServer {
  return createHttpServer({
    handle: (request) => handle(context, request),
    camp: (call) => answerCamp(camp, call),
    tokens: [{ name: 'admin', tenant: 'default', hash: tokenHash(bearer), permissions: 'all' }],
    clock,
    log,
    version: VERSION,
    errorPages: productFolder('docs', 'errors'),
    ...(config.limits === undefined ? {} : { limits: config.limits }),
  })
}
