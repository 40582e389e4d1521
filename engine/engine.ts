import { Subject, takeUntil, type Observable } from 'rxjs'
import type { ChangeOptions, EngineApi, Outcome } from './operate/engine-api.js'
import { Application } from './operate/application.js'
import { Books } from './operate/books.js'
import { Changes } from './operate/changes/changes.js'
import { figuresOf } from './operate/views/figures.js'
import type { EnginePorts } from './operate/engine-ports.js'
import { effectorViews } from './operate/views/effector-views.js'
import { eventsOf, type EventOrGap } from './operate/views/events.js'
import { whyOf } from './operate/views/why-of.js'
import { leftoverKeys } from './operate/places/leftovers.js'
import { LocationAdmin, type LocationTest } from './operate/places/location-admin.js'
import { othersOf } from './operate/others.js'
import { LeaseKeeper } from './operate/lease-keeper.js'
import { Machines } from './operate/places/machines.js'
import { Orphans } from './operate/places/orphans.js'
import { Places, type Place } from './operate/places/places.js'
import { Planner } from './operate/changes/planner.js'
import { PolicyAdmin } from './operate/policies/policy-admin.js'
import { RunAdmin } from './operate/runs/admin.js'
import { Registry } from './operate/registry.js'
import { Regrafts } from './operate/changes/regrafts.js'
import type { SpecDifference } from './operate/changes/spec-diff.js'
import { Versions, type KeptVersion } from './operate/changes/versions.js'
import { sensorViews } from './operate/views/sensor-views.js'
import { applicationView, entityAt, entityViews } from './operate/views/views.js'
import * as wishes from './operate/changes/wishes.js'
import type { CommandOutput, LocationRecord } from './ports/location.js'
import type { PolicyKind } from './ports/policy.js'
import type { Keeper } from './reconcile/keep/keeper.js'
import type { Store } from './store/store.js'
import { failureOf } from './support/failure.js'
import type { Actor, TaskRecord } from './task/task.js'
import type {
  ApplicationView,
  DecisionView,
  EntityView,
  LocationView,
  OrphanView,
  SensorView,
  VersionView,
  WhyView,
} from './entity/view.js'

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
  /** Milliseconds between looks for orphans. @default 300000 */
  readonly collectEvery?: number
  /** Called when the lease is lost: this engine has stopped acting. */
  readonly onLeaseLost?: () => void
}

const COLLECT_EVERY = 300_000

/** The engine over one store. `open` takes the lease, loads the books and goes on where they stand. */
export class Engine implements EngineApi {
  readonly engineId: string
  readonly policies: PolicyAdmin
  readonly runs: RunAdmin
  readonly #options: EngineOptions
  readonly #books: Books
  readonly #places: Places
  readonly #keepers = new Map<string, Keeper>()
  readonly #registry: Registry
  readonly #changes: Changes
  readonly #regrafts: Regrafts
  readonly #versions: Versions
  readonly #locations: LocationAdmin
  readonly #machines: Machines
  readonly #orphans: Orphans
  readonly #closed$ = new Subject<void>()
  readonly #lease: LeaseKeeper
  #ready = false

  constructor(options: EngineOptions) {
    this.engineId = options.engineId
    this.#options = options
    this.#books = new Books(options.store, options)
    this.#lease = new LeaseKeeper(this.#books, options.clock, options)
    this.#places = new Places(options.factories, this.#keepers, options)
    const others = othersOf(this, () => this.#registry)
    const shared = { ...options, books: this.#books, places: this.#places, others }
    this.#registry = new Registry(shared, this.#keepers, options.tombstoneFor)
    const planner = new Planner(this.#registry.ports)
    this.#changes = new Changes(this.#registry, planner)
    this.#regrafts = new Regrafts(this.#registry, this.#changes, planner)
    this.#versions = new Versions(this.#registry)
    this.#locations = new LocationAdmin(this.#places, this.#registry)
    this.policies = new PolicyAdmin(this.#registry, options.clock)
    this.runs = new RunAdmin(this.#registry)
    this.#machines = new Machines(this.#registry.ports)
    this.#orphans = new Orphans(this.#registry.applications, this.#registry.ports)
  }

  /** Takes the lease and begins; throws a Failure ('conflict', soon) while another engine holds the store. */
  async open(): Promise<void> {
    await this.#lease.take(() => {
      this.#lostLease()
    })
    const all = await this.#books.loadAll()
    this.#locations.open(this.#options.locations, [...(all.get('')?.get('location')?.values() ?? [])])
    this.#registry.load(all)
    await this.#books.erase(leftoverKeys(all))
    for (const application of this.#registry.applications.values()) application.start()
    this.#ready = true
    this.#orphans.collectEvery(this.#options.collectEvery ?? COLLECT_EVERY)
  }

  /** Ends the loops and gives the lease up; everything that runs goes on running. */
  async close(): Promise<void> {
    this.#ready = false
    this.#orphans.close()
    this.#closed$.next()
    this.#closed$.complete()
    this.#registry.close()
    await this.#places.closeAll()
    await this.#lease.release()
  }

  /** Resolves when no keeper has anything to decide now. */
  async idle(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.idle()))
  }

  applications(by: Actor): readonly ApplicationView[] {
    const own = [...this.#registry.applications.values()].filter(
      ({ landscape }) => landscape.desired.tenant === by.tenant,
    )
    return own.map((application) => applicationView(application.sources))
  }

  application(by: Actor, id: string): Outcome<ApplicationView> {
    return this.#registry.with(by, id, (application) => accepted(applicationView(application.sources)))
  }

  readonly deploy: EngineApi['deploy'] = (spec, options) => this.#changes.deploy(spec, options)

  readonly plan: EngineApi['plan'] = (spec, options) => this.#changes.plan(spec, options)

  readonly update: EngineApi['update'] = (id, spec, options) => this.#changes.update(id, spec, options)

  versions(by: Actor, id: string): Promise<Outcome<readonly VersionView[]>> {
    return Promise.resolve(this.#versions.list(by, id))
  }

  version(by: Actor, id: string, version: number): Promise<Outcome<KeptVersion>> {
    return this.#versions.find(by, id, version)
  }

  diff(by: Actor, id: string, from: number, to: number): Promise<Outcome<readonly SpecDifference[]>> {
    return this.#versions.diff(by, id, { from, to })
  }

  async rollback(id: string, version: number, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    const kept = await this.#versions.find(options.by, id, version)
    if (kept.kind !== 'accepted') return kept
    const { spec, source, alterations } = kept.value
    const grafts = kept.value.view.grafts ?? []
    const about = { ...options, note: `restores version ${version}`, restored: version, grafts }
    const restored = alterations === undefined ? about : { ...about, alterations }
    return this.#changes.update(id, spec, source === undefined ? restored : { ...restored, source })
  }

  readonly planGraft: EngineApi['planGraft'] = (id, wish, by) => this.#regrafts.plan(id, wish, by)

  readonly graft: EngineApi['graft'] = (id, wish, options) => this.#regrafts.graft(id, wish, options)

  readonly prune: EngineApi['prune'] = (id, path, options) => this.#regrafts.prune(id, path, options)

  start(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.wishOperation('start', 'running'))
  }

  stop(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.wishOperation('stop', 'stopped'))
  }

  recover(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.recoverOperation())
  }

  remove(
    id: string,
    options: ChangeOptions & { readonly force?: boolean },
  ): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.wishOperation('remove', 'gone', options.force))
  }

  entities(by: Actor, id: string): Outcome<readonly EntityView[]> {
    return this.#registry.with(by, id, (application) => accepted(entityViews(application.sources)))
  }

  entity(by: Actor, id: string, path: string): Outcome<EntityView> {
    return this.#registry.with(by, id, (application) => found(entityAt(application.sources, path), path))
  }

  scale(id: string, role: string, count: number, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.scaleOperation(role, count))
  }

  resize(
    id: string,
    role: string,
    delta: 1 | -1,
    options: Parameters<EngineApi['resize']>[3],
  ): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.resizeOperation(role, delta, options.from))
  }

  replace(
    id: string,
    path: string,
    options: Parameters<EngineApi['replace']>[2],
  ): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.replaceOperation(path, options))
  }

  restart(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#changes.operate(id, options, wishes.restartOperation(path))
  }

  sensors(by: Actor, id: string, path: string): Outcome<readonly SensorView[]> {
    return this.#registry.with(by, id, (application) => found(sensorViews(application, path), path))
  }

  history(...[by, id, path, of]: Parameters<EngineApi['history']>): ReturnType<EngineApi['history']> {
    const { sensor, since, together = false } = of
    return this.#registry.with(by, id, ({ board }) =>
      accepted(together ? board.together(path, sensor, since) : board.history(path, sensor, since)),
    )
  }

  effectors(by: Actor, id: string, path: string): ReturnType<EngineApi['effectors']> {
    return this.#registry.with(by, id, ({ sources }) => found(effectorViews(sources, path), path))
  }

  async invoke(
    id: string,
    path: string,
    call: Parameters<EngineApi['invoke']>[2],
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>> {
    const about = { ...call, by: options.by.name, reason: options.reason ?? call.effector }
    return this.#withMachine(options.by, id, (application) => this.#machines.invoke(application, path, about))
  }

  exec(
    id: string,
    path: string,
    command: readonly string[],
    options: ChangeOptions & { readonly timeout: number; readonly stdin?: string },
  ): Promise<Outcome<CommandOutput>> {
    return this.#withMachine(options.by, id, (application) =>
      this.#machines.exec(application, path, command, options),
    )
  }

  logs(
    id: string,
    path: string,
    options: { readonly by: Actor; readonly lines: number },
  ): Promise<Outcome<string>> {
    return this.#withMachine(options.by, id, (application) =>
      this.#machines.logs(application, path, options.lines),
    )
  }

  tasks(by: Actor, id: string, entity?: string): Outcome<readonly TaskRecord[]> {
    return this.#registry.with(by, id, (application) => accepted(application.tasks.list(entity)))
  }

  task(by: Actor, task: string): Outcome<TaskRecord> {
    return this.#registry.task(by, task)
  }

  decisions(by: Actor, id: string, entity?: string): Outcome<readonly DecisionView[]> {
    return this.#registry.with(by, id, (application) => accepted(application.policies.decisions(entity)))
  }

  why(by: Actor, id: string, path: string): Outcome<WhyView> {
    const now = this.#options.clock.now()
    return this.#registry.with(by, id, (application) => found(whyOf(application, path, now), path))
  }

  events(
    by: Actor,
    options: { readonly application?: string; readonly since?: number },
  ): Observable<EventOrGap> {
    const since = options.since ?? this.#books.revision
    const visible = (application: string): boolean => this.#registry.isVisible(by, application)
    return eventsOf(this.#options.store, since, { ...options, visible }).pipe(takeUntil(this.#closed$))
  }

  locations(): readonly LocationView[] {
    return this.#locations.list()
  }

  addLocation(record: LocationRecord, options: ChangeOptions): Promise<Outcome<LocationView>> {
    return this.#locations.add(record, options)
  }

  removeLocation(name: string, _options: ChangeOptions): Promise<Outcome<LocationView>> {
    return this.#locations.remove(name)
  }

  testLocation(name: string, _by: Actor): Promise<Outcome<LocationTest>> {
    return this.#locations.test(name)
  }

  orphans(by: Actor): Promise<readonly OrphanView[]> {
    return this.#orphans.list(by.tenant)
  }

  collectOrphans(_by: Actor): Promise<readonly OrphanView[]> {
    return this.#orphans.collect()
  }

  policyKinds(): readonly PolicyKind[] {
    return this.#options.policyKinds
  }

  health(): ReturnType<EngineApi['health']> {
    return { ready: this.#ready, revision: this.#books.revision, ...figuresOf(this.#registry, this.#places) }
  }

  #withMachine<T>(
    by: Actor,
    id: string,
    use: (application: Application) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const application = this.#registry.find(by, id)
    return application instanceof Application ? use(application) : Promise.resolve(application)
  }

  /** An engine that lost its lease stops acting at once: somebody else acts now. */
  #lostLease(): void {
    this.#options.log.error('the lease is lost; this engine stops')
    this.close().catch((thrown: unknown) => {
      this.#options.log.warn('what was open could not be closed', { reason: failureOf(thrown).message })
    })
    this.#options.onLeaseLost?.()
  }
}

function accepted<T>(value: T): Outcome<T> {
  return { kind: 'accepted', value }
}

function found<T>(value: T | undefined, path: string): Outcome<T> {
  return value === undefined ? { kind: 'not-found', what: `entity ${path}` } : accepted(value)
}
