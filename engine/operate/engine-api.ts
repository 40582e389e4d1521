import type { Observable } from 'rxjs'
import type { ApplicationSpec } from '../spec/application-spec.js'
import type { WorkflowSpec } from '../spec/workflow-spec.js'
import type { Actor, TaskRecord } from '../task/task.js'
import type { AskedGraft } from './changes/regrafts.js'
import type { CommandOutput, LocationRecord } from '../ports/location.js'
import type { PolicyKind } from '../ports/policy.js'
import type { Json, JsonObject } from '../support/json.js'
import type {
  ApplicationView,
  DecisionView,
  EffectorView,
  EntityView,
  EventView,
  LocationView,
  OrphanView,
  PlanView,
  PolicyView,
  RunView,
  SamplePoint,
  SensorView,
  VersionView,
  WhyView,
} from '../entity/view.js'

/** Why an operation was not accepted. Nothing was changed. */
export type Refusal =
  | { readonly kind: 'not-found'; readonly what: string }
  | { readonly kind: 'gone'; readonly what: string }
  | { readonly kind: 'conflict'; readonly reason: string; readonly moved: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'quota'; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly reason: string }

/** Accepted (with the task that stands for the work), or refused. */
export type Outcome<T> =
  { readonly kind: 'accepted'; readonly value: T; readonly task?: TaskRecord } | Refusal

/** Which policy or enricher, of which entity. */
export interface PolicyName {
  readonly path: string
  readonly name: string
}

/** Policies and enrichers of applications, as people look at them. */
export interface PoliciesApi {
  /** Those of an entity, and how each stands. */
  list(by: Actor, id: string, path: string): Outcome<readonly PolicyView[]>
  /** Lets one rest until it is resumed: it keeps its memory and is told nothing. What rests already is accepted. */
  suspend(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>>
  resume(id: string, policy: PolicyName, options: ChangeOptions): Promise<Outcome<PolicyView>>
}

/**
 * From where a run is done again: from its start, as another run; as the same one from where it failed, or from a step that is a point,
 * by its id or its number from 1, or the last such.
 */
export interface ReplayWish {
  readonly from: 'start' | 'failure' | 'last' | { readonly step: string }
  /** Also where its author does not say that this does no harm. */
  readonly force: boolean
}

/** Runs of workflows. */
export interface RunsApi {
  /** Those of an entity that are remembered, newest first. */
  list(by: Actor, id: string, path: string): Outcome<readonly RunView[]>
  get(by: Actor, id: string, run: string): Outcome<RunView>
  /** Runs a workflow that no document has. */
  begin(
    id: string,
    path: string,
    work: { readonly workflow: WorkflowSpec; readonly input: JsonObject },
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>>
  /** Ends a run where it is; one that has ended is accepted as it is. */
  cancel(id: string, run: string, options: ChangeOptions): Outcome<RunView>
  replay(id: string, run: string, wish: ReplayWish, options: ChangeOptions): Promise<Outcome<TaskRecord>>
}

/** What every change carries: who asks, why, and the version of the record that it was made from. */
export interface ChangeOptions {
  readonly by: Actor
  readonly reason?: string
  /** Refused with 'conflict' unless the application's generation is this. */
  readonly expectGeneration?: number
}

/**
 * All that faces can ask of the engine. Every list is for one tenant (the actor's). Long work is accepted at once and
 * stands as a task whose end can be waited for.
 */
export interface EngineApi {
  readonly engineId: string
  readonly policies: PoliciesApi
  readonly runs: RunsApi
  applications(by: Actor): readonly ApplicationView[]
  /** By id or by unique name. */
  application(by: Actor, id: string): Outcome<ApplicationView>
  deploy(
    spec: ApplicationSpec,
    options: ChangeOptions & {
      readonly id?: string
      readonly source?: string
      readonly start?: boolean
      readonly planDigest?: string
    },
  ): Promise<Outcome<ApplicationView>>
  /** Preview: of a new application, or of a changed document for a running one. */
  plan(
    spec: ApplicationSpec,
    options: { readonly by: Actor; readonly application?: string },
  ): Promise<Outcome<PlanView>>
  /** Preview of `graft`. */
  planGraft(id: string, wish: AskedGraft, by: Actor): Promise<Outcome<PlanView>>
  /** Makes `spec` the wanted document. With `planDigest`: only if that plan is still what would be done. */
  update(
    id: string,
    spec: ApplicationSpec,
    options: ChangeOptions & {
      readonly planDigest?: string
      readonly source?: string
      readonly note?: string
    },
  ): Promise<Outcome<ApplicationView>>
  versions(by: Actor, id: string): Promise<Outcome<readonly VersionView[]>>
  /** The document's text as submitted, when it was given, and the compiled spec. */
  version(
    by: Actor,
    id: string,
    version: number,
  ): Promise<
    Outcome<{ readonly view: VersionView; readonly source?: string; readonly spec: ApplicationSpec }>
  >
  diff(
    by: Actor,
    id: string,
    from: number,
    to: number,
  ): Promise<Outcome<readonly { readonly path: string; readonly from?: Json; readonly to?: Json }[]>>
  rollback(id: string, version: number, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  /**
   * Adds an entity to a running application: a version of its document with more in it. By one key it is there once: asked
   * for again it is changed in its place, or is so already. It stays when another document is applied that has its parent.
   */
  graft(id: string, wish: AskedGraft, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  /** Takes an entity away that was added, with all that was added to it. Accepted without a task where there is none. */
  prune(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  start(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  stop(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  recover(id: string, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  remove(id: string, options: ChangeOptions & { readonly force?: boolean }): Promise<Outcome<ApplicationView>>

  entities(by: Actor, id: string): Outcome<readonly EntityView[]>
  entity(by: Actor, id: string, path: string): Outcome<EntityView>
  scale(id: string, role: string, count: number, options: ChangeOptions): Promise<Outcome<ApplicationView>>
  /** Grow or shrink by one: `from` is the count it was made for, so that a repeated call does not add two. */
  resize(
    id: string,
    role: string,
    delta: 1 | -1,
    options: ChangeOptions & { readonly from?: number },
  ): Promise<Outcome<ApplicationView>>
  replace(
    id: string,
    path: string,
    options: ChangeOptions & { readonly order?: 'new-first' | 'old-first'; readonly incarnation?: number },
  ): Promise<Outcome<ApplicationView>>
  restart(id: string, path: string, options: ChangeOptions): Promise<Outcome<ApplicationView>>

  sensors(by: Actor, id: string, path: string): Outcome<readonly SensorView[]>
  history(
    by: Actor,
    id: string,
    path: string,
    of: {
      readonly sensor: string
      readonly since: number
      /** Of its members together: the sum over those that were up. @default false: its own */
      readonly together?: boolean
    },
  ): Outcome<readonly SamplePoint[]>
  effectors(by: Actor, id: string, path: string): Outcome<readonly EffectorView[]>
  invoke(
    id: string,
    path: string,
    call: { readonly effector: string; readonly parameters: JsonObject },
    options: ChangeOptions,
  ): Promise<Outcome<TaskRecord>>
  exec(
    id: string,
    path: string,
    command: readonly string[],
    options: ChangeOptions & { readonly timeout: number; readonly stdin?: string },
  ): Promise<Outcome<CommandOutput>>
  logs(
    id: string,
    path: string,
    options: { readonly by: Actor; readonly lines: number },
  ): Promise<Outcome<string>>

  tasks(by: Actor, id: string, entity?: string): Outcome<readonly TaskRecord[]>
  task(by: Actor, task: string): Outcome<TaskRecord>
  decisions(by: Actor, id: string, entity?: string): Outcome<readonly DecisionView[]>
  why(by: Actor, id: string, path: string): Outcome<WhyView>
  /** What happened after `revision`, then live; 'compacted' tells that the beginning is no longer kept. */
  events(
    by: Actor,
    options: { readonly application?: string; readonly since?: number },
  ): Observable<EventView | { readonly kind: 'compacted'; readonly oldest: number }>

  locations(): readonly LocationView[]
  addLocation(record: LocationRecord, options: ChangeOptions): Promise<Outcome<LocationView>>
  removeLocation(name: string, options: ChangeOptions): Promise<Outcome<LocationView>>
  testLocation(
    name: string,
    by: Actor,
  ): Promise<Outcome<readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[]>>
  orphans(by: Actor): Promise<readonly OrphanView[]>
  /** Removes what `orphans` lists and has outlived the in-flight window. */
  collectOrphans(by: Actor): Promise<readonly OrphanView[]>
  policyKinds(): readonly PolicyKind[]
  /** How the engine itself is, for ready and metrics. */
  health(): {
    readonly ready: boolean
    readonly revision: number
    readonly applications: number
    readonly entities: number
    readonly counters: { readonly [name: string]: number }
  }
}
