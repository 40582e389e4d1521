import type { ProblemDetails, WireProblem } from '../../../api/index.js'
import type { Reply } from '../../../handlers/index.js'

/** Why Brooklyn refuses something; `br` prints the message. */
export interface ApiError {
  readonly message: string
  /** One line for each problem of a document. */
  readonly details?: string
  /** The status. */
  readonly error: number
}

/** Where Brooklyn's statuses are not ours: it knows no 410 and no 422. */
const STATUSES: { readonly [code: string]: number } = { gone: 404, unsupported: 501 }

/** A refusal of ours in Brooklyn's form. */
export function apiErrorOf({ status, body }: Pick<Reply, 'status' | 'body'>): ApiError {
  const { code, detail, problems = [], missing = [] } = body as ProblemDetails
  const first = problems[0]
  const message = first === undefined ? detail : `${detail} ${lineOf(first)}`
  const lines = [...problems.map(lineOf), ...missing]
  const error = STATUSES[code] ?? (status === 422 ? 400 : status)
  return { message, ...(lines.length === 0 ? {} : { details: lines.join('\n') }), error }
}

function lineOf({ code, message, file, range, hint }: WireProblem): string {
  const place = range === undefined ? '' : `:${range.start.line}:${range.start.column}`
  return `${file ?? ''}${place} ${code} ${message}${hint === undefined ? '' : `; ${hint}`}`.trim()
}
