import type { VariableReader } from '../expression/evaluate.js'
import type { Value } from '../expression/value.js'
import { memberOf } from '../expression/functions.js'
import type { VariableSource } from '../spec/expression.js'
import type { Json } from '../support/json.js'
import { errorValue } from './errors.js'
import type {
  BlockState,
  KeptValues,
  RunError,
  RunRecord,
  Scope,
  StepResult,
  StepState,
} from './run-record.js'
import type { RunWorld } from './run-world.js'

/** A lock by its entity and name. */
export interface LockName {
  readonly entity: string
  readonly name: string
}

/** Where in a run something is evaluated. */
export interface Frame {
  readonly run: RunRecord
  readonly world: RunWorld
  readonly block: BlockState
  readonly scope: Scope
  /** The block that has the scope. */
  readonly owner: BlockState
  /** Place in the run, unique and the same after a restart. */
  readonly place: string
  /** Whether what is done outside may be done twice, where a step does not say otherwise. */
  readonly idempotent: boolean
  /** Locks that it is done under. */
  readonly locks: readonly LockName[]
  readonly step?: StepState & { readonly id?: string; readonly name?: string }
  /** What the step gives by itself, while what it gives is found out. */
  readonly output?: Json
  /** The error that is handled, and the step that it came from. */
  readonly handled?: { readonly error: RunError; readonly result?: StepResult }
  /** Values that are seen before all others. */
  readonly local?: KeptValues
}

/** Reads variables as they are seen from a frame. */
export function variablesOf(frame: Frame): VariableReader {
  return (of, path) => {
    const found = sourceOf(frame, of, path)
    if (found === undefined) return { error: `there is no ${wordsOf(of, path)}` }
    return within(frame.world.open(found.value), found.rest, () => wordsOf(of, path))
  }
}

interface Found {
  readonly value: Json
  readonly rest: readonly (string | number)[]
}

function sourceOf(frame: Frame, of: VariableSource, path: readonly (string | number)[]): Found | undefined {
  if (of === 'any') return anyOf(frame, path)
  if (of === 'step') {
    const [id, ...rest] = path
    const found = frame.block.results[String(id)] ?? frame.owner.results[String(id)]
    return found === undefined ? undefined : { value: shownResult(found), rest }
  }
  const value = WHOLE[of](frame)
  return value === undefined ? undefined : { value, rest: path }
}

/** What is looked into, where that does not depend on the keys. */
const WHOLE: {
  readonly [of in Exclude<VariableSource, 'any' | 'step'>]: (frame: Frame) => Json | undefined
} = {
  variables: ({ scope }) => scope.variables,
  input: ({ scope, step }) => ({ ...scope.input, ...step?.input }),
  output: ({ output, block, owner }) => output ?? block.before?.output ?? owner.before?.output,
  error: ({ handled }) => (handled === undefined ? undefined : errorValue(handled.error)),
  run: factsOf,
  'current-step': currentStep,
  'previous-step': ({ block }) => (block.before === undefined ? undefined : shownResult(block.before)),
  'handled-step': ({ handled }) => (handled?.result === undefined ? undefined : shownResult(handled.result)),
}

function currentStep({ step, output = null }: Frame): Json | undefined {
  if (step === undefined) return undefined
  const { index, id, input } = step
  return shownResult({ index, input, output, ...(id === undefined ? {} : { id }) })
}

function shownResult({ index, id, input, output, error }: StepResult): Json {
  return {
    step_index: index,
    input,
    output,
    ...(id === undefined ? {} : { step_id: id }),
    ...(error === undefined ? {} : { error: errorValue(error) }),
  }
}

function factsOf({ run, scope, owner, output, handled, world }: Frame): Json {
  return {
    id: run.id,
    task_id: run.task,
    name: run.name,
    now: world.now,
    now_iso: new Date(world.now).toISOString(),
    random: world.random(),
    input: scope.input,
    output: output ?? owner.before?.output ?? null,
    ...(handled === undefined ? {} : { error: errorValue(handled.error) }),
  }
}

/** Where a name may be, nearest first. */
const NEAREST: readonly ((frame: Frame) => Json | undefined)[] = [
  ({ local }) => local,
  ({ handled }) => handled?.result?.output,
  ({ handled }) => handled?.result?.input,
  ({ output }) => output,
  ({ step }) => step?.input,
  ({ block, owner }) => (block.before ?? owner.before)?.output,
  ({ scope }) => scope.variables,
  ({ scope }) => scope.input,
]

/** The nearest of all that may hold a name. */
function anyOf(frame: Frame, path: readonly (string | number)[]): Found | undefined {
  const name = String(path[0])
  const places = NEAREST.map((place) => place(frame))
  for (const value of places) {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isMap && Object.hasOwn(value, name)) return { value, rest: path }
  }
  return undefined
}

function within(
  value: Value,
  path: readonly (string | number)[],
  words: () => string,
): { readonly value: Value } | { readonly error: string } {
  let part = value
  for (const key of path) {
    const found = memberOf(part, key)
    if ('error' in found) return found
    if (found.value === null) return { error: `there is no ${words()}` }
    part = found.value
  }
  return { value: part }
}

function wordsOf(of: VariableSource, path: readonly (string | number)[]): string {
  const name = path.join('.')
  return of === 'any' ? `variable ${name}` : `${of} ${name}`.trim()
}
