import { Subject, takeUntil, type Observable } from 'rxjs'
import type { ChangeOptions, EngineApi, Outcome, Refusal } from './api.js'
import type { DesiredRecord, VersionRecord } from './entity/desired.js'
import { indexSpec } from './entity/spec-tree.js'
import { Application, type ApplicationPorts } from './operate/application.js'
import { keysOf, loadLandscape, newStatus } from './operate/applications.js'
import { Books } from './operate/books.js'
import { countFor, floorFor, recoveryFor, versionFor, wishFor, type By, type Desire } from './operate/desire.js'
import type { EnginePorts } from './operate/engine-ports.js'
import { eventsOf, type EventOrGap } from './operate/events.js'
import { explain } from './operate/explain.js'
import { Machines } from './operate/machines.js'
import { Orphans } from './operate/orphans.js'
import { Places, type Place } from './operate/places.js'
import { Planner } from './operate/planner.js'
import { specDiff, type SpecDifference } from './operate/spec-diff.js'
import { TaskBook } from './operate/task-book.js'
import { applicationView, entityAt, entityViews } from './operate/views.js'
import type { CommandOutput, LocationRecord } from './ports/location.js'
import type { PolicyKind } from './ports/policy.js'
import type { Keeper } from './reconcile/keeper.js'
import { KEYS } from './reconcile/keys.js'
import { Landscape } from './reconcile/landscape.js'
import { sensorValue, wantedCount } from './reconcile/view-of-world.js'
import type { ApplicationSpec } from './spec/application-spec.js'
import type { Change, Entry, Store } from './store/store.js'
import type { Cancel } from './support/clock.js'
import { Failure } from './support/failure.js'
import type { JsonObject } from './support/json.js'
import type { Actor, TaskRecord } from './task/task.js'
import type {
  ApplicationView,
  DecisionView,
  EntityView,
  LocationView,
  OrphanView,
  PlanView,
  SamplePoint,
  SensorView,
  VersionView,
  WhyView,
} from './view.js'

/** What an engine is made of. */
export interface EngineOptions extends EnginePorts {
  readonly store: Store
  /** Identity of the store, in the marks of everything that is made. */
  readonly engineId: string
  /** This process, for the lease. */
  readonly holder: string
  /** Locations known without anybody having added them. */
  readonly locations: readonly { readonly record: LocationRecord; readonly origin: Place['origin'] }[]
  /** Milliseconds for which a tombstone answers 410. @default 86400000 */
  readonly tombstoneFor?: number
  /** Milliseconds of the lease. @default 15000 */
  readonly leaseFor?: number
}

const DAY = 86_400_000
const LEASE = 15_000

/** The engine over one store. `open` takes the lease, loads the books and goes on where they stand. */
export class Engine implements EngineApi {
  readonly engineId: string
  readonly #options: EngineOptions
  readonly #books: Books
  readonly #places: Places
  readonly #keepers = new Map<string, Keeper>()
  readonly #applications = new Map<string, Application>()
  readonly #tombstones = new Map<string, ApplicationView>()
  readonly #specs = new Map<string, Entry>()
  /** Tasks of applications that are gone. */
  readonly #removals = new Map<string, TaskRecord>()
  readonly #planner: Planner
  readonly #machines: Machines
  readonly #orphans: Orphans
  readonly #closed$ = new Subject<void>()
  #cancelLease: Cancel | undefined
  #ready = false

  constructor(options: EngineOptions) {
    this.#options = options
    this.engineId = options.engineId
    this.#books = new Books(options.store, options)
    this.#places = new Places(options.factories, this.#keepers, options)
    const ports = this.#ports()
    this.#planner = new Planner(ports)
    this.#machines = new Machines(ports)
    this.#orphans = new Orphans(this.#applications, ports)
  }

  /** Takes the lease and begins; throws a Failure ('conflict', soon) while another engine holds the store. */
  async open(): Promise<void> {
    const granted = await this.#books.lease(this.#options.holder, this.#leaseFor())
    if (!granted) throw new Failure({ cause: 'conflict', retry: 'soon', message: 'another engine holds this store' })
    this.#renewLater()
    const all = await this.#books.loadAll()
    const shared = all.get('')
    for (const [key, entry] of shared?.get('spec') ?? []) this.#specs.set(key, entry)
    this.#openLocations([...(shared?.get('location')?.values() ?? [])])
    for (const [id, loaded] of all) if (id !== '') this.#load(id, loaded)
    for (const application of this.#applications.values()) application.start()
    this.#ready = true
  }

  /** Ends the loops and gives the lease up; everything that runs goes on running. */
  async close(): Promise<void> {
    this.#ready = false
    this.#cancelLease?.()
    this.#closed$.next()
    this.#closed$.complete()
    for (const application of this.#applications.values()) application.close()
    await this.#places.closeAll()
    await this.#books.release(this.#options.holder)
  }

  /** Resolves when no keeper has anything to decide now. */
  async idle(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.idle()))
  }

  applications(by: Actor): readonly ApplicationView[] {
    const live = [...this.#applications.values()].map((application) => applicationView(application.sources))
    return live.filter((view) => view.tenant === by.tenant)
  }

  application(by: Actor, id: string): Outcome<ApplicationView> {
    return this.#with(by, id, (application) => accepted(applicationView(application.sources)))
  }

  async deploy(
    spec: ApplicationSpec,
    options: ChangeOptions & { readonly id?: string; readonly source?: string; readonly start?: boolean; readonly planDigest?: string },
  ): Promise<Outcome<ApplicationView>> {
    const { by } = options
    const taken = [...this.#applications.values()].find((one) => one.landscape.desired.name === spec.name && one.landscape.desired.tenant === by.tenant)
    if (taken !== undefined) return { kind: 'conflict', reason: `an application named ${spec.name} exists already`, moved: [] }
    const id = options.id ?? this.#options.ids.next()
    const desired = this.#firstDesired(id, spec, options)
    if (options.planDigest !== undefined) {
      const plan = await this.#planner.forNew(spec, desired)
      if (plan.digest !== options.planDigest) return staleNewPlan()
    }
    const { digest, parts } = await this.#books.writeSpec(spec)
    const version = this.#versionRecord(id, 1, { digest, parts, by, note: options.reason ?? 'deployed' })
    const landscape = new Landscape({ ...desired, wish: options.start === false ? 'stopped' : 'running' }, newStatus(id, desired.createdAt))
    landscape.trees.set(1, indexSpec(spec))
    const tasks = new TaskBook(id)
    const application = new Application({ landscape, versions: new Map([[1, version]]), tasks, desiredRevision: 0 }, this.#ports())
    const { task, changes } = application.operation('deploy', by, { reason: options.reason ?? 'deploy', generation: 1 })
    await this.#books.commit([...this.#versionChanges(version, options.source), { kind: 'put', key: KEYS.status(id), value: json(landscape.status) }, ...changes])
    const head: Change = { kind: 'put', key: KEYS.desired(id), value: json(landscape.desired), expect: 0 }
    const answer = await this.#books.tryCommit([head])
    if (answer.kind !== 'committed') return { kind: 'conflict', reason: 'the application was recorded by somebody else', moved: [] }
    application.adopt(answer.revision)
    this.#add(application)
    application.start()
    return { kind: 'accepted', value: applicationView(application.sources), task }
  }

  async plan(spec: ApplicationSpec, options: { readonly by: Actor; readonly application?: string }): Promise<Outcome<PlanView>> {
    const { by } = options
    if (options.application === undefined) {
      return accepted(await this.#planner.forNew(spec, this.#firstDesired('new', spec, { by })))
    }
    const application = this.#find(by, options.application)
    if (!(application instanceof Application)) return application
    return accepted(await this.#planner.forChange(application, spec))
  }

  async update(
    id: string,
    spec: ApplicationSpec,
    options: ChangeOptions & { readonly planDigest?: string; readonly source?: string; readonly note?: string; readonly restored?: number },
  ): Promise<Outcome<ApplicationView>> {
    const application = this.#find(options.by, id)
    if (!(application instanceof Application)) return application
    if (application.landscape.desired.wish === 'gone') return { kind: 'conflict', reason: 'it is being removed', moved: [] }
    const now = this.#planner.digestNow(application, spec)
    if (options.planDigest !== undefined && now.digest !== options.planDigest) {
      return { kind: 'conflict', reason: 'the plan is stale: what it was made from has moved', moved: this.#moved(application, now.draft) }
    }
    const { digest, parts } = await this.#books.writeSpec(spec)
    const number = Math.max(...application.versions.keys()) + 1
    const record = {
      ...this.#versionRecord(application.id, number, { digest, parts, by: options.by, note: options.note ?? options.reason ?? 'updated' }),
      ...(options.restored === undefined ? {} : { restored: options.restored }),
    }
    const tree = indexSpec(spec)
    application.landscape.trees.set(number, tree)
    const outcome = await this.#change(application, options.restored === undefined ? 'update' : 'rollback', options, {
      change: (desired, by) => versionFor(desired, tree, number, by),
      beside: () => this.#versionChanges(record, options.source),
    })
    if (outcome.kind === 'accepted') application.versions.set(number, record)
    else application.landscape.trees.delete(number)
    return outcome
  }

  versions(by: Actor, id: string): Promise<Outcome<readonly VersionView[]>> {
    return Promise.resolve(
      this.#with(by, id, (application) => accepted([...application.versions.values()].map((version) => versionView(version, application)))),
    )
  }

  async version(by: Actor, id: string, number: number): Promise<Outcome<{ readonly view: VersionView; readonly source?: string; readonly spec: ApplicationSpec }>> {
    const application = this.#find(by, id)
    if (!(application instanceof Application)) return application
    const record = application.versions.get(number)
    const tree = application.landscape.trees.get(number)
    if (record === undefined || tree === undefined) return { kind: 'not-found', what: `version ${number}` }
    const { entries } = await this.#options.store.load(KEYS.source(application.id, number))
    const source = entries[0]?.value['text']
    const value = { view: versionView(record, application), spec: tree.application }
    return accepted(typeof source === 'string' ? { ...value, source } : value)
  }

  async diff(by: Actor, id: string, from: number, to: number): Promise<Outcome<readonly SpecDifference[]>> {
    const [a, b] = [await this.version(by, id, from), await this.version(by, id, to)]
    if (a.kind !== 'accepted') return a
    return b.kind === 'accepted' ? accepted(specDiff(a.value.spec, b.value.spec)) : b
  }

  async rollback(id: string, version: number, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    const old = await this.version(options.by, id, version)
    if (old.kind !== 'accepted') return old
    const note = `restores version ${version}`
    const source = old.value.source
    return this.update(id, old.value.spec, { ...options, note, restored: version, ...(source === undefined ? {} : { source }) })
  }

  start(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'start', options, { change: (desired, by) => wishFor(desired, 'running', by) })
  }

  stop(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'stop', options, { change: (desired, by) => wishFor(desired, 'stopped', by) })
  }

  recover(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'recover', options, { change: recoveryFor })
  }

  remove(id: string, options: ChangeOptions & { readonly force?: boolean }): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'remove', options, { change: (desired, by) => wishFor(desired, 'gone', by, options.force) })
  }

  entities(by: Actor, id: string): Outcome<readonly EntityView[]> {
    return this.#with(by, id, (application) => accepted(entityViews(application.sources)))
  }

  entity(by: Actor, id: string, path: string): Outcome<EntityView> {
    return this.#with(by, id, (application) => found(entityAt(application.sources, path), path))
  }

  scale(id: string, role: string, count: number, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'scale', options, {
      entity: role,
      change: (desired, by, application) => countFor(desired, application.landscape.tree, role, count, by),
    })
  }

  resize(id: string, role: string, delta: 1 | -1, options: ChangeOptions & { readonly from?: number; readonly key?: string }): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, delta > 0 ? 'grow' : 'shrink', options, {
      entity: role,
      change: (desired, by, application) => {
        const now = wantedCount(application.landscape, role)
        if (options.from !== undefined && options.from !== now) {
          return options.from + delta === now ? { kind: 'same' } : { kind: 'invalid', reason: `${role} has ${now} members, not ${options.from}` }
        }
        return countFor(desired, application.landscape.tree, role, now + delta, by)
      },
    })
  }

  replace(
    id: string,
    path: string,
    options: ChangeOptions & { readonly order?: 'new-first' | 'old-first'; readonly incarnation?: number },
  ): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'replace', options, {
      entity: path,
      change: (desired, by, application) => {
        const slot = application.landscape.slots.get(path)
        if (slot === undefined) return { kind: 'invalid', reason: `${path} has no incarnation to replace` }
        const present = options.incarnation ?? slot.record.current?.number ?? slot.record.next - 1
        const order = options.order === undefined ? {} : { order: options.order }
        return floorFor(desired, path, { incarnation: present + 1, reason: by.reason, ...order }, by)
      },
    })
  }

  restart(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#operate(id, 'restart', options, {
      entity: path,
      change: (desired, by, application) => {
        const current = application.landscape.slots.get(path)?.record.current
        if (current?.run === undefined) return { kind: 'invalid', reason: `${path} has no run to restart` }
        return floorFor(desired, path, { runOf: current.number, run: current.run.number + 1, reason: by.reason }, by)
      },
    })
  }

  sensors(by: Actor, id: string, path: string): Outcome<readonly SensorView[]> {
    return this.#with(by, id, (application) => {
      const view = entityAt(application.sources, path)
      if (view === undefined) return { kind: 'not-found', what: `entity ${path}` }
      const at = view.observedAt ?? view.since
      const names = BUILT_IN_SENSORS.filter((name) => sensorValue(application.sources, path, name) !== undefined)
      const builtIn = names.map((name) => ({ name, at, value: sensorValue(application.sources, path, name) ?? null }))
      return accepted([...builtIn, ...application.board.of(path)])
    })
  }

  history(by: Actor, id: string, path: string, sensor: string, since: number): Outcome<readonly SamplePoint[]> {
    return this.#with(by, id, (application) => accepted(application.board.history(path, sensor, since)))
  }

  async invoke(id: string, path: string, effector: string, parameters: JsonObject, options: ChangeOptions): Promise<Outcome<TaskRecord>> {
    const application = this.#find(options.by, id)
    if (!(application instanceof Application)) return application
    return this.#machines.invoke(application, path, effector, { parameters, by: options.by.name, reason: options.reason ?? effector })
  }

  async exec(
    id: string,
    path: string,
    command: readonly string[],
    options: ChangeOptions & { readonly timeout: number; readonly stdin?: string },
  ): Promise<Outcome<CommandOutput>> {
    const application = this.#find(options.by, id)
    if (!(application instanceof Application)) return application
    return this.#machines.exec(application, path, command, options)
  }

  async logs(id: string, path: string, options: { readonly by: Actor; readonly lines: number }): Promise<Outcome<string>> {
    const application = this.#find(options.by, id)
    return application instanceof Application ? this.#machines.logs(application, path, options.lines) : application
  }

  tasks(by: Actor, id: string, entity?: string): Outcome<readonly TaskRecord[]> {
    return this.#with(by, id, (application) => accepted(application.tasks.list(entity)))
  }

  task(by: Actor, task: string): Outcome<TaskRecord> {
    for (const application of this.#applications.values()) {
      const known = application.tasks.get(task)
      if (known?.tenant === by.tenant) return accepted(known)
    }
    const done = this.#removals.get(task)
    return done?.tenant === by.tenant ? accepted(done) : { kind: 'not-found', what: `task ${task}` }
  }

  decisions(by: Actor, id: string, entity?: string): Outcome<readonly DecisionView[]> {
    return this.#with(by, id, (application) => accepted(application.policies.decisions(entity)))
  }

  why(by: Actor, id: string, path: string): Outcome<WhyView> {
    return this.#with(by, id, (application) => {
      const decisions = application.policies.decisions(path === '' ? undefined : path)
      return found(explain(application.sources, path, this.#options.clock.now(), decisions), path)
    })
  }

  events(_by: Actor, options: { readonly application?: string; readonly since?: number }): Observable<EventOrGap> {
    return eventsOf(this.#options.store, options.since ?? this.#books.revision, options.application).pipe(takeUntil(this.#closed$))
  }

  locations(): readonly LocationView[] {
    return this.#places.all().map((place) => this.#locationView(place))
  }

  async addLocation(record: LocationRecord, options: ChangeOptions): Promise<Outcome<LocationView>> {
    const known = this.#places.get(record.name)
    if (known !== undefined && known.origin !== 'rest') return { kind: 'conflict', reason: `location ${record.name} is configured by ${known.origin}`, moved: [] }
    if (known !== undefined) await this.#places.close(record.name)
    const owned = { ...record, tenant: options.by.tenant }
    const failure = this.#places.open(owned, 'rest')
    const place = this.#places.get(record.name)
    if (failure !== undefined || place === undefined) return { kind: 'invalid', reason: failure?.message ?? 'it could not be opened' }
    await this.#books.commit([{ kind: 'put', key: KEYS.location(record.name), value: owned }])
    for (const keeper of this.#keepers.values()) keeper.wakeAll()
    return accepted(this.#locationView(place))
  }

  async removeLocation(name: string, _options: ChangeOptions): Promise<Outcome<LocationView>> {
    const place = this.#places.get(name)
    if (place === undefined) return { kind: 'not-found', what: `location ${name}` }
    const view = this.#locationView(place)
    if (view.origin !== 'rest') return { kind: 'conflict', reason: `location ${name} is configured by ${view.origin}`, moved: [] }
    if (view.inUse > 0) return { kind: 'conflict', reason: `${view.inUse} entities are there`, moved: [] }
    await this.#books.commit([{ kind: 'delete', key: KEYS.location(name) }])
    await this.#places.close(name)
    return accepted(view)
  }

  async testLocation(name: string, _by: Actor): Promise<Outcome<readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]>> {
    const place = this.#places.get(name)
    if (place === undefined) return { kind: 'not-found', what: `location ${name}` }
    return accepted(await place.desk.location.test({ signal: new AbortController().signal }))
  }

  orphans(_by: Actor): Promise<readonly OrphanView[]> {
    return this.#orphans.list()
  }

  collectOrphans(_by: Actor): Promise<readonly OrphanView[]> {
    return this.#orphans.collect()
  }

  policyKinds(): readonly PolicyKind[] {
    return this.#options.policyKinds
  }

  health(): ReturnType<EngineApi['health']> {
    const keepers = [...this.#keepers.values()]
    let entities = 0
    for (const { landscape } of this.#applications.values()) entities += landscape.slots.size
    return {
      ready: this.#ready,
      revision: this.#books.revision,
      applications: this.#applications.size,
      entities,
      counters: {
        turns: keepers.reduce((sum, keeper) => sum + keeper.counters.turns, 0),
        superseded: keepers.reduce((sum, keeper) => sum + keeper.counters.superseded, 0),
        calls: this.#places.all().reduce((sum, place) => sum + place.desk.calls, 0),
      },
    }
  }

  #ports(): ApplicationPorts {
    return {
      ...this.#options,
      books: this.#books,
      places: this.#places,
      destroyed: (application) => { void this.#bury(application) },
    }
  }

  #leaseFor(): number {
    return this.#options.leaseFor ?? LEASE
  }

  #renewLater(): void {
    const period = this.#leaseFor() / 3
    this.#cancelLease = this.#options.clock.schedule(period, () => {
      void this.#books.lease(this.#options.holder, this.#leaseFor()).then((granted) => {
        if (granted) this.#renewLater()
        else void this.close()
      })
    })
  }

  #openLocations(stored: readonly Entry[]): void {
    const rest = stored.map((entry) => ({ record: entry.value as unknown as LocationRecord, origin: 'rest' as const }))
    for (const { record, origin } of [...this.#options.locations, ...rest]) {
      const failure = this.#places.open(record, origin)
      if (failure !== undefined) this.#options.log.error('a location could not be opened', { location: record.name, reason: failure.message })
    }
  }

  #load(id: string, loaded: Parameters<typeof loadLandscape>[1]): void {
    const tombstone = loaded.get('tombstone')?.get('')
    if (tombstone !== undefined) this.#tombstones.set(id, tombstone.value as unknown as ApplicationView)
    const landscape = loadLandscape(id, loaded, this.#specs, this.#options.clock.now())
    if (landscape === undefined) return
    const application = new Application(landscape, this.#ports())
    application.policies.load(loaded)
    this.#add(application)
  }

  #add(application: Application): void {
    this.#applications.set(application.id, application)
    this.#keepers.set(application.id, application.keeper)
  }

  /** Nothing is left at the far ends: the books close, a tombstone stays. */
  async #bury(application: Application): Promise<void> {
    const { id, landscape } = application
    if (this.#applications.get(id) !== application) return
    const view = applicationView(application.sources)
    application.close()
    this.#applications.delete(id)
    this.#keepers.delete(id)
    this.#tombstones.set(id, view)
    const now = this.#options.clock.now()
    for (const task of application.tasks.list()) {
      this.#removals.set(task.id, task.state === 'running' ? { ...task, state: 'succeeded', endedAt: now } : task)
    }
    await this.#books.commit([
      { kind: 'put', key: `tombstone/${id}`, value: json(view) },
      { kind: 'delete', key: KEYS.desired(id) },
    ])
    await this.#books.erase([...keysOf(landscape, application.versions.keys()), ...application.tasks.keys(), ...application.policies.keys()])
    this.#options.clock.schedule(this.#options.tombstoneFor ?? DAY, () => { void this.#forget(id) })
  }

  async #forget(id: string): Promise<void> {
    this.#tombstones.delete(id)
    await this.#books.commit([{ kind: 'delete', key: `tombstone/${id}` }])
  }

  #firstDesired(id: string, spec: ApplicationSpec, options: { readonly by: Actor; readonly reason?: string }): DesiredRecord {
    const now = this.#options.clock.now()
    return {
      kind: 'desired',
      tenant: options.by.tenant,
      id,
      name: spec.name,
      owner: spec.owner ?? options.by.name,
      wish: 'running',
      force: false,
      serial: 1,
      generation: 1,
      version: 1,
      counts: {},
      floors: {},
      holds: {},
      recovery: 0,
      createdAt: now,
      changedAt: now,
      changedBy: options.by.name,
      reason: options.reason ?? 'deployed',
    }
  }

  #versionRecord(
    application: string,
    version: number,
    made: { readonly digest: string; readonly parts: number; readonly by: Actor; readonly note: string },
  ): VersionRecord {
    return {
      kind: 'version',
      application,
      version,
      specDigest: made.digest,
      parts: made.parts,
      createdAt: this.#options.clock.now(),
      createdBy: made.by.name,
      note: made.note,
    }
  }

  #versionChanges(version: VersionRecord, source: string | undefined): readonly Change[] {
    const changes: Change[] = [{ kind: 'put', key: KEYS.version(version.application, version.version), value: json(version) }]
    if (source !== undefined && source.length < 500_000) {
      changes.push({ kind: 'put', key: KEYS.source(version.application, version.version), value: { kind: 'source', text: source } })
    }
    return changes
  }

  #operate(id: string, name: string, options: ChangeOptions, work: Work): Promise<Outcome<ApplicationView>> {
    const application = this.#find(options.by, id)
    if (!(application instanceof Application)) return Promise.resolve(application)
    return this.#change(application, name, options, work)
  }

  /** Changes what is desired, with the task that stands for it; what is so already needs no work. */
  async #change(application: Application, name: string, options: ChangeOptions, work: Work): Promise<Outcome<ApplicationView>> {
    const by: By = { name: options.by.name, reason: options.reason ?? name, now: this.#options.clock.now() }
    let task: TaskRecord | undefined
    const result = await application.desire((desired) => work.change(desired, by, application), {
      expect: options.expectGeneration,
      beside: (desired) => {
        const begun = application.operation(name, options.by, { reason: by.reason, entity: work.entity ?? '', generation: desired.generation })
        task = begun.task
        return [...begun.changes, ...(work.beside?.() ?? [])]
      },
    })
    if (result.kind === 'invalid') return result
    if (result.kind === 'conflict') {
      const { generation, reason } = application.landscape.desired
      return { kind: 'conflict', reason: `it is at generation ${generation} now`, moved: [reason] }
    }
    const value = applicationView(application.sources)
    return task === undefined ? { kind: 'accepted', value } : { kind: 'accepted', value, task }
  }

  #with<T>(by: Actor, id: string, use: (application: Application) => Outcome<T>): Outcome<T> {
    const application = this.#find(by, id)
    return application instanceof Application ? use(application) : application
  }

  #find(by: Actor, id: string): Application | Refusal {
    const direct = this.#applications.get(id)
    const application = direct ?? [...this.#applications.values()].find((one) => one.landscape.desired.name === id)
    if (application !== undefined && application.landscape.desired.tenant === by.tenant) return application
    const tombstone = this.#tombstones.get(id) ?? [...this.#tombstones.values()].find((view) => view.name === id)
    if (tombstone?.tenant === by.tenant) return { kind: 'gone', what: `application ${id}` }
    return { kind: 'not-found', what: `application ${id}` }
  }

  #moved(application: Application, draft: { readonly baseGeneration: number; readonly baseVersion: number; readonly steps: readonly { readonly action: string; readonly entity: string }[] }): readonly string[] {
    const { changedBy, reason } = application.landscape.desired
    return [
      `now at generation ${draft.baseGeneration}, version ${draft.baseVersion}; last changed by ${changedBy}: ${reason}`,
      ...draft.steps.slice(0, 20).map((step) => `now: ${step.action} ${step.entity}`),
    ]
  }

  #locationView(place: Place): LocationView {
    let inUse = 0
    for (const { landscape } of this.#applications.values()) {
      for (const slot of landscape.slots.values()) if (slot.record.current?.location === place.record.name) inUse += 1
    }
    const { name, driver, config } = place.record
    return { name, driver, config: withoutSecrets(config), origin: place.origin, inUse, circuit: place.desk.circuit }
  }
}

interface Work {
  readonly entity?: string
  change(desired: DesiredRecord, by: By, application: Application): Desire
  beside?(): readonly Change[]
}

const BUILT_IN_SENSORS = [
  'service.isUp',
  'service.state',
  'host.name',
  'host.address',
  'port',
  'endpoint',
  'endpoint.public',
  'members',
  'members.count',
  'members.up',
  'members.endpoints',
]

function accepted<T>(value: T): Outcome<T> {
  return { kind: 'accepted', value }
}

function found<T>(value: T | undefined, path: string): Outcome<T> {
  return value === undefined ? { kind: 'not-found', what: `entity ${path}` } : accepted(value)
}

function staleNewPlan(): Refusal {
  return { kind: 'conflict', reason: 'the plan is stale: the document or the places have changed since', moved: [] }
}

function versionView(version: VersionRecord, application: Application): VersionView {
  const { application: _application, kind: _kind, parts: _parts, ...view } = version
  return { ...view, current: application.landscape.desired.version === version.version }
}

function withoutSecrets(config: JsonObject): JsonObject {
  const text = JSON.stringify(config, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'sealed' in value && 'name' in value ? `<secret ${String(value.name)}>` : value,
  )
  return JSON.parse(text) as JsonObject
}

function json(value: object): JsonObject {
  return value as unknown as JsonObject
}
