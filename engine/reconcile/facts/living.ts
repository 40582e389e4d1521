import { ROOT, childPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { Landscape } from './landscape.js'

/** An entity that the wanted version has, and a member that exists. */
export interface Living {
  readonly path: string
  readonly node: SpecNode
}

/** Every entity at or below a path, parents first; members are those that have slots. */
export function* livingWithin(landscape: Landscape, path: string = ROOT): Iterable<Living> {
  const node = landscape.slots.get(path)?.node ?? landscape.tree.at(path)
  if (node !== undefined) yield* below(landscape, { path, node })
}

function* below(landscape: Landscape, living: Living): Iterable<Living> {
  yield living
  const { path, node } = living
  const { member } = node
  if (member !== undefined)
    for (const slot of landscape.roles.get(path)?.slots.values() ?? [])
      yield* below(landscape, { path: slot.path, node: slot.node ?? member })
  for (const child of node.children)
    yield* below(landscape, { path: childPath(path, child.spec.name), node: child })
}
