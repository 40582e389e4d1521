import { ContainerModule } from 'inversify'
import type { Clock, Engine, Log, Seal, Store } from '../../engine/index.js'
import {
  handle,
  Idempotency,
  StoredIdempotency,
  type Compile,
  type HandlerContext,
  type TypeCatalog,
} from '../handlers/index.js'
import { createHttpServer, tokenHash } from '../http/index.js'
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
  bind(TOKENS.handlers).toResolvedValue(
    (
      ...[engine, compile, types, idempotency, log, seal]: readonly [
        Engine,
        Compile,
        TypeCatalog,
        Idempotency,
        Log,
        Seal,
      ]
    ): HandlerContext => ({
      engine,
      compile,
      types,
      idempotency,
      log,
      seal,
      version: VERSION,
    }),
    [TOKENS.engine, TOKENS.compile, TOKENS.types, TOKENS.idempotency, TOKENS.log, TOKENS.seal],
  )
  bind(TOKENS.http)
    .toResolvedValue(
      (
        ...[context, bearer, clock, log, config]: readonly [HandlerContext, string, Clock, Log, ServerConfig]
      ) =>
        createHttpServer({
          handle: (request) => handle(context, request),
          tokens: [{ name: 'admin', tenant: 'default', hash: tokenHash(bearer), permissions: 'all' }],
          clock,
          log,
          version: VERSION,
          errorPages: productFolder('docs', 'errors'),
          ...(config.limits === undefined ? {} : { limits: config.limits }),
        }),
      [TOKENS.handlers, TOKENS.bearer, TOKENS.clock, TOKENS.log, TOKENS.config],
    )
    .inSingletonScope()
})
