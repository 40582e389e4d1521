import type { Json } from '../../support/json.js'
import type { Change } from '../../store/store.js'
import { failureOf } from '../../support/failure.js'
import { sameJson } from '../../support/json.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { TaskRecord } from '../../task/task.js'
import type { EffectAnswer, OpenEffect, RunEvent, RunRecord, SensorWrite } from '../../workflow/run-record.js'
import { newRoot } from '../../workflow/new-block.js'
import { openEffects, stepRun, type RunTurn } from '../../workflow/run-step.js'
import type { RunWorld } from '../../workflow/run-world.js'
import type { LoadedApplication } from '../books.js'
import type { Invoke } from '../effectors/invoke.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import type { KeptDesk, KeptDesks } from '../kept-desk.js'
import { runChanges, runKeys } from './changes.js'
import { liveRun, type LiveRun } from './live-run.js'
import { logMessages } from './log-messages.js'
import { RunLocks } from './locks.js'
import { RunOutside } from './outside.js'
import { runTask } from './tasks.js'
import type { RunWish } from './wish.js'
import { runWorld } from './world.js'
import { answerOf, json, put, written } from './writes.js'

/**
 * The runs of one application's workflows. Each is told one thing at a time: what comes of it is recorded, with the sensor that
 * it sets and the tasks that show it, and only then is anything done outside. A restart finds the records and goes on.
 */
export class WorkflowDesk {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #kept: Pick<KeptDesk, 'set'>
  readonly #settings: Pick<KeptDesk, 'set'>
  readonly #outside: RunOutside
  readonly #invoke: Invoke
  readonly #told: (ended: RunRecord) => void
  readonly #runs = new Map<string, LiveRun>()
  readonly #locks = new RunLocks((run) => this.#runs.get(run)?.record)
  #closed = false

  constructor(
    application: KeptApplication,
    ports: KeptPorts,
    parts: KeptDesks & { readonly invoke: Invoke; readonly ended: (run: RunRecord) => void },
  ) {
    this.#application = application
    this.#ports = ports
    this.#kept = parts.kept
    this.#settings = parts.settings
    this.#invoke = parts.invoke
    this.#told = parts.ended
    this.#outside = new RunOutside(application, ports, { ...parts, runs: this })
  }

  /** Takes stored runs in; before `start`. */
  load(loaded: LoadedApplication): void {
    const entries = loaded.get('workflow')
    for (const [rest, entry] of entries ?? []) {
      const spec = entries?.get(`${rest}/spec`)?.value['spec']
      if (spec !== undefined) this.#add(entry.value as unknown as RunRecord, spec as unknown as WorkflowSpec)
    }
    for (const { record } of this.#runs.values()) this.#locks.load(record)
  }

  /** Goes on with every run that has not ended. */
  start(): void {
    for (const id of this.#runs.keys()) this.wake(id)
  }

  /** What runs are doing outside now, or are removing. */
  underWay(): readonly OpenEffect[] {
    return [...this.#runs.values()].flatMap(({ record, underWay }) => [
      ...underWay.values(),
      ...openEffects(record.root),
    ])
  }

  /** Nothing is left of the application: what runs outside for nobody is ended. */
  leave(): void {
    for (const { underWay } of this.#runs.values())
      for (const effect of underWay.values()) if (effect.request.kind === 'container') this.#abandon(effect)
  }

  close(): void {
    this.#closed = true
    this.#outside.close()
    for (const live of this.#runs.values()) live.cancelWake?.()
  }

  /** Newest first; of one entity, or of all. */
  list(entity?: string): readonly RunRecord[] {
    const all = [...this.#runs.values()].map(({ record }) => record)
    return all.filter((record) => entity === undefined || record.entity === entity).reverse()
  }

  /** The run of an origin at an entity that was begun last. */
  newest(entity: string, origin: string): RunRecord | undefined {
    return this.list(entity).find((record) => record.origin === origin)
  }

  /** The run of an id. */
  find(id: string): RunRecord | undefined {
    return this.#runs.get(id)?.record
  }

  /** Keys of all records, for erasing. */
  keys(): readonly string[] {
    return [...this.#runs.keys()].flatMap((id) => runKeys(this.#application.id, id))
  }

  /** Begins a run; one that was begun for the same token is the same run. Gives the task that stands for it. */
  async begin(wish: RunWish): Promise<TaskRecord> {
    const id = wish.token ?? wish.parent?.token ?? this.#ports.ids.next()
    const known = this.#runs.get(id)
    if (known !== undefined) return runTask(known.record)
    const { spec, input, token: _token, ...about } = wish
    const { tenant } = this.#application.landscape.desired
    const now = this.#ports.clock.now()
    const record: RunRecord = {
      ...{ kind: 'workflow', id, tenant, application: this.#application.id, ...about },
      ...{ task: id, startedAt: now, state: 'running', effects: 0, waits: [] },
      root: newRoot(about.entity, input, now),
      input,
    }
    this.#add(record, spec)
    const task = runTask(record)
    const [key, specKey] = runKeys(this.#application.id, id)
    await this.#ports.books.commit([
      put(key, record),
      put(specKey, { kind: 'workflow-spec', spec }),
      ...(record.quiet === true ? [] : this.#application.tasks.put(task)),
    ])
    this.wake(id)
    return task
  }

  /** What a run does. */
  spec(id: string): WorkflowSpec | undefined {
    return this.#runs.get(id)?.spec
  }

  /** Goes on with a run that has ended, as what is made of it. Undefined where there is none, or nothing is made. */
  async resume(
    id: string,
    made: (ended: RunRecord) => RunRecord | undefined,
  ): Promise<RunRecord | undefined> {
    const live = this.#runs.get(id)
    const resumed = live === undefined ? undefined : made(live.record)
    if (live === undefined || resumed === undefined) return undefined
    live.record = resumed
    const [key] = runKeys(this.#application.id, id)
    await this.#ports.books.commit([put(key, resumed), ...this.#application.tasks.put(runTask(resumed))])
    this.wake(id)
    return resumed
  }

  /** Something that a run asked about may have changed, or its time has come. */
  wake(id: string): void {
    const live = this.#runs.get(id)
    if (live !== undefined && !live.events.some(({ kind }) => kind === 'tick'))
      this.#tell(live, { kind: 'tick' })
  }

  /** Ends a run where it is. Whether there was one that had not ended. */
  cancel(id: string, reason: string): boolean {
    const live = this.#runs.get(id)
    if (live?.record.state !== 'running') return false
    this.#tell(live, { kind: 'cancel', reason })
    return true
  }

  /** Ends runs, and forgets that they were. */
  forget(ids: readonly string[]): void {
    const keys = ids.flatMap((id) => runKeys(this.#application.id, id))
    for (const live of ids.flatMap((id) => this.#runs.get(id) ?? [])) {
      this.#runs.delete(live.record.id)
      live.record = { ...live.record, state: 'cancelled', root: newRoot(live.record.entity, {}, 0) }
      this.#ended(live)
      for (const waiting of this.#locks.settle(live.record)) this.wake(waiting)
    }
    this.#ports.books.erase(keys).catch((thrown: unknown) => {
      this.#ports.log.warn('runs could not be erased', { reason: failureOf(thrown).message })
    })
  }

  #add(record: RunRecord, spec: WorkflowSpec): LiveRun {
    const live = liveRun(record, spec)
    this.#runs.set(record.id, live)
    return live
  }

  #tell(live: LiveRun, event: RunEvent): void {
    if (live.record.state !== 'running' || this.#closed) return
    live.events.push(event)
    if (live.turning) return
    live.turning = true
    this.#turns(live).catch((thrown: unknown) => {
      this.#broke(live, thrown)
    })
  }

  async #turns(live: LiveRun): Promise<void> {
    for (let event = live.events.shift(); event !== undefined && !this.#closed; event = live.events.shift())
      await this.#turn(live, event)
    live.turning = false
  }

  /** Fenced, or a fault of ours: who takes over goes on from the record. */
  #broke(live: LiveRun, thrown: unknown): void {
    const { id: run } = live.record
    if (this.#closed) return
    this.#ports.log.error('a workflow is no longer done', { run, reason: failureOf(thrown).message })
  }

  async #turn(live: LiveRun, event: RunEvent): Promise<void> {
    const before = live.record
    const turn = stepRun(before, live.spec, event, this.#world(before.id))
    if (turn.write === undefined) await this.#record(live, turn.run, event)
    else await this.#recordWritten(live, turn, turn.write, event)
    for (const waiting of this.#locks.settle(live.record)) this.wake(waiting)
    logMessages(turn, this.#ports.log)
    if (live.record.state !== 'running') this.#ended(live)
    else {
      this.#act(live)
      this.#setWake(live, turn.wakeAt)
      if (turn.again || turn.write !== undefined) this.wake(live.record.id)
    }
  }

  #world(id: string): RunWorld {
    const world = runWorld(id, this.#application, this.#ports)
    return { ...world, lock: (run, lock) => this.#locks.ask(run, lock) }
  }

  async #record(live: LiveRun, run: RunRecord, event: RunEvent): Promise<void> {
    const isSame = sameJson(json({ ...run, waits: [] }), json({ ...live.record, waits: [] }))
    const changes = isSame ? [] : this.#changesOf(live, run, event)
    if (changes.length > 0) await this.#ports.books.commit(changes)
    live.record = run
  }

  /** The sensor and what the run comes to by it, in one commit; its value so far is known only there. */
  async #recordWritten(live: LiveRun, turn: RunTurn, write: SensorWrite, event: RunEvent): Promise<void> {
    let after = turn.run
    let refused: string | undefined
    const change = (known: Json | undefined): Json | undefined => {
      const made = written(known, write)
      if (!('error' in made)) return made.value
      refused = made.error
      return known
    }
    const desk = write.book === 'settings' ? this.#settings : this.#kept
    await desk.set(write.entity, write.sensor, change, () => {
      const told: RunEvent = {
        kind: 'written',
        ...(refused === undefined ? {} : { refused }),
      }
      const next = stepRun(turn.run, live.spec, told, this.#world(live.record.id))
      after = next.run
      logMessages(next, this.#ports.log)
      return this.#changesOf(live, after, event)
    })
    live.record = after
  }

  #changesOf(live: LiveRun, run: RunRecord, event: RunEvent): readonly Change[] {
    const ended = { record: run, spec: live.spec }
    const all = [...this.#runs.values()]
    const { changes, outlived } = runChanges(ended, event, all, {
      tasks: this.#application.tasks,
      now: this.#ports.clock.now(),
    })
    for (const id of outlived) this.#runs.delete(id)
    return changes
  }

  #setWake(live: LiveRun, at: number | undefined): void {
    live.cancelWake?.()
    const { clock } = this.#ports
    live.cancelWake =
      at === undefined
        ? undefined
        : clock.schedule(Math.max(0, at - clock.now()), () => {
            this.wake(live.record.id)
          })
  }

  /** Does what is announced, as far as that is not under way; what is not wanted any more is ended. */
  #act(live: LiveRun): void {
    const open = openEffects(live.record.root)
    for (const effect of open) if (!live.underWay.has(effect.token)) this.#perform(live, effect)
    for (const [token, effect] of live.underWay) {
      if (open.some((one) => one.token === token)) continue
      live.underWay.delete(token)
      if (live.answered.delete(token)) this.#logged(this.#outside.settled(effect))
      else this.#abandon(effect)
    }
  }

  #perform(live: LiveRun, effect: OpenEffect): void {
    live.underWay.set(effect.token, effect)
    const done = effect.request.kind === 'invoke' ? this.#invoked(live, effect) : this.#done(live, effect)
    done
      .then((answer) => {
        if (answer === undefined) return
        live.answered.add(effect.token)
        this.#tell(live, { kind: 'answer', token: effect.token, answer })
      })
      .catch((thrown: unknown) => {
        this.#broke(live, thrown)
      })
  }

  #done(live: LiveRun, effect: OpenEffect): Promise<EffectAnswer | undefined> {
    const isWanted = (): boolean => !this.#closed && live.underWay.has(effect.token)
    return this.#outside.done(effect, live.record, { isFound: live.found.has(effect.token), isWanted })
  }

  /** Begins the called run, which tells its caller when it ends. */
  async #invoked(live: LiveRun, effect: OpenEffect): Promise<EffectAnswer | undefined> {
    const child = this.#runs.get(effect.token)
    const begun: Awaited<ReturnType<Invoke>> =
      child === undefined ? await this.#invoke(effect, live.record) : { begun: effect.token }
    if ('failed' in begun) return begun.failed
    if (effect.request.kind === 'invoke' && !effect.request.await)
      return { kind: 'done', output: { task: effect.token } }
    if (begun.ended !== undefined) return begun.ended()
    const called = this.#runs.get(effect.token)?.record
    return called === undefined || called.state === 'running' ? undefined : answerOf(called)
  }

  #abandon(effect: OpenEffect): void {
    if (effect.request.kind === 'invoke') {
      this.cancel(effect.token, 'nobody waits for it any more')
      return
    }
    this.#logged(this.#outside.abandon(effect))
  }

  /** The end of something outside, which nobody waits for. */
  #logged(ended: Promise<void>): void {
    ended.catch((thrown: unknown) => {
      const reason = failureOf(thrown).message
      this.#ports.log.warn('something of a workflow could not be ended', { reason })
    })
  }

  #ended(live: LiveRun): void {
    live.cancelWake?.()
    this.#act(live)
    this.#told(live.record)
    const { parent } = live.record
    const caller = parent === undefined ? undefined : this.#runs.get(parent.run)
    if (caller !== undefined && parent !== undefined && caller.underWay.has(parent.token))
      this.#tell(caller, { kind: 'answer', token: parent.token, answer: answerOf(live.record) })
  }
}
