import type { Outcome, Refusal } from './engine-api.js'
import type { Keeper } from '../reconcile/keep/keeper.js'
import { KEYS } from '../reconcile/facts/keys.js'
import { slug } from '../reconcile/facts/naming.js'
import type { Change, Entry } from '../store/store.js'
import type { Cancel } from '../support/clock.js'
import { failureOf } from '../support/failure.js'
import type { JsonObject } from '../support/json.js'
import type { Actor, TaskRecord } from '../task/task.js'
import type { ApplicationView } from '../entity/view.js'
import { Application, type ApplicationPorts } from './application.js'
import { keysOf, loadLandscape } from './loaded-landscape.js'
import type { LoadedApplication } from './books.js'
import { applicationView } from './views/views.js'

/** Milliseconds for which a tombstone answers where nobody says otherwise. */
const DAY = 86_400_000

/** Which applications there are, and which there were: loads them, finds them, buries them. */
export class Registry {
  readonly applications: Map<string, Application> = new Map<string, Application>()
  readonly #keepers: Map<string, Keeper>
  readonly #ports: ApplicationPorts
  readonly #tombstoneFor: number
  /** Tenants of the applications that are being recorded: their first events come before they do. */
  readonly coming: Map<string, string> = new Map<string, string>()
  readonly #tombstones = new Map<string, ApplicationView>()
  readonly #forgetting = new Set<Cancel>()
  /** Tasks of applications that are gone. */
  readonly #pastTasks = new Map<string, TaskRecord>()
  readonly #specs = new Map<string, Entry>()

  constructor(
    ports: Omit<ApplicationPorts, 'destroyed'>,
    keepers: Map<string, Keeper>,
    tombstoneFor: number | undefined,
  ) {
    this.#ports = {
      ...ports,
      destroyed: (application) => {
        void this.#bury(application).catch(this.#whyNotForgotten)
      },
    }
    this.#keepers = keepers
    this.#tombstoneFor = tombstoneFor ?? DAY
  }

  /** What applications share with the engine. */
  get ports(): ApplicationPorts {
    return this.#ports
  }

  /** Takes everything that was loaded in; nothing is done yet. */
  load(all: ReadonlyMap<string, LoadedApplication>): void {
    for (const [key, entry] of all.get('')?.get('spec') ?? []) this.#specs.set(key, entry)
    for (const [id, loaded] of all) if (id !== '') this.#load(id, loaded)
    this.#specs.clear()
  }

  add(application: Application): void {
    this.applications.set(application.id, application)
    this.#keepers.set(application.id, application.keeper)
  }

  /** By id, else by name or what is left of it in a host name; of the actor's tenant only. */
  find(by: Actor, id: string): Application | Refusal {
    const application = this.known(by, id) ?? this.named(by, id)
    if (application !== undefined) return application
    const own = [...this.#tombstones.values()].filter(({ tenant }) => tenant === by.tenant)
    return own.some((view) => view.id === id || slug(view.name) === slug(id))
      ? { kind: 'gone', what: `application ${id}` }
      : { kind: 'not-found', what: `application ${id}` }
  }

  /** By id alone, of the actor's tenant only. */
  known(by: Actor, id: string): Application | undefined {
    const application = this.applications.get(id)
    return application?.landscape.desired.tenant === by.tenant ? application : undefined
  }

  /** Whether an id is somebody's, or was and is not forgotten: one that is chosen must be new to all tenants. */
  isTaken(by: Actor, id: string): boolean {
    const isUsed = this.applications.has(id) || this.coming.has(id) || this.#tombstones.has(id)
    return isUsed || this.named(by, id) !== undefined
  }

  named(by: Actor, name: string): Application | undefined {
    const own = [...this.applications.values()].filter(
      ({ landscape }) => landscape.desired.tenant === by.tenant,
    )
    const exact = own.find(({ landscape }) => landscape.desired.name === name)
    return exact ?? own.find(({ landscape }) => slug(landscape.desired.name) === slug(name))
  }

  /** Whether an application, perhaps one that is gone, is the actor's tenant's. */
  isVisible(by: Actor, id: string): boolean {
    const tenant = this.applications.get(id)?.landscape.desired.tenant ?? this.#tombstones.get(id)?.tenant
    return (tenant ?? this.coming.get(id)) === by.tenant
  }

  with<T>(by: Actor, id: string, use: (application: Application) => Outcome<T>): Outcome<T> {
    const application = this.find(by, id)
    return application instanceof Application ? use(application) : application
  }

  task(by: Actor, id: string): Outcome<TaskRecord> {
    const live = [...this.applications.values()].map((application) => application.tasks.get(id))
    const task = live.find((one) => one !== undefined) ?? this.#pastTasks.get(id)
    return task?.tenant === by.tenant
      ? { kind: 'accepted', value: task }
      : { kind: 'not-found', what: `task ${id}` }
  }

  #load(id: string, loaded: LoadedApplication): void {
    const tombstone = loaded.get('tombstone')?.get('')
    if (tombstone !== undefined) {
      const view = tombstone.value as unknown as ApplicationView
      this.#tombstones.set(id, view)
      this.#forgetLater(id, view.since)
    }
    const landscape = loadLandscape(id, loaded, this.#specs, this.#ports.clock.now())
    if (landscape === undefined) return
    const application = new Application(landscape, this.#ports)
    application.policies.load(loaded)
    application.runs.load(loaded)
    this.add(application)
  }

  /** Keeps nothing any more. */
  close(): void {
    for (const application of this.applications.values()) application.close()
    for (const cancel of this.#forgetting) cancel()
  }

  /** Nothing is left at the far ends: the books close, a tombstone stays. */
  async #bury(application: Application): Promise<void> {
    const { id } = application
    if (this.applications.get(id) !== application) return
    const view = applicationView(application.sources)
    application.runs.desk.leave()
    application.close()
    this.applications.delete(id)
    this.#keepers.delete(id)
    this.#tombstones.set(id, view)
    this.#keepTasks(application)
    const burial: readonly Change[] = [
      { kind: 'put', key: KEYS.tombstone(id), value: view as unknown as JsonObject },
      { kind: 'delete', key: KEYS.desired(id) },
    ]
    await this.#ports.books.commit(burial)
    const { landscape, versions, tasks, policies, runs } = application
    await this.#ports.books.erase([
      ...keysOf(landscape, versions.keys()),
      ...tasks.keys(),
      ...policies.keys(),
      ...runs.desk.keys(),
      ...this.#unsharedSpecs(application),
    ])
    this.#forgetLater(id, view.since)
  }

  /** Keys of the specs that no other application is made from. */
  #unsharedSpecs(application: Application): readonly string[] {
    const shared = new Set<string>()
    for (const other of this.applications.values())
      for (const version of other.versions.values()) shared.add(version.specDigest)
    const own = [...application.versions.values()].filter((version) => !shared.has(version.specDigest))
    const keys = own.flatMap(({ specDigest, parts }) =>
      Array.from({ length: parts }, (_, part) => KEYS.spec(specDigest, part)),
    )
    return [...new Set(keys)]
  }

  #keepTasks(application: Application): void {
    const endedAt = this.#ports.clock.now()
    for (const task of application.tasks.list()) {
      this.#pastTasks.set(task.id, task.state === 'running' ? { ...task, state: 'succeeded', endedAt } : task)
    }
  }

  /** A store that is somebody else's by now: the next engine forgets what this one did not. */
  readonly #whyNotForgotten = (thrown: unknown): void => {
    this.#ports.log.warn('what is gone could not be forgotten', { reason: failureOf(thrown).message })
  }

  /** Its time counts from the end of the application, however often the engine has begun again since. */
  #forgetLater(id: string, since: number): void {
    const { clock } = this.#ports
    const cancel = clock.schedule(since + this.#tombstoneFor - clock.now(), () => {
      this.#forgetting.delete(cancel)
      this.#tombstones.delete(id)
      void this.#ports.books.erase([KEYS.tombstone(id)]).catch(this.#whyNotForgotten)
    })
    this.#forgetting.add(cancel)
  }
}
