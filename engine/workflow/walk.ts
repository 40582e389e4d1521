import type { Subject } from '../expression/predicate.js'
import { clearText, plain, type Value } from '../expression/value.js'
import type { EntityReference, Expression } from '../spec/expression.js'
import type { Predicate } from '../spec/predicate.js'
import type { ConditionSpec, HandlerSpec, StepSpec } from '../spec/workflow-spec.js'
import type { Json } from '../support/json.js'
import { errorValue, runError } from './errors.js'
import { variablesOf, type Frame } from './frame.js'
import type { BlockState, Flow, KeptValues, RunError, RunRecord, SensorWrite } from './run-record.js'
import type { RunWorld } from './run-world.js'

/** A message that a run is to log. */
export interface RunMessage {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

/** Steps, and what belongs to them as a whole. */
export interface BlockSpec {
  readonly steps: readonly StepSpec[]
  readonly onError?: HandlerSpec
  readonly output?: Expression
  /** Whether the start and the end that are gone to are those of these steps, also where they share variables with those around. */
  readonly bounded?: boolean
}

/** One walk through a run: from where it stands to where it must wait, or must be made durable. */
export interface Walk {
  readonly run: RunRecord
  readonly world: RunWorld
  /** Goes on with a list of steps. */
  readonly block: (walk: Walk, block: BlockState, spec: BlockSpec, around: Around) => Flow
  readonly waits: string[]
  readonly messages: RunMessage[]
  write?: SensorWrite
  wakeAt?: number
  /** Whether it must be made durable before it goes on. */
  stopped: boolean
  steps: number
}

/** What a list of steps is in. */
export type Around = Pick<Frame, 'scope' | 'owner' | 'place' | 'handled' | 'idempotent' | 'locks'>

/** A value that is known, or how the step goes on without it. */
export type Known<T> = { readonly value: T } | { readonly flow: Flow }

/** Nothing more can be done now. */
export const BUSY: Flow = { kind: 'busy' }

/** A flow that ends in an error. */
export function failing(error: RunError): Flow {
  return { kind: 'failed', error }
}

/** Notes when it is to be looked at again, if nothing happens before. */
export function wakeAt(walk: Walk, at: number): void {
  walk.wakeAt = Math.min(walk.wakeAt ?? at, at)
}

/** A value as it is now. */
export function known(walk: Walk, expression: Expression, frame: Frame): Known<Value> {
  const found = walk.world.evaluate(expression, frame.block.entity, variablesOf(frame))
  if (found.kind === 'ready') return { value: found.value }
  if (found.kind === 'failed') return { flow: failing(runError(found.reason)) }
  walk.waits.push(...found.on)
  for (const { within } of found.limits ?? []) wakeAt(walk, walk.world.now + within)
  return { flow: BUSY }
}

/** As `known`, as it is recorded. */
export function kept(walk: Walk, expression: Expression, frame: Frame): Known<Json> {
  const found = known(walk, expression, frame)
  return 'flow' in found ? found : { value: walk.world.keep(found.value) }
}

/** As `known`, as text in the clear: for names and addresses. */
export function textOf(walk: Walk, given: string | Expression, frame: Frame): Known<string> {
  if (typeof given === 'string') return { value: given }
  const found = known(walk, given, frame)
  return 'flow' in found ? found : { value: clearText(found.value) }
}

/** Several values by name, as they are recorded. */
export function keptAll(
  walk: Walk,
  entries: { readonly [name: string]: Expression },
  frame: Frame,
): Known<KeptValues> {
  const made: { [name: string]: Json } = {}
  for (const [name, expression] of Object.entries(entries)) {
    const value = kept(walk, expression, { ...frame, local: made })
    if ('flow' in value) return value
    made[name] = value.value
  }
  return { value: made }
}

/** Keys and positions, some of which are to be found out. */
export function keysOf(
  walk: Walk,
  path: readonly (string | number | Expression)[],
  frame: Frame,
): Known<readonly (string | number)[]> {
  const keys: (string | number)[] = []
  for (const key of path) {
    if (typeof key !== 'object') keys.push(key)
    else {
      const found = known(walk, key, frame)
      if ('flow' in found) return found
      keys.push(typeof found.value === 'number' ? found.value : clearText(found.value))
    }
  }
  return { value: keys }
}

/** Path of the entity that a step is about: the one where it runs, where nothing else is said. */
export function entityOf(walk: Walk, of: EntityReference | undefined, frame: Frame): Known<string> {
  if (of === undefined) return { value: frame.block.entity }
  const found = known(walk, { kind: 'entity-id', of }, frame)
  return 'flow' in found ? found : { value: clearText(found.value) }
}

/** Whether a condition holds; what its subject lacks counts as absent. */
export function holds(
  walk: Walk,
  { subject, predicate }: ConditionSpec,
  frame: Frame,
  fallback?: Subject,
): Known<boolean> {
  const test = known(walk, predicate, frame)
  if ('flow' in test) return test
  const about =
    subject === undefined ? { value: fallback ?? errorSubject(frame) } : subjectOf(walk, subject, frame)
  if ('flow' in about) return about
  const verdict = walk.world.judge(plain(test.value) as unknown as Predicate, about.value, frame.block.entity)
  return verdict.kind === 'failed' ? { flow: failing(runError(verdict.reason)) } : { value: verdict.holds }
}

function errorSubject({ handled }: Frame): Subject | undefined {
  return handled === undefined ? undefined : { kind: 'value', value: errorValue(handled.error) }
}

function subjectOf(walk: Walk, subject: Expression, frame: Frame): Known<Subject | undefined> {
  const found = walk.world.evaluate(subject, frame.block.entity, variablesOf(frame))
  if (found.kind === 'failed') return { value: { kind: 'value', value: undefined } }
  if (found.kind === 'ready') return { value: { kind: 'value', value: plain(found.value) } }
  walk.waits.push(...found.on)
  return { flow: BUSY }
}
