import type { DesiredRecord, Rollout } from '../../entity/desired.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import type { PolicyKind } from '../../ports/policy.js'
import { formOf } from '../../reconcile/facts/digests.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import type { Json } from '../../support/json.js'
import { differences } from './spec-diff.js'

/** A version that comes next. */
export interface NextVersion {
  readonly tree: SpecTree
  readonly version: number
  /** The version that it restores, if any: such a one comes at once. */
  readonly restored?: number | undefined
}

/**
 * The same wish with what comes of its rollouts: one for each role that a policy paces and whose members the next version makes
 * otherwise. Where it makes them as the wanted one does, what is under way goes on.
 */
export function paced(
  wanted: DesiredRecord,
  before: Pick<Landscape, 'desired' | 'tree'>,
  next: NextVersion,
  kinds: readonly PolicyKind[],
): DesiredRecord {
  const { rollouts: _before, ...rest } = wanted
  if (next.restored !== undefined) return rest
  const rollouts = next.tree.nodes
    .filter((node) => isPaced(node, kinds))
    .flatMap((node) => {
      const rollout = rolloutOf(node, before, next, wanted.changedAt)
      return rollout === undefined ? [] : [[node.pattern, rollout] as const]
    })
  return rollouts.length === 0 ? rest : { ...rest, rollouts: Object.fromEntries(rollouts) }
}

/** Whether a policy says when the members of a role come to another version. */
export function isPaced({ spec, pattern }: SpecNode, kinds: readonly PolicyKind[]): boolean {
  if (spec.members === undefined || pattern.includes('*')) return false
  return spec.policies.some(({ type, acts }) => {
    const acting = acts === undefined || acts.kind === 'sensor' ? type : acts.type
    return kinds.some((kind) => kind.type === acting && kind.paces === true)
  })
}

function rolloutOf(
  node: SpecNode,
  { desired, tree }: Pick<Landscape, 'desired' | 'tree'>,
  next: NextVersion,
  now: number,
): Rollout | undefined {
  const present = desired.rollouts?.[node.pattern]
  const old = tree.at(node.pattern)
  if (old?.member === undefined) return undefined
  if (differences(madeFrom(tree, old), madeFrom(next.tree, node)).length === 0) return present
  return {
    version: next.version,
    restores: present?.restores ?? desired.version,
    through: 0,
    keeps: [{ above: 0, version: desired.version }, ...keptYet(present)],
    since: now,
  }
}

/** What those keep that a rollout has not come to when another one begins. */
function keptYet(present: Rollout | undefined): Rollout['keeps'] {
  if (present === undefined || present.through === 'all') return []
  const { through, keeps } = present
  return keeps.map(({ above, version }) => ({ above: Math.max(above, through), version }))
}

/** All that members are made from: what stands in the document, and what they have from elsewhere in it. */
function madeFrom(tree: SpecTree, { member, firstMember }: SpecNode): Json {
  const within = (node: SpecNode): readonly Json[] => {
    const { replace, run } = formOf(tree, node)
    const inside = [...node.children, node.member, node.firstMember].filter((one) => one !== undefined)
    return [[replace, run], ...inside.flatMap(within)]
  }
  const made = [member, firstMember].filter((one) => one !== undefined)
  return made.map((node) => [node.spec as unknown as Json, within(node)])
}
