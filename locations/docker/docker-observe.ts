import type { OwnedResource, ResourceState } from '../../engine/index.js'
import type { ContainerFacts, ContainerSummary, Labels, NetworkFacts, VolumeFacts } from './docker-client.js'
import { LABEL, marksOf } from './docker-labels.js'
import { DIRECTORY } from './docker-shapes.js'

/** What inspect says of a container, in the engine's words. `host` is how others reach published ports. */
export function machineState(facts: ContainerFacts, host: string): ResourceState {
  const { State, HostConfig } = facts
  const labels = facts.Config.Labels
  const state = machineStateOf(State.Status)
  const address = addressOf(facts)
  const instance = instanceOf(facts)
  const reason = reasonOf(facts)
  return {
    ...owned(labels, 'machine', state, facts.Id),
    ...(instance === undefined ? {} : { instance }),
    ...(address === undefined ? {} : { address }),
    ports: endpointsOf(facts, host),
    ...(hasEnded(facts) ? { exitCode: State.ExitCode } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...healthOf(State.Health?.Status),
    ...(positive(HostConfig.NanoCpus) ? { cores: HostConfig.NanoCpus / 1e9 } : {}),
    ...(positive(HostConfig.Memory) ? { memory: HostConfig.Memory } : {}),
    ...(hostsSoftware(labels) ? { runDirectory: DIRECTORY.run, installDirectory: DIRECTORY.install } : {}),
  }
}

/** Identity of this very start of a container; undefined when it was never started. A restart makes another. */
export function instanceOf(facts: ContainerFacts): string | undefined {
  const { StartedAt } = facts.State
  return StartedAt.startsWith('0001-') ? undefined : `${facts.Id.slice(0, 12)}@${StartedAt}`
}

/** Whether a container was made to run software under the supervisor. */
export function hostsSoftware(labels: Labels | null): boolean {
  return labels?.[LABEL.software] === 'true'
}

/** A network that is there is usable. */
export function networkState(facts: NetworkFacts): ResourceState {
  return owned(facts.Labels, 'network', 'running', facts.Id)
}

/** A volume that is there is usable. */
export function volumeState(facts: VolumeFacts): ResourceState {
  return owned(facts.Labels, 'volume', 'running', facts.Name)
}

/** Nothing with this token is there. */
export function absent(token: string, kind: ResourceState['kind']): ResourceState {
  return { token, kind, state: 'absent' }
}

/** What the list of containers says of one: little, but for all at once, and nothing of its environment. */
export function ownedMachine(summary: ContainerSummary): OwnedResource {
  return {
    ...owned(summary.Labels, 'machine', machineStateOf(summary.State), summary.Id),
    name: (summary.Names[0] ?? summary.Id).replace(/^\//, ''),
    createdAt: summary.Created * 1000,
  }
}

/** A network of ours in the list of all that is owned. */
export function ownedNetwork(facts: NetworkFacts): OwnedResource {
  return { ...networkState(facts), name: facts.Name, ...createdAt(facts.Created) }
}

/** A volume of ours in the list of all that is owned. */
export function ownedVolume(facts: VolumeFacts): OwnedResource {
  return { ...volumeState(facts), name: facts.Name, ...createdAt(facts.CreatedAt) }
}

function owned(
  labels: Labels | null,
  kind: ResourceState['kind'],
  state: ResourceState['state'],
  id: string,
): ResourceState {
  const marks = marksOf(labels)
  return { token: labels?.[LABEL.token] ?? '', kind, state, id, ...(marks === undefined ? {} : { marks }) }
}

const STATES: { readonly [status: string]: ResourceState['state'] } = {
  created: 'stopped',
  running: 'running',
  paused: 'running',
  restarting: 'creating',
  exited: 'stopped',
  removing: 'failed',
  dead: 'failed',
}

function machineStateOf(status: string): ResourceState['state'] {
  return STATES[status] ?? 'failed'
}

/** A start that failed leaves the container 'created', with an error and an exit code. */
function hasEnded({ State }: ContainerFacts): boolean {
  return (
    State.Status === 'exited' || State.Status === 'dead' || (State.Status === 'created' && State.Error !== '')
  )
}

function reasonOf({ State }: ContainerFacts): string | undefined {
  if (State.OOMKilled) return 'ended by the kernel: out of memory'
  if (State.Error !== '') return State.Error
  return ['paused', 'removing', 'dead'].includes(State.Status) ? State.Status : undefined
}

function healthOf(status: string | undefined): Pick<ResourceState, 'health'> {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? { health: status } : {}
}

/** The address on the network that it was created on, else on any. */
function addressOf(facts: ContainerFacts): string | undefined {
  const endpoints = Object.entries(facts.NetworkSettings.Networks ?? {})
  const mode = facts.HostConfig.NetworkMode
  const first = endpoints.find(([name, endpoint]) => name === mode || endpoint.NetworkID === mode)
  const addresses = [first, ...endpoints].map((entry) => entry?.[1].IPAddress ?? '')
  return addresses.find((address) => address !== '')
}

function endpointsOf(facts: ContainerFacts, host: string): NonNullable<ResourceState['ports']> {
  const published = facts.NetworkSettings.Ports ?? {}
  const ports = portLabels(facts.Config.Labels).map(([name, port]) => {
    const outside = Number(published[port]?.[0]?.HostPort ?? 0)
    return [name, { inside: parseInt(port, 10), ...(outside > 0 ? { outside, host } : {}) }] as const
  })
  return Object.fromEntries(ports)
}

/** Labels are the world's to change, so what does not read as ours counts as no ports. */
function portLabels(labels: Labels | null): readonly (readonly [string, string])[] {
  try {
    const ports: unknown = JSON.parse(labels?.[LABEL.ports] ?? '{}')
    if (typeof ports !== 'object' || ports === null) return []
    return Object.entries(ports).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  } catch {
    return []
  }
}

function positive(value: number | undefined): value is number {
  return value !== undefined && value > 0
}

function createdAt(text: string | undefined): Pick<OwnedResource, 'createdAt'> {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? {} : { createdAt: at }
}
