import { ContainerModule } from 'inversify'
import { readValue } from '../../blueprints/index.js'
import type { Clock, IdSource, Store } from '../../engine/index.js'
import { StoredPlans, type CampContext, type HandlerContext } from '../handlers/index.js'
import { readArchive } from '../storage/index.js'
import { TOKENS } from './tokens.js'

/** CAMP over the handlers: plans in the store, packages read as bytes. */
export const campModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.camp)
    .toResolvedValue(
      (handlers: HandlerContext, store: Store, ids: IdSource, clock: Clock): CampContext => ({
        handlers,
        plans: new StoredPlans(store),
        ids,
        now: () => clock.now(),
        readDocument: readValue,
        readArchive: (bytes) => readArchive(bytes),
      }),
      [TOKENS.handlers, TOKENS.store, TOKENS.ids, TOKENS.clock],
    )
    .inSingletonScope()
})
