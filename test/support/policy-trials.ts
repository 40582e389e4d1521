import { readPolicy } from '../../blueprints/index.js'
import {
  type PolicyDocument,
  type PolicySurroundings,
  type PolicyTestOutcome,
  type Problem,
  hasErrors,
} from '../../engine/index.js'
import { policyTrials, stockPolicies } from '../../policies/index.js'
import { imaginedProver } from '../../server/compose/imagined-prover.js'
import type { PolicyBench } from '../../server/handlers/index.js'

/** The stock policies, and their trials. */
export const stockBench: PolicyBench = {
  kinds: stockPolicies,
  trials: policyTrials(stockPolicies),
  most: 1_000_000,
  proofs: { prover: imaginedProver(stockPolicies), most: 100 },
}

/** All that is wrong with a policy document. */
export function problemsOfPolicy(text: string, around?: PolicySurroundings): readonly Problem[] {
  const { document, problems, placed } = readPolicy(text, 'follow.policy.yaml', stockPolicies)
  if (document === undefined) return problems
  return [...problems, ...placed(stockBench.trials.check(document, around))]
}

/** A policy document that is sound. */
export function policyOf(text: string): PolicyDocument {
  const { document } = readPolicy(text, 'follow.policy.yaml', stockPolicies)
  const problems = problemsOfPolicy(text)
  if (document === undefined || hasErrors(problems))
    throw new Error(problems.map(({ message }) => message).join('; '))
  return document
}

/** What became of the tests of a document. */
export function testsOf(text: string): readonly PolicyTestOutcome[] {
  return stockBench.trials.test(policyOf(text))
}
