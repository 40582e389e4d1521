import type { ApplicationSpec, PolicyKind, Problem } from '../../engine/index.js'
import type { Origins } from '../origins.js'
import { checkCounts } from './counts.js'
import { checkFiles } from './files.js'
import { type Landscape, surveyLandscape } from './landscape.js'
import { checkLocations } from './locations.js'
import { checkNames } from './names.js'
import { checkOrder } from './order.js'
import { checkPolicies } from './policies.js'
import { checkQuota } from './quota.js'
import { checkRecursion } from './recursion.js'
import { checkReferences } from './references.js'

/** What a spec is checked against; what is absent is not checked. */
export interface CheckOptions {
  /** Most members at start, of all roles together, nested ones multiplied. */
  readonly quota?: number
  /** Names of the locations that there are. */
  readonly locations?: readonly string[]
  readonly policyKinds?: readonly PolicyKind[]
}

/** What every rule can see. */
export interface CheckContext {
  readonly landscape: Landscape
  readonly origins: Origins
  readonly options: CheckOptions
  /** Whether some names may be missing because of an earlier problem: then nothing is said of names not found. */
  readonly namesAreUncertain: boolean
}

/** One semantic rule. Looks at the whole spec, changes nothing. */
export type Rule = (context: CheckContext) => readonly Problem[]

const RULES: readonly Rule[] = [
  checkNames,
  checkReferences,
  checkRecursion,
  checkCounts,
  checkQuota,
  checkOrder,
  checkFiles,
  checkLocations,
  checkPolicies,
]

/** All that is wrong with what a spec says. */
export function check(
  application: ApplicationSpec,
  origins: Origins,
  options: CheckOptions,
  namesAreUncertain: boolean,
): readonly Problem[] {
  const context = { landscape: surveyLandscape(application), origins, options, namesAreUncertain }
  return RULES.flatMap((rule) => rule(context))
}
