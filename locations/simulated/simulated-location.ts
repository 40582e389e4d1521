import { NEVER, type Observable } from 'rxjs'
import {
  DEFAULT_CAPABILITIES,
  Failure,
  required,
  type CallOptions,
  type Capabilities,
  type CapacityAnswer,
  type Clock,
  type CommandAnswer,
  type CommandOutput,
  type EnsureAnswer,
  type Hint,
  type Location,
  type MachineFile,
  type MachineShape,
  type MetricSample,
  type OwnedResource,
  type Random,
  type ResourceRef,
  type ResourceState,
  type ResourceWant,
  type RunAnswer,
  type RunRequest,
} from '../../engine/index.js'
import type { CallDesk, Carrier, Fault } from './call-desk.js'
import type { Happenings } from './happenings.js'
import type { HintBoard } from './hint-board.js'
import type { Ledger, LedgerExec } from './ledger.js'
import type { LoadBook } from './load-book.js'
import { clearFiles, executed, ledgerRun, ledgerWant } from './requests.js'
import type { CallRule, CallSubject, Verb } from './script.js'
import { drawDelay, type SimulatedConfig } from './simulated-config.js'
import { missing, unknown } from './simulated-failures.js'
import type { SimulatedHandle } from './simulated-handle.js'
import { testPlace, type TestLine } from './simulated-test.js'
import { skewed, told, unreached } from './telling.js'
import { lastLines, limited } from './text.js'
import { countFitting } from './zone-book.js'

/** The parts of a location, as the factory puts them together. */
export interface SimulatedParts {
  readonly name: string
  readonly config: SimulatedConfig
  readonly clock: Clock
  readonly random: Random
  readonly ledger: Ledger
  readonly desk: CallDesk
  readonly hints: HintBoard
  readonly loads: LoadBook
  readonly happenings: Happenings
  readonly handle: SimulatedHandle
}

type Refs = readonly ResourceRef[]

/**
 * A place that does everything but exist. Without delays it answers in microtasks; with a seed it does the same again.
 */
export class SimulatedLocation implements Location {
  readonly name: string
  readonly kind = 'simulated'
  readonly capabilities: Capabilities
  /** The hand behind it, for tests and demonstrations. */
  readonly handle: SimulatedHandle
  readonly #parts: SimulatedParts

  constructor(parts: SimulatedParts) {
    const { config } = parts
    this.name = parts.name
    this.handle = parts.handle
    this.#parts = parts
    this.capabilities = {
      ...DEFAULT_CAPABILITIES,
      containers: true,
      imagined: true,
      kinds: config.kinds,
      hints: config.hints,
      fences: config.fences,
      concurrency: config.concurrency,
      observePeriod: config.observePeriod,
      bulk: config.bulk,
      ...(config.rate === undefined ? {} : { rate: config.rate }),
    }
  }

  ensure(wants: readonly ResourceWant[], options: CallOptions): Promise<readonly EnsureAnswer[]> {
    const { clock, config, ledger, random } = this.#parts
    return this.#command<ResourceWant, EnsureAnswer>(wants, options, {
      verb: 'ensure',
      subject: (want) => want,
      carry: (orders) => {
        const asked = orders.map(({ item, rule }) => ledgerWant(item, drawDelay(config.boot, random), rule))
        return ledger.ensure(asked, config.zones, clock.now())
      },
    })
  }

  async observe(refs: Refs, options: CallOptions): Promise<readonly (ResourceState | undefined)[]> {
    const { clock, config, desk, ledger } = this.#parts
    this.#parts.happenings.begin()
    const states = await desk.look<ResourceRef, ResourceState | null>(
      refs,
      this.#onRefs('observe', (asked) => ledger.observe(asked, clock.now())),
      options,
    )
    const { skew } = config
    return states.map((state) => (state && skew !== 0 ? skewed(state, skew) : (state ?? undefined)))
  }

  start(refs: Refs, options: CallOptions): Promise<readonly CommandAnswer[]> {
    const { clock, ledger } = this.#parts
    return this.#command(
      refs,
      options,
      this.#onRefs('start', (asked) => ledger.start(asked, clock.now())),
    )
  }

  stop(refs: Refs, options: CallOptions & { readonly grace: number }): Promise<readonly CommandAnswer[]> {
    const { clock, ledger } = this.#parts
    return this.#command(
      refs,
      options,
      this.#onRefs('stop', (asked) => ledger.stop(asked, clock.now())),
    )
  }

  fence(refs: Refs, options: CallOptions): Promise<readonly CommandAnswer[]> {
    const { clock, config, ledger } = this.#parts
    if (!config.fences) return this.destroy(refs, options)
    return this.#command(
      refs,
      options,
      this.#onRefs('fence', (asked) => ledger.fence(asked, clock.now())),
    )
  }

  destroy(refs: Refs, options: CallOptions): Promise<readonly CommandAnswer[]> {
    const { clock, ledger } = this.#parts
    return this.#command(
      refs,
      options,
      this.#onRefs('destroy', (asked) => ledger.destroy(asked, clock.now())),
    )
  }

  listOwned(engine: string, options: CallOptions): Promise<readonly OwnedResource[]> {
    const { clock, ledger } = this.#parts
    return this.#ask('listOwned', NOBODY, () => ledger.listOwned(engine, clock.now()), options)
  }

  async run(machine: ResourceRef, request: RunRequest, options: CallOptions): Promise<RunAnswer> {
    const { clock, config, ledger, random } = this.#parts
    const answers = await this.#command<RunRequest, RunAnswer>([request], options, {
      verb: 'run',
      subject: ({ label }) => ({ ...machine, label }),
      carry: (orders) =>
        each(orders, ({ item, rule }) => {
          const takes = item.mode === 'task' ? drawDelay(config.task, random) : 0
          return ledger.run(machine, ledgerRun(item, takes, rule), clock.now())
        }),
    })
    return first(answers)
  }

  async endRun(
    machine: ResourceRef,
    token: string,
    options: CallOptions & { readonly grace: number },
  ): Promise<CommandAnswer> {
    const { clock, ledger } = this.#parts
    const carry = (refs: Refs): Promise<readonly CommandAnswer[]> =>
      each(refs, (ref) => ledger.endRun(ref, token, clock.now()))
    return first(await this.#command([machine], options, this.#onRefs('endRun', carry)))
  }

  async output(
    machine: ResourceRef,
    token: string,
    options: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput> {
    const { clock, ledger } = this.#parts
    const output = await this.#ask(
      'output',
      machine,
      () => ledger.output(machine, token, clock.now()),
      options,
    )
    return limited(told(output, machine, `run ${token} on ${machine.name}`), options.limit)
  }

  async exec(
    machine: ResourceRef,
    command: readonly string[],
    options: CallOptions & { readonly timeout: number; readonly limit: number; readonly stdin?: string },
  ): Promise<CommandOutput> {
    const { clock, desk, ledger } = this.#parts
    const { stdin, timeout, limit, signal } = options
    const given = { words: command, environment: {}, ...(stdin === undefined ? {} : { stdin }) }
    const subject = { name: machine.name, token: machine.token, command: command.join(' ') }
    const carry = async (rule: CallRule | undefined): Promise<LedgerExec> =>
      executed(rule) ?? ledger.exec(machine, given, clock.now())
    const done = await this.#ask('exec', subject, carry, options)
    if (done.kind === 'unreachable') throw new Failure(unreached(machine))
    if (done.kind === 'missing') throw new Failure(missing(done.reason).failure)
    const late = timeout > 0 && done.takes > timeout
    const waited =
      done.takes <= 0 || (await desk.pause(Math.min(late ? timeout : done.takes, TIMER_MOST), signal))
    if (!waited) throw new Failure(unknown('timeout', 'the wait for a command was given up').failure)
    const { stdout, stderr, exitCode } = done
    return limited({ stdout, stderr, ...(late ? {} : { exitCode }) }, limit)
  }

  async copy(
    machine: ResourceRef,
    files: readonly MachineFile[],
    options: CallOptions,
  ): Promise<CommandAnswer> {
    const { clock, ledger } = this.#parts
    const carry = (refs: Refs): Promise<readonly CommandAnswer[]> =>
      each(refs, (ref) => ledger.copy(ref, clearFiles(files), clock.now()))
    return first(await this.#command([machine], options, this.#onRefs('copy', carry)))
  }

  async logs(machine: ResourceRef, options: CallOptions & { readonly lines: number }): Promise<string> {
    const { clock, ledger } = this.#parts
    const text = await this.#ask('logs', machine, () => ledger.logs(machine, clock.now()), options)
    return lastLines(told(text, machine, `machine ${machine.name}`), options.lines)
  }

  async printed(
    machine: ResourceRef,
    options: CallOptions & { readonly limit: number },
  ): Promise<CommandOutput> {
    const { clock, ledger } = this.#parts
    const printed = await this.#ask('printed', machine, () => ledger.printed(machine, clock.now()), options)
    return limited(told(printed, machine, `machine ${machine.name}`), options.limit)
  }

  async metrics(machines: Refs, options: CallOptions): Promise<readonly MetricSample[]> {
    const { clock, desk, happenings, ledger, loads } = this.#parts
    happenings.begin()
    const shares = await desk.look<ResourceRef, readonly MetricSample[]>(
      machines,
      {
        verb: 'metrics',
        subject: (ref) => ref,
        carry: async (orders) => {
          const now = clock.now()
          const taken = await ledger.shares(
            orders.map(({ item }) => item),
            now,
          )
          return orders.map(({ item, rule }, at) => {
            const share = taken[at]
            const samples = share === undefined || share === null ? [] : loads.samples(item.token, share, now)
            return rule?.value === undefined
              ? samples
              : samples.map((sample) => ({ ...sample, value: rule.value ?? 0 }))
          })
        },
      },
      options,
    )
    return shares.flatMap((samples) => samples ?? [])
  }

  async capacity(wants: readonly MachineShape[], options: CallOptions): Promise<CapacityAnswer> {
    const { clock, config, ledger } = this.#parts
    try {
      const usage = await this.#ask('capacity', NOBODY, () => ledger.usage(clock.now()), options)
      return countFitting(wants, config.zones, usage)
    } catch (error) {
      if (error instanceof Failure) return { reason: error.message }
      throw error
    }
  }

  watch(): Observable<Hint> {
    const { config, hints } = this.#parts
    return config.hints ? hints.hints$ : NEVER
  }

  test(options: CallOptions): Promise<readonly TestLine[]> {
    const { clock, config, ledger } = this.#parts
    return testPlace(config, () => this.#ask('capacity', NOBODY, () => ledger.usage(clock.now()), options))
  }

  async close(): Promise<void> {
    this.#parts.happenings.close()
    this.#parts.hints.close()
    await this.#parts.ledger.close()
  }

  async #command<I, A>(
    items: readonly I[],
    options: CallOptions,
    carrier: Carrier<I, A>,
  ): Promise<readonly (A | Fault)[]> {
    const { desk, happenings, hints } = this.#parts
    happenings.begin()
    const answers = await desk.command(items, carrier, options)
    hints.stir()
    return answers
  }

  #onRefs<A>(verb: Verb, carry: (refs: Refs) => Promise<readonly A[]>): Carrier<ResourceRef, A> {
    return { verb, subject: (ref) => ref, carry: (orders) => carry(orders.map(({ item }) => item)) }
  }

  #ask<A>(
    verb: Verb,
    subject: CallSubject,
    carry: (rule: CallRule | undefined) => Promise<A>,
    options: CallOptions,
  ): Promise<A> {
    this.#parts.happenings.begin()
    return this.#parts.desk.ask(verb, subject, carry, options)
  }
}

/** Milliseconds that a timer can wait. */
const TIMER_MOST = 2_147_483_647

/** What is asked of the place as a whole. */
const NOBODY: CallSubject = { name: '', token: '' }

async function each<I, A>(items: readonly I[], act: (item: I) => Promise<A>): Promise<readonly A[]> {
  return Promise.all(items.map(act))
}

function first<A>(answers: readonly A[]): A {
  return required(answers[0], 'an answer')
}
