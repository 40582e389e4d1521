import type { Json, JsonObject } from '../support/json.js'
import type { ParameterSpec } from './entity-spec.js'

/**
 * A policy by itself, as its author hands it on: what it does, what it can be set to, what is promised of it, and how it is
 * known to be right. Plain data; times in milliseconds.
 */
export interface PolicyDocument {
  readonly name: string
  readonly description: string
  readonly parameters: readonly PolicyParameter[]
  /** What it does: a type of policy with settings, in which `${name}` stands for a parameter. */
  readonly does: { readonly type: string; readonly settings: JsonObject }
  /** The members that it is tried with. */
  readonly pool: PoolSpec
  readonly slo: readonly SloSpec[]
  readonly tests: readonly PolicyTestSpec[]
}

/** A parameter of a policy; without a value it must be given one. */
export interface PolicyParameter extends Pick<ParameterSpec, 'name' | 'type' | 'constraints'> {
  readonly description: string
  readonly value?: Json
}

/** Members as they are imagined where a policy is tried. */
export interface PoolSpec {
  readonly min: number
  readonly max: number
  readonly initial: number
  /** From the wish for a member until it is up. */
  readonly startDelay: number
  /** Of one member for an hour; in whatever one pays in. */
  readonly cost: number
  /** How often members tell what they read. */
  readonly every: number
}

/** What is promised: that a sensor is at most so much for a share of the time. */
export interface SloSpec {
  readonly sensor: string
  readonly limit: number
  /** From 0 to 1. */
  readonly share: number
}

/** A story of readings and events, and what the policy is to ask for. Times count from its beginning. */
export interface PolicyTestSpec {
  readonly name: string
  /** Values of parameters, where they are not those of the document. */
  readonly parameters: JsonObject
  /** Members that are there and up at the beginning. */
  readonly members: number
  readonly given: readonly GivenSpec[]
  readonly expect: readonly ExpectSpec[]
}

/** Whom something is told of: the entity of the policy itself, all members that are there, or those with these numbers. */
export type GivenOf = 'self' | 'members' | readonly number[]

/** Something that is so from a time on. */
export interface GivenSpec {
  readonly at: number
  readonly of: GivenOf
  /** Values of sensors, told again and again until others are given. */
  readonly read: JsonObject
  /** What befalls them. */
  readonly event?: PoolEvent
  /** How many there are from now on; those that are new are up at once. */
  readonly members?: number
}

/**
 * What can befall a member: its process ended; it came up, in a new run where it had failed; it lives and is not well; it begins
 * anew; it is gone; nothing is heard of it; no place has room for it.
 */
export type PoolEvent = 'failed' | 'up' | 'unhealthy' | 'starting' | 'gone' | 'silent' | 'no-room'

/** Something that is to be asked for: from the time of the expectation before until `by`; or at `at` exactly. */
export interface ExpectSpec {
  readonly what: ExpectedIntent
  readonly at?: number
  readonly by: number
  /** Words that its rule or its reason holds. */
  readonly why?: string
}

/** What is to be asked for. */
export type ExpectedIntent =
  | { readonly kind: 'scale'; readonly count: number }
  | { readonly kind: 'restart' | 'replace'; readonly member: number }
  | {
      readonly kind: 'call'
      readonly effector: string
      /** Its number; absent: of whomever. */ readonly member?: number
    }
  | { readonly kind: 'suspend'; readonly policy: string; readonly on: boolean }
  | { readonly kind: 'hold'; readonly rule: string }
  | { readonly kind: 'nothing' }
