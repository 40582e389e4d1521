import { KEYS } from '../reconcile/facts/keys.js'
import type { Change } from '../store/store.js'
import type { RunEvent } from '../workflow/run-record.js'
import { openEffects } from '../workflow/run-step.js'
import { outlivedRuns, type Remembered } from './run-retention.js'
import { effectTask, endedEffect, runTask } from './run-tasks.js'
import { put } from './run-writes.js'
import type { TaskBook } from './task-book.js'

/** Keys of a run's record and of its spec. */
export function runKeys(application: string, id: string): readonly [record: string, spec: string] {
  return [KEYS.workflow(application, id), KEYS.workflowSpec(application, id)]
}

/**
 * What is written when a run has come on by an event: itself, its tasks, and the erasing of those of its kind that are no longer
 * remembered, whose ids are `outlived`.
 */
export function runChanges(
  come: Remembered,
  event: RunEvent,
  all: readonly Remembered[],
  { tasks, now }: { readonly tasks: TaskBook; readonly now: number },
): { readonly changes: readonly Change[]; readonly outlived: readonly string[] } {
  const { record: run } = come
  const [key] = runKeys(run.application, run.id)
  const changes: Change[] = [put(key, run)]
  for (const effect of openEffects(run.root))
    if (effect.request.kind !== 'invoke' && tasks.get(effect.token) === undefined)
      changes.push(...tasks.put(effectTask(run, effect)))
  if (event.kind === 'answer') {
    const task = tasks.get(event.token)
    if (task?.state === 'running') changes.push(...tasks.put(endedEffect(task, event.answer, now)))
  }
  if (run.state === 'running') return { changes, outlived: [] }
  const outlived = outlivedRuns(come, all, now)
  const erased = outlived.flatMap((id) => runKeys(run.application, id))
  changes.push(...erased.map((gone): Change => ({ kind: 'delete', key: gone })))
  return { changes: [...changes, ...tasks.put(runTask(run))], outlived }
}
