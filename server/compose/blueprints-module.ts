import { ContainerModule } from 'inversify'
import {
  campSchema,
  compile,
  examineItem,
  liquidRenderer,
  policySchema,
  runtimeCompiler,
  stockTypes,
} from '../../blueprints/index.js'
import type { PolicyKind, Seal } from '../../engine/index.js'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Store } from '../../engine/index.js'
import {
  Catalogs,
  StoredBundles,
  type Compile,
  type PolicyBench,
  type TypeCatalog,
} from '../handlers/index.js'
import type { ServerConfig } from './config.js'
import { type Shapes, shippedShapes } from './shapes.js'
import { TOKENS } from './tokens.js'

/** Reading documents: the compiler with what it is bound to, the renderer, and what documents may say. */
export const blueprintsModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.renderer).toConstantValue(liquidRenderer())
  const shapes = shippedShapes()
  bind(TOKENS.compile).toResolvedValue(
    (config: ServerConfig, policyKinds: readonly PolicyKind[], seal: Seal, bench: PolicyBench): Compile =>
      (sources, { catalog, ...inputs }) =>
        compile(sources, {
          types: shapes.types,
          adjuncts: shapes.adjuncts,
          ...catalog,
          ...inputs,
          policyKinds,
          policyTrials: bench.trials,
          quota: config.quota,
          seal,
        }),
    [TOKENS.config, TOKENS.policyKinds, TOKENS.seal, TOKENS.policyBench],
  )
  bind(TOKENS.compiler)
    .toResolvedValue(
      (compiled: Compile, catalogs: Catalogs) =>
        runtimeCompiler(async (sources, { tenant, ...inputs }) => {
          const { view } = await catalogs.of(tenant)
          return compiled(sources, { ...inputs, parameters: {}, deploying: true, catalog: view })
        }),
      [TOKENS.compile, TOKENS.catalogs],
    )
    .inSingletonScope()
  bind(TOKENS.types).toConstantValue(typeCatalog(shapes))
  bind(TOKENS.catalogs)
    .toResolvedValue(
      (store: Store, clock: Clock, policyKinds: readonly PolicyKind[]) =>
        new Catalogs({
          bundles: new StoredBundles(store),
          known: shapes,
          examine: (item, view) => examineItem(item, { ...view, policyKinds }),
          now: () => clock.now(),
          pause: () => nextTurn(),
        }),
      [TOKENS.store, TOKENS.clock, TOKENS.policyKinds],
    )
    .inSingletonScope()
})

function typeCatalog(shapes: Shapes): TypeCatalog {
  return {
    types: () => [...stockTypes(), ...shapes.described()],
    schemas: () => ({ camp: campSchema, policy: policySchema }),
  }
}
