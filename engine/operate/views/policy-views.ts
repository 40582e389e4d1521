import { policyKey, suspensionOf, type DesiredRecord } from '../../entity/desired.js'
import type { PolicyView } from '../../entity/view.js'
import type { PolicyFault } from '../../policy/policy-host.js'
import type { WorldSources } from '../../reconcile/facts/tracked-world.js'
import type { EntitySpec, PolicySpec } from '../../spec/entity-spec.js'
import { shownConfig } from './config-views.js'
import { entityAt } from './views.js'

/** What the host knows of one of them: that it acts, that it was at fault, or nothing. */
export interface PolicyStanding {
  readonly acts: boolean
  readonly fault?: PolicyFault
}

/** The policies and enrichers of an entity, and how each stands. Undefined when there is no such entity. */
export function policyViews(
  sources: WorldSources,
  path: string,
  standing: (name: string) => PolicyStanding,
): readonly PolicyView[] | undefined {
  if (entityAt(sources, path) === undefined) return undefined
  const { tree, desired } = sources.landscape
  const spec = tree.at(path)?.spec
  if (spec === undefined) return []
  return namedOf(spec).map(([role, policy]) => {
    const { name, type } = policy
    return {
      entity: path,
      name,
      type,
      role,
      config: shownConfig(sources, path, policy.config),
      ...stateOf(policy, desired, path, standing(name)),
    }
  })
}

function namedOf(spec: EntitySpec): readonly (readonly [PolicyView['role'], PolicySpec])[] {
  return [
    ...spec.policies.map((one) => ['policy', one] as const),
    ...spec.enrichers.map((one) => ['enricher', one] as const),
  ]
}

function stateOf(
  policy: PolicySpec,
  desired: DesiredRecord,
  path: string,
  { acts, fault }: PolicyStanding,
): Pick<PolicyView, 'state' | 'reason' | 'since'> {
  const suspension = suspensionOf(desired, policyKey(path, policy.name))
  if (suspension !== undefined) {
    const { by, reason, at } = suspension
    return { state: 'suspended', reason: `by ${by}: ${reason}`, since: at }
  }
  if (fault !== undefined)
    return {
      state: 'faulty',
      reason: `runs again at ${new Date(fault.until).toISOString()}: ${fault.message}`,
    }
  if (policy.workflow === undefined && policy.acts?.kind !== 'sensor' && !acts)
    return { state: 'inert', reason: `nothing here acts for the type ${policy.type}` }
  if (desired.wish !== 'running') return { state: 'resting', reason: 'the application is not wanted running' }
  return { state: 'acting', reason: '' }
}
