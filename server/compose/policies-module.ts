import { ContainerModule } from 'inversify'
import type { PolicyKind } from '../../engine/index.js'
import { policyTrials, stockKinds } from '../../policies/index.js'
import type { PolicyBench } from '../handlers/index.js'
import { imaginedProver } from './imagined-prover.js'
import { TOKENS } from './tokens.js'

/** The kinds of policy and enricher that documents may name. */
export const policiesModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.policyKinds).toConstantValue(stockKinds)
  bind(TOKENS.policyBench)
    .toResolvedValue(
      (kinds: readonly PolicyKind[]): PolicyBench => ({
        kinds,
        trials: policyTrials(kinds),
        most: MOST_TOLD,
        proofs: { prover: imaginedProver(kinds), most: MOST_SCHEDULES },
      }),
      [TOKENS.policyKinds],
    )
    .inSingletonScope()
})

/** A play on a server takes seconds at most; longer ones are for the command line. */
const MOST_TOLD = 300_000

/** Schedules of one request: some seconds, in which others are served. */
const MOST_SCHEDULES = 100
