import { ROOT, childPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { Landscape } from './landscape.js'

/** Slots and roles that the wanted spec has outside of members, or inside of members that exist, and that are not in yet. */
export function missingFrom(landscape: Landscape): {
  readonly slots: readonly string[]
  readonly roles: readonly string[]
} {
  const slots: string[] = []
  const roles: string[] = []
  const visit = (node: SpecNode, path: string): void => {
    if (node.hasFootprint && !node.isMember && !landscape.slots.has(path)) slots.push(path)
    if (node.member !== undefined && !landscape.roles.has(path)) roles.push(path)
    for (const [inside, at] of within(landscape, node, path)) visit(inside, at)
  }
  if (landscape.desired.wish !== 'gone') visit(landscape.tree.root, ROOT)
  return { slots, roles }
}

/** What stands directly inside an entity: its children, and those of its members that are wanted. */
function* within(landscape: Landscape, node: SpecNode, path: string): Iterable<readonly [SpecNode, string]> {
  for (const child of node.children) yield [child, childPath(path, child.spec.name)]
  const kinds = [node.member, node.firstMember].filter((one) => one !== undefined)
  if (!kinds.some((one) => one.children.length > 0 || one.member !== undefined)) return
  for (const slot of landscape.roles.get(path)?.slots.values() ?? [])
    if (slot.record.retired === undefined && slot.node !== undefined) yield [slot.node, slot.path]
}
