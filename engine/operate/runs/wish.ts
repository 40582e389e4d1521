import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { TaskRecord } from '../../task/task.js'
import type { KeptValues, RunRecord } from '../../workflow/run-record.js'

/** A workflow that is to be done. */
export interface RunWish {
  readonly entity: string
  readonly name: string
  /** What it is a run of, e.g. 'effector restart'. */
  readonly origin: string
  readonly spec: WorkflowSpec
  /** What it is called with, as recorded. */
  readonly input: KeptValues
  readonly by: string
  readonly reason: string
  /** Whether no task stands for it. @default false */
  readonly quiet?: true
  /** Token of the machine that commands at its entity are run on. @default the one that the entity has then */
  readonly machine?: string
  /** Its id, where that follows from what it is run for: it is begun once. @default a new one */
  readonly token?: string
  /** The run that calls it. Its own id is then the token of the call, so that it is begun once. */
  readonly parent?: { readonly run: string; readonly token: string }
}

/** The runs of an application: one is begun once for its token. */
export interface RunBook {
  begin(wish: RunWish): Promise<TaskRecord>
  find(id: string): RunRecord | undefined
}
