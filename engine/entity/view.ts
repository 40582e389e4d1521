import type { Graft } from './graft.js'
import type { ApplicationState, EntityState } from './observation.js'
import type { Wish } from './desired.js'
import type { ResourceKind } from './resource.js'
import type { FailureRecord } from '../support/failure.js'
import type { Json, JsonObject } from '../support/json.js'
import type { SourcePlace } from '../support/problem.js'

/** An application as faces show it. */
export interface ApplicationView {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly description: string
  readonly serviceType: string
  readonly owner: string
  readonly dialect: string
  readonly state: ApplicationState
  readonly degraded: boolean
  readonly wish: Wish
  readonly generation: number
  /** Generation that the shown state reflects. */
  readonly observedGeneration: number
  readonly version: number
  readonly since: number
  readonly createdAt: number
  readonly changedAt: number
  readonly changedBy: string
  /** When its lease ends, or has ended; absent: never. */
  readonly leaseEndsAt?: number
  readonly alerts: readonly string[]
  readonly locations: readonly string[]
  readonly networks: readonly string[]
  readonly keyPair: string
  readonly endpoint: string
  readonly consoleEndpoint: string
  /** Cores and bytes of all machines that are there. */
  readonly cores: number
  readonly memory: number
  readonly details: { readonly [key: string]: string }
  readonly roles: readonly RoleView[]
}

/** A role: an entity with members, or one that is its own single member. */
export interface RoleView {
  readonly path: string
  readonly name: string
  readonly type: string
  readonly priority: number
  readonly wanted: number
  readonly present: number
  readonly up: number
  readonly min: number
  readonly max: number
  readonly location: string
  readonly image: string
  readonly offering: string
  readonly details: { readonly [key: string]: string }
}

/** One entity of the living tree. */
export interface EntityView {
  readonly path: string
  /** '' for the root's own children's parent; absent for the root. */
  readonly parent?: string
  readonly name: string
  /** What people call it, where that is not its name. */
  readonly displayName?: string
  readonly type: string
  readonly role: string
  readonly state: EntityState
  readonly up: boolean
  /** Why it is in this state, in one line. */
  readonly reason: string
  readonly since: number
  /** When the far end last said something about it; absent when never. */
  readonly observedAt?: number
  readonly incarnation: number
  readonly run: number
  readonly leaving: number
  readonly location: string
  readonly address: string
  readonly endpoint: string
  readonly children: number
  readonly isMember: boolean
  readonly isRole: boolean
  /** Paths of the groups that it is a member of; absent where it is in none. */
  readonly memberOf?: readonly string[]
  readonly config: { readonly [key: string]: Json }
  readonly effectors: readonly string[]
  readonly policies: readonly string[]
  readonly resources: readonly ResourceView[]
  readonly problems: readonly string[]
  readonly place?: SourcePlace
}

/** One far-end object of an entity. */
export interface ResourceView {
  readonly token: string
  readonly kind: ResourceKind
  readonly name: string
  readonly location: string
  readonly state: string
  readonly id: string
  readonly brought: boolean
}

/** A run of a workflow. */
export interface RunView {
  readonly id: string
  readonly entity: string
  readonly name: string
  /** What it is a run of, e.g. 'effector restart'. */
  readonly origin: string
  readonly by: string
  readonly reason: string
  /** Id of the task that stands for it. */
  readonly task: string
  /** Id of the run that called it. */
  readonly parent?: string
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly startedAt: number
  readonly endedAt?: number
  /** What it waits for, in words. */
  readonly waits: readonly string[]
  /** The steps that it is at, those that others are in first; by their position in their list, from 0. */
  readonly steps: readonly {
    readonly index: number
    readonly begunAt: number
    /** What was announced to be done outside. */
    readonly does?: string
    readonly lock?: string
  }[]
  /** Secrets by name. */
  readonly output?: Json
  readonly error?: FailureRecord
  /** From where it may be done again without force. */
  readonly replay: readonly ('start' | 'failure')[]
  /** Steps from which it may be done again, by id or number from 1. */
  readonly points: readonly string[]
}

/** A policy or an enricher of an entity. */
export interface PolicyView {
  /** Path of its entity. */
  readonly entity: string
  readonly name: string
  readonly type: string
  readonly role: 'policy' | 'enricher'
  /**
   * 'suspended': by a person, or by another policy. 'faulty': not run for a while, for what it did. 'inert': nothing acts for its type.
   * 'resting': its application is not wanted running.
   */
  readonly state: 'acting' | 'suspended' | 'faulty' | 'inert' | 'resting'
  /** Why it does not act; '' while it does. */
  readonly reason: string
  /** Milliseconds since the epoch; absent where nobody noted it. */
  readonly since?: number
  /** Its settings as they evaluate now, secrets by name. */
  readonly config: { readonly [key: string]: Json }
}

/** What an entity can be asked to do. */
export interface EffectorView {
  readonly name: string
  readonly description: string
  readonly parameters: readonly ParameterView[]
}

/** One parameter of an effector. */
export interface ParameterView {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly required: boolean
  /** As it evaluates now, a secret by name; absent when there is none. */
  readonly default?: Json
  /** In the engine's words: {pattern}, {oneOf}, {min}, {max}. */
  readonly constraints: readonly JsonObject[]
}

/** The last value of a sensor, with its age. */
export interface SensorView {
  readonly name: string
  readonly value: Json
  readonly at: number
}

/** One point of a sensor's history. */
export interface SamplePoint {
  readonly at: number
  readonly value: Json
}

/** A decision or a refusal. Equal refusals in a row are one record with a count. */
export interface DecisionView {
  readonly id: string
  readonly at: number
  readonly entity: string
  /** Policy name, or the actor for people's wishes. */
  readonly by: string
  readonly policyType: string
  readonly kind: 'decided' | 'refused' | 'held'
  readonly intent: string
  /** Which rule decided. */
  readonly rule: string
  readonly reason: string
  readonly count: number
  /** What it was decided on: sensor, of whom, value, age in ms. */
  readonly inputs: readonly {
    readonly entity: string
    readonly sensor: string
    readonly value: Json
    readonly age: number
  }[]
}

/** One step of a plan, as people read it. */
export interface PlanStepView {
  readonly action: 'create' | 'change' | 'replace' | 'move' | 'start' | 'stop' | 'destroy'
  readonly entity: string
  readonly type: string
  readonly location: string
  readonly reason: string
  /** What forces it: "machine.image: a → b". */
  readonly changes: readonly string[]
  /** Steps of these entities come first. */
  readonly after: readonly string[]
  /** Position among steps that may run together: 0 first. */
  readonly wave: number
}

/** A preview, bound to what it was made from. */
export interface PlanView {
  readonly application: string
  readonly name: string
  /** Digest over everything below; apply with it is refused when the world moved. */
  readonly digest: string
  readonly specDigest: string
  /** Version and generation that it was made from; 0 for a new application. */
  readonly baseVersion: number
  readonly baseGeneration: number
  readonly steps: readonly PlanStepView[]
  /** What else the document says otherwise: in force at once, without a step. */
  readonly settings: readonly string[]
  /** What was added to the application while it ran: kept, unless `lost` says why not. */
  readonly grafts: readonly { readonly entity: string; readonly lost?: string }[]
  readonly summary: { readonly [action: string]: number }
  /** What the places say: "5 of 10 fit". */
  readonly capacity: readonly {
    readonly location: string
    readonly asked: number
    readonly fits: number
    readonly detail: string
    readonly enough: boolean
  }[]
}

/** Why something is as it is. */
export interface WhyView {
  readonly entity: string
  readonly state: string
  readonly summary: string
  /** What it waits for, each line naming who and what. */
  readonly waits: readonly string[]
  /** Since when, of each of these lines where that is known. */
  readonly waitsSince: { readonly [wait: string]: number }
  readonly trouble?: {
    readonly attempts: number
    readonly since: number
    readonly retryAt: number
    readonly failure: FailureRecord
    readonly verdict: string
    readonly alertAt: number
  }
  readonly next: readonly string[]
  readonly decisions: readonly DecisionView[]
}

/** A kept version of an application's document. */
export interface VersionView {
  readonly version: number
  readonly specDigest: string
  readonly createdAt: number
  readonly createdBy: string
  readonly note: string
  readonly current: boolean
  readonly restored?: number
  /** What was added to the application while it ran. */
  readonly grafts?: readonly Graft[]
}

/** Something that happened, with the store's revision for resuming. */
export interface EventView {
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly type: 'application' | 'entity' | 'task' | 'decision'
  readonly application: string
  readonly entity: string
  readonly text: string
  readonly data: { readonly [key: string]: Json }
}

/** A configured location as faces show it: secrets by name only. */
export interface LocationView {
  readonly name: string
  readonly driver: string
  readonly config: { readonly [key: string]: Json }
  /** Whether it was configured by file (cannot be changed over REST) or over REST. */
  readonly origin: 'file' | 'rest' | 'built-in'
  readonly inUse: number
  readonly circuit: 'closed' | 'open'
  /** Whether looks at it are left without any answer. */
  readonly silent: boolean
}

/** What nobody seems to need: a far-end object with our marks that is in no book, or what has outlived its lease. */
export interface OrphanView {
  readonly why: 'in-no-book' | 'lease-ended'
  /** '' for what has outlived its lease: that is where its application is. */
  readonly location: string
  readonly kind: ResourceKind | 'application'
  readonly name: string
  readonly token: string
  readonly application: string
  readonly entity: string
  readonly seen: number
  readonly since: number
}
