import { ContainerModule } from 'inversify'
import { stockKinds } from '../../policies/index.js'
import { TOKENS } from './tokens.js'

/** The kinds of policy and enricher that documents may name. */
export const policiesModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.policyKinds).toConstantValue(stockKinds)
})
