import { ContainerModule } from 'inversify'
import { campSchema, compile, liquidRenderer, stockTypes } from '../../blueprints/index.js'
import type { PolicyKind, Seal } from '../../engine/index.js'
import type { Compile, TypeCatalog } from '../handlers/index.js'
import type { ServerConfig } from './config.js'
import { type Shapes, shippedShapes } from './shapes.js'
import { TOKENS } from './tokens.js'

/** Reading documents: the compiler with what it is bound to, the renderer, and what documents may say. */
export const blueprintsModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.renderer).toConstantValue(liquidRenderer())
  const shapes = shippedShapes()
  bind(TOKENS.compile).toResolvedValue(
    (config: ServerConfig, policyKinds: readonly PolicyKind[], seal: Seal): Compile =>
      (sources, inputs) =>
        compile(sources, {
          ...inputs,
          policyKinds,
          quota: config.quota,
          seal,
          types: shapes.types,
          adjuncts: shapes.adjuncts,
        }),
    [TOKENS.config, TOKENS.policyKinds, TOKENS.seal],
  )
  bind(TOKENS.types).toConstantValue(typeCatalog(shapes))
})

function typeCatalog(shapes: Shapes): TypeCatalog {
  return {
    types: () => [...stockTypes(), ...shapes.described()],
    schemas: () => ({ camp: campSchema }),
  }
}
