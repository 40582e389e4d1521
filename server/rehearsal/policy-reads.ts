import {
  type ApplicationSpec,
  type Json,
  type JsonObject,
  type PolicyKind,
  type PolicySpec,
  type SpecNode,
  indexSpec,
} from '../../engine/index.js'

/** A sensor of the members of an entity that a policy of it reads as a number, and the settings of the policy. */
export interface PolicyRead {
  readonly node: SpecNode
  readonly sensor: string
  readonly settings: JsonObject
}

/** What policies read of members, where places, endpoints or commands tell it. */
export function policyReads(
  application: ApplicationSpec,
  kinds: readonly PolicyKind[],
): readonly PolicyRead[] {
  return indexSpec(application).nodes.flatMap((node) =>
    node.spec.policies.flatMap((policy) => readsOf(policy, node, kinds)),
  )
}

function readsOf(policy: PolicySpec, node: SpecNode, kinds: readonly PolicyKind[]): readonly PolicyRead[] {
  const acting = policy.acts?.kind === 'policy' ? policy.acts : policy
  const kind = kinds.find(({ type, role = 'policy' }) => type === acting.type && role === 'policy')
  const settings = literalSettings(acting.config)
  const { members } = node.spec
  if (kind === undefined || settings === undefined || members === undefined) return []
  const { min, max, initial } = members
  const attached = kind.attach({ path: node.pattern, min, max, initial }, settings)
  if ('problems' in attached) return []
  return attached.policy.interest.sensors.flatMap(({ of, sensor, wants }) => {
    const told = members.spec.sensors.find(({ name }) => name === sensor)?.source.kind ?? 'nobody'
    const isRead = of === 'members' && wants === 'number' && TOLD.has(told)
    return isRead && sensor !== undefined ? [{ node, sensor, settings }] : []
  })
}

/** Sources from which a value comes that nobody has written into the document. */
const TOLD: ReadonlySet<string> = new Set(['http', 'command', 'metric'])

function literalSettings(config: PolicySpec['config']): JsonObject | undefined {
  const entries: [string, Json][] = []
  for (const [key, expression] of Object.entries(config)) {
    if (expression.kind !== 'literal') return undefined
    entries.push([key, expression.value])
  }
  return Object.fromEntries(entries)
}
