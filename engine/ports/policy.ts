import type { Observable, SchedulerLike } from 'rxjs'
import type { Json, JsonObject } from '../support/json.js'
import type { Problem } from '../support/problem.js'

/** What a policy is told: one observed fact about its entity or a member of it. */
export interface Reading extends JsonObject {
  readonly kind: 'sensor' | 'member' | 'wake'
  /** Milliseconds since the epoch at which it was true. */
  readonly at: number
  /** Path of the entity it is about; the policy's own for a wake. */
  readonly entity: string
  /** Name of the sensor; '' for the other kinds. */
  readonly sensor: string
  /** The sensor's value; for a member: its MemberCondition. */
  readonly value: Json
  /** How many enrichers in a row it comes from. @default 0 */
  readonly hops?: number
}

/** How a member (or the entity itself) stands, in a reading of kind 'member'. */
export interface MemberCondition extends JsonObject {
  readonly state: 'starting' | 'running' | 'failed' | 'stopping' | 'gone'
  readonly up: boolean
  readonly incarnation: number
  /** Counts launches in this incarnation, from 1; 0 before the first. */
  readonly run: number
  /** Whether what serves of it is as the wanted version of the document says. @default true */
  readonly updated?: boolean
  /** How often in a row it has failed to become what is wanted of it, and its place was not at fault. @default 0 */
  readonly failures?: number
  /** Why it is not up, for records. */
  readonly reason: string
  /** Where its machine is, the location with its zone where there are any; absent while the one of this incarnation is not there. */
  readonly site?: string
  /** In a word, while it cannot be begun: 'capacity' or 'quota' where no place has room for it. */
  readonly cause?: string
}

/** How far a change of the document has come among the members of a role: the value of their sensor `rollout`. */
export interface RolloutValue extends JsonObject {
  /** The version that it began with, and the one that is wanted. */
  readonly version: number
  readonly wanted: number
  /** Members with numbers up to this are admitted. */
  readonly through: number | 'all'
  readonly members: number
  readonly admitted: number
  /** How many serve as the wanted version. */
  readonly updated: number
  /** When it began, and when it is to be over; null where it may take as long as it does. */
  readonly since: number
  readonly dueAt: number | null
  /** Why it goes no further; null while it does. */
  readonly stalled: string | null
}

/** What a policy would like done. Only asked for: the arbiter decides. Levels, not deltas, so that repeating is harmless. */
export type Intent =
  | { readonly kind: 'scale'; readonly entity: string; readonly count: number; readonly reason: string }
  | {
      /** Launch again on the same machine, if run `run` of incarnation `incarnation` is still the current one. */
      readonly kind: 'restart'
      readonly entity: string
      readonly incarnation: number
      readonly run: number
      readonly reason: string
    }
  | {
      readonly kind: 'replace'
      readonly entity: string
      readonly incarnation: number
      /** Whether the new one goes to where the fewest are, not to the zone of the old one. @default false */
      readonly elsewhere?: boolean
      readonly reason: string
    }
  | CallIntent
  | RolloutIntent
  | SuspendIntent
  | {
      /** Nothing to do, and why: recorded, coalesced by `rule`. */ readonly kind: 'hold'
      readonly rule: string
      readonly reason: string
    }

/** What is to become of the change of the document that is coming to the members of a role. */
export type RolloutIntent = {
  /** Path of the role. */
  readonly entity: string
  /** The version that the change began with: about another one nothing is said. */
  readonly version: number
  readonly reason: string
} & (
  | {
      /** So many members are to have it; 'all': those too that come yet. */
      readonly kind: 'advance'
      readonly members: number | 'all'
      /** When all of it is to be over. */
      readonly dueAt?: number
    }
  | {
      /** All have it, and it is over. */
      readonly kind: 'finish'
    }
  | {
      /** It goes no further until a person says so. */
      readonly kind: 'stall'
    }
  | {
      /** What there was before is to be restored. */
      readonly kind: 'revert'
    }
)

/** An effector that a policy would like called. */
export interface CallIntent {
  readonly kind: 'call'
  /** Path of the entity that has the effector. */
  readonly entity: string
  readonly effector: string
  readonly arguments: JsonObject
  /** Whether it is left out while the one before has not ended; else it waits for that. @default false */
  readonly alone?: boolean
  /** What it is called for: of one policy, what has the same key is called once, also over a restart. */
  readonly key: string
  readonly reason: string
}

/** Another policy that is not to act for now, or (`on` false) may again as far as this one is concerned. */
export interface SuspendIntent {
  readonly kind: 'suspend'
  /** Path of the entity that has it. */
  readonly entity: string
  readonly policy: string
  readonly on: boolean
  readonly reason: string
}

/** What an enricher yields: a value of a sensor of its entity, or of a member of that. Observed, so nobody is asked. */
export interface SensorYield {
  readonly kind: 'yield'
  /** Path of the entity whose sensor it is. */
  readonly entity: string
  readonly sensor: string
  readonly value: Json
  /**
   * The name of one reason, where the sensor is a map of reasons that says how the entity does, and that others write too: the
   * value is the reason, null takes it out.
   */
  readonly reason?: string
}

/** What a pipeline may give: a policy intents, an enricher values. */
export type Output = Intent | SensorYield

/** What one turn of a policy or an enricher gives. */
export interface Turn<Memory extends JsonObject, Given extends Output = Intent> {
  readonly memory: Memory
  readonly intents: readonly Given[]
  /** When to be called again with a 'wake' reading even if nothing is observed; absent: not before a reading. */
  readonly wakeAt?: number
}

/** The pure heart of a policy or an enricher. */
export type Step<Memory extends JsonObject, Given extends Output = Intent> = (
  memory: Memory,
  reading: Reading,
  now: number,
) => Turn<Memory, Given>

/**
 * Where a policy's memory is kept between turns: the host's, checkpointed with each decision. `fold` is the only
 * operator that touches it.
 */
export interface MemoryCell {
  read(): JsonObject
  write(memory: JsonObject, wakeAt: number | undefined): void
}

/** A policy's stream: from readings to intents, or an enricher's to values; completes when the readings do. */
export type PolicyPipeline = (readings$: Observable<Reading>, scheduler: SchedulerLike) => Observable<Output>

/** Whose readings: those of the entity itself, of its members, of its children, or of the entity at a path. */
export type Origin = 'self' | 'members' | 'children' | { readonly path: string }

/** What a policy wants to be told. */
export interface Interest {
  /** Sensors by name; all of that origin where no name is given. */
  readonly sensors: readonly {
    readonly of: Origin
    readonly sensor?: string
    /** What its values must be to be of use; absent: anything. */
    readonly wants?: 'number'
    /** Whether it is told, when it is attached, that there is none (null). @default false */
    readonly orNull?: boolean
  }[]
  /** Whose conditions are wanted. */
  readonly conditions: 'none' | 'self' | 'members' | 'children'
}

/** What an entity is to its policy, fixed when the policy is attached. */
export interface PolicySubject {
  readonly path: string
  /** Bounds of its members, where it has any. */
  readonly min?: number
  readonly max?: number
  readonly initial?: number
  /** Whether others are its members: whom it has follows from the tree, and it has no number of them. @default false */
  readonly gathers?: boolean
  /** Where its members may be, as `MemberCondition.site` says it; absent while that is not known. */
  readonly sites?: readonly string[]
}

/** An effector that a policy is going to call. */
export interface PolicyCall {
  /** Path of the entity. */
  readonly entity: string
  readonly effector: string
  /** The setting that names it. */
  readonly setting: string
}

/** What a policy does in one turn, as a function: for those that are asked millions of times. */
export interface DirectPolicy {
  /** The same as its pipeline does with these readings, of which there is one at least. */
  decide(memory: JsonObject, readings: readonly Reading[], now: number): Turn<JsonObject, Output>
  /** Which values of a sensor change nothing for now; absent, or undefined: any may change something. */
  calm?(memory: JsonObject, sensor: string): Calm | undefined
}

/**
 * What a policy promises of a memory that it has just decided by: where all its members that are up tell one value at one time, and
 * tell another within a while, what they told may be left out. It would have asked for nothing, remembers the same after the next, and
 * is woken for nothing but the age of what it was told.
 */
export interface Calm {
  /** The next value must come within so many milliseconds. */
  readonly within: number
  /** Whether it is so for a value that is told at a time. */
  holds(value: number, at: number): boolean
}

/** A policy or an enricher that a policy is going to suspend. */
export interface SuspendedPolicy {
  /** Path of the entity that has it. */
  readonly entity: string
  readonly policy: string
  /** The setting that names it. */
  readonly setting: string
}

/** A policy made ready for one entity. */
export interface AttachedPolicy {
  readonly interest: Interest
  /** What it decides alone, so that two that write the same are found at submit. */
  readonly decides: readonly ('count' | 'restart' | 'replace' | 'version')[]
  /** Effectors that it is going to call, as far as its settings say so. */
  readonly calls?: readonly PolicyCall[]
  /** Policies that it is going to suspend, and let act again. */
  readonly suspends?: readonly SuspendedPolicy[]
  /** Memory before the first reading; carries the version of its layout. */
  readonly initial: JsonObject
  /**
   * Whether the memory follows from what its sources say now, so that it is made again from them after a restart and never
   * stored. @default false
   */
  readonly derived?: boolean
  /** Whether it is told what its sources say, and woken, when it is attached: it has something to do of itself. @default false */
  readonly primed?: boolean
  pipeline(cell: MemoryCell): PolicyPipeline
  /** The same without a stream, where there is such a way. */
  readonly direct?: DirectPolicy
}

/** A kind of policy, or of enricher. */
export interface PolicyKind {
  readonly type: string
  /** What it may be attached as. @default 'policy' */
  readonly role?: 'policy' | 'enricher'
  /** Whether members of its role come to another version of the document only when it asks for that. @default false */
  readonly paces?: boolean
  /** One paragraph for the catalog. */
  readonly description: string
  /** JSON Schema (closed object) of its configuration, for editors and checks. */
  readonly schema: JsonObject
  /** Either made ready, or what is wrong with the configuration (positions are the caller's to add). */
  attach(
    subject: PolicySubject,
    config: JsonObject,
  ): { readonly policy: AttachedPolicy } | { readonly problems: readonly Problem[] }
}
