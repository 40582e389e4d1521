import type { EntitySpec } from './entity-spec.js'

/** How many entities with something at a location a spec begins with: nested numbers multiply. */
export function countEntities(spec: EntitySpec): number {
  const own = hasFootprint(spec) && spec.nowhere !== true ? 1 : 0
  const below = spec.children.reduce((sum, child) => sum + countEntities(child), 0)
  return own + below + countMembers(spec)
}

function countMembers(spec: EntitySpec): number {
  const { initial = 0, first } = spec.members ?? {}
  const all = initial * countPerMember(spec)
  if (first === undefined || initial === 0) return all
  return all - countPerMember(spec) + Math.max(1, countEntities(first))
}

/** How many entities one member more of a role is; 0 where there are no members. */
export function countPerMember({ members }: EntitySpec): number {
  return members === undefined ? 0 : Math.max(1, countEntities(members.spec))
}

/** Whether something must exist at a location for an entity. */
export function hasFootprint({
  machine,
  software,
  balance,
}: Pick<EntitySpec, 'machine' | 'software' | 'balance'>): boolean {
  return machine !== undefined || software !== undefined || balance?.by === 'place'
}
