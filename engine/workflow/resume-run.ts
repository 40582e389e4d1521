import { newBlock } from './new-block.js'
import type { BlockState, OpenEffect, RunRecord, StepState } from './run-record.js'

/** A run that has failed as it goes on: each step at which it stood is begun anew. Undefined where it has not failed. */
export function resumedRun(run: RunRecord): RunRecord | undefined {
  const { left, error: _error, endedAt: _endedAt, ...rest } = run
  if (run.state !== 'failed' || left === undefined) return undefined
  const root = JSON.parse(JSON.stringify(left)) as BlockState
  begunAnew(root)
  return { ...rest, state: 'running', root, waits: [] }
}

/** What of a failed run was done outside by the steps that would be begun anew. */
export function effectsBegunAnew(run: RunRecord): readonly OpenEffect[] {
  return leaves(run.left ?? newBlock(run.entity)).flatMap(({ effect }) => effect ?? [])
}

/** Its own time counts anew as well. */
function begunAnew(block: BlockState): void {
  delete block.deadline
  if (block.handler !== undefined) {
    delete block.handler
    delete block.step
    return
  }
  const inside = block.step === undefined ? [] : openIn(block.step)
  if (inside.length === 0) delete block.step
  else for (const one of inside) begunAnew(one)
}

/** Branches that go on where they stand. What was done under a lock, or was being handled, is done again as a whole. */
function openIn({ branches, lock, handler }: StepState): readonly BlockState[] {
  return lock !== undefined || handler !== undefined ? [] : Object.values(branches?.open ?? {})
}

function leaves({ step }: BlockState): readonly StepState[] {
  if (step === undefined) return []
  const inside = openIn(step)
  return inside.length === 0 ? [step] : inside.flatMap(leaves)
}
