import { NEVER, type Observable } from 'rxjs'
import {
  DEFAULT_CAPABILITIES,
  Failure,
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

/**
 * The least that is a driver: machines that are on as soon as they are made, and nothing else. It passes level 1 of the
 * conformance suite, and is where a new driver may begin.
 */
export class MinimalLocation implements Location {
  readonly name = 'minimal'
  readonly kind = 'minimal'
  readonly capabilities: Capabilities = {
    ...DEFAULT_CAPABILITIES,
    ownCommand: false,
    software: false,
    stoppable: false,
  }
  readonly #machines = new Map<string, OwnedResource>()

  async ensure(wants: readonly ResourceWant[]): Promise<readonly EnsureAnswer[]> {
    return wants.map((want) => this.#ensure(want))
  }

  async observe(refs: readonly ResourceRef[]): Promise<readonly ResourceState[]> {
    return refs.map(({ token, kind }) => this.#machines.get(token) ?? { token, kind, state: 'absent' })
  }

  async destroy(refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> {
    for (const { token } of refs) this.#machines.delete(token)
    return refs.map(() => ({ kind: 'done' }))
  }

  async listOwned(engine: string): Promise<readonly OwnedResource[]> {
    return [...this.#machines.values()].filter(({ marks }) => marks?.engine === engine)
  }

  async start(refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> {
    return refs.map(() => UNABLE)
  }

  async stop(refs: readonly ResourceRef[]): Promise<readonly CommandAnswer[]> {
    return refs.map(() => UNABLE)
  }

  async run(): Promise<typeof UNABLE> {
    return UNABLE
  }

  async endRun(): Promise<CommandAnswer> {
    return UNABLE
  }

  async copy(): Promise<CommandAnswer> {
    return UNABLE
  }

  async output(): Promise<never> {
    throw new Failure(UNABLE.failure)
  }

  async exec(): Promise<never> {
    throw new Failure(UNABLE.failure)
  }

  async logs(): Promise<never> {
    throw new Failure(UNABLE.failure)
  }

  async metrics(): Promise<readonly []> {
    return []
  }

  async capacity(): Promise<CapacityAnswer> {
    return { reason: 'nobody counts here' }
  }

  watch(): Observable<Hint> {
    return NEVER
  }

  async test(): Promise<readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]> {
    return [{ what: 'memory', ok: true, detail: `${this.#machines.size} machines` }]
  }

  async close(): Promise<void> {
    this.#machines.clear()
  }

  #ensure({ token, name, marks, shape }: ResourceWant): EnsureAnswer {
    if (shape.kind !== 'machine') return UNABLE
    const found = this.#machines.get(token)
    if (found !== undefined) return { kind: 'found', resource: found }
    const holder = [...this.#machines.values()].find((one) => one.name === name)?.marks
    if (holder !== undefined)
      return {
        kind: 'conflict',
        holder: `machine made by engine ${holder.engine} for ${holder.application}/${holder.entity}`,
      }
    const resource: OwnedResource = {
      token,
      name,
      marks,
      kind: 'machine',
      state: 'running',
      instance: token,
      id: token,
      createdAt: 0,
    }
    this.#machines.set(token, resource)
    return { kind: 'created', resource }
  }
}

const UNABLE: { readonly kind: 'refused'; readonly failure: FailureRecord } = {
  kind: 'refused',
  failure: { cause: 'unsupported', retry: 'never', message: 'the minimal driver cannot do that' },
}
