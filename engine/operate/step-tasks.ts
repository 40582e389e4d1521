import type { Announcement, Incarnation } from '../entity/allocation.js'
import { isWithin } from '../entity/path.js'
import { callOf } from '../reconcile/calls/call.js'
import { hostsIn, machineRef } from '../reconcile/facts/shared-machine.js'
import type { Step, StepCall, StepOutcome } from '../reconcile/facts/step.js'
import type { SlotState } from '../reconcile/facts/landscape.js'
import { incarnations, machineOf, runStateOf } from '../reconcile/facts/condition.js'
import { worldFor } from '../reconcile/facts/tracked-world.js'
import type { CommandOutput, ResourceRef, RunRequest } from '../ports/location.js'
import { failureOf, type FailureRecord } from '../support/failure.js'
import { isJsonObject, sameJson, type Json, type JsonObject } from '../support/json.js'
import { Secret } from '../support/secret.js'
import type { PhaseName } from '../spec/operation-spec.js'
import type { TaskRecord } from '../task/task.js'
import type { KeptApplication, KeptPorts } from './kept-application.js'

/** Bytes kept of each stream of a task. */
const STREAM_LIMIT = 32_768

interface OpenTask {
  readonly task: TaskRecord
  readonly step: Step
}

/** A finished run whose outputs are asked for. */
interface OutputsOf {
  readonly path: string
  readonly declared: readonly string[]
  readonly location: string
  readonly ref: ResourceRef
  readonly token: string
}

/**
 * Makes task records of the steps that run commands: what was given and, once the command has ended, what it printed.
 * Each is a part of the operation that is open when it begins; repair is a part of none. Secrets show as their names.
 */
export class StepTasks {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #open = new Map<string, OpenTask>()
  /** Tokens of runs whose outputs were read, or are being read, by this process. */
  readonly #read = new Set<string>()

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** A step is about to be taken. */
  taken(step: Step): void {
    const { call, announcement } = step
    const request = requestOf(call)
    if (request === undefined || this.#open.has(announcement.token)) return
    const operation = this.#operationOf(step.key)
    const task: TaskRecord = {
      kind: 'task',
      id: this.#ports.ids.next(),
      tenant: this.#application.landscape.desired.tenant,
      application: this.#application.id,
      entity: step.key,
      name: request.label,
      by: 'weir',
      reason: announcement.reason,
      ...(operation === undefined ? {} : { parent: operation.id }),
      state: 'running',
      startedAt: announcement.at,
      streams: {
        stdin: cut(request.script),
        stdout: '',
        stderr: '',
        environment: shownEnvironment(request),
      },
    }
    this.#open.set(announcement.token, { task, step })
  }

  /** What it is a part of: what its entity was asked for, or else the operation on all. */
  #operationOf(key: string): TaskRecord | undefined {
    const { tasks } = this.#application
    return tasks.asked().find(({ entity }) => isWithin(key, entity)) ?? tasks.open()[0]
  }

  /** Takes up the tasks of steps that an engine before this one announced, so that what they print is kept. */
  resume(state: SlotState): void {
    const { landscape, sources } = this.#application
    const world = worldFor(state.path, this.#ports.clock.now(), sources)
    for (const one of incarnations(state.record)) {
      const { step, number, location } = one
      if (step === undefined) continue
      const known = callOf(step, one, landscape.facts(state), world)
      const call =
        known.kind === 'ready' ? known.value : unknownRun(step, machineRef(one, hostsIn(landscape.slots)))
      if (call !== undefined)
        this.taken({ key: state.path, incarnation: number, location, announcement: step, call })
    }
    this.look(state)
  }

  /** A step was answered; a launch that took is a finished task, a phase goes on until its run has ended. */
  ended(outcome: StepOutcome): void {
    const open = this.#open.get(outcome.step.announcement.token)
    if (open === undefined) return
    const { answer, step } = outcome
    if (answer.kind === 'refused') this.#finish(open, answer.failure)
    else if ('run' in answer && (step.announcement.kind === 'launch' || answer.run.state !== 'running'))
      this.#finish(open, undefined)
  }

  /** Something of a slot changed: runs that have ended finish their tasks. */
  look(state: SlotState): void {
    for (const open of this.#open.values()) {
      if (open.step.key !== state.path) continue
      const machine = incarnations(state.record).find((one) => one.number === open.step.incarnation)
      const run =
        machine === undefined
          ? undefined
          : runStateOf(machineOf(machine, state.observed), open.step.announcement.token)
      if (run !== undefined && run.state !== 'running') this.#finish(open, undefined)
      else if (machine === undefined) this.#open.delete(open.step.announcement.token)
    }
    this.#recall(state)
  }

  /** Outputs of phases that this process did not see to their end: their receipt is kept, what they printed is asked for. */
  #recall({ path, node, record, observed }: SlotState): void {
    const { current } = record
    for (const phase of Object.keys(current?.phases ?? {})) {
      const declared = node?.spec.software?.phases[phase as PhaseName]?.outputs ?? []
      if (current !== undefined && declared.length > 0)
        this.#recallPhase(current, phase, { path, declared, observed })
    }
  }

  #recallPhase(
    current: Incarnation,
    phase: string,
    about: Pick<OutputsOf, 'path' | 'declared'> & Pick<SlotState, 'observed'>,
  ): void {
    const { token, location } = current
    const runs = machineOf(current, about.observed)?.runs ?? []
    const run = runs.find((one) => one.token.startsWith(`${token}-${phase}-`) && one.exitCode === 0)
    if (run === undefined || this.#open.has(run.token) || this.#read.has(run.token)) return
    void this.#readOutputs({
      path: about.path,
      declared: about.declared,
      location,
      ref: machineRef(current, hostsIn(this.#application.landscape.slots)),
      token: run.token,
    })
  }

  async #readOutputs(run: OutputsOf): Promise<void> {
    this.#read.add(run.token)
    try {
      const options = { signal: new AbortController().signal, limit: STREAM_LIMIT }
      const location = this.#ports.places.get(run.location)?.desk.location
      const printed = await location?.output(run.ref, run.token, options)
      if (printed !== undefined) this.#note(run.path, run.declared, printed)
    } catch (thrown) {
      this.#read.delete(run.token)
      this.#ports.log.warn('outputs could not be read', { reason: failureOf(thrown).message })
    }
  }

  #finish(open: OpenTask, failure: FailureRecord | undefined): void {
    this.#open.delete(open.step.announcement.token)
    void this.#write(open, failure).catch((thrown: unknown) => {
      this.#ports.log.warn('a task could not be written', { reason: failureOf(thrown).message })
    })
  }

  async #write(open: OpenTask, failure: FailureRecord | undefined): Promise<void> {
    const endedAt = this.#ports.clock.now()
    const printed = failure === undefined ? await this.#printed(open.step) : NOTHING_PRINTED
    this.#noteOutputs(open.step, printed)
    await this.#application.record({ ...endedTask(open.task, printed, failure), endedAt })
  }

  /** Sensors that the operation declares as outputs, from the JSON object on its last line. */
  #noteOutputs({ key, announcement }: Step, printed: CommandOutput): void {
    const phases = this.#application.landscape.tree.at(key)?.spec.software?.phases
    const operation = phases?.[(announcement.phase ?? announcement.kind) as PhaseName]
    if (operation === undefined || operation.outputs.length === 0) return
    this.#read.add(announcement.token)
    this.#note(key, operation.outputs, printed)
  }

  #note(path: string, declared: readonly string[], printed: CommandOutput): void {
    if (printed.exitCode !== 0) return
    const values = lastObject(printed.stdout)
    const known = this.#application.landscape.slots.get(path)?.observed?.attributes ?? {}
    const fresh = declared.filter(
      (name) => Object.hasOwn(values, name) && !sameJson(known[name], values[name]),
    )
    if (fresh.length === 0) return
    this.#application.keeper.note(path, Object.fromEntries(fresh.map((name) => [name, values[name] ?? null])))
  }

  async #printed(step: Step): Promise<CommandOutput> {
    const location = this.#ports.places.get(step.location)?.desk.location
    if (location === undefined || step.call.verb === 'ensure') return NOTHING_PRINTED
    const options = { signal: new AbortController().signal, limit: STREAM_LIMIT }
    return location.output(step.call.ref, step.announcement.token, options)
  }
}

/** A run whose inputs are not known any more, or not yet: what it prints is asked for all the same. */
function unknownRun(step: Announcement, ref: ResourceRef): StepCall | undefined {
  const { token, digest, generation, phase: label } = step
  if (label === undefined) return undefined
  const request = { token, digest, generation, label, mode: 'task', timeout: 0 } as const
  return {
    verb: 'run',
    ref,
    request: { ...request, script: '', environment: {}, files: [] },
  }
}

/** The command that a step runs, if it runs one. */
function requestOf(call: StepCall): RunRequest | undefined {
  if (call.verb === 'run') return call.request
  return call.verb === 'refresh' ? call.reload : undefined
}

function lastObject(text: string): JsonObject {
  const [line = ''] = text.trimEnd().split('\n').slice(-1)
  try {
    const value = JSON.parse(line) as Json
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

const NOTHING_PRINTED: CommandOutput = { stdout: '', stderr: '' }

/** The record of a command that has ended, by what it printed and how it went. */
function endedTask(task: TaskRecord, printed: CommandOutput, refused: FailureRecord | undefined): TaskRecord {
  const { exitCode } = printed
  const streams = { ...streamsOf(task), stdout: cut(printed.stdout), stderr: cut(printed.stderr) }
  const failure = refused ?? exitFailure(exitCode)
  return {
    ...task,
    state: failure === undefined ? 'succeeded' : 'failed',
    ...(failure === undefined ? {} : { failure }),
    streams: exitCode === undefined ? streams : { ...streams, exitCode },
  }
}

function exitFailure(exitCode: number | undefined): FailureRecord | undefined {
  if (exitCode === undefined || exitCode === 0) return undefined
  return { cause: 'command-failed', retry: 'soon', message: `exit code ${exitCode}` }
}

function streamsOf(task: TaskRecord): NonNullable<TaskRecord['streams']> {
  return task.streams ?? { stdin: '', stdout: '', stderr: '', environment: {} }
}

function shownEnvironment(request: RunRequest): { readonly [name: string]: string } {
  const entries = Object.entries(request.environment)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Secret ? value.toString() : cut(value)]),
  )
}

function cut(text: string): string {
  return text.length <= STREAM_LIMIT
    ? text
    : `${text.slice(0, STREAM_LIMIT / 2)}\n… cut …\n${text.slice(-STREAM_LIMIT / 2)}`
}
