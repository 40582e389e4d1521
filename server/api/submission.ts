import { type WireProblem, problemSchema } from './problem.js'
import {
  type Schema,
  type WireJson,
  type WireObject,
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
} from './schema.js'

/** A document with what it needs. */
export interface Submission {
  readonly document?: string
  /** Instead of a document: an item of the catalog, as `id` or `id:version`. */
  readonly item?: string
  /** Where the item is put. */
  readonly location?: string
  /** What problems call the document. @default 'blueprint.yaml' */
  readonly file?: string
  /** Artifacts that travel with the document, by the path that it calls them. */
  readonly files?: { readonly [path: string]: string }
  readonly parameters?: { readonly [name: string]: WireJson }
}

/** What is wrong with a document; nothing is changed by asking. */
export interface Validation {
  readonly valid: boolean
  readonly problems: readonly WireProblem[]
  /** Artifacts that the document names and that were not sent with it. */
  readonly missing: readonly string[]
}

/** Which version to go back to. */
export interface RollbackWish {
  readonly version: number
}

/** How many members a role should have. */
export interface ScaleWish {
  readonly count: number
  readonly reason?: string
}

/** One more or one fewer. */
export interface ResizeWish {
  readonly delta: 1 | -1
  /** The count that it was made for: a repeated request does not add two. */
  readonly from?: number
  readonly reason?: string
}

/** How a member is replaced. */
export interface ReplaceWish {
  readonly order?: 'new-first' | 'old-first'
  /** Only if this incarnation is still the current one. */
  readonly incarnation?: number
  readonly reason?: string
}

/** Why something is done. */
export interface Reason {
  readonly reason?: string
}

/** What an effector is given. */
export interface Invocation {
  readonly parameters?: WireObject
  readonly reason?: string
}

/** One command, waiting for it. */
export interface ExecWish {
  readonly command: readonly string[]
  /** Milliseconds. @default 60000 */
  readonly timeout?: number
  readonly stdin?: string
  readonly reason?: string
}

const why: Schema<string> = text('Why; kept with the record.', { maxLength: 1000 })

/** Schema of a document with what it needs. */
export const submissionSchema: Schema<Submission> = closed<Submission>(
  'Submission',
  'A document with what it needs.',
  {
    document: optional(text('The text of the document.')),
    item: optional(
      text('Instead of a document: an item of the catalog, as `id` or `id:version`.', { maxLength: 400 }),
    ),
    location: optional(text('Where the item is put.', { maxLength: 1000 })),
    file: optional(text('What problems call it.', { maxLength: 1000 })),
    files: optional(map(text('Its text.'), 'Artifacts by the path that the document calls them.')),
    parameters: optional(map(json('A value.'), 'Values of its parameters.')),
  },
)

/** Schema of what is wrong with a document. */
export const validationSchema: Schema<Validation> = shape<Validation>(
  'Validation',
  'What is wrong with a document.',
  {
    valid: flag('Whether it could be deployed.'),
    problems: list(problemSchema),
    missing: list(text('A path.'), 'Artifacts that it names and that were not sent.'),
  },
)

/** Schema of a rollback. */
export const rollbackSchema: Schema<RollbackWish> = closed<RollbackWish>('Rollback', 'Which version.', {
  version: integer('From 1.', { minimum: 1 }),
})

/** Schema of a scale. */
export const scaleSchema: Schema<ScaleWish> = closed<ScaleWish>('Scale', 'How many members.', {
  count: integer('Wanted members.', { minimum: 0, maximum: 1_000_000 }),
  reason: optional(why),
})

/** Schema of a resize. */
export const resizeSchema: Schema<ResizeWish> = closed<ResizeWish>('Resize', 'One more or one fewer.', {
  delta: oneOf('Which.', [1, -1]),
  from: optional(integer('The count that it was made for.', { minimum: 0 })),
  reason: optional(why),
})

/** Schema of a replacement. */
export const replaceSchema: Schema<ReplaceWish> = closed<ReplaceWish>('Replace', 'How it is replaced.', {
  order: optional(oneOf('Which goes first.', ['new-first', 'old-first'])),
  incarnation: optional(integer('Only if it is still the current one.', { minimum: 1 })),
  reason: optional(why),
})

/** Schema of a reason. */
export const reasonSchema: Schema<Reason> = closed<Reason>('Reason', 'Why it is done.', {
  reason: optional(why),
})

/** Schema of an invocation. */
export const invocationSchema: Schema<Invocation> = closed<Invocation>(
  'Invocation',
  'What an effector is given.',
  { parameters: optional(map(json('A value.'), 'By name.')), reason: optional(why) },
)

/** Schema of a command. */
export const execSchema: Schema<ExecWish> = closed<ExecWish>('Exec', 'One command, waiting for it.', {
  command: list(text('A word.', { maxLength: 65_536 }), 'The argument vector.', {
    minItems: 1,
    maxItems: 1000,
  }),
  timeout: optional(integer('Milliseconds.', { minimum: 1, maximum: 600_000 })),
  stdin: optional(text('What it is given.', { maxLength: 1_048_576 })),
  reason: optional(why),
})
