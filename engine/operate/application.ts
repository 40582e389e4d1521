import { areSuspensionsOther, type DesiredRecord, type VersionRecord } from '../entity/desired.js'
import { isStartGivenUp } from '../reconcile/facts/application-status.js'
import type { Condition } from '../reconcile/facts/condition.js'
import { SensorPoller } from '../reconcile/look/sensor-poller.js'
import { Keeper } from '../reconcile/keep/keeper.js'
import { KEYS } from '../reconcile/facts/keys.js'
import type { Landscape, SlotState } from '../reconcile/facts/landscape.js'
import { keysOfSetting } from '../reconcile/facts/setting-readers.js'
import { followedBy } from '../reconcile/facts/told-health.js'
import { splitWatchKey } from '../reconcile/facts/naming.js'
import type { LocationDesk } from '../reconcile/keep/location-desk.js'
import { SensorBoard } from '../reconcile/facts/sensor-board.js'
import type { Step, StepOutcome } from '../reconcile/facts/step.js'
import type { WorldSources } from '../reconcile/facts/tracked-world.js'
import type { Change, CommitAnswer } from '../store/store.js'
import { failureOf } from '../support/failure.js'
import type { JsonObject, Json } from '../support/json.js'
import type { Actor, TaskRecord } from '../task/task.js'
import { Asks } from './changes/asks.js'
import type { LoadedLandscape } from './loaded-landscape.js'
import type { Desire } from './changes/desire.js'
import { expunge } from './expunge.js'
import { sourcesOf } from './application-sources.js'
import { Documents } from './changes/documents.js'
import { GroupDesk, MEMBERS } from './group-desk.js'
import { GROWTH, GrowthDesk } from './growth-desk.js'
import { KeptDesk, SETTINGS, type Told } from './kept-desk.js'
import type { Desired, DesireOptions, KeptApplication, KeptPorts } from './kept-application.js'
import type { TaskBook } from './task-book.js'
import { logBroken } from './log-broken.js'
import { withOpenWishes } from './open-floors.js'
import { PolicyDesk } from './policies/policy-desk.js'
import { whyOverQuota } from './changes/quota.js'
import { StepTasks } from './step-tasks.js'
import { Runs } from './runs/runs.js'

/** What an application shares with the engine. */
export interface ApplicationPorts extends KeptPorts {
  /** Told when the far ends confirm that nothing of it is left. */
  destroyed(application: Application): void
}

/**
 * One running application: its books in memory, its keeper, sensor poller and policies. Everyone who changes what is desired
 * comes through `desire`.
 */
export class Application implements KeptApplication {
  readonly landscape: Landscape
  readonly keeper: Keeper
  readonly board: SensorBoard = new SensorBoard()
  readonly tasks: TaskBook
  readonly versions: Map<number, VersionRecord>
  readonly sources: WorldSources
  readonly policies: PolicyDesk
  readonly kept: KeptDesk
  readonly settings: KeptDesk
  readonly documents: Documents
  readonly #groups: GroupDesk
  readonly runs: Runs
  readonly asks: Asks
  readonly #growth: GrowthDesk
  readonly #ports: ApplicationPorts
  readonly #poller: SensorPoller
  readonly #stepTasks: StepTasks
  #desiredRevision: number
  /** The change of the desired book that is under way. */
  #desiring: Promise<unknown> = Promise.resolve()

  constructor(loaded: LoadedLandscape, ports: ApplicationPorts) {
    const { landscape } = loaded
    this.landscape = landscape
    this.tasks = loaded.tasks
    this.versions = new Map(loaded.versions)
    this.#ports = ports
    this.#desiredRevision = loaded.desiredRevision
    this.documents = new Documents(this, ports)
    this.policies = new PolicyDesk(this, ports, () => this.runs.desk)
    this.sources = sourcesOf(this, ports)
    const told: Told = this.#noticed.bind(this)
    this.kept = new KeptDesk(this, ports, told)
    this.#groups = new GroupDesk(this, ports, { kept: this.kept, told, policies: this.policies })
    this.asks = new Asks(this, ports)
    const set: Told = (path, key) => this.keeper.wake(keysOfSetting(landscape, path, key))
    this.settings = new KeptDesk(this, ports, set, SETTINGS)
    this.runs = new Runs(this, ports, this)
    this.#growth = new GrowthDesk(this, ports)
    this.keeper = new Keeper(landscape, this.#keeperPorts())
    this.#poller = new SensorPoller(this.keeper, {
      clock: ports.clock,
      prober: ports.prober,
      log: ports.log,
      ...(ports.data === undefined ? {} : { data: ports.data }),
      sources: this.sources,
      location: (name) => ports.places.get(name)?.desk.location,
      checked: (...about) => this.runs.checks.check(...about),
      sampled: this.#sampled.bind(this),
    })
    this.#stepTasks = new StepTasks(this, ports)
  }

  get id(): string {
    return this.landscape.desired.id
  }

  /** Takes over the revision under which its first desired record was written. */
  adopt(revision: number): void {
    this.#desiredRevision = revision
  }

  /** Begins to keep it: every key is looked at once, and what the status as it stands asks for is done (again). */
  start(): void {
    this.policies.attach()
    for (const slot of this.landscape.slots.values()) {
      if (slot.condition.state !== 'created') this.#follow(slot)
      this.#stepTasks.resume(slot)
    }
    this.kept.make()
    this.#poller.followGroups()
    this.#groups.attach()
    this.#growth.attach()
    this.keeper.wakeAll()
    this.runs.start()
    this.#statusChanged()
  }

  close(): void {
    this.keeper.close()
    this.#poller.close()
    this.policies.close()
    this.kept.close()
    this.settings.close()
    this.runs.close()
  }

  /**
   * Changes the desired book by compare-and-set, together with `beside`; the change is decided anew when somebody else
   * was faster. One change after another, so that `beside` is asked for once. With `expect`: a conflict unless the
   * generation is that one.
   */
  desire(change: (desired: DesiredRecord) => Desire, options: DesireOptions = {}): Promise<Desired> {
    const done = this.#desiring.then(() => this.#desire(change, options))
    this.#desiring = done.catch(() => undefined)
    return done
  }

  async #desire(change: (desired: DesiredRecord) => Desire, options: DesireOptions): Promise<Desired> {
    for (;;) {
      const { desired } = this.landscape
      if ((options.expect ?? desired.generation) !== desired.generation) return { kind: 'conflict' }
      const wanted = change(desired)
      if (wanted.kind !== 'changed') return wanted
      const reason = this.#whyOverQuota(wanted.desired)
      if (reason !== undefined) return { kind: 'quota', reason }
      const next = withOpenWishes(wanted.desired, this.landscape)
      const answer = await this.#writeDesired(next, options.beside)
      if (answer.kind === 'committed') return { kind: 'changed', desired: next }
      if (answer.kind === 'fenced' || this.landscape.desired === desired) return { kind: 'conflict' }
    }
  }

  #whyOverQuota(next: DesiredRecord): string | undefined {
    const { tree, trees, desired } = this.landscape
    const wanted = { tree: trees.get(next.version) ?? tree, desired: next }
    return whyOverQuota({ tree, desired }, wanted, this.#ports.quota)
  }

  /** Begins the task that stands for an operation; those it overtakes are superseded. */
  operation(
    name: string,
    by: Actor,
    about: { readonly reason: string; readonly entity?: string; readonly generation: number },
  ): { readonly task: TaskRecord; readonly changes: readonly Change[] } {
    const { clock, ids } = this.#ports
    const now = clock.now()
    const overtaken = this.tasks.endAll({ state: 'superseded', endedAt: now })
    const task: TaskRecord = {
      ...{ kind: 'task', id: ids.next(), tenant: by.tenant, application: this.id, name },
      ...{ entity: '', by: by.name, state: 'running', startedAt: now },
      ...about,
    }
    return { task, changes: [...overtaken, ...this.tasks.put(task)] }
  }

  /** Writes a task's record. */
  async record(task: TaskRecord): Promise<void> {
    await this.#ports.books.commit(this.tasks.put(task))
  }

  async #writeDesired(
    desired: DesiredRecord,
    beside: ((desired: DesiredRecord) => readonly Change[]) | undefined,
  ): Promise<CommitAnswer> {
    const value = desired as unknown as JsonObject
    const put: Change = { kind: 'put', key: KEYS.desired(this.id), value, expect: this.#desiredRevision }
    const answer = await this.#ports.books.tryCommit([put, ...(beside?.(desired) ?? [])])
    if (answer.kind === 'committed') {
      this.#desiredRevision = answer.revision
      this.#wanted(desired)
    }
    return answer
  }

  #wanted(desired: DesiredRecord): void {
    const before = this.landscape.desired
    const isOther = desired.version !== before.version || desired.rollouts !== before.rollouts
    this.keeper.want(desired)
    this.runs.follow()
    if (isOther || areSuspensionsOther(desired, before)) this.policies.attach()
    if (isOther) {
      this.kept.make()
      this.#poller.followGroups()
      this.#groups.attach()
      this.#growth.attach()
      for (const slot of this.landscape.slots.values()) this.#follow(slot)
      for (const role of Object.keys({ ...before.rollouts, ...desired.rollouts })) this.policies.noticed(role)
    }
  }

  #keeperPorts(): ConstructorParameters<typeof Keeper>[1] {
    const { clock, books, places } = this.#ports
    return {
      clock,
      sources: this.sources,
      commit: (changes) => books.commit(changes),
      desk: (name): LocationDesk | undefined => places.get(name)?.desk,
      slotAdded: (path) => {
        this.kept.make(path)
        this.#poller.followGroups(path)
        this.runs.follow()
      },
      watched: this.#watched.bind(this),
      conditionChanged: this.#conditionChanged.bind(this),
      observedChanged: ({ path }) => {
        this.policies.noticed(path)
      },
      heat: this.#heat.bind(this),
      statusChanged: this.#statusChanged.bind(this),
      stepTaken: (step: Step) => {
        this.#stepTasks.taken(step)
      },
      stepEnded: (outcome: StepOutcome) => {
        this.#stepTasks.ended(outcome)
      },
      stepOver: this.#lookAtWork.bind(this),
      workflow: (step, tell) => {
        this.runs.phases.take(step, tell)
      },
      turned: () => {
        this.asks.look()
      },
      broke: (thrown) => {
        logBroken(this.#ports.log, this.id, thrown)
      },
    }
  }

  #conditionChanged(state: SlotState, before: Condition): void {
    if (state.condition.state === 'gone') this.board.drop(state.path)
    else if (!state.condition.up) this.board.quiet(state.path)
    if (!this.landscape.slots.has(state.path)) {
      this.kept.forget(state.path)
      this.settings.forget(state.path)
    } else if (state.condition.state !== 'gone') this.#follow(state)
    this.policies.memberChanged(state, before)
    this.#lookAtWork(state)
  }

  #lookAtWork(state: SlotState): void {
    this.#stepTasks.look(state)
    this.runs.phases.look(state)
  }

  #follow({ node, path }: SlotState): void {
    const { sensors = [], health, software } = node?.spec ?? {}
    if (sensors.length > 0 || health !== undefined || software !== undefined) this.#poller.follow(path)
  }

  #heat(key: string, state: SlotState): void {
    const location = state.record.current?.location ?? state.record.leaving[0]?.location
    if (location !== undefined) this.#ports.places.get(location)?.observer.heat(this.id, key)
  }

  #watched(key: string): void {
    if (this.runs.wake(key)) return
    const [path, sensor] = splitWatchKey(key)
    if (sensor === MEMBERS && this.#groups.isGroup(path)) this.#groups.look(path)
    else if (sensor === GROWTH) this.#growth.look(path)
    else this.#poller.wake(key)
  }

  #sampled(path: string, sensor: string, value: Json, at: number): void {
    const changed = this.board.note(path, sensor, value, at)
    this.policies.sampled(path, sensor, value, at)
    if (changed) this.#changed(path, sensor)
  }

  noteValue(path: string, sensor: string, value: Json): boolean {
    const { landscape } = this
    if (!landscape.slots.has(path) && landscape.tree.at(path) === undefined) return false
    if (this.board.note(path, sensor, value, this.#ports.clock.now()))
      this.keeper.wake(landscape.notify(path))
    return true
  }

  #noticed(path: string, sensor: string, value: Json, at: number): void {
    this.policies.sampled(path, sensor, value, at)
    this.#changed(path, sensor)
    for (const [above, follows] of followedBy(path, sensor)) {
      this.policies.noticed(above)
      this.#changed(above, follows)
    }
  }

  #changed(path: string, sensor: string): void {
    this.keeper.wake(this.landscape.notify(path))
    this.runs.changed(path, sensor)
  }

  #statusChanged(): void {
    const { status, desired } = this.landscape
    if (status.settledGeneration === desired.generation || status.state === 'destroyed') this.#endOperations()
    if (status.state === 'destroyed') this.#ports.destroyed(this)
    if (isStartGivenUp(status, desired, this.landscape.tree.application.settings)) {
      expunge(this, status.alerts.join('; '), this.#ports.clock.now()).catch((thrown: unknown) => {
        this.#ports.log.warn('a failed start is not removed', { reason: failureOf(thrown).message })
      })
    }
  }

  #endOperations(): void {
    const changes = this.tasks.endAll({ state: 'succeeded', endedAt: this.#ports.clock.now() })
    if (changes.length > 0) void this.#ports.books.commit(changes).catch(() => undefined)
  }
}
