import type { DesiredRecord } from '../../entity/desired.js'
import type { SpecTree } from '../../entity/spec-tree.js'
import { countEntities, countPerMember } from '../../spec/count-entities.js'

/** How many entities are wanted: each role by its own count, nested numbers multiplied. The compile check counts the same. */
export function entitiesWanted(tree: SpecTree, { counts }: Pick<DesiredRecord, 'counts'>): number {
  return Object.entries(counts).reduce((sum, [role, count]) => {
    const spec = tree.at(role)?.spec
    return sum + (count - (spec?.members?.initial ?? 0)) * (spec === undefined ? 0 : countPerMember(spec))
  }, countEntities(tree.application.root))
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
