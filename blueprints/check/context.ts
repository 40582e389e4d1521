import type { PolicyKind, PolicyTrials, Problem } from '../../engine/index.js'
import type { Doubts } from '../doubts.js'
import type { Origins } from '../origins.js'
import type { AdjunctLookup } from '../resolve/adjunct-lookup.js'
import type { Landscape } from './landscape.js'

/** What a spec is checked against; what is absent is not checked. */
export interface CheckOptions {
  /** Most members at start, of all roles together, nested ones multiplied. */
  readonly quota?: number
  /** Names of the locations that there are. */
  readonly locations?: readonly string[]
  readonly policyKinds?: readonly PolicyKind[]
  /** By whom policies are tried; absent: they are not. */
  readonly policyTrials?: Pick<PolicyTrials, 'check'>
  /** Types of policies and enrichers that are known and do not act. */
  readonly adjuncts?: AdjunctLookup
  /** Whether it is to be deployed. */
  readonly deploying?: boolean
  /** Whether it runs already, and may have been given more than its document says. @default false */
  readonly isRunning?: boolean
}

/** The kinds that may be attached as policies, or as enrichers. */
export function kindsFor(
  role: 'policy' | 'enricher',
  { options }: Pick<CheckContext, 'options'>,
): readonly PolicyKind[] {
  return (options.policyKinds ?? []).filter((kind) => (kind.role ?? 'policy') === role)
}

/** What every rule can see. */
export interface CheckContext {
  readonly landscape: Landscape
  readonly origins: Origins
  readonly options: CheckOptions
  /** What nothing is said of, because of earlier problems. */
  readonly doubts: Doubts
}

/** One semantic rule. Looks at the whole spec, changes nothing. */
export type Rule = (context: CheckContext) => readonly Problem[]
