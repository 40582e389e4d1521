import type { RolloutValue } from '../../ports/policy.js'
import { incarnations, isServing, serviceKind } from './condition.js'
import { formOf } from './digests.js'
import type { Landscape, RoleState, SlotState } from './landscape.js'
import { admittedOf, memberNumber } from './rollout.js'

/** The sensor `rollout` of a role; undefined while no change is coming to its members in turns. */
export function rolloutValue(role: RoleState, landscape: Landscape): RolloutValue | undefined {
  const { rollouts, version: wanted } = landscape.desired
  const rollout = rollouts?.[role.path]
  if (rollout === undefined) return undefined
  const { version, through, since, dueAt = null, stalled = null } = rollout
  const members = countedOf(role)
  const admitted = admittedOf(rollout, numbersOf(role))
  const updated = members.filter((slot) => isUpdated(slot, landscape)).length
  return { version, wanted, through, members: members.length, admitted, updated, since, dueAt, stalled }
}

/** How far it has come, in words. */
export function rolloutLine({ wanted, updated, admitted, members, stalled }: RolloutValue): string {
  const how = `version ${wanted} serves at ${updated} of ${members} members, ${admitted} are admitted to it`
  return stalled === null ? how : `${how}; it goes no further: ${stalled}`
}

/** Numbers of the members of a role that a rollout counts. */
export function numbersOf(role: RoleState): readonly number[] {
  return countedOf(role).map(({ path }) => memberNumber(path))
}

/** Those that are not on their way out. */
function countedOf({ slots }: RoleState): readonly SlotState[] {
  return [...slots.values()].filter(({ record }) => record.retired === undefined)
}

/** Whether what serves of a member (or what it has, where nothing does) is as the wanted version says. */
export function isUpdated({ path, record, observed }: SlotState, { tree }: Pick<Landscape, 'tree'>): boolean {
  const node = tree.at(path)
  if (node === undefined) return false
  const one = incarnations(record).find((each) => isServing(each, node, observed)) ?? record.current
  const form = formOf(tree, node)
  if (one?.digest !== form.replace) return false
  return serviceKind(node) === 'machine' || one.run?.form === form.run
}
