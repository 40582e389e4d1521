import { type Schema, integer, map, oneOf, optional, shape, text, time } from './schema.js'

/** What went wrong at the far end. */
export interface WireFailure {
  readonly cause: string
  readonly retry: 'soon' | 'after' | 'never'
  readonly message: string
  readonly retryAfter?: number
}

/** What a command was given and what it said. */
export interface Streams {
  readonly stdin: string
  readonly stdout: string
  readonly stderr: string
  readonly environment: { readonly [name: string]: string }
  readonly exitCode?: number
}

/** The record of one piece of work. */
export interface Task {
  readonly kind: 'task'
  readonly id: string
  readonly tenant: string
  readonly application: string
  readonly entity: string
  readonly name: string
  readonly parent?: string
  readonly by: string
  readonly reason: string
  readonly state: 'running' | 'succeeded' | 'failed' | 'superseded'
  readonly startedAt: number
  readonly endedAt?: number
  readonly failure?: WireFailure
  readonly generation?: number
  readonly streams?: Streams
}

/** What a command printed. */
export interface WireCommandOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode?: number
}

/** Schema of a failure. */
export const failureSchema: Schema<WireFailure> = shape<WireFailure>(
  'Failure',
  'What went wrong at the far end.',
  {
    cause: text('By cause.'),
    retry: oneOf('When trying again makes sense.', ['soon', 'after', 'never']),
    message: text('In words.'),
    retryAfter: optional(integer('Milliseconds that the far end asked us to wait.')),
  },
)

/** Schema of a task. */
export const taskSchema: Schema<Task> = shape<Task>('Task', 'The record of one piece of work.', {
  kind: oneOf('What it is.', ['task']),
  id: text('Its identity.'),
  tenant: text('Whose it is.'),
  application: text('Id of the application.'),
  entity: text("Path of the entity; '' for the application."),
  name: text('What is done.'),
  parent: optional(text('The task that it is a part of.')),
  by: text('Who asked.'),
  reason: text('Why.'),
  state: oneOf('How it stands.', ['running', 'succeeded', 'failed', 'superseded']),
  startedAt: time('Begun at.'),
  endedAt: optional(time('Ended at.')),
  failure: optional(failureSchema),
  generation: optional(integer('Done when this generation is settled.')),
  streams: optional(
    shape<Streams>('Streams', 'What a command was given and what it said; secrets by name.', {
      stdin: text('What it was given.'),
      stdout: text('What it printed.'),
      stderr: text('What it complained.'),
      environment: map(text('A value.'), 'Its environment.'),
      exitCode: optional(integer('How it ended.')),
    }),
  ),
})

/** Schema of what a command printed. */
export const commandOutputSchema: Schema<WireCommandOutput> = shape<WireCommandOutput>(
  'CommandOutput',
  'What a command printed, each stream within a limit.',
  {
    stdout: text('What it printed.'),
    stderr: text('What it complained.'),
    exitCode: optional(integer('How it ended; absent when it was ended.')),
  },
)
