import { NEVER, type Observable } from 'rxjs'
import {
  DEFAULT_CAPABILITIES,
  Failure,
  type CallOptions,
  type Capabilities,
  type CapacityAnswer,
  type CommandAnswer,
  type EnsureAnswer,
  type FailureRecord,
  type Hint,
  type Location,
  type OwnedResource,
  type ResourceRef,
  type ResourceState,
  type ResourceWant,
} from '../../engine/index.js'
import type { GroupKeeper } from './group-keeper.js'
import { asFailure } from './netscaler-failures.js'
import type { NetscalerConfig } from './netscaler-config.js'
import { textOf, type NitroClient } from './nitro-client.js'

/** What such a location is made of. */
export interface NetscalerParts {
  readonly name: string
  readonly config: NetscalerConfig
  readonly client: NitroClient
  readonly keeper: GroupKeeper
}

/** A NetScaler as a location: it spreads traffic, and has no machines. */
export class NetscalerLocation implements Location {
  readonly name: string
  readonly kind = 'netscaler'
  readonly capabilities: Capabilities
  readonly #parts: NetscalerParts

  constructor(parts: NetscalerParts) {
    this.name = parts.name
    this.#parts = parts
    this.capabilities = {
      ...DEFAULT_CAPABILITIES,
      token: 'derived-name',
      kinds: ['backends'],
      ownCommand: false,
      software: false,
      stoppable: false,
      observePeriod: parts.config.observePeriod,
    }
  }

  async ensure(wants: readonly ResourceWant[], { signal }: CallOptions): Promise<readonly EnsureAnswer[]> {
    return inTurn(wants, (want) => this.#parts.keeper.ensure(want, signal))
  }

  async observe(
    refs: readonly ResourceRef[],
    { signal }: CallOptions,
  ): Promise<readonly (ResourceState | undefined)[]> {
    return inTurn(refs, (ref) => this.#parts.keeper.observe(ref, signal).catch(() => undefined))
  }

  async destroy(refs: readonly ResourceRef[], { signal }: CallOptions): Promise<readonly CommandAnswer[]> {
    return inTurn(refs, (ref) => this.#parts.keeper.destroy(ref, signal))
  }

  async listOwned(engine: string, { signal }: CallOptions): Promise<readonly OwnedResource[]> {
    try {
      return await this.#parts.keeper.owned(engine, signal)
    } catch (error) {
      throw asFailure(error)
    }
  }

  start(refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> {
    return Promise.resolve(refs.map(() => UNABLE))
  }

  stop(refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> {
    return Promise.resolve(refs.map(() => UNABLE))
  }

  run(): Promise<typeof UNABLE> {
    return Promise.resolve(UNABLE)
  }

  endRun(): Promise<CommandAnswer> {
    return Promise.resolve(UNABLE)
  }

  copy(): Promise<CommandAnswer> {
    return Promise.resolve(UNABLE)
  }

  output(): Promise<never> {
    return Promise.reject(new Failure(UNABLE.failure))
  }

  exec(): Promise<never> {
    return Promise.reject(new Failure(UNABLE.failure))
  }

  logs(): Promise<never> {
    return Promise.reject(new Failure(UNABLE.failure))
  }

  metrics(): Promise<readonly []> {
    return Promise.resolve([])
  }

  capacity(): Promise<CapacityAnswer> {
    return Promise.resolve({ fits: 0, reason: UNABLE.failure.message })
  }

  watch(): Observable<Hint> {
    return NEVER
  }

  /** Whether it answers, and has the virtual servers that are named. */
  async test({
    signal,
  }: CallOptions): Promise<
    readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]
  > {
    const { client, config } = this.#parts
    return inTurn(Object.entries(config.vservers), async ([port, name]) => {
      const what = `virtual server ${name} for port ${port}`
      try {
        const [found] = await client.list('lbvserver', name, signal)
        if (found === undefined) return { what, ok: false, detail: 'it is not there' }
        return { what, ok: true, detail: `${textOf(found['servicetype'])} at ${textOf(found['ipv46'])}` }
      } catch (error) {
        return { what, ok: false, detail: asFailure(error).message }
      }
    })
  }

  async close(): Promise<void> {
    // Every request is by itself: nothing is open.
  }
}

async function inTurn<From, To>(
  all: readonly From[],
  each: (one: From) => Promise<To>,
): Promise<readonly To[]> {
  const done: To[] = []
  for (const one of all) done.push(await each(one))
  return done
}

const UNABLE: { readonly kind: 'refused'; readonly failure: FailureRecord } = {
  kind: 'refused',
  failure: { cause: 'unsupported', retry: 'never', message: 'a NetScaler has no machines' },
}
