import type { Trouble } from '../../entity/allocation.js'
import type { DesiredRecord } from '../../entity/desired.js'
import { ROOT, isWithin, parentPath } from '../../entity/path.js'
import { wantedCount } from '../../reconcile/facts/aggregate.js'
import { openTrouble } from '../../reconcile/facts/condition.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { Change } from '../../store/store.js'
import { failureOf, type FailureRecord } from '../../support/failure.js'
import type { JsonObject } from '../../support/json.js'
import type { TaskRecord } from '../../task/task.js'
import type { EffectAnswer } from '../../workflow/run-record.js'
import { askedChange, type Asked } from './asked-change.js'
import type { Desire } from './desire.js'
import { effectorParameters } from '../effectors/effector-command.js'
import { generalEffectors, type GeneralEffector } from '../effectors/general-effectors.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { nodeAt } from '../runs/world.js'

/** A call of an effector that an entity has by what it is. */
export interface Ask {
  readonly effector: string
  readonly parameters: JsonObject
  readonly by: string
  readonly reason: string
  /** Its task has this id, so that it is asked once. @default a new one */
  readonly token?: string
  /** The task of which it is a part. */
  readonly parent?: string
}

/**
 * Does what entities are asked for by what they are: a change of what is desired, in one commit with the task that stands for it.
 * That ends when all that it is about is as wanted, or has failed past its retries.
 */
export class Asks {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  /** Attempts that had failed by key when a task began, or was taken over: those say nothing about it. */
  readonly #past = new Map<string, ReadonlyMap<string, number>>()
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  find(path: string, name: string): GeneralEffector | undefined {
    const node = nodeAt(this.#application, path)
    return node === undefined ? undefined : generalEffectors(node, path).find((one) => one.name === name)
  }

  /** Asks; undefined where there is no such effector. */
  async invoke(
    path: string,
    ask: Ask,
  ): Promise<{ readonly task: TaskRecord } | { readonly reason: string } | undefined> {
    const effector = this.find(path, ask.effector)
    if (effector === undefined) return undefined
    const { tasks } = this.#application
    const known = ask.token === undefined ? undefined : tasks.get(ask.token)
    if (known !== undefined) return { task: known }
    const checked = this.#checked(path, effector, ask)
    if ('reason' in checked) return { reason: `effector ${ask.effector} ${checked.reason}` }
    return this.#begin({ path, name: effector.name, parameters: checked.parameters }, ask)
  }

  /** What came of a task, once it has ended. */
  async ended(id: string): Promise<EffectAnswer> {
    const { tasks } = this.#application
    for (let task = tasks.get(id); task?.state === 'running'; task = tasks.get(id))
      await new Promise<void>((resolve) => {
        this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve])
      })
    return answerOf(tasks.get(id))
  }

  /** Something was decided: tasks end whose entities are as wanted, or have failed for good. */
  look(): void {
    const { tasks } = this.#application
    const ends = tasks.asked().flatMap((task) => {
      const how = this.#outcome(task)
      return how === undefined ? [] : [{ ...task, ...how, endedAt: this.#ports.clock.now() }]
    })
    if (ends.length > 0) this.#end(ends)
  }

  #checked(path: string, effector: GeneralEffector, ask: Ask): ReturnType<typeof effectorParameters> {
    const world = worldFor('', this.#ports.clock.now(), this.#application.sources)
    return effectorParameters(effector, ask.parameters, (expression) =>
      world.evaluate(expression, path, world.desired.version),
    )
  }

  async #begin(asked: Asked, ask: Ask): Promise<{ readonly task: TaskRecord } | { readonly reason: string }> {
    const { landscape } = this.#application
    const id = ask.token ?? this.#ports.ids.next()
    const by = { name: ask.by, reason: ask.reason, now: this.#ports.clock.now() }
    const change = (desired: DesiredRecord): Desire => askedChange(desired, asked, by, landscape)
    this.#past.set(id, attemptsWithin(this.#application, asked.path))
    let task: TaskRecord | undefined
    const result = await this.#application.desire(change, {
      beside: (desired) => {
        task = this.#task(id, asked, { ...ask, generation: desired.generation })
        return [...this.#overtaken(asked), ...this.#application.tasks.put(task)]
      },
    })
    if (result.kind === 'invalid' || result.kind === 'quota') return { reason: result.reason }
    if (result.kind === 'conflict')
      return { reason: 'was asked for while the engine was giving up its lease' }
    if (task === undefined) {
      task = this.#task(id, asked, { ...ask, generation: landscape.desired.generation })
      await this.#application.record(task)
    }
    this.look()
    return { task: this.#application.tasks.get(id) ?? task }
  }

  #task(id: string, { path, name }: Asked, ask: Ask & { readonly generation: number }): TaskRecord {
    const { landscape, id: application } = this.#application
    const { by, reason, parent, generation } = ask
    return {
      kind: 'task',
      id,
      tenant: landscape.desired.tenant,
      application,
      entity: path,
      name,
      ...(parent === undefined ? {} : { parent }),
      by,
      reason,
      state: 'running',
      startedAt: this.#ports.clock.now(),
      asked: generation,
    }
  }

  /** Of whether one thing is to run only the last word counts. */
  #overtaken({ path, name }: Asked): readonly Change[] {
    if (!LIFE.has(name)) return []
    const { tasks } = this.#application
    const endedAt = this.#ports.clock.now()
    const asked = tasks.asked().filter((task) => task.entity === path && LIFE.has(task.name))
    const open = path === ROOT ? [...tasks.open(), ...asked] : asked
    const ends = open.map((task): TaskRecord => ({ ...task, state: 'superseded', endedAt }))
    for (const { id } of ends) this.#over(id)
    return ends.flatMap((task) => tasks.put(task))
  }

  #outcome({ id, entity, asked = 0, name }: TaskRecord): Partial<TaskRecord> | undefined {
    const { landscape, keeper } = this.#application
    const failure = this.#failureWithin(id, entity)
    if (failure !== undefined) return { state: 'failed', failure }
    const isSettled =
      landscape.desired.generation >= asked && keeper.isQuiet && !isOpen(landscape.unsettled, entity)
    if (!isSettled || (name === 'expungeMembers' && this.#isExpunging(entity))) return undefined
    if (!COUNTS.has(name)) return { state: 'succeeded' }
    const stdout = String(wantedCount(landscape, entity))
    return { state: 'succeeded', streams: { stdin: '', stdout, stderr: '', environment: {} } }
  }

  /** Whether something that was to go by name is there still: of a role its own, of a group all in what it is inside of. */
  #isExpunging(entity: string): boolean {
    const { desired, roles, slots } = this.#application.landscape
    const scope = roles.has(entity) ? entity : (parentPath(entity) ?? ROOT)
    return Object.keys(desired.removals ?? {}).some((path) => isWithin(path, scope) && slots.has(path))
  }

  /** What has failed past its retries since the task began. */
  #failureWithin(id: string, entity: string): FailureRecord | undefined {
    const { landscape } = this.#application
    const past = this.#past.get(id) ?? attemptsWithin(this.#application, entity)
    this.#past.set(id, past)
    for (const path of landscape.troubled) {
      const slot = isWithin(path, entity) ? landscape.slots.get(path) : undefined
      const trouble = slot === undefined ? undefined : openTrouble(slot.record, landscape.desired)
      if (trouble !== undefined && isFinal(trouble) && trouble.attempts > (past.get(path) ?? 0))
        return trouble.failure
    }
    return undefined
  }

  #end(ends: readonly TaskRecord[]): void {
    const changes = ends.flatMap((task) => this.#application.tasks.put(task))
    this.#ports.books.commit(changes).catch((thrown: unknown) => {
      this.#ports.log.warn('the end of a task could not be written', { reason: failureOf(thrown).message })
    })
    for (const { id } of ends) this.#over(id)
  }

  #over(id: string): void {
    this.#past.delete(id)
    const waiting = this.#waiting.get(id) ?? []
    this.#waiting.delete(id)
    for (const resolve of waiting) resolve()
  }
}

const LIFE: ReadonlySet<string> = new Set(['start', 'stop', 'restart'])

const COUNTS: ReadonlySet<string> = new Set(['resize', 'resizeByDelta'])

function isFinal({ verdict }: Trouble): boolean {
  return verdict !== undefined && verdict !== 'quarantine'
}

function isOpen(unsettled: ReadonlySet<string>, entity: string): boolean {
  for (const key of unsettled) if (isWithin(key, entity)) return true
  return false
}

function attemptsWithin({ landscape }: KeptApplication, entity: string): ReadonlyMap<string, number> {
  const attempts = new Map<string, number>()
  for (const path of landscape.troubled) {
    const trouble = landscape.slots.get(path)?.record.trouble
    if (trouble !== undefined && isWithin(path, entity)) attempts.set(path, trouble.attempts)
  }
  return attempts
}

/** What whoever waits for a task is told. */
function answerOf(task: TaskRecord | undefined): EffectAnswer {
  if (task?.state === 'succeeded') {
    const { stdout } = task.streams ?? {}
    return { kind: 'done', output: stdout === undefined ? null : Number(stdout) }
  }
  const message = task === undefined ? 'nothing is known of it any more' : `it was ${task.state}`
  const failure = task?.failure ?? { cause: 'conflict', retry: 'never', message }
  return { kind: 'failed', failure }
}
