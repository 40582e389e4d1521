import type { SpecNode } from '../../entity/spec-tree.js'
import type { Landscape } from '../../reconcile/facts/landscape.js'
import { upWithin, wantedCount } from '../../reconcile/facts/aggregate.js'
import { sitesOf } from '../../reconcile/facts/placement.js'
import type { Expression } from '../../spec/expression.js'
import type { MembersSpec } from '../../spec/members-spec.js'
import type { RoleView } from '../../entity/view.js'

/** The roles of an application outside of members, in document order; an entity with a footprint is its own single member. */
export function rolesOf(landscape: Landscape): readonly RoleView[] {
  const roles: RoleView[] = []
  for (const node of landscape.tree.nodes) {
    if (node.spec.members !== undefined && !node.pattern.includes('*'))
      roles.push(roleView(landscape, node, node.spec.members))
    else if (node.hasFootprint && !node.pattern.includes('*')) roles.push(singleView(landscape, node))
  }
  return roles
}

function roleView(landscape: Landscape, node: SpecNode, { min, max, spec }: MembersSpec): RoleView {
  const role = landscape.roles.get(node.pattern)
  const { members: present } = role?.tally ?? NOBODY
  const up = upWithin(landscape, role)
  const wanted = landscape.desired.wish === 'gone' ? 0 : wantedCount(landscape, node.pattern)
  return { path: node.pattern, ...roleCommon(node, spec), wanted, present, up, min, max }
}

const NOBODY = { members: 0 }

function singleView(landscape: Landscape, node: SpecNode): RoleView {
  const slot = landscape.slots.get(node.pattern)
  const present = slot === undefined || slot.condition.gone ? 0 : 1
  return {
    path: node.pattern,
    ...roleCommon(node, node.spec),
    wanted: 1,
    present,
    up: slot?.condition.up === true ? 1 : 0,
    min: 1,
    max: 1,
  }
}

function roleCommon(
  node: SpecNode,
  member: SpecNode['spec'],
): Pick<RoleView, 'name' | 'type' | 'priority' | 'location' | 'image' | 'offering' | 'details'> {
  return {
    name: node.spec.name,
    type: member.type,
    priority: node.spec.priority ?? 0,
    location: sitesOf(node)[0]?.location ?? '',
    image: literalText(member.machine?.image),
    offering: literalText(member.machine?.offering),
    details: node.spec.details,
  }
}

function literalText(expression: Expression | undefined): string {
  const value = expression?.kind === 'literal' ? expression.value : undefined
  return typeof value === 'string' ? value : ''
}
