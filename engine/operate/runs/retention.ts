import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { RunRecord } from '../../workflow/run-record.js'

/** Runs of one kind that are remembered after their end, where nobody says otherwise. */
const KEPT = 3

/** A run with what it does. */
export interface Remembered {
  readonly record: RunRecord
  readonly spec: WorkflowSpec
}

/**
 * Ids of the runs of the same kind at the same entity that are no longer remembered now that one has ended. A run whose
 * caller has not ended is kept for it.
 */
export function outlivedRuns(ended: Remembered, all: readonly Remembered[], now: number): readonly string[] {
  const { record, spec } = ended
  const others = all
    .map((one) => one.record)
    .filter(
      ({ id, entity, origin }) => id !== record.id && entity === record.entity && origin === record.origin,
    )
    .filter(({ state, parent }) => state !== 'running' && !isAwaited(parent, all))
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
  const rule = spec.retention ?? { count: KEPT }
  return others.filter((run, at) => !isKept(rule, at + 1, now - (run.endedAt ?? now))).map(({ id }) => id)
}

function isAwaited(parent: RunRecord['parent'], all: readonly Remembered[]): boolean {
  return (
    parent !== undefined && all.some(({ record }) => record.id === parent.run && record.state === 'running')
  )
}

/** Whether the so-manieth newest, of an age in milliseconds, is kept. */
function isKept(
  { count, for: within, keep = 'any' }: NonNullable<WorkflowSpec['retention']>,
  at: number,
  age: number,
): boolean {
  const rules = [
    ...(count === undefined ? [] : [at < count]),
    ...(within === undefined ? [] : [age < within]),
  ]
  return keep === 'any' ? rules.length === 0 || rules.some(Boolean) : rules.every(Boolean)
}
