import type { DockerClient } from '../../locations/docker/docker-client.js'
import type { FaultPoint } from '../contract/location-harness.js'
import { httpError, socketError } from './fake-docker.js'

/** Faults that can be put between the driver and the engine when a container is created. */
export type CreateFault = Extract<
  FaultPoint,
  | 'answer-lost-before-effect'
  | 'answer-lost-after-effect'
  | 'duplicate-delivery'
  | 'not-ready'
  | 'throttled'
  | 'capacity'
>

/** All of them. */
export const CREATE_FAULTS: readonly CreateFault[] = [
  'answer-lost-before-effect',
  'answer-lost-after-effect',
  'duplicate-delivery',
  'not-ready',
  'throttled',
  'capacity',
]

/** A client with some of its calls replaced. */
export function overridden(client: DockerClient, own: Partial<DockerClient>): DockerClient {
  return new Proxy(client, {
    get: (target, name) => {
      const found: unknown = Reflect.get(own, name) ?? Reflect.get(target, name)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
}

/** Wraps a client so that the next creation of a container of an armed name goes wrong, once. */
export class FaultyDocker {
  readonly #armed = new Map<string, CreateFault>()

  arm(name: string, fault: CreateFault): void {
    this.#armed.set(name, fault)
  }

  wrap(client: DockerClient): DockerClient {
    return overridden(client, {
      createContainer: async (name, spec, call) => {
        const fault = this.#armed.get(name)
        this.#armed.delete(name)
        const create = () => client.createContainer(name, spec, call)
        return fault === undefined ? create() : FAULTS[fault](create)
      },
    })
  }
}

const FAULTS: { readonly [fault in CreateFault]: (create: () => Promise<string>) => Promise<string> } = {
  'answer-lost-before-effect': async () => {
    throw socketError('ECONNRESET')
  },
  'answer-lost-after-effect': async (create) => {
    await create()
    throw socketError('ECONNRESET')
  },
  'duplicate-delivery': async (create) => {
    await create()
    return create()
  },
  // The name is reserved before what holds it can be seen.
  'not-ready': async () => {
    throw httpError(409, 'Conflict. The container name is already in use')
  },
  throttled: async () => {
    throw httpError(429, 'too many requests')
  },
  capacity: async () => {
    throw httpError(500, 'no space left on device')
  },
}
