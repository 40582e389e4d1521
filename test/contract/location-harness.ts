import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type {
  CallOptions,
  CommandAnswer,
  EnsureAnswer,
  Location,
  MachineShape,
  OwnerMarks,
  ResourceRef,
  ResourceShape,
  ResourceState,
  ResourceWant,
  RunRequest,
  RunState,
} from '../../engine/index.js'
import type { PointName } from './fault-points.js'

/** A far end that the suite can work in, and what can be done to it behind the driver's back. */
export interface LocationHarness {
  readonly location: Location
  /** Image of the machines that `machine` gives, for people who read a failure. */
  readonly image?: string
  /** A shape that this place can make; by itself it hosts software and has no command of its own. */
  machine(overrides?: Partial<MachineShape>): MachineShape
  /** Makes a machine with this far-end name that is not ours. */
  makeStranger?(name: string): Promise<void>
  /** Ends a machine by force, behind our back; it stays, stopped, and can be started again. */
  breakInstance?(ref: ResourceRef): Promise<void>
  /** Removes a resource behind our back. */
  vanish?(ref: ResourceRef): Promise<void>
  /** Lets a little time pass: a step of virtual time, or a real pause. */
  settle(): Promise<void>
  /** Removes everything that the suite has left, and closes the location. */
  dispose(): Promise<void>
  /**
   * Whether scripts meet a real shell. One that is not real knows echo (and echo > file), printenv, cat, sleep, true,
   * false and exit.
   * @default true
   */
  readonly shell?: boolean
  /** Whether older commands are refused ('stale'). @default true */
  readonly fencing?: boolean
  /** Whether machines can have ports. @default true */
  readonly ports?: boolean
  /** Whether machines are measured. @default true */
  readonly measures?: boolean
  /** Fault points that this very harness cannot cause, beside those of its kind of place, and why. */
  readonly exceptions?: { readonly [point in PointName]?: string }
  /** Where a machine has a volume of the suite; a script reaches it by this path from its directory. @default /data */
  readonly volumePath?: string
  /** Arms a fault for the next call about the resource of that name. */
  readonly faults?: { readonly [point in FaultPoint]?: (name: string) => Promise<void> }
  /** Milliseconds by which the clock of the far end is ahead of ours; absent where there is but one clock. */
  readonly skew?: number
  /** How many objects were ever made for a token. */
  made?(token: string): Promise<number>
}

/** What can go wrong at a far end, for harnesses that can cause it. */
export type FaultPoint =
  | 'answer-lost-before-effect'
  | 'answer-lost-after-effect'
  | 'duplicate-delivery'
  | 'not-ready'
  | 'failed-midway'
  | 'slow-effect'
  | 'delayed-visibility'
  | 'throttled'
  | 'capacity'
  | 'provider-restart'
  | 'event-gap'
  | HalfOpenPoint

/** Where a connection may go silent that was accepted: nobody says that it is at its end, and nothing comes. */
export type HalfOpenPoint =
  'half-open-before' | 'half-open-after' | 'half-open-answer' | 'half-open-look' | 'half-open-hints'

/** How often the suite looks before it gives up. */
const LOOKS = 600

/** A harness, and the steps that every test of the suite takes: names, wishes, waiting for what time brings. */
export class LocationSubject {
  readonly harness: LocationHarness
  readonly engine: string = `ct${fresh()}`
  readonly #aborter = new AbortController()
  #count = 0

  constructor(harness: LocationHarness) {
    this.harness = harness
  }

  get location(): Location {
    return this.harness.location
  }

  get options(): CallOptions {
    return { signal: this.#aborter.signal }
  }

  /** A wish for something new; tokens and names are used once. */
  want(shape: ResourceShape = this.harness.machine(), generation?: number, engine?: string): ResourceWant {
    const token = fresh()
    this.#count += 1
    return {
      token,
      name: `ct-${this.#count}-${token.slice(0, 12)}`,
      marks: this.marks(engine),
      generation: generation ?? 1,
      shape,
    }
  }

  marks(engine?: string): OwnerMarks {
    return { engine: engine ?? this.engine, application: 'ct', entity: 'web/1', incarnation: 1, digest: 'd1' }
  }

  async ensureOne(want: ResourceWant, options: CallOptions = this.options): Promise<EnsureAnswer> {
    const [answer] = await this.location.ensure([want], options)
    return present(answer, 'an answer to ensure')
  }

  /** Undefined when the far end says that it does not know now. */
  async look(ref: ResourceRef): Promise<ResourceState | undefined> {
    const states = await this.location.observe([ref], this.options)
    expect(states).toHaveLength(1)
    return states[0]
  }

  async state(ref: ResourceRef): Promise<ResourceState> {
    return this.eventually(`${ref.name} is known`, () => this.look(ref))
  }

  /** Makes something, asking again while the far end is not ready or has only begun. */
  async made(want: ResourceWant): Promise<ResourceState> {
    return this.eventually(`${want.name} is made`, async () => {
      const answer = await this.ensureOne(want)
      expectKind(answer, 'found', 'created', 'pending', 'not-ready')
      if (!('resource' in answer) || answer.resource.state === 'creating') return undefined
      return answer.resource
    })
  }

  /** A machine that is made and on. */
  async running(want: ResourceWant = this.want()): Promise<ResourceRef> {
    const made = await this.made(want)
    const ref = refOf(want)
    if (made.state !== 'running') await this.started(ref)
    return ref
  }

  async started(ref: ResourceRef): Promise<ResourceState> {
    await this.done(() => this.location.start([ref], this.options))
    return this.reached(ref, 'running')
  }

  async stopped(ref: ResourceRef, grace = 2000): Promise<ResourceState> {
    await this.done(() => this.location.stop([ref], { ...this.options, grace }))
    return this.reached(ref, 'stopped')
  }

  async destroyed(ref: ResourceRef): Promise<void> {
    await this.done(() => this.location.destroy([ref], this.options))
  }

  /** Repeats a command, as the engine would, until its answer is 'done'. */
  async done(command: () => Promise<CommandAnswer | readonly CommandAnswer[]>): Promise<void> {
    await this.eventually('the command is done', async () => {
      const answers = [await command()].flat()
      for (const answer of answers) expectKind(answer, 'done', 'pending', 'not-ready')
      return answers.every((answer) => answer.kind === 'done') ? true : undefined
    })
  }

  async reached(ref: ResourceRef, state: ResourceState['state']): Promise<ResourceState> {
    return this.eventually(`${ref.name} is ${state}`, async () => {
      const seen = await this.look(ref)
      return seen?.state === state ? seen : undefined
    })
  }

  /** How many objects were ever made for a token; where nobody counts, one. */
  async timesMade(token: string): Promise<number> {
    return (await this.harness.made?.(token)) ?? 1
  }

  request(script: string, overrides: Partial<RunRequest> = {}): RunRequest {
    const token = fresh()
    const plain = {
      token,
      digest: `digest-${token}`,
      mode: 'task',
      generation: 1,
      label: 'check',
      timeout: 0,
    } as const
    return { ...plain, script, environment: {}, files: [], ...overrides }
  }

  /** Begins a run; a far end may not be ready for it at once. */
  async begun(machine: ResourceRef, request: RunRequest): Promise<RunState> {
    return this.eventually(`${request.label} has begun`, async () => {
      const answer = await this.location.run(machine, request, this.options)
      expectKind(answer, 'started', 'found', 'not-ready')
      return 'run' in answer ? answer.run : undefined
    })
  }

  /** Runs a task and waits for its end. */
  async ran(machine: ResourceRef, request: RunRequest): Promise<RunState> {
    await this.begun(machine, request)
    return this.ended(machine, request.token)
  }

  async ended(machine: ResourceRef, token: string): Promise<RunState> {
    return this.eventually(`run ${token} has ended`, async () => {
      const run = await this.run(machine, token)
      return run !== undefined && run.state !== 'running' ? run : undefined
    })
  }

  async run(machine: ResourceRef, token: string): Promise<RunState | undefined> {
    return (await this.look(machine))?.runs?.find((run) => run.token === token)
  }

  async stdout(machine: ResourceRef, token: string): Promise<string> {
    return (await this.location.output(machine, token, { ...this.options, limit: 65_536 })).stdout
  }

  /** Waits for what time brings; fails with `what` when it does not come. */
  async eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const found = await look()
      if (found !== undefined) return found
      await this.harness.settle()
    }
    throw new Error(`waited in vain until ${what}`)
  }

  /** Waits for a promise while time passes; fails when time passes and it stays open. */
  async within<T>(what: string, promise: Promise<T>): Promise<PromiseSettledResult<T>> {
    let settled: PromiseSettledResult<T> | undefined
    void Promise.allSettled([promise]).then(([result]) => (settled = result))
    return this.eventually(what, async () => settled)
  }
}

/** How a wish is named afterwards. */
export function refOf(want: ResourceWant, generation?: number): ResourceRef {
  const { token, shape, name } = want
  return { token, kind: shape.kind, name, generation: generation ?? want.generation }
}

/** The value, or a failure that says what is missing. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`missing: ${what}`)
  return value
}

/** Expects an answer of one of these kinds; a failure shows the whole answer. */
export function expectKind(answer: { readonly kind: string }, ...kinds: readonly string[]): void {
  expect(kinds.includes(answer.kind) ? 'as expected' : JSON.stringify(answer)).toBe('as expected')
}

function fresh(): string {
  return randomUUID().replaceAll('-', '')
}
