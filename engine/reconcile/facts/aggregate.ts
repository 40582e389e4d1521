import type { EntityState } from '../../entity/observation.js'
import { childPath } from '../../entity/path.js'
import { isHollow, type SpecNode } from '../../entity/spec-tree.js'
import type { MembersSpec, Quorum } from '../../spec/members-spec.js'
import { unreachable } from '../../support/invariant.js'
import type { Condition } from './condition.js'
import type { Landscape, RoleState, SlotState } from './landscape.js'
import { restOf, wishAt } from './rest.js'
import { toldOf, toldProblem, toldWithin } from './told-health.js'

/** Names of what keeps an entity from being up, each with a reason; empty when it is up. */
export type NotUpIndicators = { readonly [indicator: string]: string }

/**
 * What keeps an entity from being up. A slot has its own condition, and that of all that works on its machine, or of all that is
 * in it where that is all there is of it, a role needs the
 * quorum of its members (the one for running once the application has settled under its wish, the one for starting before) and
 * all that is in it beside them, a group all that is in it; what rests does not count. What somebody has said counts as well.
 */
export function notUpIndicators(landscape: Landscape, path: string): NotUpIndicators {
  const slot = landscape.slots.get(path)
  const own = slot === undefined ? indicatorsOfSeveral(landscape, path) : slotIndicators(landscape, slot)
  return landscape.kept.ailing.has(path)
    ? { ...toldOf(landscape, path, 'service.notUp.indicators'), ...own }
    : own
}

function slotIndicators(landscape: Landscape, { path, node, record, condition }: SlotState): NotUpIndicators {
  if (!condition.up)
    return { [record.current?.lost === undefined ? condition.state : 'lost']: condition.reason }
  if (node === undefined) return UP
  if (isHollow(node)) return wholeIndicators(landscape, path, node)
  return node.spec.sharesMachine === true ? groupIndicators(landscape, path, node) : UP
}

function indicatorsOfSeveral(landscape: Landscape, path: string): NotUpIndicators {
  const rest = restOf(landscape.desired, path)
  if (rest !== undefined) return { stopped: rest.reason }
  const node = landscape.tree.at(path)
  if (node === undefined) return { missing: 'there is no such entity' }
  if (node.spec.members !== undefined) return wholeIndicators(landscape, path, node)
  if (node.hasFootprint) return { created: 'not begun' }
  return { ...insideIndicators(landscape, path, node), ...membershipIndicators(landscape, path, node) }
}

/** All that is inside of an entity beside its members, and these by its quorum. */
function wholeIndicators(landscape: Landscape, path: string, node: SpecNode): NotUpIndicators {
  const inside = groupIndicators(landscape, path, node)
  const { members } = node.spec
  return members === undefined ? inside : { ...inside, ...roleIndicators(landscape, path, members) }
}

/** What is inside of a group counts by its quorum where that is said, else all of it. */
function insideIndicators(landscape: Landscape, path: string, node: SpecNode): NotUpIndicators {
  const { group } = node.spec
  return group?.children === true && group.quorum !== undefined ? UP : groupIndicators(landscape, path, node)
}

/** A group whose members count towards it lacks some of them. */
export function membershipIndicators(
  landscape: Landscape,
  path: string,
  { spec }: SpecNode,
): NotUpIndicators {
  const quorum = spec.group?.quorum
  if (quorum === undefined || quorum.kind === 'always') return UP
  const members = landscape.groups.membersOf(path)
  const up = members.filter((member) => isUp(landscape, member)).length
  const needed = quorumCount(quorum, members.length)
  return up >= needed ? UP : { quorum: `${up} of ${members.length} members up, ${needed} are needed` }
}

/** Whether an entity does its work as a whole. */
export function isUp(landscape: Landscape, path: string): boolean {
  return Object.keys(notUpIndicators(landscape, path)).length === 0
}

/**
 * What a role or a group is shown as. What has settled under its wish and is not up any more has failed, unless a change
 * is still on its way.
 */
export function groupState(landscape: Landscape, path: string): GroupState {
  if (isUp(landscape, path))
    return (ailment(landscape, path) ?? problemTold(landscape, path)) === undefined ? 'running' : 'failed'
  const { desired, status } = landscape
  if (wishAt(desired, path) !== 'running') return isQuietWithin(landscape, path) ? 'stopped' : 'stopping'
  const isChanging = status.settledGeneration !== desired.generation && status.state !== 'alert'
  return status.settledSerial === desired.serial && !isChanging ? 'failed' : 'starting'
}

function problemTold(landscape: Landscape, path: string): string | undefined {
  return toldProblem(landscape, path) ?? toldWithin(landscape, path)
}

/** What state an entity is to be in by what is wanted of it: starting until that was so once. */
export function expectedState({ desired, status, tree }: Landscape, path: string): EntityState | undefined {
  if (tree.at(path) === undefined) return undefined
  const wish = wishAt(desired, path)
  if (wish !== 'running') return wish
  return status.settledSerial === desired.serial ? 'running' : 'starting'
}

/** States that a role or a group is shown in. */
export type GroupState = Extract<EntityState, 'running' | 'stopped' | 'stopping' | 'failed' | 'starting'>

/** Why an entity with members is shown as failed though it is up; undefined where it is not, or is still on its way. */
export function ailment(landscape: Landscape, path: string): string | undefined {
  const { members, group } = landscape.tree.at(path)?.spec ?? {}
  const quorum = members === undefined ? group?.healthyQuorum : members.healthyQuorum
  if (quorum === undefined || !isSettled(landscape, path)) return undefined
  const { well, of } = membersWell(landscape, path, members !== undefined)
  const needed = quorumCount(quorum, of)
  return well >= needed ? undefined : `${well} of ${of} members are up, ${needed} are to be`
}

function isSettled({ desired, status }: Landscape, path: string): boolean {
  if (wishAt(desired, path) !== 'running') return false
  return status.settledSerial === desired.serial && status.settledGeneration === desired.generation
}

/** Members that are up and of which nobody has told a problem. */
function membersWell(
  landscape: Landscape,
  path: string,
  isRole: boolean,
): { readonly well: number; readonly of: number } {
  if (!isRole) {
    const members = landscape.groups.membersOf(path)
    return { well: members.filter((member) => isWell(landscape, member)).length, of: members.length }
  }
  const role = landscape.roles.get(path)
  const slots = [...landscape.kept.ailing].flatMap((member) => role?.slots.get(member) ?? [])
  const ill = slots.filter(
    ({ path: member, record }) =>
      record.retired === undefined && isUp(landscape, member) && !isWell(landscape, member),
  )
  return { well: upWithin(landscape, role) - ill.length, of: wantedCount(landscape, path) }
}

function isWell(landscape: Landscape, path: string): boolean {
  return isUp(landscape, path) && toldProblem(landscape, path) === undefined
}

function isQuietWithin(landscape: Landscape, path: string): boolean {
  for (const slot of landscape.slotsWithin(path)) if (!slot.condition.quiet) return false
  return true
}

/** How many members of a role are wanted. */
export function wantedCount(landscape: Landscape, role: string): number {
  const initial = landscape.tree.at(role)?.spec.members?.initial ?? 0
  return Object.hasOwn(landscape.desired.counts, role) ? (landscape.desired.counts[role] ?? initial) : initial
}

/** How many members of a role are up. */
export function upWithin(landscape: Landscape, role: RoleState | undefined): number {
  const { member } = role?.node ?? {}
  if (role === undefined || member === undefined || !isHollow(member))
    return role === undefined ? 0 : role.tally.up - toldDown(landscape, role)
  const members = [...role.slots.values()].filter(({ record }) => record.retired === undefined)
  return members.filter(({ path }) => isUp(landscape, path)).length
}

/** Members that are up by themselves, of which somebody has said that they are not. */
function toldDown(landscape: Landscape, { slots }: RoleState): number {
  const ailing = [...landscape.kept.ailing].flatMap((path) => slots.get(path) ?? [])
  const down = ailing.filter(
    ({ path, condition, record }) =>
      condition.up &&
      record.retired === undefined &&
      Object.keys(toldOf(landscape, path, 'service.notUp.indicators')).length > 0,
  )
  return down.length
}

/**
 * How a slot is shown: a member that is nothing but what is inside of it is as that is, once it is there itself. One that is up
 * has failed where somebody has said that it has problems, or that it is not up.
 */
export function shownCondition(
  landscape: Landscape,
  { path, node, condition }: SlotState,
): Pick<Condition, 'state' | 'up' | 'reason'> {
  if (!condition.up || node === undefined) return condition
  if (!isHollow(node))
    return landscape.kept.ailing.has(path) ? toldCondition(landscape, path, condition) : condition
  const reasons = Object.entries(notUpIndicators(landscape, path)).map(([what, why]) => `${what}: ${why}`)
  const up = reasons.length === 0
  return { state: groupState(landscape, path), up, reason: up ? condition.reason : reasons.join(', ') }
}

function toldCondition(
  landscape: Landscape,
  path: string,
  condition: Condition,
): Pick<Condition, 'state' | 'up' | 'reason'> {
  const indicators = Object.entries(toldOf(landscape, path, 'service.notUp.indicators'))
  const problem = toldProblem(landscape, path)
  const up = indicators.length === 0
  if (condition.state !== 'running' || (up && problem === undefined)) return condition
  const told = [
    ...indicators.map(([name, reason]) => `${name}: ${reason}`),
    ...(problem === undefined ? [] : [problem]),
  ]
  return { state: 'failed', up, reason: told.join(', ') }
}

/** Whether so many members of a role are up as the quorum wants. */
export function hasQuorum(landscape: Landscape, path: string, quorum: Quorum): boolean {
  const role = landscape.roles.get(path)
  return role !== undefined && upWithin(landscape, role) >= quorumCount(quorum, wantedCount(landscape, path))
}

/** Roles that lack members to be up, one line each. */
export function rolesBelowQuorum(landscape: Landscape): readonly string[] {
  return [...landscape.roles.keys()].flatMap((path) =>
    Object.values(notUpIndicators(landscape, path)).map((reason) => `${path}: ${reason}`),
  )
}

const UP: NotUpIndicators = Object.freeze({})

function roleIndicators(landscape: Landscape, path: string, members: MembersSpec): NotUpIndicators {
  const { status, desired } = landscape
  const hasSettled = status.settledSerial === desired.serial
  const quorum = hasSettled ? members.runningQuorum : members.startQuorum
  if (hasQuorum(landscape, path, quorum)) return UP
  const wanted = wantedCount(landscape, path)
  const up = upWithin(landscape, landscape.roles.get(path))
  return { quorum: `${up} of ${wanted} up, ${quorumCount(quorum, wanted)} are needed` }
}

function groupIndicators(landscape: Landscape, path: string, node: SpecNode): NotUpIndicators {
  const below = node.children.flatMap((child) => {
    const name = child.spec.name
    const inside = childPath(path, name)
    if (restOf(landscape.desired, inside) !== undefined) return []
    const reasons = Object.values(notUpIndicators(landscape, inside))
    return reasons.length === 0 ? [] : [[name, reasons.join(', ')] as const]
  })
  return Object.fromEntries(below)
}

/** How many must be up for a quorum, of so many wanted. */
export function quorumCount(quorum: Quorum, wanted: number): number {
  switch (quorum.kind) {
    case 'all':
      return wanted
    case 'all-and-at-least-one':
      return Math.max(1, wanted)
    case 'at-least-one':
      return 1
    case 'at-least-one-unless-empty':
      return wanted === 0 ? 0 : 1
    case 'always':
      return 0
    case 'number':
      return Math.min(quorum.count, wanted)
    case 'percent':
      return Math.ceil((wanted * quorum.percent) / 100)
    case 'points':
      return interpolated(quorum.points, wanted)
    default:
      return unreachable(quorum)
  }
}

type QuorumPoints = Extract<Quorum, { readonly kind: 'points' }>['points']

/** Along the line through the two points between which the number is, or the last two on its side; never more than all. */
function interpolated(points: QuorumPoints, wanted: number): number {
  const next = points.findIndex((point) => point.of >= wanted)
  const at = Math.max(1, next < 0 ? points.length - 1 : next)
  const [from, to] = [points[at - 1], points[at]]
  if (from === undefined) return wanted
  if (to === undefined) return Math.min(wanted, from.needed)
  const slope = (to.needed - from.needed) / (to.of - from.of)
  return Math.max(0, Math.min(wanted, Math.ceil(from.needed + slope * (wanted - from.of))))
}
