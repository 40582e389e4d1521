import type { Evaluation, VariableReader } from '../expression/evaluate.js'
import type { Subject, Verdict } from '../expression/predicate.js'
import type { Value } from '../expression/value.js'
import type { ConfigMap } from '../spec/entity-spec.js'
import type { PhaseName } from '../spec/operation-spec.js'
import type { Expression } from '../spec/expression.js'
import type { Predicate } from '../spec/predicate.js'
import type { Json } from '../support/json.js'

/** Whether a lock is held; without a ticket a caller holds it. */
export type LockAnswer =
  | { readonly kind: 'held'; readonly ticket?: number }
  | { readonly kind: 'waits'; readonly ticket: number; /** Id of a run. */ readonly holder: string }

/** What a run may ask of everything around it. What it asked about wakes it when that changes. */
export interface RunWorld {
  readonly now: number
  /** In [0, 1). */
  random(): number
  evaluate(expression: Expression, entity: string, variable: VariableReader): Evaluation
  /** Judges a subject; `undefined` stands for the entity itself. */
  judge(predicate: Predicate, subject: Subject | undefined, entity: string): Verdict
  /** Paths of the entities in another one; see TargetsSpec. */
  entities(kind: 'children' | 'members' | 'added' | 'inside', entity: string): readonly string[]
  /** Path of the entity that was added to another one and is known by this there. */
  known(entity: string, identity: string): string | undefined
  /** A value as one of a declared config key, or why it cannot be that. */
  setting(entity: string, key: string, value: Json): { readonly value: Json } | { readonly reason: string }
  /** Names of the parameters of an effector; undefined where the entity has none of this name. */
  effector(entity: string, name: string): readonly string[] | undefined
  /** Name of the policy or the enricher of an entity that is called so, or tagged so. */
  policy(entity: string, name: string): string | undefined
  /** Whether there is an entity of this path. */
  exists(entity: string): boolean
  /** A value as it may be recorded, and back. */
  keep(value: Value): Json
  open(kept: Json): Value
  /** Token of the machine that an entity has now. */
  machine(entity: string): string | undefined
  /** The place where a container beside an entity runs: the one that is named, or the nearest that can; or why there is none. */
  containerPlace(
    entity: string,
    named: string | undefined,
  ): { readonly location: string } | { readonly reason: string }
  /** Where the commands of a phase work, and what they are told; undefined where the entity has no software. */
  workplace(
    entity: string,
    phase: PhaseName,
  ): { readonly lines: readonly string[]; readonly environment: ConfigMap } | undefined
  /** A text as data: JSON or YAML. */
  data(text: string): { readonly value: Json } | { readonly error: string }
  /** How a task stands; undefined where there is none. */
  task(id: string): 'running' | 'succeeded' | 'failed' | 'superseded' | undefined
  /** Asks for a lock, for the step at a place of the run; asked again, it stays in its turn. It is free when its record is without the ticket. */
  lock(
    run: string,
    lock: { readonly entity: string; readonly name: string; readonly place: string },
  ): LockAnswer
  /** The token of the so-manieth thing that a run does outside. */
  token(run: string, number: number): string
}
