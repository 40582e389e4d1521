import type { ConfigMap } from './entity-spec.js'
import type { EntityReference, Expression } from './expression.js'
import type { SensorTrigger } from './sampling-spec.js'
import type { StepAction } from './step-action.js'

/**
 * A graph of steps that is done durably: what it has come to is recorded after each of them, and goes on from there whatever
 * happens to the engine. Plain data. It is run at one entity, from which its expressions are seen.
 */
export interface WorkflowSpec {
  /** What it is called where it is shown, and by what runs of one kind are kept together. */
  readonly name?: string
  readonly steps: readonly StepSpec[]
  /** Values that its steps can read, beside those that it is called with; a call's own count before them. */
  readonly input: ConfigMap
  /** What comes out; seen with the output of the last step. @default the output of the last step */
  readonly output?: Expression
  /** It is run once for each of these, with a scope for each. @default once, where it is called */
  readonly each?: EachSpec
  /** It is not run where this does not hold; with `each`, it is asked of each of them. */
  readonly condition?: ConditionSpec
  /** At most one holder in an entity at a time; what is called with it waits in the order of coming. */
  readonly lock?: { readonly name: string | Expression; readonly of?: EntityReference }
  readonly onError?: HandlerSpec
  /** Milliseconds, from when it holds its lock. */
  readonly timeout?: Expression
  /** From where somebody may have it done again. */
  readonly replay: ReplayRule
  /** Whether all that its steps do outside may be done twice, where they do not say otherwise. */
  readonly idempotent: boolean
  readonly retention?: RetentionSpec
}

/** How a workflow may be done again after it has ended; while it has not, it always goes on by itself. */
export interface ReplayRule {
  /** Whether anybody may ask for it. @default true */
  readonly allowed: boolean
  /** Whether its beginning is a point from which it may be done again. */
  readonly fromStart: boolean
}

/** How long a workflow that has ended is remembered. What is not said bounds nothing; without any, the last three are. */
export interface RetentionSpec {
  /** Runs of one key at one entity. */
  readonly count?: number
  /** Milliseconds. */
  readonly for?: number
  /** Whether one that fits either of both is kept, or only one that fits both. @default 'any' */
  readonly keep?: 'any' | 'all'
  /** By what runs are counted together. @default its name */
  readonly key?: Expression
}

/** What must hold for something to be done. */
export interface ConditionSpec {
  /** What is judged. What is not known counts as absent. @default the entity; in a handler the error, in a case the value */
  readonly subject?: Expression
  /** An expression that becomes a Predicate: see predicate.ts. */
  readonly predicate: Expression
}

/** One step: what it does, when, and what becomes of it. */
export interface StepSpec {
  /** By which it is jumped to and its results are read; unique in its workflow. */
  readonly id?: string
  readonly name?: string
  /** Where this does not hold, the step is left out and nothing else that it says counts. */
  readonly condition?: ConditionSpec
  /** Where it goes on. @default the step after it */
  readonly next?: NextStep
  /** Values that it alone can read. */
  readonly input: ConfigMap
  /** What comes out of it; seen with what comes out by itself. */
  readonly output?: Expression
  /** Milliseconds. */
  readonly timeout?: Expression
  readonly onError?: HandlerSpec
  /** 'here': a point from which it may be done again; 'only here': and no earlier one; 'none': no earlier one, nor here. */
  readonly replay?: 'here' | 'only-here' | 'none'
  /** Whether what it does outside may be done twice. @default what its workflow says, and no for what nobody can know */
  readonly idempotent?: boolean
  /** How long its run is remembered, from here on. */
  readonly retention?: RetentionSpec
  readonly does: StepAction
}

/** Where a workflow goes on: its first step, its end, out of a handler or a branch, or the step of an id. */
export type NextStep =
  { readonly kind: 'start' | 'end' | 'exit' } | { readonly kind: 'step'; readonly id: string }

/**
 * What is done about an error: steps in the scope of what failed, which can read it. It ends at the first step that goes on
 * somewhere; where no step applied, the error stands.
 */
export interface HandlerSpec {
  readonly steps: readonly StepSpec[]
}

/** What a workflow is run for: one after the other unless it says otherwise. */
export interface EachSpec {
  /** An entity among them is where it is run. */
  readonly targets: TargetsSpec
  /** Variable that holds the target; several take its members of these names. @default 'target' */
  readonly as: string | readonly string[]
  /** Variable that holds its position, from 0. @default 'target_index' */
  readonly indexAs: string
  /** How many at once. @default 1 */
  readonly concurrency?: ConcurrencySpec
  /** Variables that go from one to the next, with their first values; they are the output. Not with a concurrency. */
  readonly reducing?: ConfigMap
}

/** Targets of a workflow: what a value is a list of, or the value itself; whole numbers, both ends counted; entities. */
export type TargetsSpec =
  | { readonly kind: 'value'; readonly of: Expression }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  /** 'added': children that were added while the application ran. 'inside': members of what has such, else children. */
  | { readonly kind: 'children' | 'members' | 'added' | 'inside'; readonly of?: EntityReference }

/** How many at once, of the number of targets. Fails where that is none. */
export type ConcurrencySpec =
  /** So many; below zero, all but so many. */
  | { readonly kind: 'number'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'least' | 'most' | 'sum'; readonly of: readonly ConcurrencySpec[] }

/** What starts a workflow that nobody calls. */
export interface WhenSpec {
  /** Sensors of whose change it is run. */
  readonly sensors: readonly SensorTrigger[]
  /** Milliseconds between runs. */
  readonly period?: number
  /** Whether it is first run a period after it came to be, and not at once. @default false */
  readonly skipFirst?: boolean
}

/** A workflow that is run by itself: when sensors change, each period, or both. */
export interface TriggeredWorkflow extends WhenSpec {
  readonly workflow: WorkflowSpec
}
