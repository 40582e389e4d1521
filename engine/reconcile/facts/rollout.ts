import type { DesiredRecord, Rollout } from '../../entity/desired.js'
import { ROOT, parentPath } from '../../entity/path.js'
import type { SpecTree } from '../../entity/spec-tree.js'
import { required } from '../../support/invariant.js'

/** What is wanted of an application, as far as it says which version an entity has. */
export type Versioned = Pick<DesiredRecord, 'version' | 'rollouts'>

/**
 * The version of the document that holds for an entity: the wanted one, or what its member keeps until a rollout admits that.
 * Of members within members the outer one decides.
 */
export function versionAt({ version, rollouts }: Versioned, path: string): number {
  if (rollouts === undefined) return version
  let kept: number | undefined
  for (let at = path; at !== ROOT;) {
    const role = parentPath(at) ?? ROOT
    const rollout = rollouts[role]
    if (rollout !== undefined) kept = keptBy(rollout, memberNumber(at)) ?? kept
    at = role
  }
  return kept ?? version
}

/** The indexed spec of the version that holds for an entity. */
export function treeAt(
  { desired, trees }: { readonly desired: Versioned; readonly trees: ReadonlyMap<number, SpecTree> },
  path: string,
): SpecTree {
  const version = versionAt(desired, path)
  return required(trees.get(version), `spec of version ${version}`)
}

/** The version that a member of this number keeps; undefined once it is admitted, and for what is no member. */
export function keptBy({ through, keeps }: Rollout, number: number): number | undefined {
  if (through === 'all' || !(number > through)) return undefined
  return keeps.findLast(({ above }) => above < number)?.version
}

/** The number of a member in its role; NaN for what is no member. */
export function memberNumber(path: string): number {
  const segment = path.slice(path.lastIndexOf('/') + 1)
  return /^[0-9]+$/.test(segment) ? Number(segment) : Number.NaN
}

/** How many of these members are admitted. */
export function admittedOf({ through }: Rollout, numbers: readonly number[]): number {
  return through === 'all' ? numbers.length : numbers.filter((number) => number <= through).length
}

/** How far a rollout comes that is to admit so many of these members, lowest numbers first; never less far than it is. */
export function throughFor(
  { through }: Rollout,
  numbers: readonly number[],
  count: number | 'all',
): Rollout['through'] {
  if (through === 'all' || count === 'all') return 'all'
  const ordered = [...numbers].sort((a, b) => a - b)
  return Math.max(through, ordered[Math.min(count, ordered.length) - 1] ?? through)
}
