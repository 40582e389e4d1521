import {
  ailment,
  expectedState,
  groupState,
  isUp,
  notUpIndicators,
  shownCondition,
  upWithin,
} from './aggregate.js'
import { incarnations, isServing, machineOf } from './condition.js'
import { ownPorts } from './shared-machine.js'
import { absoluteDirectory, directoriesOf, type Directories } from './directories.js'
import { shownKept } from './kept-values.js'
import type { Landscape, RoleState, SlotState } from './landscape.js'
import { permitsValue } from './permit-book.js'
import { rolloutValue } from './rollout-value.js'
import { isHealth, toldOf } from './told-health.js'
import type { SensorBoard } from './sensor-board.js'
import type { KeptRecord } from '../../entity/kept.js'
import type { ObservedRecord } from '../../entity/observation.js'
import type { ResourceState } from '../../entity/resource.js'
import type { EntitySpec, PortSpec } from '../../spec/entity-spec.js'
import type { Json, JsonObject } from '../../support/json.js'

/** Names of the sensors that every entity may have without declaring them. */
export const BUILT_IN_SENSORS = [
  'service.isUp',
  'service.state',
  'service.state.expected',
  'service.notUp.indicators',
  'service.problems',
  'host.name',
  'host.address',
  'directory.run',
  'directory.install',
  'port',
  'endpoint',
  'endpoint.public',
  'members',
  'members.count',
  'members.up',
  'members.endpoints',
  'members.buckets',
  'members.first',
  'members.allUp',
  'members.quarantined',
  'members.lastQuarantined',
  'member.number',
  'member.of',
  'rollout',
] as const

/** Where values of sensors are. */
export interface SensorSources {
  readonly landscape: Landscape
  readonly board: SensorBoard
}

/** The last value of a sensor: kept, sampled, built in, or set by an operation; roles answer with their first up member's. */
export function sensorValue(
  { landscape, board }: SensorSources,
  path: string,
  sensor: string,
): Json | undefined {
  const kept = isHealth(sensor) ? undefined : keptSensor(landscape, path, sensor)
  if (kept !== undefined) return shownKept(kept)
  const sampled = board.value(path, sensor)
  if (sampled !== undefined) return sampled
  if (sensor === 'service.notUp.indicators') return notUpIndicators(landscape, path)
  if (sensor === 'service.state.expected') return expectedState(landscape, path)
  const slot = landscape.slots.get(path)
  const found =
    slot === undefined
      ? sensorOfSeveral({ landscape, board }, path, sensor)
      : ownSensor(landscape, slot, sensor)
  return found ?? poolSensor(landscape, path, sensor)
}

/** A sensor of a slot, as it is shown; a member with members has theirs too. */
function ownSensor(landscape: Landscape, slot: SlotState, sensor: string): Json | undefined {
  if (sensor === 'service.isUp') return shownCondition(landscape, slot).up
  if (sensor === 'service.state') return shownCondition(landscape, slot).state
  if (sensor === 'service.problems') return { ...toldOf(landscape, slot.path, sensor), ...slotProblems(slot) }
  const own = slotSensor(slot, sensor)
  const role = own === undefined ? landscape.roles.get(slot.path) : undefined
  return role === undefined ? own : ROLE_SENSORS[sensor]?.(role, upMembers(role), landscape)
}

/** A sensor of a role or a group: as a whole, as the document says, or of the first member that is up. */
function sensorOfSeveral(
  { landscape, board }: SensorSources,
  path: string,
  sensor: string,
): Json | undefined {
  const own = GROUP_SENSORS[sensor]
  if (own !== undefined) return landscape.tree.at(path) === undefined ? undefined : own(landscape, path)
  const grouped = groupSensor(landscape, board, path, sensor)
  if (grouped !== undefined) return grouped
  const fixed = fixedSensor(landscape, path, sensor)
  if (fixed !== undefined) return fixed
  const role = landscape.roles.get(path)
  return role === undefined ? undefined : roleSensor(role, { landscape, board }, sensor)
}

/** A pool of permits that an entity declares. */
function poolSensor({ tree }: Landscape, path: string, sensor: string): Json | undefined {
  const source = tree.at(path)?.spec.sensors.find(({ name }) => name === sensor)?.source
  return source?.kind === 'permits' ? permitsValue(path, sensor, source.most) : undefined
}

/** The kept value of a sensor, which may be sealed; roles answer with their first up member's. */
export function keptSensor(landscape: Landscape, path: string, sensor: string): KeptRecord | undefined {
  const own = landscape.kept.record(path, sensor)
  const role = own === undefined ? landscape.roles.get(path) : undefined
  const [first] = role === undefined ? [] : upMembers(role)
  return first === undefined ? own : landscape.kept.record(first.path, sensor)
}

/** What a document says of an entity that nothing runs for: a sensor of a plain value. */
function fixedSensor({ tree }: Landscape, path: string, sensor: string): Json | undefined {
  const node = tree.at(path)
  if (node === undefined || node.hasFootprint) return undefined
  const source = node.spec.sensors.find(({ name }) => name === sensor)?.source
  return source?.kind === 'static' && source.value.kind === 'literal' ? source.value.value : undefined
}

/** Sensors of a group that follow from its members. */
function groupSensor(
  landscape: Landscape,
  board: SensorBoard,
  path: string,
  sensor: string,
): Json | undefined {
  const group = landscape.tree.at(path)?.spec.group
  const own = group === undefined ? undefined : MEMBERSHIP[sensor]
  if (group === undefined || own === undefined) return undefined
  if (sensor === 'members.buckets')
    return group.buckets === undefined ? undefined : Object.fromEntries(landscape.groups.bucketsOf(path))
  return own(landscape.groups.membersOf(path), { landscape, board })
}

/** By the members of a group. */
const MEMBERSHIP: {
  readonly [sensor: string]: (members: readonly string[], sources: SensorSources) => Json
} = {
  members: (members, sources) => members.map((path) => groupMember(path, sources)),
  'members.count': (members) => members.length,
  'members.up': (members, { landscape }) => members.filter((path) => isUp(landscape, path)).length,
  'members.endpoints': (members, sources) =>
    members.map((path) => sensorValue(sources, path, 'endpoint') ?? ''),
  'members.buckets': () => ({}),
}

function groupMember(path: string, sources: SensorSources): Json {
  const slot = sources.landscape.slots.get(path)
  if (slot !== undefined) return memberValue(slot)
  const name = path.replaceAll('/', '-')
  return { path, name, address: '', port: 0, endpoint: '', up: isUp(sources.landscape, path) }
}

/** Sensors of a role or a group as a whole. */
const GROUP_SENSORS: { readonly [sensor: string]: (landscape: Landscape, path: string) => Json } = {
  'service.isUp': isUp,
  'service.state': groupState,
  'service.problems': problemsWithin,
}

/** What has gone wrong in a role or a group, by path. */
function problemsWithin(landscape: Landscape, path: string): Json {
  const ailing = ailment(landscape, path)
  const problems: [string, Json][] = ailing === undefined ? [] : [['quorum', ailing]]
  for (const slot of landscape.slotsWithin(path))
    if (slot.record.trouble !== undefined) problems.push([slot.path, slotProblems(slot)])
  return { ...toldOf(landscape, path, 'service.problems'), ...Object.fromEntries(problems) }
}

/** A sensor that follows from the records of a slot alone. */
export function slotSensor(slot: SlotState, sensor: string): Json | undefined {
  if (sensor === 'service.isUp') return slot.condition.up
  if (sensor === 'service.state') return slot.condition.state
  if (sensor === 'service.problems') return slotProblems(slot)
  if (sensor === 'member.of') return slot.role
  if (sensor === 'member.number') return slot.role === undefined ? undefined : numberOf(slot)
  const own = slot.observed?.attributes[sensor]
  return own ?? machineSensor(slot, sensor)
}

/** What has gone wrong and is not calm yet, by cause; gone by itself once it is. */
function slotProblems({ record: { trouble } }: SlotState): JsonObject {
  return trouble === undefined ? {} : { [trouble.failure.cause]: trouble.failure.message }
}

/** The machine of the incarnation that serves, or else of the current one; or what serves in place of a machine. */
export function servingMachine(
  slot: SlotState,
  observed: ObservedRecord | undefined,
): ResourceState | undefined {
  const { node, record } = slot
  const serving =
    node === undefined ? undefined : incarnations(record).find((one) => isServing(one, node, observed))
  const one = serving ?? record.current
  if (one === undefined) return setIn(observed)
  const machine = machineOf(one, observed)
  return one.on === undefined || machine === undefined
    ? machine
    : { ...machine, ports: ownPorts(one, machine) }
}

/** The set of back ends of an entity that has one in place of a machine. */
function setIn(observed: ObservedRecord | undefined): ResourceState | undefined {
  return observed?.resources.find(({ kind }) => kind === 'backends')
}

function roleSensor(role: RoleState, { landscape, board }: SensorSources, sensor: string): Json | undefined {
  const up = upMembers(role)
  const own = ROLE_SENSORS[sensor]
  if (own !== undefined) return own(role, up, landscape)
  if (sensor === 'rollout') return rolloutValue(role, landscape)
  const [first] = up
  return first === undefined ? undefined : (board.value(first.path, sensor) ?? slotSensor(first, sensor))
}

function upMembers(role: RoleState): readonly SlotState[] {
  return [...role.slots.values()].filter((one) => one.condition.up && one.record.retired === undefined)
}

/** Sensors of a role as a whole, by its members that are up. */
const ROLE_SENSORS: {
  readonly [sensor: string]: (role: RoleState, up: readonly SlotState[], landscape: Landscape) => Json
} = {
  members: (_role, up) => up.map(memberValue),
  'members.count': ({ tally }) => tally.members,
  'members.up': (role, _up, landscape) => upWithin(landscape, role),
  'members.first': firstOf,
  'members.allUp': (role, _up, landscape) =>
    role.tally.members > 0 && upWithin(landscape, role) === role.tally.members,
  'members.quarantined': (role) => setAsideOf(role).map(({ path }) => path),
  'members.lastQuarantined': (role) =>
    setAsideOf(role).reduce((last, { path, since }) => (since >= last.since ? { path, since } : last), NOBODY)
      .path,
  'members.endpoints': (_role, up) => up.map((one) => slotSensor(one, 'endpoint') ?? ''),
}

const NOBODY = { path: '', since: 0 }

/** Those that never came up and are kept for inspection, in the order of their numbers. */
function setAsideOf({ slots, tally }: RoleState): readonly SlotState[] {
  if (tally.quarantined === 0) return []
  return [...slots.values()].filter(isAside).sort((a, b) => numberOf(a) - numberOf(b))
}

function isAside({ condition }: SlotState): boolean {
  return condition.state === 'quarantined'
}

/** Number of a member in its role: never used twice. */
function numberOf({ path }: SlotState): number {
  return Number(path.slice(path.lastIndexOf('/') + 1))
}

/** Path of the member with the lowest number that is not on its way out; '' while there is none. */
function firstOf(role: RoleState): string {
  const members = [...role.slots.values()].filter(({ record }) => record.retired === undefined)
  return members.sort((a, b) => numberOf(a) - numberOf(b))[0]?.path ?? ''
}

function memberValue(slot: SlotState): Json {
  return {
    path: slot.path,
    name: slot.path.replaceAll('/', '-'),
    address: slotSensor(slot, 'host.address') ?? '',
    port: slotSensor(slot, 'port') ?? 0,
    endpoint: slotSensor(slot, 'endpoint') ?? '',
    up: slot.condition.up,
  }
}

function machineSensor(slot: SlotState, sensor: string): Json | undefined {
  const machine = servingMachine(slot, slot.observed)
  if (machine === undefined) return undefined
  if (sensor === 'host.address') return machine.address
  if (sensor === 'host.name') return machine.hostName ?? slot.path.replaceAll('/', '-')
  const directory = DIRECTORY_SENSORS[sensor]
  return directory === undefined ? portSensor(slot, machine, sensor) : directoryAt(slot, machine, directory)
}

/** Where the commands of software work. */
const DIRECTORY_SENSORS: { readonly [sensor: string]: keyof Directories } = {
  'directory.run': 'runDirectory',
  'directory.install': 'installDirectory',
}

function directoryAt(
  { node, path }: SlotState,
  machine: ResourceState,
  which: keyof Directories,
): string | undefined {
  const software = node?.spec.software
  return software === undefined
    ? undefined
    : absoluteDirectory(which, directoriesOf(software, node, path), machine)
}

/** `port`, `endpoint` and `endpoint.public`, each also with `.<name of a port>`; the first port where none is named. */
function portSensor(slot: SlotState, machine: ResourceState, sensor: string): Json | undefined {
  const [, kind, name] = /^(port|endpoint\.public|endpoint)(?:\.(.+))?$/.exec(sensor) ?? []
  const port = kind === undefined ? undefined : declaredPort(slot, name)
  const seen = port === undefined ? undefined : machine.ports?.[port.name]
  if (port === undefined || seen === undefined) return undefined
  if (kind === 'port') return seen.inside
  const outside = kind === 'endpoint.public' ? outsideOf(seen) : undefined
  return endpointOf(port, outside ?? { host: machine.address, number: seen.inside })
}

function declaredPort({ node }: SlotState, name: string | undefined): PortSpec | undefined {
  const declared = node === undefined ? [] : portsOf(node.spec)
  return name === undefined ? declared[0] : declared.find((one) => one.name === name)
}

/** Ports of a machine, or the one on which a set of back ends listens. */
function portsOf({ machine, balance }: EntitySpec): readonly PortSpec[] {
  if (balance?.by !== 'place') return machine?.ports ?? []
  const { listen: number, scheme } = balance
  const port = { name: 'listen', protocol: 'tcp', published: true } as const
  return [
    { ...port, ...(number === undefined ? {} : { number }), ...(scheme === undefined ? {} : { scheme }) },
  ]
}

type SeenPort = NonNullable<ResourceState['ports']>[string]

function outsideOf(seen: SeenPort): { readonly host: string; readonly number: number } | undefined {
  return seen.outside === undefined ? undefined : { host: seen.host ?? '127.0.0.1', number: seen.outside }
}

function endpointOf(
  port: PortSpec,
  at: { readonly host: string | undefined; readonly number: number },
): string | undefined {
  return at.host === undefined ? undefined : `${port.scheme ?? port.protocol}://${at.host}:${at.number}`
}
