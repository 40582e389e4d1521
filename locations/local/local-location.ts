import PQueue from 'p-queue'
import { share, type Observable } from 'rxjs'
import { DEFAULT_CAPABILITIES, Failure, type CallOptions, type Capabilities } from '../../engine/index.js'
import type {
  GenerationFence,
  CapacityAnswer,
  CommandAnswer,
  CommandOutput,
  EnsureAnswer,
  Hint,
} from '../../engine/index.js'
import type { Location, MachineFile, MachineShape, MetricSample, OwnedResource } from '../../engine/index.js'
import type { ResourceRef, ResourceState, ResourceWant, RunAnswer, RunRequest } from '../../engine/index.js'
import type { HoldingMaker } from './holding-maker.js'
import type { LocalConfig } from './local-config.js'
import { hostFailure, stale, unsupported } from './local-failures.js'
import type { LocalMachines } from './local-machines.js'
import type { LocalMetrics } from './local-metrics.js'
import { holdingState, type LocalObserver } from './local-observer.js'
import { HOLDING_KINDS, isHoldingKind, writeRecord } from './local-records.js'
import type { LocalStore } from './local-store.js'
import { testHost, type TestLine } from './local-test.js'
import { watchMachines } from './local-watch.js'
import type { MachineMaker } from './machine-maker.js'
import type { MachinePower } from './machine-power.js'
import { freePorts } from './ports.js'

/** The parts of a location, as the factory puts them together. */
export interface LocalParts {
  readonly name: string
  readonly config: LocalConfig
  readonly store: LocalStore
  readonly fence: GenerationFence
  readonly maker: MachineMaker
  readonly holdings: HoldingMaker
  readonly power: MachinePower
  readonly machines: LocalMachines
  readonly observer: LocalObserver
  readonly metrics: LocalMetrics
}

/** Commands under way at once; endings mostly wait for a grace, or share a look at all processes. */
const COMMANDS = 8
const ENDINGS = 32
const BULK = 32

/** This very host: machines are directories, and what runs on them are process groups under a supervisor. */
export class LocalLocation implements Location {
  readonly name: string
  readonly kind = 'local'
  readonly capabilities: Capabilities
  readonly #parts: LocalParts
  /** Making is one at a time: ports are chosen by what is there. */
  readonly #making = new PQueue({ concurrency: 1 })
  readonly #commands = new PQueue({ concurrency: COMMANDS })
  readonly #endings = new PQueue({ concurrency: ENDINGS })
  readonly #hints: Observable<Hint>

  constructor(parts: LocalParts) {
    this.name = parts.name
    this.#parts = parts
    this.#hints = watchMachines(parts.store).pipe(share())
    this.capabilities = {
      ...DEFAULT_CAPABILITIES,
      kinds: ['machine', ...HOLDING_KINDS],
      ownCommand: false,
      hints: true,
      concurrency: COMMANDS,
      observePeriod: parts.config.observePeriod,
      bulk: BULK,
    }
  }

  ensure(wants: readonly ResourceWant[], _options: CallOptions): Promise<readonly EnsureAnswer[]> {
    return each(this.#making, wants, async (want) => {
      try {
        return await this.#ensureOne(want)
      } catch (error) {
        return { kind: 'refused', failure: hostFailure(error) }
      }
    })
  }

  observe(
    refs: readonly ResourceRef[],
    _options: CallOptions,
  ): Promise<readonly (ResourceState | undefined)[]> {
    return Promise.all(refs.map((ref) => this.#parts.observer.observe(ref).catch(() => undefined)))
  }

  start(refs: readonly ResourceRef[], _options: CallOptions): Promise<readonly CommandAnswer[]> {
    return this.#command(this.#commands, refs, (ref) => this.#parts.power.start(ref))
  }

  stop(
    refs: readonly ResourceRef[],
    { signal, grace }: CallOptions & { readonly grace: number },
  ): Promise<readonly CommandAnswer[]> {
    return this.#command(this.#endings, refs, (ref) => this.#parts.power.stop(ref, grace, signal))
  }

  destroy(refs: readonly ResourceRef[], _options: CallOptions): Promise<readonly CommandAnswer[]> {
    const { power, holdings, store } = this.#parts
    return this.#command(this.#endings, refs, async (ref) => {
      if (ref.kind === 'machine') return power.destroy(ref)
      if (!isHoldingKind(ref.kind)) return { kind: 'done' }
      if ((await store.holding(ref.kind, ref)) !== undefined) return holdings.remove(ref.kind, ref)
      await holdings.bury(ref.kind, ref.token)
      return { kind: 'done' }
    })
  }

  async listOwned(engine: string, _options: CallOptions): Promise<readonly OwnedResource[]> {
    try {
      return await this.#parts.observer.listOwned(engine)
    } catch (error) {
      throw new Failure(hostFailure(error), error)
    }
  }

  run(machine: ResourceRef, request: RunRequest, { signal }: CallOptions): Promise<RunAnswer> {
    return this.#parts.machines.run(machine, request, signal)
  }

  endRun(
    machine: ResourceRef,
    token: string,
    { signal, grace }: CallOptions & { readonly grace: number },
  ): Promise<CommandAnswer> {
    return this.#parts.machines.endRun(machine, token, grace, signal)
  }

  output(
    machine: ResourceRef,
    token: string,
    { signal, limit }: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput> {
    return this.#parts.machines.output(machine, token, limit, signal)
  }

  exec(
    machine: ResourceRef,
    command: readonly string[],
    options: CallOptions & { readonly timeout: number; readonly limit: number; readonly stdin?: string },
  ): Promise<CommandOutput> {
    return this.#parts.machines.exec(machine, command, options)
  }

  copy(machine: ResourceRef, files: readonly MachineFile[], { signal }: CallOptions): Promise<CommandAnswer> {
    return this.#parts.machines.copy(machine, files, signal)
  }

  logs(machine: ResourceRef, { signal, lines }: CallOptions & { readonly lines: number }): Promise<string> {
    return this.#parts.machines.logs(machine, lines, signal)
  }

  metrics(machines: readonly ResourceRef[], _options: CallOptions): Promise<readonly MetricSample[]> {
    return this.#parts.metrics.read(machines)
  }

  /** By the number of machines and of ports that nobody here has. */
  async capacity(wants: readonly MachineShape[], _options: CallOptions): Promise<CapacityAnswer> {
    const { store, config } = this.#parts
    const machines = await store.allMachines()
    const here = machines.filter((record) => (record.host ?? config.host) === config.host)
    const taken = new Set(here.flatMap((record) => Object.values(record.ports)))
    const places = Math.max(0, config.machines - machines.length)
    let ports = freePorts(taken, config.ports)
    const short = wants.findIndex((want) => (ports -= want.ports.length) < 0)
    const fits = Math.min(places, short < 0 ? wants.length : short)
    if (fits >= wants.length) return { fits: wants.length }
    return {
      fits,
      reason: fits === places ? `${config.machines} machines are the most here` : 'too few ports are free',
    }
  }

  watch(): Observable<Hint> {
    return this.#hints
  }

  test({ signal }: CallOptions): Promise<readonly TestLine[]> {
    return testHost(this.#parts.store, this.#parts.config, signal)
  }

  async close(): Promise<void> {
    await Promise.all([this.#making.onIdle(), this.#commands.onIdle(), this.#endings.onIdle()])
  }

  async #ensureOne(want: ResourceWant): Promise<EnsureAnswer> {
    const { store, fence, observer, maker, holdings } = this.#parts
    const { shape, generation } = want
    if (shape.kind === 'machine') {
      const record = await store.machine(want)
      if (!fence.admit(want.token, generation, record?.generation)) return stale(want.token, generation)
      if (record === undefined) return maker.make({ ...want, shape })
      const raised = { ...record, generation }
      if (generation > record.generation) await writeRecord(store.machineFile(want.name), raised)
      return { kind: 'found', resource: await observer.state(raised) }
    }
    if (!isHoldingKind(shape.kind)) return unsupported(`there is no ${shape.kind} here`)
    const record = await store.holding(shape.kind, want)
    if (!fence.admit(want.token, generation, record?.generation)) return stale(want.token, generation)
    return record === undefined
      ? holdings.make(shape.kind, want)
      : { kind: 'found', resource: holdingState(record) }
  }

  #command(
    queue: PQueue,
    refs: readonly ResourceRef[],
    command: (ref: ResourceRef) => Promise<CommandAnswer>,
  ): Promise<readonly CommandAnswer[]> {
    return each(queue, refs, async (ref) => {
      try {
        const recorded = await this.#generation(ref)
        if (!this.#parts.fence.admit(ref.token, ref.generation, recorded))
          return stale(ref.token, ref.generation)
        return await command(ref)
      } catch (error) {
        return { kind: 'refused', failure: hostFailure(error) }
      }
    })
  }

  async #generation(ref: ResourceRef): Promise<number | undefined> {
    const { store } = this.#parts
    if (ref.kind === 'machine') return (await store.machine(ref))?.generation
    return isHoldingKind(ref.kind) ? (await store.holding(ref.kind, ref))?.generation : undefined
  }
}

function each<I, O>(queue: PQueue, items: readonly I[], act: (item: I) => Promise<O>): Promise<readonly O[]> {
  return Promise.all(items.map((item) => queue.add(() => act(item))))
}
