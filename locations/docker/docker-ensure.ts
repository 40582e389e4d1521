import {
  type EnsureAnswer,
  type FailureRecord,
  type MachineShape,
  type ResourceState,
} from '../../engine/index.js'
import type { ResourceWant } from '../../engine/index.js'
import type { Call, ContainerSpec, DockerClient, Labels } from './docker-client.js'
import type { DockerConfig } from './docker-config.js'
import { ensureAnswer, faultOf, isNoImage, isNoNetwork, isStatus } from './docker-failures.js'
import type { DockerFinder } from './docker-finder.js'
import { LABEL, holderOf, isFor, labelsOf } from './docker-labels.js'
import { machineState, networkState, volumeState } from './docker-observe.js'
import type { ImagePuller } from './docker-pull.js'
import { aliasesOf, planContainer, shapeFault, type Joined } from './docker-shapes.js'

/** What making things takes. */
export interface MakerParts {
  readonly client: DockerClient
  readonly finder: DockerFinder
  readonly puller: ImagePuller
  readonly config: DockerConfig
}

/**
 * Makes what is missing and adopts what is ours. Names are derived from tokens, so the engine itself refuses a second
 * one; what then holds the name is ours only if its labels say so.
 */
export class DockerMaker {
  readonly #parts: MakerParts

  constructor(parts: MakerParts) {
    this.#parts = parts
  }

  /** Never rejects: what the world does is an answer. */
  async ensure(want: ResourceWant, call: Call): Promise<EnsureAnswer> {
    const { shape } = want
    try {
      switch (shape.kind) {
        case 'machine':
          return await this.#machine(want, shape, call)
        case 'network':
          return await this.#network(want, shape.cidr, call)
        case 'volume':
          return await this.#volume(want, call)
        default:
          return refused({ cause: 'unsupported', retry: 'never', message: `there is no ${shape.kind} here` })
      }
    } catch (error) {
      if (isNoNetwork(error)) this.#parts.finder.forgetNetworks()
      return ensureAnswer(error)
    }
  }

  async #machine(want: ResourceWant, shape: MachineShape, call: Call): Promise<EnsureAnswer> {
    const { config } = this.#parts
    const fault = shapeFault(shape, config)
    if (fault !== undefined) return refused(fault)
    const joined = await this.#join(shape, call)
    if ('cause' in joined) return refused(joined)
    const plan = planContainer(want, shape, joined, config)
    if (plan.kind === 'refused') return plan
    const made = await this.#create(want, plan.spec, call)
    if (made.kind !== 'found' && made.kind !== 'created') return made
    const id = made.resource.id ?? ''
    this.#parts.finder.remember(want.token, id)
    const unjoined = await this.#connect(id, plan.further, shape, call)
    return unjoined ?? made
  }

  async #create(want: ResourceWant, spec: ContainerSpec, call: Call): Promise<EnsureAnswer> {
    const { client } = this.#parts
    const pull = want.shape.kind === 'machine' ? want.shape.pull : undefined
    if (pull !== 'always') {
      try {
        return created(want, await client.createContainer(want.name, spec, call))
      } catch (error) {
        if (isStatus(error, 409)) return this.#adopt(want, call)
        if (!isNoImage(error)) throw error
      }
    }
    const missing = pull === 'never' ? noImage(spec.Image) : await this.#pull(spec.Image, call)
    if (missing !== undefined) return missing
    try {
      return created(want, await client.createContainer(want.name, spec, call))
    } catch (error) {
      if (isStatus(error, 409)) return this.#adopt(want, call)
      throw error
    }
  }

  async #adopt(want: ResourceWant, call: Call): Promise<EnsureAnswer> {
    const { client, config } = this.#parts
    try {
      const facts = await client.inspectContainer(want.name, call)
      const holder = holderOf(
        `container ${facts.Id.slice(0, 12)} of ${facts.Config.Image}`,
        facts.Config.Labels,
      )
      return adopted(want, facts.Config.Labels, holder, machineState(facts, config.endpointHost))
    } catch (error) {
      if (isStatus(error, 404))
        return {
          kind: 'not-ready',
          retryAfter: 200,
          reason: `name ${want.name} is held by something just being made or removed`,
        }
      throw error
    }
  }

  /** Undefined when the image is here now. */
  async #pull(image: string, call: Call): Promise<EnsureAnswer | undefined> {
    const { config, puller } = this.#parts
    if (config.pull === 'never') return noImage(image)
    const state = await puller.pull(image, config.pullWait, call.signal)
    if (state.kind === 'failed') return refused(state.failure)
    if (state.kind === 'done') return undefined
    return { kind: 'not-ready', retryAfter: 2000, reason: `pulling ${image}: ${state.progress}` }
  }

  async #join(shape: MachineShape, call: Call): Promise<Joined | FailureRecord> {
    const networks = []
    for (const { token, brought } of shape.networks) {
      const found = brought
        ? await this.#broughtNetwork(token, call)
        : await this.#parts.finder.network(token, call)
      if (found === undefined) return missing(`network ${token}`)
      if (typeof found !== 'string') return found
      networks.push(found)
    }
    const volumes = []
    for (const { token, brought } of shape.volumes) {
      const found = brought
        ? await this.#broughtVolume(token, call)
        : await this.#parts.finder.volume(token, call)
      if (found === undefined) return missing(`volume ${token}`)
      volumes.push(found.Name)
    }
    return { networks, volumes }
  }

  /** Danger: 'host' is a network by name too, and joining it is what the option `network: host` is guarded for. */
  async #broughtNetwork(name: string, call: Call): Promise<string | FailureRecord | undefined> {
    const facts = await orUndefined(this.#parts.client.inspectNetwork(name, call))
    if (facts?.Name !== 'host') return facts?.Id
    return {
      cause: 'denied',
      retry: 'never',
      message: "the host's network is joined by the option 'network: host' only",
    }
  }

  #broughtVolume(name: string, call: Call): Promise<{ readonly Name: string } | undefined> {
    return orUndefined(this.#parts.client.inspectVolume(name, call))
  }

  /** Engines before API 1.44 take one network at creation; further ones are joined before the start. */
  async #connect(
    id: string,
    networks: readonly string[],
    shape: MachineShape,
    call: Call,
  ): Promise<EnsureAnswer | undefined> {
    const { client } = this.#parts
    if (networks.length === 0) return undefined
    try {
      const facts = await client.inspectContainer(id, call)
      const joined = Object.entries(facts.NetworkSettings.Networks ?? {}).flatMap(([name, at]) => [
        name,
        at.NetworkID,
      ])
      for (const network of networks.filter((one) => !joined.includes(one))) {
        await client.connectNetwork(network, id, aliasesOf(shape), call)
      }
      return undefined
    } catch (error) {
      // The machine is there, but not as it was wanted: the next ensure finds it and goes on here.
      return { kind: 'unknown', failure: faultOf(error).failure }
    }
  }

  async #network(want: ResourceWant, cidr: string | undefined, call: Call): Promise<EnsureAnswer> {
    const { client, finder } = this.#parts
    const [existing] = await finder.networks(want.token, call)
    if (existing !== undefined) return adopted(want, existing.Labels, '', networkState(existing))
    const ipam = cidr === undefined ? {} : { IPAM: { Config: [{ Subnet: cidr }] } }
    const spec = {
      Name: want.name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: labelsOf(want),
      ...ipam,
    } as const
    try {
      await client.createNetwork(spec, call)
    } catch (error) {
      if (!isStatus(error, 409)) throw error
      const facts = await client.inspectNetwork(want.name, call)
      return adopted(
        want,
        facts.Labels,
        holderOf(`network ${facts.Id.slice(0, 12)}`, facts.Labels),
        networkState(facts),
      )
    }
    return this.#settleNetworks(want, call)
  }

  /** Engines before API 1.44 let two networks of one name through when asked at once: the oldest is the one. */
  async #settleNetworks(want: ResourceWant, call: Call): Promise<EnsureAnswer> {
    const { client, finder } = this.#parts
    const [first, ...others] = await finder.networks(want.token, call)
    for (const other of others) await client.removeNetwork(other.Id, call)
    if (first === undefined)
      return { kind: 'not-ready', reason: `network ${want.name} was removed as soon as it was made` }
    return { kind: 'created', resource: networkState(first) }
  }

  async #volume(want: ResourceWant, call: Call): Promise<EnsureAnswer> {
    const { client } = this.#parts
    const existing = await orUndefined(client.inspectVolume(want.name, call))
    if (existing === undefined) {
      await client.createVolume({ Name: want.name, Driver: 'local', Labels: labelsOf(want) }, call)
    }
    const facts = existing ?? (await client.inspectVolume(want.name, call))
    const answer = adopted(
      want,
      facts.Labels,
      holderOf(`volume ${facts.Name}`, facts.Labels),
      volumeState(facts),
    )
    return answer.kind === 'found' && existing === undefined ? { ...answer, kind: 'created' } : answer
  }
}

function created(want: ResourceWant, id: string): EnsureAnswer {
  return {
    kind: 'created',
    resource: { token: want.token, kind: 'machine', state: 'stopped', id, marks: want.marks },
  }
}

/** What holds the name or token: ours to adopt, made by a newer command than this, or not ours. */
function adopted(
  want: ResourceWant,
  labels: Labels | null,
  holder: string,
  resource: ResourceState,
): EnsureAnswer {
  if (!isFor(want, labels)) return { kind: 'conflict', holder }
  const made = Number(labels?.[LABEL.generation] ?? 0)
  if (made <= want.generation) return { kind: 'found', resource }
  const message = `generation ${want.generation} is older than ${made}, by which it was made`
  return refused({ cause: 'stale', retry: 'never', message })
}

function noImage(image: string): EnsureAnswer {
  return refused({ cause: 'missing', retry: 'never', message: `no image ${image} here, and none is pulled` })
}

function refused(failure: FailureRecord): EnsureAnswer {
  return { kind: 'refused', failure }
}

function missing(what: string): FailureRecord {
  return { cause: 'missing', retry: 'soon', message: `${what}, which the machine uses, is not there` }
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw error
  }
}
