import { Observable, Subject } from 'rxjs'
import {
  type Actor,
  type AskedGraft,
  type ApplicationSpec,
  type ApplicationState,
  type ApplicationView,
  type ChangeOptions,
  type CommandOutput,
  type DecisionView,
  type EffectorView,
  type EngineApi,
  type EntitySpec,
  type EntityState,
  type EntityView,
  type EventView,
  type Json,
  type JsonObject,
  type LocationRecord,
  type LocationView,
  type OrphanView,
  type Outcome,
  type PlanView,
  type PolicyKind,
  type Refusal,
  type SamplePoint,
  type SensorView,
  type TaskRecord,
  type VersionView,
  type WhyView,
  digestOf,
  sameJson,
} from '../../engine/index.js'
import { fakeEffector, wishedByEffector } from './fake-effectors.js'
import { fakePlan, withChild } from './fake-plan.js'
import { FakePolicies } from './fake-policies.js'
import { FakeRuns } from './fake-runs.js'

interface Kept {
  readonly id: string
  readonly tenant: string
  wish: 'running' | 'stopped' | 'gone'
  state: ApplicationState
  generation: number
  observed: number
  version: number
  changedBy: string
  alerts: string[]
  counts: Map<string, number>
  /** Paths that are broken, with why. */
  broken: Map<string, string>
  incarnations: Map<string, number>
  versions: { spec: ApplicationSpec; source?: string; by: string; note: string; restored?: number }[]
}

/**
 * An engine without places: applications live in memory, and what was asked for becomes so when the test says `settle`.
 * Answers, refusals, generations and revisions are those of the port.
 */
export class FakeEngine implements EngineApi {
  readonly engineId = 'fake'
  readonly #kept = new Map<string, Kept>()
  readonly #tasks: TaskRecord[] = []
  readonly #events: EventView[] = []
  readonly #live = new Subject<EventView>()
  readonly #locations = new Map<string, LocationView>([
    ['local', locationView('local', 'local', {}, 'built-in')],
  ])
  readonly #keys = new Set<string>()
  readonly policies: FakePolicies = new FakePolicies((by, id, path) => this.entity(by, id, path))
  readonly runs: FakeRuns = new FakeRuns((by, id, path) => this.entity(by, id, path))
  #orphans: OrphanView[] = []
  /** When the lease of every application ends; absent: never. */
  leaseEndsAt: number | undefined
  /** Revision before which events are no longer kept. */
  compactedBefore = 0
  ready = true
  now = 1_700_000_000_000
  /** What a test wants to break: thrown by the next call of this name. */
  readonly breaks: Map<string, unknown> = new Map<string, unknown>()
  /** Calls by name, in order. */
  readonly calls: string[] = []
  /** Everything becomes so at once. */
  autoSettle = false

  get #revision(): number {
    return this.#events.at(-1)?.revision ?? 0
  }

  applications(by: Actor): readonly ApplicationView[] {
    this.#called('applications')
    return [...this.#kept.values()]
      .filter((kept) => kept.tenant === by.tenant)
      .map((kept) => this.#view(kept))
  }

  application(by: Actor, id: string): Outcome<ApplicationView> {
    this.#called('application')
    const kept = this.#find(by, id)
    return 'wish' in kept ? accepted(this.#view(kept)) : kept
  }

  async deploy(
    spec: ApplicationSpec,
    options: ChangeOptions & { id?: string; source?: string; start?: boolean; planDigest?: string },
  ): Promise<Outcome<ApplicationView>> {
    this.#called('deploy')
    const { tenant, name: by } = options.by
    if (options.planDigest !== undefined && options.planDigest !== planOf(spec, undefined).digest)
      return moved('the document')
    if (
      [...this.#kept.values()].some(
        (kept) => kept.state !== 'destroyed' && kept.tenant === tenant && specOf(kept).name === spec.name,
      )
    )
      return { kind: 'conflict', reason: `there is an application called ${spec.name}`, moved: [] }
    if (this.#kept.has(options.id ?? '')) return taken(options.id)
    const id = options.id ?? `app${this.#kept.size + 1}`
    const start = options.start !== false
    const kept: Kept = {
      id,
      tenant,
      wish: start ? 'running' : 'stopped',
      state: start ? 'starting' : 'created',
      generation: 1,
      observed: 0,
      version: 1,
      changedBy: by,
      alerts: [],
      counts: new Map(),
      broken: new Map(),
      incarnations: new Map(),
      versions: [{ spec, by, note: '', ...(options.source === undefined ? {} : { source: options.source }) }],
    }
    this.#kept.set(id, kept)
    this.#event('application', kept, '', `${spec.name} deployed`)
    if (!start) return accepted(this.#view(kept))
    return this.#begun(kept, 'deploy', options)
  }

  async plan(
    spec: ApplicationSpec,
    options: { by: Actor; application?: string },
  ): Promise<Outcome<PlanView>> {
    this.#called('plan')
    if (options.application === undefined) return accepted(planOf(spec, undefined))
    const kept = this.#find(options.by, options.application)
    return 'wish' in kept ? accepted(planOf(spec, kept)) : kept
  }

  async planGraft(id: string, { spec }: AskedGraft, by: Actor): Promise<Outcome<PlanView>> {
    const kept = this.#find(by, id)
    return 'wish' in kept ? accepted(planOf(withChild(specOf(kept), spec), kept)) : kept
  }

  /** Below the root alone; named by its own name, whatever the key. */
  async graft(
    id: string,
    { parent, spec }: AskedGraft,
    options: ChangeOptions,
  ): Promise<Outcome<ApplicationView>> {
    return this.#change('graft', id, options, (kept) => {
      if (parent !== '') return { kind: 'invalid', reason: `there is no entity ${parent}` }
      if (specOf(kept).root.children.some(({ name }) => name === spec.name)) return 'unchanged'
      return this.#versioned(kept, withChild(specOf(kept), spec), options)
    })
  }

  async prune(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#change('prune', id, options, (kept) => {
      const { root, ...rest } = specOf(kept)
      const children = root.children.filter(({ name }) => name !== path)
      if (children.length === root.children.length) return 'unchanged'
      return this.#versioned(kept, { ...rest, root: { ...root, children } }, options)
    })
  }

  #versioned(kept: Kept, spec: ApplicationSpec, options: ChangeOptions): 'changed' {
    kept.versions.push({ spec, by: options.by.name, note: '' })
    kept.version = kept.versions.length
    kept.state = 'updating'
    return 'changed'
  }

  async update(
    id: string,
    spec: ApplicationSpec,
    options: ChangeOptions & { planDigest?: string; source?: string; note?: string },
  ): Promise<Outcome<ApplicationView>> {
    return this.#change('update', id, options, (kept) => {
      if (options.planDigest !== undefined && options.planDigest !== planOf(spec, kept).digest)
        return moved('the application')
      if (digestOf(specOf(kept) as never) === digestOf(spec as never)) return 'unchanged'
      const source = options.source === undefined ? {} : { source: options.source }
      kept.versions.push({ spec, by: options.by.name, note: options.note ?? '', ...source })
      kept.version = kept.versions.length
      kept.state = 'updating'
      return 'changed'
    })
  }

  async versions(by: Actor, id: string): Promise<Outcome<readonly VersionView[]>> {
    const kept = this.#find(by, id)
    return 'wish' in kept ? accepted(kept.versions.map((_version, at) => versionView(kept, at + 1))) : kept
  }

  async version(
    by: Actor,
    id: string,
    version: number,
  ): Promise<Outcome<{ view: VersionView; source?: string; spec: ApplicationSpec }>> {
    const kept = this.#find(by, id)
    if (!('wish' in kept)) return kept
    const found = kept.versions[version - 1]
    if (found === undefined) return { kind: 'not-found', what: `version ${version} of ${id}` }
    const { spec, source } = found
    return accepted({ view: versionView(kept, version), spec, ...(source === undefined ? {} : { source }) })
  }

  async diff(
    by: Actor,
    id: string,
    from: number,
    to: number,
  ): Promise<Outcome<readonly { path: string; from?: Json; to?: Json }[]>> {
    const [a, b] = [await this.version(by, id, from), await this.version(by, id, to)]
    if (a.kind !== 'accepted') return a
    if (b.kind !== 'accepted') return b
    const [own, other] = [plain(a.value.spec), plain(b.value.spec)]
    const keys = Object.keys(own).filter((key) => !sameJson(own[key], other[key]))
    return accepted(keys.map((path) => ({ path, from: own[path]!, to: other[path]! })))
  }

  async rollback(id: string, version: number, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#change('rollback', id, options, (kept) => {
      const found = kept.versions[version - 1]
      if (found === undefined) return { kind: 'not-found', what: `version ${version} of ${id}` }
      kept.versions.push({ ...found, by: options.by.name, note: `back to ${version}`, restored: version })
      kept.version = kept.versions.length
      kept.state = 'updating'
      return 'changed'
    })
  }

  async start(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#wish(id, 'start', 'running', options)
  }

  async stop(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#wish(id, 'stop', 'stopped', options)
  }

  async recover(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#change('recover', id, options, (kept) => {
      kept.broken.clear()
      kept.alerts = []
      kept.state = 'updating'
      return 'changed'
    })
  }

  async remove(id: string, options: ChangeOptions & { force?: boolean }): Promise<Outcome<ApplicationView>> {
    return this.#wish(id, options.force === true ? 'remove by force' : 'remove', 'gone', options)
  }

  entities(by: Actor, id: string): Outcome<readonly EntityView[]> {
    const kept = this.#find(by, id)
    return 'wish' in kept ? accepted(this.#entities(kept)) : kept
  }

  entity(by: Actor, id: string, path: string): Outcome<EntityView> {
    const all = this.entities(by, id)
    if (all.kind !== 'accepted') return all
    const found = all.value.find((entity) => entity.path === path)
    return found === undefined ? { kind: 'not-found', what: `entity ${path} in ${id}` } : accepted(found)
  }

  async scale(
    id: string,
    role: string,
    count: number,
    options: ChangeOptions,
  ): Promise<Outcome<ApplicationView>> {
    return this.#change('scale', id, options, (kept) => {
      const found = this.#view(kept).roles.find(({ path, name }) => path === role || name === role)
      if (found === undefined) return { kind: 'not-found', what: `role ${role} in ${id}` }
      if (count < found.min || count > found.max) {
        return { kind: 'invalid', reason: `${role} has ${found.min} to ${found.max} members, not ${count}` }
      }
      if (found.wanted === count) return 'unchanged'
      kept.counts.set(found.path, count)
      kept.state = 'updating'
      return 'changed'
    })
  }

  async resize(
    id: string,
    role: string,
    delta: 1 | -1,
    options: ChangeOptions & { from?: number; key?: string },
  ): Promise<Outcome<ApplicationView>> {
    const application = this.application(options.by, id)
    if (application.kind !== 'accepted') return application
    const wanted = application.value.roles.find(({ path }) => path === role)?.wanted ?? 0
    if (options.key !== undefined && this.#keys.has(options.key)) return accepted(application.value)
    if (options.key !== undefined) this.#keys.add(options.key)
    return this.scale(id, role, (options.from ?? wanted) + delta, options)
  }

  async replace(
    id: string,
    path: string,
    options: ChangeOptions & { order?: string; incarnation?: number },
  ): Promise<Outcome<ApplicationView>> {
    return this.#change('replace', id, options, (kept) => {
      const found = this.#entities(kept).find((entity) => entity.path === path)
      if (found === undefined) return { kind: 'not-found', what: `entity ${path} in ${id}` }
      if (options.incarnation !== undefined && options.incarnation !== found.incarnation)
        return moved(`${path} is incarnation ${found.incarnation}`)
      kept.incarnations.set(path, found.incarnation + 1)
      kept.broken.delete(path)
      return 'changed'
    })
  }

  async restart(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>> {
    return this.#change('restart', id, options, (kept) =>
      this.#entities(kept).some((entity) => entity.path === path)
        ? 'changed'
        : { kind: 'not-found', what: `entity ${path} in ${id}` },
    )
  }

  sensors(by: Actor, id: string, path: string): Outcome<readonly SensorView[]> {
    const found = this.entity(by, id, path)
    if (found.kind !== 'accepted') return found
    return accepted([
      { name: 'service.isUp', value: found.value.up, at: this.now },
      { name: 'load', value: 7, at: this.now },
    ])
  }

  history(
    by: Actor,
    id: string,
    path: string,
    { sensor, since, together = false }: Parameters<EngineApi['history']>[3],
  ): Outcome<readonly SamplePoint[]> {
    const all = this.sensors(by, id, path)
    if (all.kind !== 'accepted') return all
    if (together) return accepted(recorded(sensor))
    const own = all.value.filter(({ name, at }) => name === sensor && at > since)
    return accepted(own.map(({ at, value }) => ({ at, value })))
  }

  effectors(by: Actor, id: string, path: string): Outcome<readonly EffectorView[]> {
    const found = this.entity(by, id, path)
    if (found.kind !== 'accepted') return found
    return accepted(found.value.effectors.map(fakeEffector))
  }

  async invoke(
    id: string,
    path: string,
    { effector, parameters }: { readonly effector: string; readonly parameters: JsonObject },
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>> {
    this.#called('invoke')
    const found = this.entity(options.by, id, path)
    if (found.kind !== 'accepted') return found
    if (!found.value.effectors.includes(effector))
      return { kind: 'not-found', what: `effector ${effector} of ${path}` }
    const kept = this.#find(options.by, id)
    if (!('wish' in kept)) return kept
    const wished = await wishedByEffector(this, { id, path, effector, parameters }, options)
    if (wished?.kind === 'accepted')
      return accepted(
        wished.task ?? this.#task(kept, effector, options, { entity: path, state: 'succeeded' }),
      )
    if (wished !== undefined) return wished
    const streams = {
      stdin: '',
      stdout: JSON.stringify(parameters),
      stderr: '',
      environment: {},
      exitCode: 0,
    }
    return accepted(this.#task(kept, effector, options, { entity: path, state: 'succeeded', streams }))
  }

  async exec(
    id: string,
    path: string,
    command: readonly string[],
    options: ChangeOptions & { timeout: number; stdin?: string },
  ): Promise<Outcome<CommandOutput>> {
    this.#called('exec')
    const found = this.entity(options.by, id, path)
    if (found.kind !== 'accepted') return found
    const exitCode = command[0] === 'false' ? 1 : 0
    return accepted({ stdout: `${command.join(' ')}\n${options.stdin ?? ''}`, stderr: '', exitCode })
  }

  async logs(id: string, path: string, options: { by: Actor; lines: number }): Promise<Outcome<string>> {
    const found = this.entity(options.by, id, path)
    if (found.kind !== 'accepted') return found
    const lines = ['first line', '\u001b[31mred\u001b[0m line', 'last line']
    return accepted(`${lines.slice(-options.lines).join('\n')}\n`)
  }

  tasks(by: Actor, id: string, entity?: string): Outcome<readonly TaskRecord[]> {
    const kept = this.#find(by, id)
    if (!('wish' in kept)) return kept
    return accepted(
      this.#tasks.filter(
        (task) => task.application === kept.id && (entity === undefined || task.entity === entity),
      ),
    )
  }

  task(by: Actor, task: string): Outcome<TaskRecord> {
    const found = this.#tasks.find(({ id, tenant }) => id === task && tenant === by.tenant)
    return found === undefined ? { kind: 'not-found', what: `task ${task}` } : accepted(found)
  }

  decisions(by: Actor, id: string, entity?: string): Outcome<readonly DecisionView[]> {
    const kept = this.#find(by, id)
    if (!('wish' in kept)) return kept
    const all = this.#view(kept).roles.map(({ path }, at): DecisionView => ({
      id: `d${at}`,
      at: this.now + at,
      entity: path,
      by: 'autoscale',
      policyType: 'autoscale',
      kind: 'refused',
      intent: 'scale to 9',
      rule: 'bounds',
      reason: 'more than max',
      count: 3,
      inputs: [{ entity: path, sensor: 'load', value: 70, age: 500 }],
    }))
    return accepted(all.filter((decision) => entity === undefined || decision.entity === entity))
  }

  why(by: Actor, id: string, path: string): Outcome<WhyView> {
    const found = this.entity(by, id, path)
    if (found.kind !== 'accepted') return found
    const { state, reason } = found.value
    const waits = state === 'running' ? [] : [`${path} waits for the test to settle`]
    const waitsSince = Object.fromEntries(waits.map((wait) => [wait, this.now - 40_000]))
    const summary = reason === '' ? 'it is up' : reason
    const view: WhyView = { entity: path, state, summary, waits, waitsSince, next: [], decisions: [] }
    if (state !== 'failed') return accepted(view)
    const decisions = this.decisions(by, id)
    const trouble = {
      attempts: 7,
      since: this.now - 60_000,
      retryAt: this.now + 40_000,
      failure: { cause: 'command-failed', retry: 'soon', message: reason } as const,
      verdict: '',
      alertAt: this.now + 600_000,
    }
    return accepted({
      ...view,
      trouble,
      next: [`launch ${path} again`],
      decisions: decisions.kind === 'accepted' ? decisions.value : [],
    })
  }

  events(
    by: Actor,
    options: { application?: string; since?: number },
  ): Observable<EventView | { kind: 'compacted'; oldest: number }> {
    return new Observable((subscriber) => {
      const wanted = (event: EventView): boolean =>
        (options.application === undefined || event.application === options.application) &&
        this.#kept.get(event.application)?.tenant === by.tenant
      const { since } = options
      if (since !== undefined && since < this.compactedBefore)
        subscriber.next({ kind: 'compacted', oldest: this.compactedBefore })
      for (const event of this.#events) {
        if (since !== undefined && event.revision > Math.max(since, this.compactedBefore) && wanted(event))
          subscriber.next(event)
      }
      return this.#live.subscribe((event) => {
        if (wanted(event)) subscriber.next(event)
      })
    })
  }

  /** Event streams that are subscribed to now. */
  get watchers(): number {
    return this.#live.observed ? (this.#live as unknown as { observers: unknown[] }).observers.length : 0
  }

  locations(): readonly LocationView[] {
    return [...this.#locations.values()]
  }

  async addLocation(record: LocationRecord, _options: ChangeOptions): Promise<Outcome<LocationView>> {
    if (this.#locations.has(record.name))
      return { kind: 'conflict', reason: `there is a location ${record.name}`, moved: [] }
    const view = locationView(record.name, record.driver, record.config, 'rest')
    this.#locations.set(record.name, view)
    return accepted(view)
  }

  async removeLocation(name: string, _options: ChangeOptions): Promise<Outcome<LocationView>> {
    const found = this.#locations.get(name)
    if (found === undefined) return { kind: 'not-found', what: `location ${name}` }
    if (found.origin !== 'rest') return { kind: 'unsupported', reason: `${name} is ${found.origin}` }
    this.#locations.delete(name)
    return accepted(found)
  }

  async testLocation(
    name: string,
    _by: Actor,
  ): Promise<Outcome<readonly { what: string; ok: boolean; detail: string }[]>> {
    this.#called('testLocation')
    if (!this.#locations.has(name)) return { kind: 'not-found', what: `location ${name}` }
    return accepted([
      { what: 'reach it', ok: name === 'local', detail: name === 'local' ? 'here' : 'nobody answers' },
    ])
  }

  async orphans(_by: Actor): Promise<readonly OrphanView[]> {
    return this.#orphans
  }

  async collectOrphans(_by: Actor): Promise<readonly OrphanView[]> {
    const gone = this.#orphans
    this.#orphans = []
    return gone
  }

  policyKinds(): readonly PolicyKind[] {
    const attach = (): never => {
      throw new Error('not asked for here')
    }
    return [
      { type: 'autoscale', description: 'Keeps a sensor within a band.', schema: { type: 'object' }, attach },
    ]
  }

  health(): {
    ready: boolean
    revision: number
    applications: number
    entities: number
    counters: { [name: string]: number }
  } {
    const entities = [...this.#kept.values()].reduce((sum, kept) => sum + this.#entities(kept).length, 0)
    return {
      ready: this.ready,
      revision: this.#revision,
      applications: this.#kept.size,
      entities,
      counters: { stepsTaken: 3 },
    }
  }

  /** Makes the world as it is wanted; broken entities stay broken. */
  settle(): void {
    for (const kept of this.#kept.values()) this.#settleOne(kept)
  }

  /** Breaks one entity of an application. */
  break(id: string, path: string, reason: string): void {
    const kept = this.#kept.get(id)!
    kept.broken.set(path, reason)
    kept.alerts = [reason]
    kept.state = 'alert'
    this.#event('entity', kept, path, reason)
  }

  /** Lets the work that is under way fail for good. */
  fail(message: string): void {
    for (const [at, task] of this.#tasks.entries()) {
      if (task.state !== 'running') continue
      const failure = { cause: 'capacity', retry: 'never', message } as const
      this.#tasks[at] = { ...task, state: 'failed', endedAt: (this.now += 5), failure }
    }
  }

  leaveOrphan(orphan: OrphanView): void {
    this.#orphans.push(orphan)
  }

  /** Makes `count` events of an application. */
  happen(id: string, count: number, text = 'something'): void {
    const kept = this.#kept.get(id)!
    for (let at = 0; at < count; at += 1) this.#event('entity', kept, 'web/1', text)
  }

  /** Makes `count` events of one revision. */
  happenTogether(id: string, count: number): void {
    const revision = this.#revision + 1
    for (let at = 0; at < count; at += 1) {
      const event: EventView = {
        revision,
        at: this.now,
        type: 'entity',
        application: id,
        entity: `web/${at}`,
        text: 'together',
        data: {},
      }
      this.#events.push(event)
      this.#live.next(event)
    }
  }

  #settleOne(kept: Kept): void {
    kept.observed = kept.generation
    if (kept.broken.size === 0) {
      kept.state = kept.wish === 'gone' ? 'destroyed' : kept.wish
      this.#event('application', kept, '', `${specOf(kept).name} is ${kept.state}`)
    }
    for (const [at, task] of this.#tasks.entries()) {
      if (task.application !== kept.id || task.state !== 'running') continue
      this.#tasks[at] = { ...task, state: 'succeeded', endedAt: (this.now += 5) }
    }
  }

  #called(name: string): void {
    this.calls.push(name)
    if (!this.breaks.has(name)) return
    const thrown = this.breaks.get(name)
    this.breaks.delete(name)
    throw thrown
  }

  #wish(
    id: string,
    name: string,
    wish: Kept['wish'],
    options: ChangeOptions,
  ): Promise<Outcome<ApplicationView>> {
    return this.#change(name, id, options, (kept) => {
      if (kept.wish === wish) return 'unchanged'
      kept.wish = wish
      kept.state = wish === 'running' ? 'starting' : wish === 'stopped' ? 'stopping' : 'expunging'
      return 'changed'
    })
  }

  async #change(
    name: string,
    id: string,
    options: ChangeOptions,
    make: (kept: Kept) => Refusal | 'changed' | 'unchanged',
  ): Promise<Outcome<ApplicationView>> {
    this.#called(name)
    const kept = this.#find(options.by, id)
    if (!('wish' in kept)) return kept
    if (kept.state === 'destroyed') return { kind: 'gone', what: `application ${id}` }
    const { expectGeneration } = options
    if (expectGeneration !== undefined && expectGeneration !== kept.generation) {
      return {
        kind: 'conflict',
        reason: `it is at generation ${kept.generation}, not ${expectGeneration}`,
        moved: ['generation'],
      }
    }
    const made = make(kept)
    if (made === 'unchanged') return accepted(this.#view(kept))
    if (made !== 'changed') return made
    kept.generation += 1
    kept.changedBy = options.by.name
    this.#event('application', kept, '', `${name} by ${options.by.name}`)
    return this.#begun(kept, name, options)
  }

  #begun(kept: Kept, name: string, options: ChangeOptions): Outcome<ApplicationView> {
    const task = this.#task(kept, name, options, { state: 'running', generation: kept.generation })
    if (this.autoSettle) this.#settleOne(kept)
    return { kind: 'accepted', value: this.#view(kept), task }
  }

  #task(kept: Kept, name: string, options: ChangeOptions, rest: Partial<TaskRecord>): TaskRecord {
    const task: TaskRecord = {
      kind: 'task',
      id: `task${this.#tasks.length + 1}`,
      tenant: kept.tenant,
      application: kept.id,
      entity: '',
      name,
      by: options.by.name,
      reason: options.reason ?? '',
      state: 'running',
      startedAt: (this.now += 1),
      ...rest,
    }
    this.#tasks.push(task)
    return task
  }

  #event(type: EventView['type'], kept: Kept, entity: string, text: string): void {
    const event: EventView = {
      revision: this.#revision + 1,
      at: (this.now += 1),
      type,
      application: kept.id,
      entity,
      text,
      data: {},
    }
    this.#events.push(event)
    this.#live.next(event)
  }

  #find(by: Actor, id: string): Kept | Refusal {
    const own = [...this.#kept.values()].filter((kept) => kept.tenant === by.tenant)
    const found =
      own.find((kept) => kept.id === id) ??
      own.find((kept) => specOf(kept).name === id && kept.state !== 'destroyed')
    return found ?? { kind: 'not-found', what: `application ${id}` }
  }

  #view(kept: Kept): ApplicationView {
    const spec = specOf(kept)
    return {
      id: kept.id,
      tenant: kept.tenant,
      name: spec.name,
      description: spec.description ?? '',
      serviceType: spec.serviceType ?? '',
      owner: spec.owner ?? '',
      dialect: spec.dialect,
      state: kept.state,
      degraded: false,
      wish: kept.wish,
      generation: kept.generation,
      observedGeneration: kept.observed,
      version: kept.version,
      since: this.now,
      createdAt: 1_700_000_000_000,
      changedAt: this.now,
      changedBy: kept.changedBy,
      ...(this.leaseEndsAt === undefined ? {} : { leaseEndsAt: this.leaseEndsAt }),
      alerts: kept.alerts,
      locations: ['local'],
      networks: [],
      keyPair: '',
      endpoint: kept.state === 'running' ? 'http://127.0.0.1:1/' : '',
      consoleEndpoint: '',
      cores: 0,
      memory: 0,
      details: spec.details,
      roles: spec.root.children.map((child, at) => this.#role(kept, child, at)),
    }
  }

  #role(kept: Kept, child: EntitySpec, at: number): ApplicationView['roles'][number] {
    const wanted = kept.counts.get(child.name) ?? child.members?.initial ?? 1
    const up = kept.state === 'running' ? wanted : 0
    return {
      path: child.name,
      name: child.role ?? child.name,
      type: child.type,
      priority: child.priority ?? (at + 1) * 10,
      wanted,
      present: up,
      up,
      min: child.members?.min ?? 1,
      max: child.members?.max ?? 1,
      location: 'local',
      image: '',
      offering: '',
      details: child.details,
    }
  }

  #entities(kept: Kept): readonly EntityView[] {
    const root = this.#entity(kept, { path: '', spec: specOf(kept).root, isMember: false })
    const below = specOf(kept).root.children.flatMap((spec) => {
      const own = this.#entity(kept, { path: spec.name, spec, parent: '', isMember: false })
      const { members } = spec
      if (members === undefined) return [own]
      const count = kept.counts.get(spec.name) ?? members.initial
      const numbers = Array.from({ length: count }, (_none, at) => at + 1)
      return [
        own,
        ...numbers.map((number) =>
          this.#entity(kept, {
            path: `${spec.name}/${number}`,
            spec: members.spec,
            parent: spec.name,
            isMember: true,
          }),
        ),
      ]
    })
    return [root, ...below]
  }

  #entity(
    kept: Kept,
    at: { path: string; spec: EntitySpec; parent?: string; isMember: boolean },
  ): EntityView {
    const { path, spec, parent, isMember } = at
    const reason =
      kept.broken.get(path) ?? (kept.state === 'running' ? '' : `the application is ${kept.state}`)
    const state = (
      kept.broken.has(path) ? 'failed' : kept.state === 'running' ? 'running' : 'starting'
    ) as EntityState
    return {
      path,
      ...(parent === undefined ? {} : { parent }),
      name: spec.displayName ?? spec.name,
      type: spec.type,
      role: spec.role ?? '',
      state,
      up: state === 'running',
      reason,
      since: this.now,
      incarnation: kept.incarnations.get(path) ?? 1,
      run: 1,
      leaving: 0,
      location: 'local',
      address: '127.0.0.1',
      endpoint: '',
      children: spec.children.length,
      isMember,
      isRole: spec.members !== undefined,
      config: {},
      effectors: [
        ...(spec.members === undefined ? [] : ['resize', 'replaceMember']),
        ...(path === '' ? ['start', 'stop'] : []),
        'restart',
        ...spec.effectors.map(({ name }) => name),
      ],
      policies: spec.policies.map(({ name }) => name),
      resources: [],
      problems: kept.broken.has(path) ? [reason] : [],
    }
  }
}

/** A spec as plain data. */
function plain(spec: ApplicationSpec): JsonObject {
  return JSON.parse(JSON.stringify(spec)) as JsonObject
}

function planOf(spec: ApplicationSpec, kept: Kept | undefined): PlanView {
  return fakePlan(spec, kept === undefined ? undefined : { ...kept, spec: specOf(kept) })
}

function specOf(kept: Kept): ApplicationSpec {
  return kept.versions[kept.version - 1]!.spec
}

function accepted<T>(value: T): Outcome<T> {
  return { kind: 'accepted', value }
}

const taken = (id = ''): Refusal => ({ kind: 'conflict', reason: `the id ${id} is taken`, moved: [] })

function moved(what: string): Refusal {
  return { kind: 'conflict', reason: `${what} has moved since the plan was made`, moved: [what] }
}

function locationView(
  name: string,
  driver: string,
  config: JsonObject,
  origin: LocationView['origin'],
): LocationView {
  return { name, driver, config, origin, inUse: 0, circuit: 'closed', silent: false }
}

function versionView(kept: Kept, version: number): VersionView {
  const { spec, by, note, restored } = kept.versions[version - 1]!
  return {
    version,
    specDigest: digestOf(spec as never),
    createdAt: 1_700_000_000_000 + version,
    createdBy: by,
    note,
    current: kept.version === version,
    ...(restored === undefined ? {} : { restored }),
  }
}

/** Three minutes of load; of nothing else anything is recorded. */
function recorded(sensor: string): readonly SamplePoint[] {
  const minutes = sensor === 'load' ? [1, 2, 3] : []
  return minutes.map((minute) => ({ at: 1_767_225_600_000 + minute * 60_000, value: 80 * minute }))
}
