import type { Call, ContainerSummary, DockerClient, NetworkFacts, VolumeFacts } from './docker-client.js'
import { LABEL } from './docker-labels.js'

/**
 * Finds what carries a token. An object is acted upon by the id found here, never by its name: a name may be a
 * stranger's, a label of ours is not.
 */
export class DockerFinder {
  readonly #client: DockerClient
  readonly #containers: Map<string, string>
  readonly #networks: Map<string, string>

  constructor(client: DockerClient) {
    this.#client = client
    this.#containers = new Map()
    this.#networks = new Map()
  }

  /** The container's id, as known or as listed; undefined when the engine has none. An id known may be gone by now. */
  async container(token: string, call: Call): Promise<string | undefined> {
    return this.#containers.get(token) ?? (await this.findContainer(token, call))?.Id
  }

  /** Asks the engine; forgets what was known. */
  async findContainer(token: string, call: Call): Promise<ContainerSummary | undefined> {
    this.#containers.delete(token)
    const [found] = await this.#client.listContainers([`${LABEL.token}=${token}`], call)
    if (found !== undefined) this.remember(token, found.Id)
    return found
  }

  /** Keeps an id that the engine has just told. */
  remember(token: string, id: string): void {
    this.#containers.set(token, id)
  }

  /** Forgets an id that turned out to be gone. */
  forget(token: string): void {
    this.#containers.delete(token)
    this.#networks.delete(token)
  }

  /** Forgets all networks, after one of them turned out to be gone. */
  forgetNetworks(): void {
    this.#networks.clear()
  }

  /** Id of the network with this token, as known or as listed. */
  async network(token: string, call: Call): Promise<string | undefined> {
    return this.#networks.get(token) ?? (await this.networks(token, call))[0]?.Id
  }

  /** All networks with this token, the one that counts first: the oldest, then the lowest id. */
  async networks(token: string, call: Call): Promise<readonly NetworkFacts[]> {
    this.#networks.delete(token)
    const found = await this.#client.listNetworks([`${LABEL.token}=${token}`], call)
    const sorted = [...found].sort((a, b) => compare(a.Created, b.Created) || compare(a.Id, b.Id))
    if (sorted[0] !== undefined) this.#networks.set(token, sorted[0].Id)
    return sorted
  }

  /** The volume with this token. */
  async volume(token: string, call: Call): Promise<VolumeFacts | undefined> {
    const [found] = await this.#client.listVolumes([`${LABEL.token}=${token}`], call)
    return found
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
