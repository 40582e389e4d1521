import { ContainerModule } from 'inversify'
import { engineIdOf, openKeyFileSeal, openSqliteStore } from '../storage/index.js'
import { filesIn, type ServerConfig } from './config.js'
import { TOKENS } from './tokens.js'
import { SystemIds } from '../system/index.js'

/** Where state is kept: the embedded store, its identity, and the seal beside it. */
export async function storageModule(config: ServerConfig): Promise<ContainerModule> {
  const files = filesIn(config.data)
  const store = openSqliteStore({ path: files.store })
  const engineId = await engineIdOf(store, new SystemIds())
  const seal = openKeyFileSeal({ path: files.key })
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.store).toConstantValue(store)
    bind(TOKENS.engineId).toConstantValue(engineId)
    bind(TOKENS.seal).toConstantValue(seal)
  })
}
