import {
  type Schema,
  type WireJson,
  closed,
  flag,
  integer,
  json,
  list,
  map,
  oneOf,
  optional,
  shape,
  text,
  time,
} from './schema.js'
import { type WireFailure, failureSchema } from './task.js'

/** A step that a run is at. */
export interface RunStep {
  readonly index: number
  readonly begunAt: number
  readonly does?: string
  readonly lock?: string
}

/** A run of a workflow. */
export interface WorkflowRun {
  readonly id: string
  readonly entity: string
  readonly name: string
  readonly origin: string
  readonly by: string
  readonly reason: string
  readonly task: string
  readonly parent?: string
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly startedAt: number
  readonly endedAt?: number
  readonly waits: readonly string[]
  readonly steps: readonly RunStep[]
  readonly output?: WireJson
  readonly error?: WireFailure
  readonly replay: readonly ('start' | 'failure')[]
  readonly points: readonly string[]
}

/** A workflow that is to be run. */
export interface RunWorkflow {
  readonly workflow: string
  readonly input?: { readonly [name: string]: WireJson }
  readonly reason?: string
}

/** From where a run is done again. */
export interface ReplayRun {
  readonly from?: 'start' | 'failure' | 'last'
  readonly step?: string
  readonly force?: boolean
  readonly reason?: string
}

/** Schema of a run. */
export const workflowRunSchema: Schema<WorkflowRun> = shape<WorkflowRun>(
  'WorkflowRun',
  'A run of a workflow.',
  {
    id: text('Its identity.'),
    entity: text('Path of the entity that it is done at.'),
    name: text('What it is called.'),
    origin: text('What it is a run of, e.g. "effector restart".'),
    by: text('Who asked.'),
    reason: text('Why.'),
    task: text('Id of the task that stands for it.'),
    parent: optional(text('Id of the run that called it.')),
    state: oneOf('How it stands.', ['running', 'succeeded', 'failed', 'cancelled']),
    startedAt: time('Begun at.'),
    endedAt: optional(time('Ended at.')),
    waits: list(text('In words.'), 'What it waits for.'),
    steps: list(
      shape<RunStep>('RunStep', 'A step that a run is at.', {
        index: integer('Its position in its list, from 0.'),
        begunAt: time('Begun at.'),
        does: optional(text('What was announced to be done outside.')),
        lock: optional(text('The lock that it holds or waits for.')),
      }),
      'The steps that it is at, those that others are in first.',
    ),
    output: optional(json('What it gave; secrets by name.')),
    error: optional(failureSchema),
    replay: list(oneOf('A way.', ['start', 'failure']), 'From where it may be done again without force.'),
    points: list(text('Its id, or its number from 1.'), 'Steps from which it may be done again.'),
  },
)

const why = text('Why.', { maxLength: 1000 })

/** Schema of a workflow that is to be run. */
export const runWorkflowSchema: Schema<RunWorkflow> = closed<RunWorkflow>(
  'RunWorkflow',
  'A workflow that no document has.',
  {
    workflow: text('In the language of workflows: a list of steps, or a map with "steps".', {
      minLength: 1,
      maxLength: 1_000_000,
    }),
    input: optional(map(json('A value.'), 'By name.')),
    reason: optional(why),
  },
)

/** Schema of a wish that a run be done again. */
export const replayRunSchema: Schema<ReplayRun> = closed<ReplayRun>('ReplayRun', 'How a run is done again.', {
  from: optional(
    oneOf(
      'From its start, as another run; as the same one from where it failed, or from its last point. Default: failure.',
      ['start', 'failure', 'last'],
    ),
  ),
  step: optional(text('In place of that: one of its points, by the id of the step or its number from 1.')),
  force: optional(flag('Also where its author does not say that this does no harm.')),
  reason: optional(why),
})
