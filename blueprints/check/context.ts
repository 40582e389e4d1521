import type { PolicyKind, Problem } from '../../engine/index.js'
import type { Origins } from '../origins.js'
import type { Landscape } from './landscape.js'

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
