import { generalEffectors } from '../effectors/general-effectors.js'
import { ROOT, baseName, childPath, parentPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { incarnations, machineOf } from '../../reconcile/facts/condition.js'
import type { HoldingState, Landscape, SlotState } from '../../reconcile/facts/landscape.js'
import { machineToken } from '../../reconcile/facts/shared-machine.js'
import { sensorValue, slotSensor } from '../../reconcile/facts/sensors.js'
import {
  groupState,
  notUpIndicators,
  isUp,
  shownCondition,
  upWithin,
  wantedCount,
} from '../../reconcile/facts/aggregate.js'
import { toldProblem } from '../../reconcile/facts/told-health.js'
import { unseenLine } from '../../reconcile/facts/host-loss.js'
import { groupsByMember, type GroupsByMember } from '../../reconcile/facts/groups.js'
import { NOWHERE, sitesOf } from '../../reconcile/facts/placement.js'
import type { WorldSources } from '../../reconcile/facts/tracked-world.js'
import type { Json } from '../../support/json.js'
import { configOf, displayNameOf, shownConfig } from './config-views.js'
import { totalsOf } from '../totals.js'
import { leaseEnd } from '../lease.js'
import { rolesOf } from './role-views.js'
import type { ApplicationView, EntityView, ResourceView } from '../../entity/view.js'

/** An application as faces show it. */
export function applicationView(sources: WorldSources): ApplicationView {
  const { landscape } = sources
  const { desired, status } = landscape
  const { application } = landscape.tree
  const totals = totalsOf(landscape)
  return {
    id: desired.id,
    tenant: desired.tenant,
    name: desired.name,
    description: application.description ?? '',
    serviceType: application.serviceType ?? '',
    owner: desired.owner,
    dialect: application.dialect,
    state: status.state,
    degraded: status.degraded,
    wish: desired.wish,
    generation: desired.generation,
    observedGeneration: status.generation,
    version: desired.version,
    since: status.since,
    createdAt: desired.createdAt,
    changedAt: desired.changedAt,
    changedBy: desired.changedBy,
    ...leaseOf(landscape),
    alerts: status.alerts,
    locations: totals.locations,
    networks: application.networks.map((network) => network.name),
    keyPair: application.keyPair ?? '',
    endpoint: endpointOf(sources, application.outputs.endpoint),
    consoleEndpoint: endpointOf(sources, application.outputs.consoleEndpoint),
    cores: totals.cores,
    memory: totals.memory,
    details: application.details,
    roles: rolesOf(landscape),
  }
}

function leaseOf(landscape: Landscape): Pick<ApplicationView, 'leaseEndsAt'> {
  const leaseEndsAt = leaseEnd(landscape)
  return leaseEndsAt === undefined ? {} : { leaseEndsAt }
}

/** Every entity, parents first. */
export function entityViews(sources: WorldSources): readonly EntityView[] {
  const views: EntityView[] = []
  const groups = groupsByMember(sources.landscape)
  visit(sources.landscape, sources.landscape.tree.root, ROOT, (path, node) =>
    views.push(entityView(sources, path, { node, groups })),
  )
  for (const slot of sources.landscape.slots.values()) {
    if (slot.node === undefined) views.push(slotView(sources, slot, { node: undefined, groups }))
  }
  return views
}

/** One entity; undefined when neither the wanted version nor the books have it. */
export function entityAt(sources: WorldSources, path: string): EntityView | undefined {
  const node = sources.landscape.tree.at(path)
  const slot = sources.landscape.slots.get(path)
  const groups = groupsByMember(sources.landscape)
  if (slot !== undefined) return slotView(sources, slot, { node, groups })
  if (node === undefined || (node.isMember && path !== ROOT)) return undefined
  return entityView(sources, path, { node, groups })
}

function visit(
  landscape: Landscape,
  node: SpecNode,
  path: string,
  see: (path: string, node: SpecNode) => void,
): void {
  see(path, node)
  const { member } = node
  if (member !== undefined)
    for (const slot of landscape.roles.get(path)?.slots.values() ?? [])
      visit(landscape, slot.node ?? member, slot.path, see)
  for (const child of node.children) visit(landscape, child, childPath(path, child.spec.name), see)
}

/** What an entity is made from, and who is in which group. */
interface Shown {
  readonly node: SpecNode
  readonly groups: GroupsByMember
}

function memberOf(path: string, groups: GroupsByMember): Pick<EntityView, 'memberOf'> {
  const own = groups.get(path)
  return own === undefined ? NO_GROUP : { memberOf: own }
}

const NO_GROUP: Pick<EntityView, 'memberOf'> = Object.freeze({})

function entityView(sources: WorldSources, path: string, shown: Shown): EntityView {
  const slot = sources.landscape.slots.get(path)
  return slot === undefined ? groupView(sources, path, shown) : slotView(sources, slot, shown)
}

function slotView(
  sources: WorldSources,
  slot: SlotState,
  { node, groups }: { readonly node: SpecNode | undefined; readonly groups: GroupsByMember },
): EntityView {
  const { record, condition, observed } = slot
  const [wait] = slot.waits
  const { state, up, reason } = shownCondition(sources.landscape, slot)
  return {
    // A name first, as a literal that begins with a spread costs each view a hidden class of its own; see copyWith.
    path: slot.path,
    ...common(sources, slot.path, node),
    ...memberOf(slot.path, groups),
    ...placeOf(slot, node),
    state: wait !== undefined && state === 'created' ? 'waiting' : state,
    up,
    reason: wait !== undefined && !condition.up ? wait : reason,
    since: slot.since,
    ...(observed === undefined ? {} : { observedAt: observed.at }),
    leaving: record.leaving.length,
    address: textOf(slotSensor(slot, 'host.address')),
    endpoint: textOf(slotSensor(slot, 'endpoint')),
    isMember: slot.role !== undefined,
    isRole: false,
    resources: resourcesOf(sources.landscape, slot),
    problems: [...problemsOf(slot), ...toldLines(sources.landscape, slot.path)],
  }
}

/** What somebody has said that is wrong with it. */
function toldLines(landscape: Landscape, path: string): readonly string[] {
  const problem = toldProblem(landscape, path)
  return problem === undefined ? [] : [problem]
}

/** What went wrong last, and what cannot be seen since when, even before that counts as lost. */
function problemsOf({ record, observed }: SlotState): readonly string[] {
  const unseen = incarnations(record).flatMap((one) => {
    const since = observed?.unseen?.[machineToken(one)]
    return since === undefined ? [] : [unseenLine(one, since)]
  })
  return record.trouble === undefined ? unseen : [record.trouble.failure.message, ...unseen]
}

/** Which attempt realises a slot now, and where. */
function placeOf(
  slot: SlotState,
  node: SpecNode | undefined,
): Pick<EntityView, 'incarnation' | 'run' | 'location'> {
  const { current } = slot.record
  if (current === undefined) return { incarnation: 0, run: 0, location: placementOf(node) }
  return {
    incarnation: current.number,
    run: current.run?.number ?? 0,
    location: shownPlace(current.location),
  }
}

function placementOf(node: SpecNode | undefined): string {
  return shownPlace((node === undefined ? undefined : sitesOf(node)[0]?.location) ?? '')
}

/** What is nowhere has no location. */
function shownPlace(location: string): string {
  return location === NOWHERE ? '' : location
}

function groupView(sources: WorldSources, path: string, { node, groups }: Shown): EntityView {
  const { landscape } = sources
  const role = landscape.roles.get(path)
  const state = groupState(landscape, path)
  return {
    path,
    ...common(sources, path, node),
    ...memberOf(path, groups),
    state,
    up: isUp(landscape, path),
    reason:
      role === undefined
        ? notUpReason(landscape, path)
        : `${upWithin(landscape, role)} of ${wantedCount(landscape, path)} up`,
    since: lastChangeWithin(landscape, path),
    incarnation: 0,
    run: 0,
    leaving: 0,
    location: placementOf(node),
    address: '',
    endpoint: textOf(sensorValue(sources, path, 'endpoint')),
    isMember: false,
    isRole: role !== undefined,
    resources: [],
    problems: toldLines(landscape, path),
  }
}

/** When anything in a role or a group last changed its state; the application's own time where nothing is in it. */
function lastChangeWithin(landscape: Landscape, path: string): number {
  let last: number | undefined
  for (const { since } of landscape.slotsWithin(path)) last = Math.max(since, last ?? since)
  return last ?? landscape.status.since
}

function notUpReason(landscape: Landscape, path: string): string {
  if (landscape.desired.wish !== 'running') return ''
  const below = Object.keys(notUpIndicators(landscape, path))
  return below.length === 0 ? '' : `waits for ${below.join(', ')}`
}

function common(
  sources: WorldSources,
  path: string,
  node: SpecNode | undefined,
): Pick<
  EntityView,
  | 'parent'
  | 'name'
  | 'displayName'
  | 'type'
  | 'role'
  | 'children'
  | 'config'
  | 'effectors'
  | 'policies'
  | 'place'
> {
  const parent = parentPath(path)
  const name = path === ROOT ? sources.landscape.desired.name : baseName(path)
  return {
    name,
    ...(parent === undefined ? {} : { parent }),
    ...displayNameOf(sources.landscape, path, node),
    ...(node === undefined ? NO_LONGER_WANTED : declared(sources, path, node)),
  }
}

type Declared = Pick<EntityView, 'type' | 'role' | 'children' | 'config' | 'effectors' | 'policies' | 'place'>

const NO_LONGER_WANTED: Declared = {
  type: '',
  role: '',
  children: 0,
  config: {},
  effectors: [],
  policies: [],
}

function declared(sources: WorldSources, path: string, node: SpecNode): Declared {
  const { spec, children } = node
  return {
    type: spec.type,
    role: spec.role ?? '',
    children: children.length + (sources.landscape.roles.get(path)?.slots.size ?? 0),
    config: shownConfig(sources, path, configOf(node, sources.landscape.settings.of(path))),
    effectors: [...spec.effectors, ...generalEffectors(node, path)].map(({ name: effector }) => effector),
    policies: spec.policies.map((policy) => policy.name),
    ...(spec.place === undefined ? {} : { place: spec.place }),
  }
}

function resourcesOf(landscape: Landscape, slot: SlotState): readonly ResourceView[] {
  const own = incarnations(slot.record).filter(({ on, location }) => on === undefined && location !== NOWHERE)
  const machines = own.map((one) => {
    const state = machineOf(one, slot.observed)
    return {
      token: one.token,
      kind: 'machine' as const,
      name: one.name,
      location: one.location,
      state: state?.state ?? one.stage,
      id: state?.id ?? '',
      brought: false,
    }
  })
  const holdings = [...landscape.ownedBy(slot.path)].flatMap((id) => {
    const holding = landscape.holdings.get(id)
    return holding === undefined ? [] : [holdingView(holding)]
  })
  return [...machines, ...holdings]
}

function holdingView({ record, seen }: HoldingState): ResourceView {
  return {
    token: record.token,
    kind: record.shape.kind,
    name: record.name,
    location: record.location,
    state: record.stage,
    id: seen?.id ?? '',
    brought: record.brought,
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : JSON.stringify(value)
}

function endpointOf(
  sources: WorldSources,
  output: { readonly entity: string; readonly port?: string } | undefined,
): string {
  if (output === undefined) return ''
  const [node] = sources.landscape.tree.named(output.entity)
  const sensor = output.port === undefined ? 'endpoint.public' : `endpoint.public.${output.port}`
  return node === undefined ? '' : textOf(sensorValue(sources, node.pattern, sensor))
}
