import { KEYS } from '../../reconcile/facts/keys.js'
import type { Change } from '../../store/store.js'
import type { RunEvent, RunRecord } from '../../workflow/run-record.js'
import { openEffects } from '../../workflow/run-step.js'
import { outlivedRuns, type Remembered } from './retention.js'
import { effectTask, endedEffect, runTask } from './tasks.js'
import { put } from './writes.js'
import type { TaskBook } from '../task-book.js'

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
  if (run.quiet !== true) changes.push(...taskChanges(run, event, { tasks, now }))
  if (run.state === 'running') return { changes, outlived: [] }
  const outlived = outlivedRuns(come, all, now)
  const erased = outlived.flatMap((id) => runKeys(run.application, id))
  changes.push(...erased.map((gone): Change => ({ kind: 'delete', key: gone })))
  return { changes, outlived }
}

function taskChanges(
  run: RunRecord,
  event: RunEvent,
  { tasks, now }: { readonly tasks: TaskBook; readonly now: number },
): readonly Change[] {
  const begun = openEffects(run.root).filter(
    ({ token, request }) => request.kind !== 'invoke' && tasks.get(token) === undefined,
  )
  const changes = begun.flatMap((effect) => tasks.put(effectTask(run, effect)))
  const task = event.kind === 'answer' ? tasks.get(event.token) : undefined
  if (event.kind === 'answer' && task?.state === 'running')
    changes.push(...tasks.put(endedEffect(task, event.answer, now)))
  return run.state === 'running' ? changes : [...changes, ...tasks.put(runTask(run))]
}
