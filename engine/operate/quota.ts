import type { DesiredRecord } from '../entity/desired.js'
import type { SpecNode, SpecTree } from '../entity/spec-tree.js'

/** How many entities are wanted: each role by its own count, nested numbers multiplied. The compile check counts the same. */
export function entitiesWanted(tree: SpecTree, { counts }: Pick<DesiredRecord, 'counts'>): number {
  return Object.entries(counts).reduce((sum, [role, count]) => {
    const node = tree.at(role)
    const initial = node?.spec.members?.initial
    return node === undefined || initial === undefined
      ? sum
      : sum + (count - initial) * entitiesPerMember(node)
  }, entitiesOf(tree.root))
}

/** How many entities one member more of a role is. */
export function entitiesPerMember({ member }: SpecNode): number {
  return member === undefined ? 0 : Math.max(1, entitiesOf(member))
}

/** Why a wish may not follow another: it asks for more than that one and than is allowed. */
export function whyOverQuota(
  now: { readonly tree: SpecTree; readonly desired: DesiredRecord },
  next: { readonly tree: SpecTree; readonly desired: DesiredRecord },
  quota: number | undefined,
): string | undefined {
  if (quota === undefined) return undefined
  if (next.tree === now.tree && next.desired.counts === now.desired.counts) return undefined
  const wanted = entitiesWanted(next.tree, next.desired)
  if (wanted <= quota || wanted <= entitiesWanted(now.tree, now.desired)) return undefined
  return `the application would have ${wanted} entities; the quota is ${quota}`
}

function entitiesOf(node: SpecNode): number {
  const below = node.children.reduce((sum, child) => sum + entitiesOf(child), node.hasFootprint ? 1 : 0)
  return below + (node.spec.members?.initial ?? 0) * entitiesPerMember(node)
}
