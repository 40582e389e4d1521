import { isInside, roleOf, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'

/**
 * What must be up before an entity begins: targets of its ordering relations, siblings of the next lower priority, and
 * all that holds for what it is inside of. Stopping is the reverse.
 */
export function predecessors(tree: SpecTree, node: SpecNode): readonly SpecNode[] {
  const cached = BEFORE.get(node)
  if (cached !== undefined) return cached
  const found = new Set<SpecNode>()
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent) {
    for (const target of relationTargets(tree, at)) found.add(target)
    for (const sibling of lowerSiblings(at)) found.add(sibling)
  }
  const before = [...found].filter((one) => !isInside(node, one))
  BEFORE.set(node, before)
  return before
}

/** Entities that must have ended before this one may: the reverse of `predecessors`. */
export function successors(tree: SpecTree, node: SpecNode): readonly SpecNode[] {
  let index = AFTER.get(tree)
  if (index === undefined) {
    index = reverse(tree)
    AFTER.set(tree, index)
  }
  const found: SpecNode[] = []
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent)
    found.push(...(index.get(at) ?? []))
  return found.filter((one) => !isInside(node, one))
}

const BEFORE = new WeakMap<SpecNode, readonly SpecNode[]>()
const AFTER = new WeakMap<SpecTree, ReadonlyMap<SpecNode, readonly SpecNode[]>>()
const LEVELS = new WeakMap<SpecNode, readonly (readonly SpecNode[])[]>()

function relationTargets(tree: SpecTree, node: SpecNode): readonly SpecNode[] {
  return node.spec.relations
    .filter((relation) => relation.ordering === 'starts-after')
    .flatMap((relation) => tree.named(relation.target).slice(0, 1))
    .map((target) => (target.isMember ? roleOf(target) : target))
}

function lowerSiblings(node: SpecNode): readonly SpecNode[] {
  const { parent } = node
  const { priority } = node.spec
  if (parent === undefined || node.isMember || priority === undefined) return []
  const levels = levelsOf(parent)
  const own = levels.findIndex((level) => level.includes(node))
  return levels[own - 1] ?? []
}

/** The children of a node that have a priority, in groups of equal priority, lowest first. */
function levelsOf(parent: SpecNode): readonly (readonly SpecNode[])[] {
  const cached = LEVELS.get(parent)
  if (cached !== undefined) return cached
  const byPriority = new Map<number, SpecNode[]>()
  for (const child of parent.children) {
    const { priority } = child.spec
    if (priority === undefined) continue
    const level = byPriority.get(priority)
    if (level === undefined) byPriority.set(priority, [child])
    else level.push(child)
  }
  const levels = [...byPriority].sort(([a], [b]) => a - b).map(([, nodes]) => nodes)
  LEVELS.set(parent, levels)
  return levels
}

function reverse(tree: SpecTree): ReadonlyMap<SpecNode, readonly SpecNode[]> {
  const after = new Map<SpecNode, SpecNode[]>()
  for (const node of tree.nodes) {
    for (const before of [...relationTargets(tree, node), ...lowerSiblings(node)]) {
      const list = after.get(before)
      if (list === undefined) after.set(before, [node])
      else list.push(node)
    }
  }
  return after
}
