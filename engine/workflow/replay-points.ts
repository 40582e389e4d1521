import type { StepSpec } from '../spec/workflow-spec.js'
import type { Frame } from './frame.js'
import { newRoot } from './new-block.js'
import type { BlockState, ReplayPoint, RunRecord } from './run-record.js'

/** Notes that a run has come to a step from which it may be done again; or that it may not be from any before it. */
export function noteReplayPoint({ id, replay }: StepSpec, { run, block, scope }: Frame): void {
  if (replay === undefined || !isOwnList(run, block)) return
  const { at, before, results } = block
  const others = replay === 'here' ? (run.points ?? []).filter((one) => one.at !== at) : []
  const point: ReplayPoint = {
    ...{ at, variables: { ...scope.variables }, results: { ...results } },
    ...(id === undefined ? {} : { id }),
    ...(before === undefined ? {} : { before }),
  }
  run.points = replay === 'none' ? [] : [...others, point]
}

/** Whether a list is that of the run's own workflow, which is done once. */
function isOwnList({ root: { step } }: RunRecord, block: BlockState): boolean {
  return step?.branches?.targets === undefined && step?.branches?.open['0'] === block
}

/** Has a run's own list begin where it is done again from. */
export function beginAtPoint(run: RunRecord, block: BlockState): void {
  const { begins } = run
  if (begins === undefined || run.root.step?.branches?.targets !== undefined) return
  delete run.begins
  block.at = begins.at
  block.results = { ...begins.results }
  if (begins.before !== undefined) block.before = begins.before
  if (block.scope === undefined) return
  block.scope.variables = { ...begins.variables }
  block.point = { at: begins.at, variables: begins.variables }
}

/** The point that a word means: the id of its step, or its number from 1; the last one where none is said. */
export function pointOf({ points = [] }: RunRecord, step?: string): ReplayPoint | undefined {
  if (step === undefined) return points.at(-1)
  return (
    points.find(({ id }) => id === step) ??
    points.find(({ id, at }) => id === undefined && String(at + 1) === step)
  )
}

/** How a point is called. */
export function pointName({ id, at }: ReplayPoint): string {
  return id ?? String(at + 1)
}

/** A run that has ended as it begins again, as the same one, at a point: its locks and times are asked for anew. */
export function runFrom(run: RunRecord, point: ReplayPoint, now: number): RunRecord {
  const { left: _left, error: _error, endedAt: _endedAt, output: _output, ...rest } = run
  const root = newRoot(run.entity, run.input ?? {}, now)
  return { ...rest, state: 'running', root, begins: point, waits: [] }
}
