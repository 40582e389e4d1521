import type { CommandOutput, Location, ResourceRef } from '../../ports/location.js'
import type { Outcome } from '../engine-api.js'
import { Failure, failureOf } from '../../support/failure.js'
import type { SlotState } from '../../reconcile/facts/landscape.js'
import { text } from '../../expression/value.js'
import { commandAt, scriptAt } from '../../reconcile/calls/shared-machine.js'
import { hostsIn, machineRef } from '../../reconcile/facts/shared-machine.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { EffectorSpec } from '../../spec/entity-spec.js'
import type { Json, JsonObject } from '../../support/json.js'
import type { Evaluation } from '../../expression/evaluate.js'
import type { Expression } from '../../spec/expression.js'
import { keptBy } from '../effectors/kept-effectors.js'
import type { TaskRecord } from '../../task/task.js'
import type { EffectorCall } from '../runs/effectors.js'
import type { Application, ApplicationPorts } from '../application.js'
import {
  effectorCommand,
  effectorEnvironment,
  effectorParameters,
  type Parameters,
} from '../effectors/effector-command.js'
import { versionAt } from '../../reconcile/facts/rollout.js'

/** Bytes of a command's output that are given back. */
const OUTPUT_LIMIT = 1_048_576

/** What people do on the machines of entities: commands, logs, effectors. */
export class Machines {
  readonly #ports: ApplicationPorts

  constructor(ports: ApplicationPorts) {
    this.#ports = ports
  }

  async exec(
    application: Application,
    path: string,
    command: readonly string[],
    options: { readonly timeout: number; readonly stdin?: string },
  ): Promise<Outcome<CommandOutput>> {
    const target = this.#target(application, path)
    if ('kind' in target) return target
    const { location, ref } = target
    const node = application.landscape.slots.get(path)?.node
    try {
      const output = await location.exec(ref, commandAt(command, node, path), {
        ...options,
        limit: OUTPUT_LIMIT,
        signal: new AbortController().signal,
      })
      return { kind: 'accepted', value: output }
    } catch (thrown) {
      return { kind: 'unsupported', reason: failureOf(thrown).message }
    }
  }

  async logs(application: Application, path: string, lines: number): Promise<Outcome<string>> {
    const target = this.#target(application, path)
    if ('kind' in target) return target
    try {
      const value = await target.location.logs(target.ref, { lines, signal: new AbortController().signal })
      return { kind: 'accepted', value }
    } catch (thrown) {
      return { kind: 'unsupported', reason: failureOf(thrown).message }
    }
  }

  /** Does what an effector stands for: its workflow, or its command; the task says how it went. */
  async invoke(application: Application, path: string, about: EffectorCall): Promise<Outcome<TaskRecord>> {
    const { effectors, desk } = application.runs
    const declared = effectors.find(path, about.effector)
    if (declared === undefined) return this.#ask(application, path, about)
    if (declared.workflow === undefined) return this.#invokeCommand(application, path, about)
    const begun = await effectors.begin(desk, path, about)
    if (begun === undefined) return { kind: 'not-found', what: `effector ${about.effector} of ${path}` }
    if ('reason' in begun) return { kind: 'invalid', reason: begun.reason }
    return { kind: 'accepted', value: begun.task, task: begun.task }
  }

  /** What an entity can be asked by what it is. */
  async #ask({ asks }: Application, path: string, about: EffectorCall): Promise<Outcome<TaskRecord>> {
    const { effector, parameters, by, reason } = about
    const begun = await asks.invoke(path, { effector, parameters, by, reason })
    if (begun === undefined) return { kind: 'not-found', what: `effector ${effector} of ${path}` }
    if ('reason' in begun) return { kind: 'invalid', reason: begun.reason }
    return { kind: 'accepted', value: begun.task, task: begun.task }
  }

  async #invokeCommand(
    application: Application,
    path: string,
    about: EffectorCall,
  ): Promise<Outcome<TaskRecord>> {
    const { effector } = about
    const kept = keptEffector(application, path, effector)
    if (kept !== undefined) return this.#keep(application, path, { ...about, spec: kept })
    const slot = application.landscape.slots.get(path)
    const spec = slot?.node?.spec.effectors.find((one) => one.name === effector)
    const target = this.#target(application, path)
    if (slot === undefined || spec === undefined)
      return { kind: 'not-found', what: `effector ${effector} of ${path}` }
    if ('kind' in target) return target
    const world = worldFor('', this.#ports.clock.now(), application.sources)
    const checked = effectorParameters(spec, about.parameters, (expression) =>
      world.evaluate(expression, path, versionAt(world.desired, path)),
    )
    if ('reason' in checked) return { kind: 'invalid', reason: `effector ${effector} ${checked.reason}` }
    const task = this.#begin(application, path, effector, about)
    await application.record(task)
    this.#run(application, slot, { spec, task, target, parameters: checked.parameters }).catch(
      (thrown: unknown) => {
        this.#ports.log.warn('the end of a task could not be written', { reason: failureOf(thrown).message })
      },
    )
    return { kind: 'accepted', value: task, task }
  }

  /** Changes kept values, in one commit with the task that says so. */
  async #keep(application: Application, path: string, about: KeptInvocation): Promise<Outcome<TaskRecord>> {
    const { spec, effector } = about
    const world = worldFor('', this.#ports.clock.now(), application.sources)
    const evaluate = (expression: Expression): Evaluation =>
      world.evaluate(expression, path, versionAt(world.desired, path))
    const checked = effectorParameters(spec, about.parameters, evaluate)
    if ('reason' in checked) return { kind: 'invalid', reason: `effector ${effector} ${checked.reason}` }
    const call = { path, does: spec.keeps, parameters: checked.parameters, evaluate }
    const begun = this.#begin(application, path, effector, about)
    let task = begun
    try {
      await application.kept.change(
        (kept) => {
          const { wishes, result } = keptBy(application, call, kept)
          task = { ...begun, state: 'succeeded', endedAt: this.#ports.clock.now(), streams: printed(result) }
          return wishes
        },
        () => application.tasks.put(task),
      )
    } catch (thrown) {
      const endedAt = this.#ports.clock.now()
      task = { ...begun, state: 'failed', endedAt, failure: failureOf(thrown) }
      await application.record(task)
    }
    return { kind: 'accepted', value: task, task }
  }

  #begin(
    application: Application,
    path: string,
    effector: string,
    about: { readonly by: string; readonly reason: string },
  ): TaskRecord {
    return {
      kind: 'task',
      id: this.#ports.ids.next(),
      tenant: application.landscape.desired.tenant,
      application: application.id,
      entity: path,
      name: effector,
      by: about.by,
      reason: about.reason,
      state: 'running',
      startedAt: this.#ports.clock.now(),
    }
  }

  async #run(application: Application, slot: SlotState, work: EffectorWork): Promise<void> {
    const { task } = work
    try {
      const ended = await this.#perform(application, slot, work)
      await application.record({ ...task, ...ended, endedAt: this.#ports.clock.now() })
    } catch (thrown) {
      await application.record({
        ...task,
        endedAt: this.#ports.clock.now(),
        state: 'failed',
        failure: failureOf(thrown),
      })
    }
  }

  /** Runs the command; a secret may not be part of it, because command lines can be seen. */
  async #perform(
    { sources }: Application,
    slot: SlotState,
    { spec, target, parameters }: EffectorWork,
  ): Promise<Pick<TaskRecord, 'state' | 'streams'>> {
    const world = worldFor('', this.#ports.clock.now(), sources)
    const command = world.evaluate(spec.command, slot.path, versionAt(world.desired, slot.path))
    const script = command.kind === 'ready' ? text(command.value) : undefined
    if (typeof script !== 'string') {
      throw new Failure({
        cause: 'invalid',
        retry: 'never',
        message: 'its command is not known, or holds a secret',
      })
    }
    const environment = effectorEnvironment(slot, spec, (expression) =>
      world.evaluate(expression, slot.path, versionAt(world.desired, slot.path)),
    )
    const { command: words, ...input } = effectorCommand(spec, scriptAt(script, slot.node, slot.path), {
      ...environment,
      ...parameters,
    })
    const options = { timeout: spec.timeout, limit: 32_768, signal: new AbortController().signal, ...input }
    const { stdout, stderr, exitCode } = await target.location.exec(target.ref, words, options)
    const streams = { stdin: script, stdout, stderr, environment: {} }
    return {
      state: exitCode === 0 ? 'succeeded' : 'failed',
      streams: exitCode === undefined ? streams : { ...streams, exitCode },
    }
  }

  #target(
    application: Application,
    path: string,
  ):
    | Target
    | { readonly kind: 'not-found'; readonly what: string }
    | { readonly kind: 'conflict'; readonly reason: string; readonly moved: readonly string[] } {
    const slot = application.landscape.slots.get(path)
    if (slot === undefined) return { kind: 'not-found', what: `entity ${path} with a machine` }
    const { current } = slot.record
    const location =
      current === undefined ? undefined : this.#ports.places.get(current.location)?.desk.location
    if (current === undefined || location === undefined)
      return { kind: 'conflict', reason: `${path} has no machine now`, moved: [] }
    return {
      location,
      ref: machineRef(current, hostsIn(application.landscape.slots)),
    }
  }
}

type KeptEffector = EffectorSpec & { readonly keeps: NonNullable<EffectorSpec['keeps']> }

interface KeptInvocation {
  readonly spec: KeptEffector
  readonly effector: string
  readonly parameters: JsonObject
  readonly by: string
  readonly reason: string
}

function keptEffector({ landscape }: Application, path: string, name: string): KeptEffector | undefined {
  const found = landscape.tree.at(path)?.spec.effectors.find((one) => one.name === name)
  return found?.keeps === undefined ? undefined : (found as KeptEffector)
}

/** What came out, as a command would have printed it. */
function printed(result: Json): NonNullable<TaskRecord['streams']> {
  const stdout = typeof result === 'string' ? result : JSON.stringify(result)
  return { stdin: '', stdout, stderr: '', environment: {} }
}

interface EffectorWork {
  readonly spec: EffectorSpec
  readonly task: TaskRecord
  readonly target: Target
  readonly parameters: Parameters
}

interface Target {
  readonly location: Location
  readonly ref: ResourceRef
}
