import { type Schema, integer, list, oneOf, optional, shape, text } from './schema.js'

/** A place in a document; lines and columns count from 1. */
export interface WirePosition {
  readonly line: number
  readonly column: number
}

/** From the first character to the one after the last. */
export interface WireRange {
  readonly start: WirePosition
  readonly end: WirePosition
}

/** A replacement of text that would mend a problem. */
export interface WireFix {
  readonly title: string
  readonly edits: readonly { readonly range: WireRange; readonly text: string }[]
}

/** Another place that has to do with a problem. */
export interface WireRelated {
  readonly message: string
  readonly file?: string
  readonly range: WireRange
}

/** A fault in a submitted document. */
export interface WireProblem {
  readonly code: string
  readonly standardCode?: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly file?: string
  readonly range?: WireRange
  readonly pointer?: string
  readonly hint?: string
  readonly fix?: WireFix
  readonly related?: readonly WireRelated[]
  /** Path of the page about this code, on the server that said it. */
  readonly docs: string
}

/** The body of every refusal: RFC 9457, with all problems of the document at once. */
export interface ProblemDetails {
  /** Path of the page about this kind of refusal. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable word for programs, see REFUSALS. */
  readonly code: string
  readonly problems?: readonly WireProblem[]
  /** Artifacts that the document names and that were not sent with it. */
  readonly missing?: readonly string[]
  /** What has moved since the request was made. */
  readonly moved?: readonly string[]
  /** What does not fit in the request itself. */
  readonly faults?: readonly { readonly pointer: string; readonly message: string }[]
}

const position: Schema<WirePosition> = shape<WirePosition>('Position', 'A place in a document.', {
  line: integer('Counts from 1.', { minimum: 1 }),
  column: integer('Counts from 1.', { minimum: 1 }),
})

const range: Schema<WireRange> = shape<WireRange>(
  'Range',
  'From the first character to the one after the last.',
  {
    start: position,
    end: position,
  },
)

const fix: Schema<WireFix> = shape<WireFix>('Fix', 'A replacement of text that would mend the problem.', {
  title: text('What it does.'),
  edits: list(
    shape<WireFix['edits'][number]>('Edit', 'One replacement.', { range, text: text('What to put there.') }),
  ),
})

const related: Schema<WireRelated> = shape<WireRelated>('Related', 'Another place that has to do with it.', {
  message: text('How.'),
  file: optional(text('In which document.')),
  range,
})

/** Schema of a problem. */
export const problemSchema: Schema<WireProblem> = shape<WireProblem>(
  'Problem',
  'A fault in a submitted document.',
  {
    code: text('Stable; its page says what to do.'),
    standardCode: optional(text('The code that a specification gives this fault.')),
    severity: oneOf('A warning does not stop the work.', ['error', 'warning']),
    message: text('What is wrong.'),
    file: optional(text('In which document.')),
    range: optional(range),
    pointer: optional(text('JSON pointer to the faulty value.')),
    hint: optional(text('What to do about it.')),
    fix: optional(fix),
    related: optional(list(related)),
    docs: text('Path of the page about this code.'),
  },
)

/** Schema of the body of every refusal. */
export const problemDetailsSchema: Schema<ProblemDetails> = shape<ProblemDetails>(
  'ProblemDetails',
  'Why a request was refused (RFC 9457).',
  {
    type: text('Path of the page about this kind of refusal.'),
    title: text('The kind of refusal, for people.'),
    status: integer('The HTTP status.'),
    detail: text('What was refused, why, and the way out.'),
    code: text('The kind of refusal, for programs.'),
    problems: optional(list(problemSchema, 'All problems of the document at once.')),
    missing: optional(list(text('A path.'), 'Artifacts that the document names and that were not sent.')),
    moved: optional(list(text('One line.'), 'What has moved since the request was made.')),
    faults: optional(
      list(
        shape<{ readonly pointer: string; readonly message: string }>('Fault', 'A part that does not fit.', {
          pointer: text('JSON pointer into the body, or the name of a parameter.'),
          message: text('How it does not fit.'),
        }),
        'What does not fit in the request itself.',
      ),
    ),
  },
)

/** One kind of refusal. */
export interface RefusalKind {
  readonly status: number
  readonly title: string
  /** What the one who asked can do. */
  readonly remedy: string
}

/** Every kind of refusal that the API gives, by its code. */
export const REFUSALS: { readonly [code: string]: RefusalKind } = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit its schema',
    remedy: 'Mend what `faults` names; the schema is in /openapi.json.',
  },
  unauthenticated: {
    status: 401,
    title: 'Who asks is not known',
    remedy: 'Send `Authorization: Bearer <token>`; the server wrote one beside its data at first start.',
  },
  'not-permitted': {
    status: 403,
    title: 'Not permitted',
    remedy: 'Use a token with the permission that `detail` names.',
  },
  'not-found': { status: 404, title: 'Not found', remedy: 'List what there is and check the name.' },
  'method-not-allowed': {
    status: 405,
    title: 'This cannot be done here',
    remedy: 'Use a method that the `Allow` header names.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request within the time limit.',
  },
  conflict: {
    status: 409,
    title: 'It conflicts with what is there',
    remedy: 'Look again (`moved` says at what); then plan again, or take another name.',
  },
  'outcome-unknown': {
    status: 409,
    title: 'Whether it was done is not known',
    remedy:
      'The server stopped in the middle of it. Look what is there; repeat with a new key if it must be done again.',
  },
  gone: { status: 410, title: 'Gone', remedy: 'It was destroyed; deploy it again under a new id.' },
  'precondition-failed': {
    status: 412,
    title: 'It has changed since it was read',
    remedy: 'Read it again and repeat with its new ETag.',
  },
  'too-large': {
    status: 413,
    title: 'The request is too large',
    remedy: 'Send less; `detail` says how much.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This kind of content is not understood',
    remedy: 'Send one of the content types that `detail` names, not compressed.',
  },
  'invalid-document': {
    status: 422,
    title: 'The document is at fault',
    remedy: 'Mend what `problems` names; each has a place and a page.',
  },
  'missing-files': {
    status: 422,
    title: 'The document names files that were not sent',
    remedy: 'Send them in `files`, by path.',
  },
  invalid: { status: 422, title: 'This cannot be', remedy: '`detail` says what does not fit.' },
  'quota-exceeded': {
    status: 422,
    title: 'More than the quota allows',
    remedy: 'Ask for less, or have the quota raised.',
  },
  unsupported: { status: 422, title: 'Not supported here', remedy: '`detail` says by what.' },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    remedy: 'Take a new key for every new request.',
  },
  internal: {
    status: 500,
    title: 'We are at fault',
    remedy: 'Report it with what the server logged at this time.',
  },
  'far-end': {
    status: 502,
    title: 'The far end refused',
    remedy: '`detail` is what it said; test the location.',
  },
  unavailable: { status: 503, title: 'Not now', remedy: 'Try again after the time in `Retry-After`.' },
  'far-end-timeout': { status: 504, title: 'The far end did not answer in time', remedy: 'Try again.' },
}
