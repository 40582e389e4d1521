import type { DesiredRecord, VersionRecord } from '../../entity/desired.js'
import type { ArbiterState, Request, RoleStanding } from '../../policy/arbiter-state.js'
import { memberStateOf, roleStandingOf } from '../../policy/arbiter-view.js'
import type { Landscape, RoleState } from '../../reconcile/facts/landscape.js'
import { numbersOf } from '../../reconcile/facts/rollout-value.js'
import { countPerMember } from '../../spec/count-entities.js'
import { entitiesWanted } from '../changes/quota.js'
import type { KeptApplication } from '../kept-application.js'

/** All that the arbiter goes by in an application, as far as requests are about it; what was decided of late is the caller's. */
export function standingFor(
  { landscape, versions }: Pick<KeptApplication, 'landscape' | 'versions'>,
  desired: DesiredRecord,
  { requests, quota }: { readonly requests: readonly Request[]; readonly quota: number | undefined },
): Omit<ArbiterState, 'recent'> {
  const roles = new Map<string, RoleStanding>()
  const members = new Map<string, ArbiterState['members'][string]>()
  for (const entity of entitiesIn(requests)) {
    const slot = landscape.slots.get(entity)
    if (slot !== undefined) members.set(slot.path, memberStateOf(slot.record, slot.condition.up, slot.role))
    const role = landscape.roles.get(slot?.role ?? entity)
    if (role === undefined || roles.has(role.path)) continue
    const standing = standingOf(role, desired)
    if (standing !== undefined) roles.set(role.path, standing)
  }
  return {
    desired,
    policies: policiesNamed(landscape, requests),
    ...restoredBy(versions.get(desired.version)),
    roles: Object.fromEntries(roles),
    members: Object.fromEntries(members),
    room: (quota ?? Infinity) - entitiesWanted(landscape.tree, desired),
  }
}

/** The policies and enrichers that entities have which are named in suspensions. */
function policiesNamed(
  { tree }: Landscape,
  requests: readonly Request[],
): NonNullable<ArbiterState['policies']> {
  const named = requests.flatMap(({ intent }) => (intent.kind === 'suspend' ? [intent.entity] : []))
  const entries = [...new Set(named)].map((path) => {
    const { policies = [], enrichers = [] } = tree.at(path)?.spec ?? {}
    return [path, [...policies, ...enrichers].map(({ name }) => name)] as const
  })
  return Object.fromEntries(entries)
}

function restoredBy(version: VersionRecord | undefined): Pick<ArbiterState, 'restored'> {
  return version?.restored === undefined ? {} : { restored: version.restored }
}

function entitiesIn(requests: readonly Request[]): ReadonlySet<string> {
  return new Set(requests.flatMap(({ intent }) => ('entity' in intent ? [intent.entity] : [])))
}

function standingOf(role: RoleState, desired: DesiredRecord): RoleStanding | undefined {
  const { node, slots } = role
  if (node?.spec.members === undefined) return undefined
  const known = [...slots.values()].map(({ path, record, condition }) => {
    const floor = desired.floors[path]
    return { record, up: condition.up, ...(floor === undefined ? {} : { floor }) }
  })
  return {
    ...roleStandingOf(node.spec.members, known),
    numbers: numbersOf(role),
    each: countPerMember(node.spec),
  }
}
