import type { ApplicationSpec, Problem } from '../../engine/index.js'
import type { Doubts } from '../doubts.js'
import type { Origins } from '../origins.js'
import type { CheckOptions, Rule } from './context.js'
import { checkAdjuncts } from './adjuncts.js'
import { checkCounts } from './counts.js'
import { checkFiles } from './files.js'
import { checkFlowReferences } from './flow-references.js'
import { checkGrowth } from './growth.js'
import { surveyLandscape } from './landscape.js'
import { checkLocations } from './locations.js'
import { checkNames } from './names.js'
import { checkOrder } from './order.js'
import { checkParameters } from './parameters.js'
import { checkPolicies } from './policies.js'
import { checkPolicyConflicts } from './policy-conflicts.js'
import { checkPolicyTrials } from './policy-trials.js'
import { checkQuota } from './quota.js'
import { checkRecursion } from './recursion.js'
import { checkReferences } from './references.js'
import { checkShapes } from './shapes.js'
import { checkSharedMachines } from './shared-machine.js'

const RULES: readonly Rule[] = [
  checkNames,
  checkReferences,
  checkFlowReferences,
  checkRecursion,
  checkGrowth,
  checkCounts,
  checkQuota,
  checkOrder,
  checkFiles,
  checkLocations,
  checkPolicies,
  checkPolicyConflicts,
  checkPolicyTrials,
  checkAdjuncts,
  checkShapes,
  checkSharedMachines,
  checkParameters,
]

/** All that is wrong with what a spec says. */
export function check(
  application: ApplicationSpec,
  origins: Origins,
  options: CheckOptions,
  doubts: Doubts,
): readonly Problem[] {
  const context = { landscape: surveyLandscape(application), origins, options, doubts }
  return RULES.flatMap((rule) => rule(context))
}
