import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { Cancel } from '../../support/clock.js'
import type { OpenEffect, RunEvent, RunRecord } from '../../workflow/run-record.js'
import { openEffects } from '../../workflow/run-step.js'

/** A run in memory, with what is told to it and what it has under way outside. */
export interface LiveRun {
  record: RunRecord
  readonly spec: WorkflowSpec
  readonly events: RunEvent[]
  readonly underWay: Map<string, OpenEffect>
  /** Tokens of what is under way and has been answered: there is nothing left of it to be ended. */
  readonly answered: Set<string>
  /** Tokens of what was announced in an earlier life. */
  readonly found: ReadonlySet<string>
  turning: boolean
  cancelWake?: Cancel | undefined
}

/** A run as it is begun, or found again. */
export function liveRun(record: RunRecord, spec: WorkflowSpec): LiveRun {
  const found = new Set(openEffects(record.root).map(({ token }) => token))
  return { record, spec, events: [], underWay: new Map(), answered: new Set(), found, turning: false }
}
