import type { CommandAnswer, ResourceRef } from '../../engine/index.js'
import type { Call, DockerClient } from './docker-client.js'
import { commandAnswer, faultOf, isNoContainer, isNoNetwork, isStatus } from './docker-failures.js'
import type { DockerFinder } from './docker-finder.js'

const DONE: CommandAnswer = { kind: 'done' }
/** Seconds are the unit of the engine's grace; the answer comes when the grace is over, so it is waited for longer. */
const BEYOND_GRACE = 30_000

/** Starts, stops and removes what carries a token. No command rejects: what the world does is an answer. */
export class DockerCommands {
  readonly #client: DockerClient
  readonly #finder: DockerFinder

  constructor(client: DockerClient, finder: DockerFinder) {
    this.#client = client
    this.#finder = finder
  }

  async start(ref: ResourceRef, call: Call): Promise<CommandAnswer> {
    if (ref.kind !== 'machine') return DONE
    const message = `there is no machine ${ref.name} to start`
    const gone: CommandAnswer = { kind: 'refused', failure: { cause: 'missing', retry: 'soon', message } }
    return this.#onContainer(ref, call, gone, async (id) => {
      try {
        await this.#client.startContainer(id, call)
      } catch (error) {
        if (isNoNetwork(error)) this.#finder.forgetNetworks()
        throw error
      }
    })
  }

  async stop(ref: ResourceRef, grace: number, call: Call): Promise<CommandAnswer> {
    if (ref.kind !== 'machine') return DONE
    const patient = { ...call, timeout: grace + BEYOND_GRACE }
    return this.#onContainer(ref, call, DONE, (id) =>
      this.#client.stopContainer(id, Math.ceil(grace / 1000), patient),
    )
  }

  async destroy(ref: ResourceRef, call: Call): Promise<CommandAnswer> {
    try {
      switch (ref.kind) {
        case 'machine':
          return await this.#destroyMachine(ref, call)
        case 'network':
          return await this.#destroyNetworks(ref, call)
        case 'volume':
          return await this.#destroyVolume(ref, call)
        default:
          return unsupported(ref)
      }
    } catch (error) {
      return inUse(error, ref) ?? commandAnswer(error)
    }
  }

  /** Acts on the container by id. One that was known but is gone is looked for again: it may have been made anew. */
  async #onContainer(
    ref: ResourceRef,
    call: Call,
    gone: CommandAnswer,
    act: (id: string) => Promise<void>,
  ): Promise<CommandAnswer> {
    try {
      const id = await this.#finder.container(ref.token, call)
      if (id === undefined) return gone
      const found = await this.#act(id, act)
      if (found) return DONE
      const again = await this.#finder.findContainer(ref.token, call)
      return again !== undefined && (await this.#act(again.Id, act)) ? DONE : gone
    } catch (error) {
      return commandAnswer(error)
    }
  }

  /** False: there is no such container. "Already so" (304) is done. */
  async #act(id: string, act: (id: string) => Promise<void>): Promise<boolean> {
    try {
      await act(id)
      return true
    } catch (error) {
      if (isStatus(error, 304)) return true
      if (isNoContainer(error)) return false
      throw error
    }
  }

  async #destroyMachine(ref: ResourceRef, call: Call): Promise<CommandAnswer> {
    const answer = await this.#onContainer(ref, call, DONE, (id) => this.#client.removeContainer(id, call))
    if (answer.kind === 'done') this.#finder.forget(ref.token)
    if (answer.kind === 'refused' && answer.failure.cause === 'conflict') return { kind: 'pending' }
    return answer
  }

  async #destroyNetworks(ref: ResourceRef, call: Call): Promise<CommandAnswer> {
    for (const network of await this.#finder.networks(ref.token, call)) {
      await absentIsDone(this.#client.removeNetwork(network.Id, call))
    }
    this.#finder.forget(ref.token)
    return DONE
  }

  async #destroyVolume(ref: ResourceRef, call: Call): Promise<CommandAnswer> {
    const volume = await this.#finder.volume(ref.token, call)
    if (volume !== undefined) await absentIsDone(this.#client.removeVolume(volume.Name, call))
    return DONE
  }
}

async function absentIsDone(asked: Promise<void>): Promise<void> {
  try {
    await asked
  } catch (error) {
    if (!isStatus(error, 404)) throw error
  }
}

/** A network with members is 403, a volume with users 409: both pass by themselves when their users have gone. */
function inUse(error: unknown, ref: ResourceRef): CommandAnswer | undefined {
  if (ref.kind === 'machine' || !(isStatus(error, 403) || isStatus(error, 409))) return undefined
  return { kind: 'not-ready', retryAfter: 1000, reason: faultOf(error).failure.message }
}

function unsupported(ref: ResourceRef): CommandAnswer {
  return {
    kind: 'refused',
    failure: { cause: 'unsupported', retry: 'never', message: `docker has no ${ref.kind}` },
  }
}
