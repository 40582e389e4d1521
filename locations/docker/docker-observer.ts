import type { ResourceRef, ResourceState } from '../../engine/index.js'
import type { Call, ContainerFacts, DockerClient } from './docker-client.js'
import { isStatus } from './docker-failures.js'
import type { DockerFinder } from './docker-finder.js'
import { LABEL } from './docker-labels.js'
import { absent, hostsSoftware, machineState, networkState, volumeState } from './docker-observe.js'
import type { DockerSoftware } from './docker-software.js'

/** Says what the engine knows of one resource. */
export class DockerObserver {
  readonly #client: DockerClient
  readonly #finder: DockerFinder
  readonly #software: DockerSoftware
  readonly #host: string

  constructor(client: DockerClient, finder: DockerFinder, software: DockerSoftware, host: string) {
    this.#client = client
    this.#finder = finder
    this.#software = software
    this.#host = host
  }

  /** Undefined when it cannot be known now. Absent only when the engine has nothing with this token. */
  async observe(ref: ResourceRef, call: Call): Promise<ResourceState | undefined> {
    try {
      switch (ref.kind) {
        case 'machine':
          return await this.#machine(ref, call)
        case 'network': {
          const [network] = await this.#finder.networks(ref.token, call)
          return network === undefined ? absent(ref.token, ref.kind) : networkState(network)
        }
        case 'volume': {
          const volume = await this.#finder.volume(ref.token, call)
          return volume === undefined ? absent(ref.token, ref.kind) : volumeState(volume)
        }
        default:
          return absent(ref.token, ref.kind)
      }
    } catch {
      return undefined
    }
  }

  async #machine(ref: ResourceRef, call: Call): Promise<ResourceState> {
    const facts = await this.inspect(ref, call)
    if (facts === undefined) {
      this.#software.forget(ref.token)
      return absent(ref.token, 'machine')
    }
    const state = machineState(facts, this.#host)
    if (state.state !== 'running' || !hostsSoftware(facts.Config.Labels)) return state
    return { ...state, runs: await this.#software.status(facts, call) }
  }

  /** The container of a token: by its name first, for that is one call; the labels decide. Rejects as the client does. */
  async inspect(ref: Pick<ResourceRef, 'token' | 'name'>, call: Call): Promise<ContainerFacts | undefined> {
    const named = ref.name === '' ? undefined : await this.#inspect(ref.name, call)
    if (named?.Config.Labels?.[LABEL.token] === ref.token) {
      this.#finder.remember(ref.token, named.Id)
      return named
    }
    const listed = await this.#finder.findContainer(ref.token, call)
    return listed === undefined ? undefined : this.#inspect(listed.Id, call)
  }

  async #inspect(idOrName: string, call: Call): Promise<ContainerFacts | undefined> {
    try {
      return await this.#client.inspectContainer(idOrName, call)
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }
}
