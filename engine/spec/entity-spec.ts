import type { Json, JsonObject } from '../support/json.js'
import type { PasswordRules } from '../support/password.js'
import type { SourcePlace } from '../support/problem.js'
import type { Expression } from './expression.js'
import type { GroupSpec } from './group-spec.js'
import type { ConditionalSpec } from './growth-spec.js'
import type { KeptChange } from './kept-change.js'
import type { GateSpec } from './gate-spec.js'
import type { MembersSpec } from './members-spec.js'
import type { SamplingSpec } from './sampling-spec.js'
import type { SoftwareSpec } from './operation-spec.js'
import type { AddressSpec, BalanceSpec, VolumeSpec } from './resource-spec.js'
import type { TriggeredWorkflow, WorkflowSpec } from './workflow-spec.js'

/** Named values that may still be expressions. */
export type ConfigMap = { readonly [key: string]: Expression }

/**
 * One node of the wanted tree. Plain, frozen, serialisable; no dialect's words. Lists are in document order.
 * What `machine`, `software`, `job` and `members` say decides how the engine realises the entity; `type` names
 * it for people, catalog and policies.
 */
export interface EntitySpec {
  readonly kind: 'entity'
  /** Type name in the catalog, e.g. 'software', 'container', 'group', 'role'. */
  readonly type: string
  /** Path segment, unique among its siblings: `[A-Za-z0-9][A-Za-z0-9_-]*`, at most 63 characters. */
  readonly name: string
  /** The plan id by which expressions may refer to it; the name when absent. */
  readonly id?: string
  readonly displayName?: string
  readonly description?: string
  /** What it is in its application; members carry their role's. */
  readonly role?: string
  /** Start order among siblings: lower sooner, equal together. @default position × 10 for roles, else absent: no order */
  readonly priority?: number
  readonly config: ConfigMap
  readonly parameters: readonly ParameterSpec[]
  readonly children: readonly EntitySpec[]
  /** Present on an entity that has a number of equal members. */
  readonly members?: MembersSpec
  /** Present on an entity that has others as its members. */
  readonly group?: GroupSpec
  /** What is inside of it only while something holds. */
  readonly conditional?: readonly ConditionalSpec[]
  readonly relations: readonly RelationSpec[]
  /** What holds it, and what is inside it, back. */
  readonly gates?: readonly GateSpec[]
  /** What is asked of a location; absent on entities with no footprint of their own. */
  readonly machine?: MachineSpec
  /** What is inside of it works on its machine, and has none of its own. @default false */
  readonly sharesMachine?: boolean
  readonly volumes: readonly VolumeSpec[]
  readonly addresses?: readonly AddressSpec[]
  /** Present on an entity whose traffic is spread over others. */
  readonly balance?: BalanceSpec
  /** What is done on the machine; absent where the image's own command is the service. */
  readonly software?: SoftwareSpec
  /** Present on run-once entities. */
  readonly job?: JobSpec
  /** Its software is workflows alone: it has no machine, and is at no location. @default false */
  readonly nowhere?: boolean
  /** Workflows that are run once, when it comes to be. */
  readonly initial?: readonly WorkflowSpec[]
  readonly sensors: readonly SensorSpec[]
  readonly effectors: readonly EffectorSpec[]
  readonly policies: readonly PolicySpec[]
  readonly enrichers: readonly PolicySpec[]
  readonly health?: HealthSpec
  readonly retry?: RetrySpec
  readonly placement: PlacementSpec
  /** Present where nothing can make it: it can be planned and shown, and not be deployed. */
  readonly shape?: ShapeSpec
  readonly tags: readonly Json[]
  /** Free key/value details shown with the entity. */
  readonly details: { readonly [key: string]: string }
  readonly place?: SourcePlace
}

/** What is known of an entity whose type has no implementation. */
export interface ShapeSpec {
  /** Names of the sensors that it would have. */
  readonly sensors: readonly string[]
  /** Names of the effectors that it would have. */
  readonly effectors: readonly string[]
}

/** A declared config key. */
export interface ParameterSpec {
  readonly name: string
  /** 'string', 'integer', 'float', 'boolean', 'duration', 'port', 'secret', 'map', 'list' … */
  readonly type: string
  readonly label?: string
  readonly description?: string
  readonly required: boolean
  readonly default?: Expression
  /** Constraints in the engine's words, e.g. {pattern}, {oneOf}, {min}, {max}: see expression/constraint.ts. */
  readonly constraints: readonly JsonObject[]
  /** Whether faces show it to everybody, and not only to those who ask for more. @default true */
  readonly pinned?: boolean
  /** Whether it may be given another value while the entity runs. @default false */
  readonly reconfigurable?: boolean
  /** Older names under which its value may be given. */
  readonly deprecatedNames?: readonly string[]
  readonly inheritance?: InheritanceSpec
}

/** How a value comes to an entity from the one above it, and from the type that it is made from. */
export interface InheritanceSpec {
  /** @default 'overwrite' */
  readonly runtime?: InheritanceMode
  /** @default 'overwrite' */
  readonly type?: InheritanceMode
}

/**
 * *never*: a value is for whoever has it. *not-reinherited*: it ends with the first who declares it. *overwrite*: the
 * nearest value counts. *deep-merge*: maps are put together, the nearest first.
 */
export type InheritanceMode =
  'never' | 'not-reinherited' | 'not-reinherited-else-deep-merge' | 'overwrite' | 'deep-merge'

/** An edge to another entity. Ordering 'starts-after' makes this entity wait until the target is up. */
export interface RelationSpec {
  readonly kind: 'relation'
  readonly type: string
  /** Plan id or name of the target, resolved like an expression's global reference. */
  readonly target: string
  readonly ordering: 'starts-after' | 'none'
  readonly config: ConfigMap
}

/** What an entity asks of its location. A change of any of it forces a replacement. */
export interface MachineSpec {
  /** A declared image, or one as the location knows it. */
  readonly image?: Expression
  /** Size by name, as the location knows it. */
  readonly offering?: Expression
  readonly cores?: number
  /** Bytes. */
  readonly memory?: number
  /** The machine's own main process, for images that are the service: argument vector. */
  readonly command?: Expression
  /** Environment of that process. */
  readonly environment: ConfigMap
  readonly ports: readonly PortSpec[]
  readonly userData?: Expression
  /** A declared key, or one by its name at the far end. */
  readonly keyPair?: string
  /** Networks to join, by name; the application's own when empty. */
  readonly networks: readonly string[]
  /** Declared rules that hold for it, by name. */
  readonly rules?: readonly string[]
  /** Far-end options that a location refuses unless its configuration allows each by name (e.g. privileged). */
  readonly options: { readonly [key: string]: Json }
}

/** A port that something on the machine listens on. */
export interface PortSpec {
  /** Its name; sensors `port.<name>` and `endpoint.<name>` carry what was chosen. */
  readonly name: string
  /** The wanted number; chosen from the location's range when absent. */
  readonly number?: number
  /** The number that is wanted before that one, where it is known only later: `80`, `80+`, `80-90`; nothing for null. */
  readonly wanted?: Expression
  /** Whether a plain number that is wanted is the one that the software has, wherever it is. @default false */
  readonly exact?: boolean
  readonly protocol: 'tcp' | 'udp'
  /** Whether it is reachable from outside the location's network. */
  readonly published: boolean
  /** URL scheme of the endpoint, when it has one. */
  readonly scheme?: string
}

/** Runs to completion once for each digest. */
export interface JobSpec {
  /** Attempts before it is given up, where the entity's `retry` says nothing else. @default 3 */
  readonly attempts: number
}

/** A sensor with a source. */
export interface SensorSpec {
  readonly name: string
  readonly type: 'string' | 'number' | 'boolean' | 'json'
  readonly source: SensorSource
  readonly sampling?: SamplingSpec
}

/** Where a sensor's values come from. */
export type SensorSource =
  | {
      /** A value, which follows its expression; what is not known `within` ms after its entity began never is. */
      readonly kind: 'static'
      readonly value: Expression
      readonly within?: number
      /** Whether it is null while it is not known any more. @default the last one stands */
      readonly whileKnown?: boolean
      /** Milliseconds after which it is looked at again though nothing that it refers to has changed. */
      readonly period?: number
    }
  | {
      /** A pool of permits: as many may have one at once as it says. */
      readonly kind: 'permits'
      readonly most: number
    }
  | {
      /** GET `url` each `period` ms, or only when triggered for 0; the body, or the member of it at the path `select`, is the value. */
      readonly kind: 'http'
      readonly url: Expression
      readonly period: number
      readonly select?: string
      readonly headers?: ConfigMap
      readonly login?: { readonly user: Expression; readonly password: Expression }
      /** The value while there is no good answer. @default the last one stands */
      readonly onError?: Json
    }
  | {
      /**
       * Whether something can be reached, asked each `period` ms as long as the entity is wanted running: `{reached, ms, reason}`.
       * An address is an http or https URL, which must answer below 400, or a host and a port; without one it is the machine, on
       * which a command must run.
       */
      readonly kind: 'reach'
      readonly address?: Expression
      readonly period: number
      /** Milliseconds. */
      readonly timeout: number
    }
  | {
      /** Runs `command` on the machine each `period` ms, or only when triggered for 0. */
      readonly kind: 'command'
      readonly command: Expression
      readonly period: number
      /** Beside that of the software. Secrets are known to the command, and not to who lists processes. */
      readonly environment?: ConfigMap
      /** Whether what it prints, trimmed, is a text, or data such as JSON. @default 'text' */
      readonly format?: 'text' | 'data'
      /** The value while the command fails. @default the last one stands */
      readonly onError?: Json
    }
  | {
      /** Made once for each entity when it comes to be, and kept for as long as it is there. */
      readonly kind: 'made'
      readonly what: MadeValue
    }
  | {
      /** How long ago the moment in another sensor is, told each `period` ms, as '1h 2m 3s'. */
      readonly kind: 'elapsed'
      readonly since: string
      readonly period: number
    }
  | {
      /** A metric that the location measures itself, e.g. cpu. */ readonly kind: 'metric'
      readonly metric: string
    }
  | ({
      /** What a workflow gives, each time that it is run. */ readonly kind: 'workflow'
    } & TriggeredWorkflow)

/** What is made once: a password, which is secret, or the moment at which it is made, in ms. */
export type MadeValue = ({ readonly kind: 'password' } & PasswordRules) | { readonly kind: 'moment' }

/** A named thing that an entity can be asked to do. */
export interface EffectorSpec {
  readonly name: string
  readonly description?: string
  readonly parameters: readonly ParameterSpec[]
  /** Run on the machine, where no workflow stands for it. */
  readonly command: Expression
  /** What is done instead of the command. */
  readonly keeps?: KeptChange
  /** Of the command, beside that of the software and the parameters, which are known by their names. */
  readonly environment?: ConfigMap
  /** What is done instead of the command; the parameters are its input. */
  readonly workflow?: WorkflowSpec
  /** Milliseconds, of the command. */
  readonly timeout: number
}

/** A policy or an enricher attached to an entity, as it was written. */
export interface PolicySpec {
  /** Unique among the entity's policies. */
  readonly name: string
  readonly type: string
  readonly config: ConfigMap
  /** What it does, where that is a workflow and not what a policy of its type decides. */
  readonly workflow?: TriggeredWorkflow
  /** What acts for it, where that is of another type or set in other words. */
  readonly acts?: ActingSpec
  readonly place?: SourcePlace
}

/** A policy or an enricher that acts for another, or the sensor of its entity that does. */
export type ActingSpec =
  | {
      readonly kind: 'policy'
      readonly type: string
      /** @default as what it acts for */
      readonly as?: 'enricher'
      readonly config: ConfigMap
    }
  | { readonly kind: 'sensor'; readonly sensor: string }

/** When a running entity counts as up. */
export interface HealthSpec {
  /** Probe of the endpoint; absent: up as soon as it runs (and check-running passes). */
  readonly http?: { readonly url: Expression; readonly expectStatus?: number }
  readonly command?: Expression
  /** Milliseconds between probes. @default 1000 */
  readonly period: number
  /** Milliseconds for one probe. @default 2000 */
  readonly timeout: number
  /** Failures in a row that make it not up. @default 3 */
  readonly failures: number
  /** Milliseconds after start in which failures do not count. @default 0 */
  readonly grace: number
}

/**
 * How failures are met. `then` says what happens when `attempts` tries in a row have failed, or `for` has gone by since the
 * first: tell and try on, put another incarnation in its place, remove what was made, or leave it as it is.
 */
export interface RetrySpec {
  readonly attempts?: number
  /** Milliseconds. */
  readonly for?: number
  readonly backoff?: { readonly initial: number; readonly factor: number; readonly max: number }
  readonly then?: 'alert' | 'replace' | 'expunge' | 'give-up'
}

/** Where an entity may be put; the nearest ancestor that names locations decides for those that do not. */
export interface PlacementSpec {
  /** Names of locations, in order of preference. */
  readonly locations: readonly string[]
  /** Zones or partitions, in each of the locations. */
  readonly zones: readonly string[]
  /**
   * Which one is taken for the next member: the first that has room, each in turn, or the one with the fewest.
   * @default 'balance' over several zones, else 'in-order'
   */
  readonly spread?: 'in-order' | 'round-robin' | 'balance'
  /** Most incarnations of a role in a location, or in a zone of it as `location/zone`. @default no bound */
  readonly caps?: { readonly [site: string]: number }
  /** Inherited by itself, wherever locations are named. @default 'wait' */
  readonly onHostLost?: HostLossRule
  /** Milliseconds without being seen after which a machine counts as lost; inherited as `onHostLost`. @default 120000 */
  readonly lostAfter?: number
}

/**
 * What is done about a machine that is lost: its host, or its whole location, does not answer. *wait*: it is kept, and
 * goes on when it is seen again. *fence*: another one is made once the place has confirmed that it does not run.
 * *recreate*: another one is made at once, within the bounds; the lost one goes as soon as it is seen.
 */
export type HostLossRule = 'wait' | 'fence' | 'recreate'
