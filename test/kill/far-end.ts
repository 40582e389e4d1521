import { NEVER, type Observable } from 'rxjs'
import {
  type Capabilities,
  type CommandAnswer,
  type CommandOutput,
  DEFAULT_CAPABILITIES,
  type EnsureAnswer,
  type Hint,
  type Location,
  type MachineFile,
  type OwnedResource,
  type ResourceRef,
  type ResourceState,
  type ResourceWant,
  type RunAnswer,
  type RunRequest,
  type RunState,
  Secret,
} from '../../engine/index.js'
import type { Counts } from './ending.js'

/** Milliseconds that a task on a machine takes. */
const TASK_TAKES = 40

/** A task or service at the far end. */
interface Run {
  readonly request: RunRequest
  readonly startedAt: number
  readonly endedAt?: number
}

interface Thing {
  readonly want: ResourceWant
  readonly state: 'running' | 'stopped'
  /** When it was last started, where it runs to its end. */
  readonly startedAt?: number
  readonly runs: ReadonlyMap<string, Run>
  readonly files: { readonly [path: string]: string }
}

/**
 * A place that lives on when the engines that use it are killed, and counts what they cause. Commands are fenced by
 * generation, as the port asks of a place that keeps receipts.
 */
export class FarEnd {
  readonly #now: () => number
  readonly #forgetful: boolean
  readonly #things = new Map<string, Thing>()
  readonly #fences = new Map<string, number>()
  readonly #counts = new Map<string, number>()

  constructor(now: () => number, forgetful = false) {
    this.#now = now
    this.#forgetful = forgetful
  }

  /** How often each object was made and removed, and each run begun, by object, incarnation and kind of run. */
  get counts(): Counts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** What was made twice. */
  get doubles(): readonly string[] {
    return [...this.#counts]
      .filter(([what, count]) => what.startsWith('create ') && count > 1)
      .map(([what]) => what)
  }

  /** What is there, for comparing. */
  get inventory(): readonly string[] {
    const lines = [...this.#things.values()].map((thing) => {
      const runs = [...thing.runs.values()].filter((run) => this.#stateOf(run).state === 'running')
      return `${titleOf(thing.want)} ${thing.state} ${runs.map((run) => run.request.label).join()} ${JSON.stringify(thing.files)}`
    })
    return lines.sort()
  }

  ensure(want: ResourceWant): EnsureAnswer {
    const known = this.#things.get(want.token)
    if (known !== undefined && !this.#forgetful) return { kind: 'found', resource: this.#describe(known) }
    if (this.#isOld(want)) return stale()
    const state = want.shape.kind === 'machine' ? 'stopped' : 'running'
    const thing: Thing = { want, state, runs: new Map(), files: {} }
    this.#things.set(want.token, thing)
    this.#count(`create ${titleOf(want)}`)
    return { kind: 'created', resource: this.#describe(thing) }
  }

  observe(ref: ResourceRef): ResourceState {
    const known = this.#things.get(ref.token)
    return known === undefined ? { token: ref.token, kind: ref.kind, state: 'absent' } : this.#describe(known)
  }

  start(ref: ResourceRef): CommandAnswer {
    return this.#withMachine(ref, (thing) => {
      const isOn = this.#describe(thing).state === 'running'
      if (!isOn) this.#count(`boot ${titleOf(thing.want)}`)
      const startedAt = isOn ? (thing.startedAt ?? this.#now()) : this.#now()
      this.#things.set(ref.token, { ...thing, state: 'running', startedAt })
      return { kind: 'done' }
    })
  }

  stop(ref: ResourceRef): CommandAnswer {
    return this.#withMachine(ref, (thing) => {
      if (thing.state === 'running') this.#count(`halt ${titleOf(thing.want)}`)
      const runs = new Map([...thing.runs].map(([token, run]) => [token, this.#ended(run)]))
      this.#things.set(ref.token, { ...thing, state: 'stopped', runs })
      return { kind: 'done' }
    })
  }

  destroy(ref: ResourceRef): CommandAnswer {
    const known = this.#things.get(ref.token)
    if (this.#isOld(ref)) return stale()
    if (known === undefined) return { kind: 'done' }
    this.#things.delete(ref.token)
    this.#count(`destroy ${titleOf(known.want)}`)
    return { kind: 'done' }
  }

  run(ref: ResourceRef, request: RunRequest): RunAnswer {
    const known = this.#things.get(ref.token)
    const before = known?.runs.get(request.token)
    if (before !== undefined) return { kind: 'found', run: this.#stateOf(before) }
    if (known?.state !== 'running' || this.#isOld(ref)) return stale()
    const run = { request, startedAt: this.#now() }
    this.#count(`${request.label} ${titleOf(known.want)}`)
    const runs = new Map([...known.runs, [request.token, run]])
    this.#things.set(ref.token, { ...known, runs, files: { ...known.files, ...textOf(request.files) } })
    return { kind: 'started', run: this.#stateOf(run) }
  }

  endRun(ref: ResourceRef, token: string): CommandAnswer {
    return this.#withMachine(ref, (thing) => {
      const run = thing.runs.get(token)
      if (run === undefined) return { kind: 'done' }
      if (this.#stateOf(run).state === 'running') this.#count(`end ${titleOf(thing.want)}`)
      this.#things.set(ref.token, { ...thing, runs: new Map([...thing.runs, [token, this.#ended(run)]]) })
      return { kind: 'done' }
    })
  }

  copy(ref: ResourceRef, files: readonly MachineFile[]): CommandAnswer {
    return this.#withMachine(ref, (thing) => {
      this.#things.set(ref.token, { ...thing, files: { ...thing.files, ...textOf(files) } })
      return { kind: 'done' }
    })
  }

  /** Installs print their output as a JSON object. */
  output(ref: ResourceRef, token: string): CommandOutput {
    const run = this.#things.get(ref.token)?.runs.get(token)
    const exitCode = run === undefined ? undefined : this.#stateOf(run).exitCode
    if (run?.request.label !== 'install' || exitCode === undefined) return { stdout: '', stderr: '' }
    return { stdout: '{"schema":"7"}\n', stderr: '', exitCode }
  }

  listOwned(engine: string): readonly OwnedResource[] {
    const owned = [...this.#things.values()].filter((thing) => thing.want.marks.engine === engine)
    return owned.map((thing) => ({ ...this.#describe(thing), name: thing.want.name }))
  }

  #withMachine(ref: ResourceRef, use: (thing: Thing) => CommandAnswer): CommandAnswer {
    const known = this.#things.get(ref.token)
    if (this.#isOld(ref)) return stale()
    return known === undefined ? missing() : use(known)
  }

  /** Notes the generation of a command; tells whether a newer one was heard of. */
  #isOld(command: { readonly token: string; readonly generation: number }): boolean {
    const newest = this.#fences.get(command.token) ?? 0
    this.#fences.set(command.token, Math.max(newest, command.generation))
    return command.generation < newest
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  #describe(thing: Thing): ResourceState {
    const { token, shape, marks } = thing.want
    const state: ResourceState = { token, kind: shape.kind, state: thing.state, marks, instance: token }
    if (shape.kind !== 'machine') return state
    if (shape.finite === true) return { ...state, ...this.#standOf(thing) }
    const ports = Object.fromEntries(shape.ports.map((port) => [port.name, { inside: portOf(token) }]))
    const runs = [...thing.runs.values()].map((run) => this.#stateOf(run))
    return { ...state, address: '10.0.0.1', ports, runs }
  }

  /** What runs to its end takes as long as a task. */
  #standOf({ startedAt }: Thing): Pick<ResourceState, 'state' | 'exitCode'> {
    if (startedAt === undefined) return { state: 'stopped' }
    return startedAt + TASK_TAKES > this.#now() ? { state: 'running' } : { state: 'stopped', exitCode: 0 }
  }

  #stateOf(run: Run): RunState {
    const { token, digest, mode } = run.request
    const endedAt = run.endedAt ?? (mode === 'task' ? run.startedAt + TASK_TAKES : Infinity)
    if (endedAt > this.#now()) return { token, digest, state: 'running' }
    return { token, digest, state: 'exited', exitCode: mode === 'task' ? 0 : 143 }
  }

  #ended(run: Run): Run {
    return this.#stateOf(run).state === 'running' ? { ...run, endedAt: this.#now() } : run
  }
}

/** What stands between an engine and the far end, item by item. */
export interface Passage {
  /** Carries one effect over; the promise never resolves when the engine does not live to hear of it. */
  carry<T>(effect: () => T): Promise<T>
  /** Carries a question over. */
  ask<T>(question: () => T): Promise<T>
}

/** Many calls in one where the place has them, or one by one. */
const BULK = 50

/** The location through which one engine uses a far end; its name is that of its record, by which looks know what is there. */
export function farEndLocation(
  farEnd: FarEnd,
  passage: Passage,
  how: { readonly name: string; readonly bulk: boolean; readonly concurrency: number },
): Location {
  const each = async <T, R>(items: readonly T[], effect: (item: T) => R): Promise<readonly R[]> => {
    const answers: R[] = []
    for (const item of items) answers.push(await passage.carry(() => effect(item)))
    return answers
  }
  const capabilities: Capabilities = {
    ...DEFAULT_CAPABILITIES,
    kinds: ['machine', 'network', 'volume'],
    containers: true,
    bulk: how.bulk ? BULK : 1,
    concurrency: how.concurrency,
    observePeriod: 5_000,
  }
  return {
    name: how.name,
    kind: 'far-end',
    capabilities,
    ensure: (wants) => each(wants, (want) => farEnd.ensure(want)),
    observe: (refs) => passage.ask(() => refs.map((ref) => farEnd.observe(ref))),
    start: (refs) => each(refs, (ref) => farEnd.start(ref)),
    stop: (refs) => each(refs, (ref) => farEnd.stop(ref)),
    destroy: (refs) => each(refs, (ref) => farEnd.destroy(ref)),
    listOwned: (engine) => passage.ask(() => farEnd.listOwned(engine)),
    run: (ref, request) => passage.carry(() => farEnd.run(ref, request)),
    endRun: (ref, token) => passage.carry(() => farEnd.endRun(ref, token)),
    output: (ref, token) => passage.ask(() => farEnd.output(ref, token)),
    exec: () => passage.ask(() => SILENT),
    copy: (ref, files) => passage.carry(() => farEnd.copy(ref, files)),
    logs: () => passage.ask(() => ''),
    printed: () => passage.ask(() => ({ stdout: 'done\n', stderr: '' })),
    metrics: () => passage.ask(() => []),
    capacity: () => passage.ask(() => ({})),
    watch: (): Observable<Hint> => NEVER,
    test: () => passage.ask(() => []),
    close: () => Promise.resolve(),
  }
}

const SILENT: CommandOutput = { stdout: '', stderr: '', exitCode: 0 }

function titleOf(want: ResourceWant): string {
  const { entity, incarnation } = want.marks
  return `${want.shape.kind} ${entity === '' ? want.name : entity}#${incarnation}`
}

/** The same object has the same port in every run. */
function portOf(token: string): number {
  return 20_000 + (Number.parseInt(token.slice(0, 6), 16) % 20_000)
}

function textOf(files: readonly MachineFile[]): { readonly [path: string]: string } {
  const plain = files.map(({ path, content }) => [
    path,
    content instanceof Secret ? content.reveal() : content,
  ])
  return Object.fromEntries(plain) as { readonly [path: string]: string }
}

function stale(): { readonly kind: 'refused'; readonly failure: Failed } {
  return {
    kind: 'refused',
    failure: { cause: 'stale', retry: 'soon', message: 'a newer command was heard of' },
  }
}

function missing(): { readonly kind: 'refused'; readonly failure: Failed } {
  return { kind: 'refused', failure: { cause: 'missing', retry: 'soon', message: 'no such machine' } }
}

type Failed = Extract<CommandAnswer, { readonly kind: 'refused' }>['failure']
