import PQueue from 'p-queue'
import type { Observable } from 'rxjs'
import { DEFAULT_CAPABILITIES, type CallOptions, type Capabilities } from '../../engine/index.js'
import type {
  GenerationFence,
  CapacityAnswer,
  CommandAnswer,
  CommandOutput,
  EnsureAnswer,
  Hint,
} from '../../engine/index.js'
import type { FailureRecord, IdSource, Location, MachineFile, MachineShape } from '../../engine/index.js'
import type {
  MetricSample,
  OwnedResource,
  ResourceRef,
  ResourceState,
  ResourceWant,
} from '../../engine/index.js'
import type { RunAnswer, RunRequest } from '../../engine/index.js'
import { fits } from './docker-capacity.js'
import type { DockerClient } from './docker-client.js'
import type { DockerCommands } from './docker-commands.js'
import type { DockerConfig } from './docker-config.js'
import type { DockerMaker } from './docker-ensure.js'
import { watchEvents, type EventParts } from './docker-events.js'
import { asFailure } from './docker-failures.js'
import type { DockerMachines } from './docker-machines.js'
import type { StatsReader } from './docker-metrics.js'
import { ownedMachine, ownedNetwork, ownedVolume } from './docker-observe.js'
import type { DockerObserver } from './docker-observer.js'
import type { ImagePuller } from './docker-pull.js'
import { LABEL } from './docker-labels.js'
import { testEngine } from './docker-test.js'

/** The parts of a location, as the factory puts them together. */
export interface DockerParts {
  readonly name: string
  readonly config: DockerConfig
  readonly client: DockerClient
  readonly maker: DockerMaker
  readonly commands: DockerCommands
  readonly observer: DockerObserver
  readonly machines: DockerMachines
  readonly puller: ImagePuller
  readonly stats: StatsReader
  readonly fence: GenerationFence
  readonly events: EventParts
  readonly ids: IdSource
}

/** Inspections that are asked for at once: cheap for the engine, unlike changes. */
const READERS = 8
/** Stops under way at once: they mostly wait for a grace, and nothing is to wait for them. */
const STOPS = 16
/** Resources in one call: what is under way at once is bounded by the queue, not by this. */
const BULK = 32

/** One Docker engine. A token's far end is its derived name, and labels say whose it is. */
export class DockerLocation implements Location {
  readonly name: string
  readonly kind = 'docker'
  readonly capabilities: Capabilities
  readonly #parts: DockerParts
  readonly #changes: PQueue
  readonly #reads: PQueue
  readonly #stops: PQueue

  constructor(parts: DockerParts) {
    const { config } = parts
    this.name = parts.name
    this.#parts = parts
    this.#changes = new PQueue({ concurrency: config.concurrency })
    this.#reads = new PQueue({ concurrency: READERS })
    this.#stops = new PQueue({ concurrency: STOPS })
    this.capabilities = {
      ...DEFAULT_CAPABILITIES,
      token: 'derived-name',
      kinds: ['machine', 'network', 'volume'],
      containers: true,
      hints: true,
      concurrency: config.concurrency,
      observePeriod: config.observePeriod,
      bulk: BULK,
    }
  }

  ensure(wants: readonly ResourceWant[], { signal }: CallOptions): Promise<readonly EnsureAnswer[]> {
    return each(this.#changes, wants, async (want) => {
      const stale = this.#stale(want.token, want.generation)
      return stale ?? this.#parts.maker.ensure(want, { signal })
    })
  }

  /** Takes no longer than one call may, however many are looked at: the rest is then not known. */
  observe(
    refs: readonly ResourceRef[],
    { signal }: CallOptions,
  ): Promise<readonly (ResourceState | undefined)[]> {
    return this.#inTime(signal, (call) =>
      each(this.#reads, refs, (ref) => this.#parts.observer.observe(ref, call)),
    )
  }

  start(refs: readonly ResourceRef[], { signal }: CallOptions): Promise<readonly CommandAnswer[]> {
    return this.#command(this.#changes, refs, (ref) => this.#parts.commands.start(ref, { signal }))
  }

  stop(
    refs: readonly ResourceRef[],
    { signal, grace }: CallOptions & { readonly grace: number },
  ): Promise<readonly CommandAnswer[]> {
    return this.#command(this.#stops, refs, (ref) => this.#parts.commands.stop(ref, grace, { signal }))
  }

  destroy(refs: readonly ResourceRef[], { signal }: CallOptions): Promise<readonly CommandAnswer[]> {
    return this.#command(this.#changes, refs, (ref) => this.#parts.commands.destroy(ref, { signal }))
  }

  async listOwned(engine: string, { signal }: CallOptions): Promise<readonly OwnedResource[]> {
    const { client } = this.#parts
    const labels = [`${LABEL.engine}=${engine}`]
    try {
      const [containers, networks, volumes] = await Promise.all([
        client.listContainers(labels, { signal }),
        client.listNetworks(labels, { signal }),
        client.listVolumes(labels, { signal }),
      ])
      return [...containers.map(ownedMachine), ...networks.map(ownedNetwork), ...volumes.map(ownedVolume)]
    } catch (error) {
      throw asFailure(error)
    }
  }

  async run(machine: ResourceRef, request: RunRequest, { signal }: CallOptions): Promise<RunAnswer> {
    const stale = this.#stale(request.token, request.generation)
    if (stale !== undefined) return stale
    return this.#parts.machines.run(machine, request, { signal })
  }

  endRun(
    machine: ResourceRef,
    token: string,
    { signal, grace }: CallOptions & { readonly grace: number },
  ): Promise<CommandAnswer> {
    return this.#parts.machines.endRun(machine, token, grace, { signal })
  }

  output(
    machine: ResourceRef,
    token: string,
    { signal, limit }: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput> {
    return this.#parts.machines.output(machine, token, limit, { signal })
  }

  exec(
    machine: ResourceRef,
    command: readonly string[],
    options: CallOptions & { readonly timeout: number; readonly limit: number; readonly stdin?: string },
  ): Promise<CommandOutput> {
    return this.#parts.machines.exec(machine, command, { ...options, mark: this.#parts.ids.next() })
  }

  copy(machine: ResourceRef, files: readonly MachineFile[], { signal }: CallOptions): Promise<CommandAnswer> {
    return this.#parts.machines.copy(machine, files, this.#parts.ids.next(), { signal })
  }

  logs(machine: ResourceRef, { signal, lines }: CallOptions & { readonly lines: number }): Promise<string> {
    return this.#parts.machines.logs(machine, lines, { signal })
  }

  printed(
    machine: ResourceRef,
    { signal, limit }: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput> {
    return this.#parts.machines.printed(machine, limit, { signal })
  }

  async metrics(machines: readonly ResourceRef[], { signal }: CallOptions): Promise<readonly MetricSample[]> {
    this.#parts.stats.prune(this.#parts.events.clock.now())
    const samples = await this.#inTime(signal, (call) =>
      each(this.#reads, machines, (ref) => this.#parts.machines.metrics(ref, call)),
    )
    return samples.flat()
  }

  async capacity(wants: readonly MachineShape[], { signal }: CallOptions): Promise<CapacityAnswer> {
    try {
      return fits(wants, await this.#parts.client.info({ signal }), this.#parts.config)
    } catch (error) {
      return { reason: asFailure(error).message }
    }
  }

  watch(): Observable<Hint> {
    return watchEvents(this.#parts.events)
  }

  test({
    signal,
  }: CallOptions): Promise<
    readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]
  > {
    return testEngine(this.#parts, { signal })
  }

  async close(): Promise<void> {
    this.#parts.puller.close()
    this.#parts.client.close()
    await Promise.all([this.#changes.onIdle(), this.#reads.onIdle(), this.#stops.onIdle()])
  }

  async #inTime<T>(signal: AbortSignal, look: (call: CallOptions) => Promise<T>): Promise<T> {
    const late = new AbortController()
    const cancel = this.#parts.events.clock.schedule(this.#parts.config.timeout, () => late.abort())
    try {
      return await look({ signal: AbortSignal.any([signal, late.signal]) })
    } finally {
      cancel()
    }
  }

  #command(
    queue: PQueue,
    refs: readonly ResourceRef[],
    command: (ref: ResourceRef) => Promise<CommandAnswer>,
  ): Promise<readonly CommandAnswer[]> {
    return each(queue, refs, async (ref) => this.#stale(ref.token, ref.generation) ?? command(ref))
  }

  #stale(
    token: string,
    generation: number,
  ): { readonly kind: 'refused'; readonly failure: FailureRecord } | undefined {
    if (this.#parts.fence.admit(token, generation)) return undefined
    const message = `generation ${generation} of ${token} is older than one already seen`
    return { kind: 'refused', failure: { cause: 'stale', retry: 'never', message } }
  }
}

function each<I, O>(queue: PQueue, items: readonly I[], act: (item: I) => Promise<O>): Promise<readonly O[]> {
  return Promise.all(items.map((item) => queue.add(() => act(item))))
}
