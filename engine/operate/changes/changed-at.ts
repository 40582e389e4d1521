import { indexSpec, type SpecNode } from '../../entity/spec-tree.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { EntitySpec } from '../../spec/entity-spec.js'

/** A spec in which one entity, which is no member nor inside of one, is another; unchanged where there is none. */
export function changedAt(
  application: ApplicationSpec,
  path: string,
  change: (entity: EntitySpec) => EntitySpec,
): ApplicationSpec {
  const node = indexSpec(application).at(path)
  return node === undefined ? application : { ...application, root: upwards(node, change(node.spec)) }
}

/** Whether a node is made from what members share. */
export function isInMember(node: SpecNode): boolean {
  return node.isMember || (node.parent !== undefined && isInMember(node.parent))
}

function upwards({ spec, parent }: SpecNode, changed: EntitySpec): EntitySpec {
  if (parent === undefined) return changed
  const children = parent.spec.children.map((child) => (child === spec ? changed : child))
  return upwards(parent, { ...parent.spec, children })
}
