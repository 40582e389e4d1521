import { ContainerModule } from 'inversify'
import { stockPolicies } from '../../policies/index.js'
import { TOKENS } from './tokens.js'

/** The kinds of policy that documents may name. */
export const policiesModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.policyKinds).toConstantValue(stockPolicies)
})
