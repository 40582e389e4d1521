import type { WorkflowSpec } from '../spec/workflow-spec.js'
import { walkBlock } from './blocks.js'
import { runError } from './errors.js'
import { newBlock, newScope } from './new-block.js'
import type {
  BlockState,
  Flow,
  LockState,
  OpenEffect,
  RunError,
  RunEvent,
  RunRecord,
  SensorWrite,
  StepState,
} from './run-record.js'
import type { RunWorld } from './run-world.js'
import type { BlockSpec, RunMessage, Walk } from './walk.js'

/** What came of telling a run something. */
export interface RunTurn {
  /** The run as it is to be recorded, before anything of it is done. */
  readonly run: RunRecord
  /** A sensor that is to change in one commit with the run as it is once it is told that this is `written`. */
  readonly write?: SensorWrite
  /** When it is to be looked at again, if nothing happens before. */
  readonly wakeAt?: number
  /** Whether it can go on as soon as it is recorded. */
  readonly again: boolean
  readonly messages: readonly RunMessage[]
}

/**
 * Tells a run something, and takes it as far as it goes without anything outside. Pure: same run, event and world, same turn.
 * What it is to do outside is in its open effects, which are announced by being recorded.
 */
export function stepRun(before: RunRecord, spec: WorkflowSpec, event: RunEvent, world: RunWorld): RunTurn {
  if (before.state !== 'running') return { run: before, again: false, messages: [] }
  const run = structuredCloneOf(before)
  deliver(run.root, event)
  const walk: Walk = {
    run,
    world,
    block: walkBlock,
    waits: [],
    messages: [],
    stopped: false,
    steps: 0,
  }
  if (event.kind === 'cancel') end(run, 'cancelled', world.now, runError(event.reason, 'conflict'))
  else finish(run, walkBlock(walk, run.root, rootSpec(spec), aroundOf(run)), world.now)
  run.waits = walk.waits.slice(0, 20)
  return {
    run,
    messages: walk.messages,
    again: run.state === 'running' && walk.stopped && walk.write === undefined,
    ...(walk.write === undefined || run.state !== 'running' ? {} : { write: walk.write }),
    ...(walk.wakeAt === undefined || run.state !== 'running' ? {} : { wakeAt: walk.wakeAt }),
  }
}

function aroundOf({ root }: RunRecord): Parameters<typeof walkBlock>[3] {
  return { scope: root.scope ?? newScope({}), owner: root, place: '', idempotent: false, locks: [] }
}

/** A workflow as the only step of a run, so that what it says of itself holds wherever it is done. */
function rootSpec(workflow: WorkflowSpec): BlockSpec {
  return { steps: [{ input: {}, does: { kind: 'run', scope: 'own', workflow } }] }
}

function finish(run: RunRecord, flow: Flow, now: number): void {
  if (flow.kind === 'busy') return
  if (flow.kind === 'failed') {
    run.left = run.root
    end(run, 'failed', now, flow.error)
  } else {
    run.output = 'output' in flow ? flow.output : null
    end(run, 'succeeded', now)
  }
}

/** What a run went through is not kept once it has ended: only what it gave, or why it failed and where. */
function end(run: RunRecord, state: RunRecord['state'], now: number, error?: RunError): void {
  run.state = state
  run.endedAt = now
  run.root = newBlock(run.entity)
  if (error !== undefined) run.error = error
}

function structuredCloneOf(run: RunRecord): RunRecord {
  return JSON.parse(JSON.stringify(run)) as RunRecord
}

/** What a run has announced and not yet taken in an answer for. */
export function openEffects(root: BlockState): readonly OpenEffect[] {
  return [...stepsIn(root)].flatMap(({ effect, answer }) =>
    effect === undefined || answer !== undefined ? [] : [effect],
  )
}

/** The steps that a run is at, those that others are in first. */
export function openSteps(root: BlockState): readonly StepState[] {
  return [...stepsIn(root)].slice(1)
}

/** Every step that is being done, wherever in the run. */
function* stepsIn({ step, handler }: BlockState): Iterable<StepState> {
  if (handler !== undefined) yield* stepsIn(handler.block)
  if (step === undefined) return
  yield step
  for (const branch of Object.values(step.branches?.open ?? {})) yield* stepsIn(branch)
  if (step.handler !== undefined) yield* stepsIn(step.handler.block)
}

/** Locks that a run holds or waits for. */
export function* locksIn(root: BlockState): Iterable<LockState> {
  for (const { lock } of stepsIn(root)) if (lock !== undefined) yield lock
}

/** Locks of the steps that the step of an open effect is in. */
export function locksAround(root: BlockState, token: string): readonly LockState[] {
  const around = [...stepsIn(root)].filter((step) => isAround(step, token))
  return around.flatMap(({ lock }) => lock ?? [])
}

function isAround({ branches, handler }: StepState, token: string): boolean {
  const blocks = [...Object.values(branches?.open ?? {}), ...(handler === undefined ? [] : [handler.block])]
  return blocks.some((block) => [...stepsIn(block)].some(({ effect }) => effect?.token === token))
}

/** Gives what is told to the step that it is for, before anything goes on: what stops the walk must not lose it. */
function deliver(root: BlockState, event: RunEvent): void {
  for (const step of stepsIn(root)) {
    if (event.kind === 'answer' && step.effect?.token === event.token) step.answer ??= event.answer
    if (event.kind === 'written' && step.writing === true)
      step.written = event.refused === undefined ? {} : { refused: event.refused }
    delete step.writing
  }
}
