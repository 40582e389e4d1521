import PQueue from 'p-queue'
import { NEVER, type Observable } from 'rxjs'
import { DEFAULT_CAPABILITIES, type CallOptions, type Capabilities } from '../../engine/index.js'
import type { CapacityAnswer, CommandAnswer, CommandOutput, EnsureAnswer, Hint } from '../../engine/index.js'
import type {
  GenerationFence,
  Location,
  MachineFile,
  MachineShape,
  MetricSample,
} from '../../engine/index.js'
import type { OwnedResource, ResourceRef, ResourceState, ResourceWant } from '../../engine/index.js'
import type { RunAnswer, RunRequest } from '../../engine/index.js'
import type { SshSessions } from '../ssh/index.js'
import type { ByonConfig } from './byon-config.js'
import { stale, unsupported } from './byon-failures.js'
import type { ByonFinder, Round } from './byon-finder.js'
import type { ByonMachines } from './byon-machines.js'
import type { ByonMaker } from './byon-maker.js'
import type { ByonObserver } from './byon-observer.js'
import type { ByonPower, PowerCall } from './byon-power.js'
import { testHosts, type TestLine } from './byon-test.js'
import type { HostShell } from './host-shell.js'

/** The parts of a location, as the factory puts them together. */
export interface ByonParts {
  readonly name: string
  readonly config: ByonConfig
  readonly sessions: SshSessions
  readonly shell: HostShell
  readonly finder: ByonFinder
  readonly observer: ByonObserver
  readonly maker: ByonMaker
  readonly power: ByonPower
  readonly machines: ByonMachines
  readonly fence: GenerationFence
}

const BULK = 32

/** Hosts of one's own, reached by ssh: a machine is a host that is claimed, or a share of one. */
export class ByonLocation implements Location {
  readonly name: string
  readonly kind = 'byon'
  readonly capabilities: Capabilities
  readonly #parts: ByonParts
  readonly #commands: PQueue

  constructor(parts: ByonParts) {
    const { name, config } = parts
    this.name = name
    this.#parts = parts
    this.#commands = new PQueue({ concurrency: config.concurrency })
    this.capabilities = {
      ...DEFAULT_CAPABILITIES,
      ownCommand: false,
      concurrency: config.concurrency,
      observePeriod: config.observePeriod,
      bulk: BULK,
    }
  }

  ensure(wants: readonly ResourceWant[], { signal }: CallOptions): Promise<readonly EnsureAnswer[]> {
    return this.#each(wants, signal, async (want, round) => {
      const { shape, token, generation } = want
      if (shape.kind !== 'machine')
        return unsupported(`there is no ${shape.kind} here: hosts are as they are`)
      const recorded = await this.#recorded(token, round)
      if (!this.#parts.fence.admit(token, generation, recorded)) return stale(token, generation)
      return this.#parts.maker.ensure({ ...want, shape }, round, signal)
    })
  }

  observe(
    refs: readonly ResourceRef[],
    { signal }: CallOptions,
  ): Promise<readonly (ResourceState | undefined)[]> {
    const { finder, observer } = this.#parts
    const round = finder.round(signal)
    return Promise.all(refs.map((ref) => observer.observe(ref, round, signal).catch(() => undefined)))
  }

  start(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly CommandAnswer[]> {
    return this.#command(refs, options, (call) => this.#parts.power.start(call))
  }

  stop(
    refs: readonly ResourceRef[],
    options: CallOptions & { readonly grace: number },
  ): Promise<readonly CommandAnswer[]> {
    const { grace } = options
    return this.#command(refs, options, (call) => this.#parts.power.stop({ ...call, grace }))
  }

  destroy(refs: readonly ResourceRef[], options: CallOptions): Promise<readonly CommandAnswer[]> {
    return this.#command(refs, options, (call) => this.#parts.power.destroy(call))
  }

  listOwned(engine: string, { signal }: CallOptions): Promise<readonly OwnedResource[]> {
    return this.#parts.observer.listOwned(engine, this.#parts.finder.round(signal))
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

  /** Hosts are measured by what people have for it. */
  async metrics(): Promise<readonly MetricSample[]> {
    return Promise.resolve([])
  }

  /** By the places that hosts have which answer. */
  async capacity(wants: readonly MachineShape[], { signal }: CallOptions): Promise<CapacityAnswer> {
    const { finder } = this.#parts
    const views = await finder.all(finder.round(signal))
    const free = views.map((view) => ('look' in view ? Math.max(0, view.host.machines - view.look.taken) : 0))
    const fits = Math.min(
      wants.length,
      free.reduce((sum, places) => sum + places, 0),
    )
    const silent = views.flatMap((view) => ('silent' in view ? [view.silent] : []))
    if (fits === wants.length) return { fits }
    return { fits, reason: ['the hosts carry no more', ...silent].join('; ') }
  }

  watch(): Observable<Hint> {
    return NEVER
  }

  test({ signal }: CallOptions): Promise<readonly TestLine[]> {
    return testHosts(this.#parts, signal)
  }

  async close(): Promise<void> {
    await this.#commands.onIdle()
    await this.#parts.sessions.close()
  }

  #command(
    refs: readonly ResourceRef[],
    { signal }: CallOptions,
    act: (call: PowerCall) => Promise<CommandAnswer>,
  ): Promise<readonly CommandAnswer[]> {
    return this.#each(refs, signal, async (ref, round) => {
      if (ref.kind !== 'machine') return { kind: 'done' }
      const recorded = await this.#recorded(ref.token, round)
      if (!this.#parts.fence.admit(ref.token, ref.generation, recorded)) {
        return stale(ref.token, ref.generation)
      }
      return act({ ref, round, signal })
    })
  }

  /** The newest generation that the record of a machine says was seen; 0 where there is none to be read. */
  async #recorded(token: string, round: Round): Promise<number> {
    const search = await this.#parts.finder.search(token, round)
    return search.kind === 'found' ? search.claim.generation : 0
  }

  #each<Asked, Answer>(
    asked: readonly Asked[],
    signal: AbortSignal,
    act: (one: Asked, round: Round) => Promise<Answer>,
  ): Promise<readonly Answer[]> {
    const round = this.#parts.finder.round(signal)
    return Promise.all(asked.map((one) => this.#commands.add(() => act(one, round))))
  }
}
