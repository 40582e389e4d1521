import type { ProblemDetails } from '../api/index.js'

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Only of `plan --detailed-exitcode`. */
  planHasChanges: 2,
  inputInvalid: 3,
  notFound: 4,
  timedOut: 5,
  usage: 64,
  unreadable: 66,
  unreachable: 69,
  notPermitted: 77,
  interrupted: 130,
} as const

/** Ends a command with a message and an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exit: number
  /** What to do about it. */
  readonly hint: string | undefined

  constructor(exit: number, message: string, hint?: string) {
    super(message)
    this.exit = exit
    this.hint = hint
  }
}

/** The server refused. */
export class RefusedError extends CliError {
  readonly details: ProblemDetails

  constructor(details: ProblemDetails) {
    super(exitOf(details.status), `${details.title}: ${details.detail}`)
    this.details = details
  }
}

/** What a refusal of this status ends the process with. */
export function exitOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.notPermitted
  if (status === 404 || status === 410) return EXIT.notFound
  if ([400, 413, 415, 422].includes(status)) return EXIT.inputInvalid
  return EXIT.failed
}
