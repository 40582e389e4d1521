import type { ChangeOptions, EngineApi, Outcome, Refusal } from '../engine-api.js'
import { newDesired, type DesiredRecord, type VersionRecord } from '../../entity/desired.js'
import type { Alteration, Graft } from '../../entity/graft.js'
import { indexSpec } from '../../entity/spec-tree.js'
import { KEYS } from '../../reconcile/facts/keys.js'
import { Landscape } from '../../reconcile/facts/landscape.js'
import { slug } from '../../reconcile/facts/naming.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { Change } from '../../store/store.js'
import type { JsonObject } from '../../support/json.js'
import type { Actor, TaskRecord } from '../../task/task.js'
import type { ApplicationView, PlanView } from '../../entity/view.js'
import { Application } from '../application.js'
import { newStatus } from '../loaded-landscape.js'
import { versionFor, type By, type Desire } from './desire.js'
import { versionChanges, versionRecord, type DraftVersion } from './documents.js'
import type { Planner } from './planner.js'
import type { Registry } from '../registry.js'
import { paced, type NextVersion } from './rollouts.js'
import { TaskBook } from '../task-book.js'
import { applicationView } from '../views/views.js'

/** A change of what is desired of one application. */
export interface Operation {
  /** What the task is called. */
  readonly name: string
  /** Path of the entity that the task is about. */
  readonly entity?: string
  change(desired: DesiredRecord, by: By, application: Application): Desire
  /** Written in the same batch. */
  beside?(): readonly Change[]
}

type UpdateOptions = Parameters<EngineApi['update']>[2] & {
  readonly restored?: number
  /** What the spec has beside its document. @default what the present version has, as far as there is room for it */
  readonly grafts?: readonly Graft[]
  readonly alterations?: readonly Alteration[]
}

/** Everything that changes the desired book for people: deploy, update, rollback, and wishes. */
export class Changes {
  readonly #registry: Registry
  readonly #planner: Planner
  /** Names that are being given, so that two who want one at the same moment do not both get it. */
  readonly #naming = new Set<string>()

  constructor(registry: Registry, planner: Planner) {
    this.#registry = registry
    this.#planner = planner
  }

  deploy(
    spec: ApplicationSpec,
    options: Parameters<EngineApi['deploy']>[1],
  ): Promise<Outcome<ApplicationView>> {
    return this.#named(spec.name, options.by, undefined, () => this.#deployNew(spec, options))
  }

  /** Does what gives an application its name, unless that is another one's or is just being given to one. */
  async #named(
    name: string,
    by: Actor,
    own: Application | undefined,
    change: () => Promise<Outcome<ApplicationView>>,
  ): Promise<Outcome<ApplicationView>> {
    const holder = this.#registry.named(by, name) ?? this.#registry.known(by, slug(name))
    if (holder !== undefined && holder === own) return change()
    const key = `${by.tenant}/${slug(name)}`
    if (holder !== undefined || this.#naming.has(key))
      return { kind: 'conflict', reason: `an application named ${name} exists already`, moved: [] }
    this.#naming.add(key)
    try {
      return await change()
    } finally {
      this.#naming.delete(key)
    }
  }

  async #deployNew(
    spec: ApplicationSpec,
    options: Parameters<EngineApi['deploy']>[1],
  ): Promise<Outcome<ApplicationView>> {
    const { by } = options
    const { ids } = this.#registry.ports
    if (options.id !== undefined && this.#registry.isTaken(by, options.id))
      return { kind: 'conflict', reason: `the id ${options.id} is taken`, moved: [] }
    const desired = this.firstDesired(options.id ?? ids.next(), spec, options)
    if (options.planDigest !== undefined) {
      const { digest, draft } = this.#planner.digestForNew(spec, desired)
      const reason = 'the plan is stale: the document or the places have changed since'
      if (digest !== options.planDigest) return { kind: 'conflict', reason, moved: stepsNow(draft.steps) }
    }
    this.#registry.coming.set(desired.id, by.tenant)
    try {
      return await this.#record(desired, spec, options)
    } finally {
      this.#registry.coming.delete(desired.id)
    }
  }

  async #record(
    desired: DesiredRecord,
    spec: ApplicationSpec,
    options: Parameters<EngineApi['deploy']>[1],
  ): Promise<Outcome<ApplicationView>> {
    const { by, reason } = options
    const { books } = this.#registry.ports
    const { digest, parts } = await books.writeSpec(spec)
    const made = { digest, parts, by: by.name, note: reason ?? 'deployed', grafts: [] }
    const createdAt = this.#registry.ports.clock.now()
    const version = versionRecord(desired.id, 1, { ...made, createdAt })
    const application = this.#newApplication(
      spec,
      options.start === false ? { ...desired, wish: 'stopped' } : desired,
      version,
    )
    const { task, changes } = application.operation('deploy', by, {
      reason: reason ?? 'deploy',
      generation: 1,
    })
    const { id, status } = { id: desired.id, status: application.landscape.status }
    await books.commit([
      ...versionChanges(version, options.source),
      { kind: 'put', key: KEYS.status(id), value: json(status) },
      ...changes,
    ])
    const head: Change = {
      kind: 'put',
      key: KEYS.desired(id),
      value: json(application.landscape.desired),
      expect: 0,
    }
    const answer = await books.tryCommit([head])
    if (answer.kind !== 'committed')
      return { kind: 'conflict', reason: 'the application was recorded by somebody else', moved: [] }
    application.adopt(answer.revision)
    this.#registry.add(application)
    application.start()
    return { kind: 'accepted', value: applicationView(application.sources), task }
  }

  async plan(spec: ApplicationSpec, options: Parameters<EngineApi['plan']>[1]): Promise<Outcome<PlanView>> {
    const { by, application: id } = options
    if (id === undefined)
      return {
        kind: 'accepted',
        value: await this.#planner.forNew(spec, this.firstDesired('new', spec, { by })),
      }
    const application = this.#registry.find(by, id)
    if (!(application instanceof Application)) return application
    return { kind: 'accepted', value: await this.#planner.forChange(application, spec) }
  }

  async update(id: string, spec: ApplicationSpec, options: UpdateOptions): Promise<Outcome<ApplicationView>> {
    const application = this.#registry.find(options.by, id)
    if (!(application instanceof Application)) return application
    return this.#named(spec.name, options.by, application, () => this.#update(application, spec, options))
  }

  /** A plan that was checked holds for the generation that it was checked against. */
  #update(
    application: Application,
    spec: ApplicationSpec,
    options: UpdateOptions,
  ): Promise<Outcome<ApplicationView>> {
    const { documents } = application
    const { restored, source, grafts, alterations, planDigest } = options
    let checked: ChangeOptions = options
    const draft = (): DraftVersion | Refusal => {
      const refusal = this.#whyNotUpdate(application, spec, planDigest)
      if (refusal !== undefined) return refusal
      const { generation } = application.landscape.desired
      if (planDigest !== undefined) checked = { expectGeneration: generation, ...options }
      return {
        kind: 'next',
        ...(grafts === undefined ? documents.carriedOver(spec) : { spec, grafts }),
        ...(alterations === undefined ? {} : { alterations }),
        by: options.by.name,
        note: options.note ?? options.reason ?? 'updated',
        ...(source === undefined ? {} : { source }),
        ...(restored === undefined ? {} : { restored }),
      }
    }
    return documents.next<Outcome<ApplicationView>>(draft, ({ record, tree, changes }) =>
      this.change(application, checked, {
        name: restored === undefined ? 'update' : 'rollback',
        change: (desired, by) =>
          this.#paced(application, versionFor(desired, tree, record.version, by), {
            tree,
            version: record.version,
            restored,
          }),
        beside: () => changes,
      }),
    )
  }

  /** Members come to another version in turns where a policy paces that. */
  #paced({ landscape }: Application, desire: Desire, next: NextVersion): Desire {
    if (desire.kind !== 'changed') return desire
    const { policyKinds } = this.#registry.ports
    return { kind: 'changed', desired: paced(desire.desired, landscape, next, policyKinds) }
  }

  /** Finds the application and changes what is desired of it. */
  operate(id: string, options: ChangeOptions, operation: Operation): Promise<Outcome<ApplicationView>> {
    const application = this.#registry.find(options.by, id)
    return application instanceof Application
      ? this.change(application, options, operation)
      : Promise.resolve(application)
  }

  /** Changes what is desired, with the task that stands for it; what is so already needs no work. */
  async change(
    application: Application,
    options: ChangeOptions,
    operation: Operation,
  ): Promise<Outcome<ApplicationView>> {
    const by: By = {
      name: options.by.name,
      reason: options.reason ?? operation.name,
      now: this.#registry.ports.clock.now(),
    }
    let task: TaskRecord | undefined
    const result = await application.desire((desired) => operation.change(desired, by, application), {
      expect: options.expectGeneration,
      beside: (desired) => {
        const about = { reason: by.reason, entity: operation.entity ?? '', generation: desired.generation }
        const begun = application.operation(operation.name, options.by, about)
        task = begun.task
        return [...begun.changes, ...(operation.beside?.() ?? [])]
      },
    })
    if (result.kind === 'invalid' || result.kind === 'quota') return result
    if (result.kind === 'conflict') {
      const { generation, reason } = application.landscape.desired
      return { kind: 'conflict', reason: `it is at generation ${generation} now`, moved: [reason] }
    }
    const value = applicationView(application.sources)
    return task === undefined ? { kind: 'accepted', value } : { kind: 'accepted', value, task }
  }

  /** The desired record of an application that begins. */
  firstDesired(
    id: string,
    spec: ApplicationSpec,
    options: { readonly by: Actor; readonly reason?: string },
  ): DesiredRecord {
    const { tenant, name } = options.by
    const { owner = name } = spec
    const reason = options.reason ?? 'deployed'
    const whose = { tenant, id, name: spec.name, owner, changedBy: name, reason }
    return newDesired(whose, this.#registry.ports.clock.now())
  }

  #newApplication(spec: ApplicationSpec, desired: DesiredRecord, version: VersionRecord): Application {
    const landscape = new Landscape(desired, newStatus(desired.id, desired.createdAt))
    landscape.trees.set(1, indexSpec(spec))
    const loaded = {
      landscape,
      versions: new Map([[1, version]]),
      tasks: new TaskBook(desired.id),
      desiredRevision: 0,
    }
    return new Application(loaded, this.#registry.ports)
  }

  #whyNotUpdate(
    application: Application,
    spec: ApplicationSpec,
    planDigest: string | undefined,
  ): Refusal | undefined {
    const { desired } = application.landscape
    if (desired.wish === 'gone') return { kind: 'conflict', reason: 'it is being removed', moved: [] }
    if (planDigest === undefined) return undefined
    const { digest, draft } = this.#planner.digestNow(application, spec)
    if (digest === planDigest) return undefined
    const moved = [
      `now at generation ${draft.baseGeneration}, version ${draft.baseVersion}; last changed by ${desired.changedBy}: ${desired.reason}`,
      ...stepsNow(draft.steps),
    ]
    return { kind: 'conflict', reason: 'the plan is stale: what it was made from has moved', moved }
  }
}

/** What a plan that is made now would do, as far as people read on. */
function stepsNow(steps: PlanView['steps']): readonly string[] {
  return steps.slice(0, 20).map((step) => `now: ${step.action} ${step.entity}`)
}

function json(value: object): JsonObject {
  return value as unknown as JsonObject
}
