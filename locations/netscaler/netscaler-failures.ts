import { Failure, type FailureCause, type FailureRecord, type RetryClass } from '../../engine/index.js'
import { NitroError } from './nitro-client.js'

/** What an error of a call means: whether its effect may have happened nevertheless, and the failure as data. */
export interface Fault {
  readonly mayHaveHappened: boolean
  readonly failure: FailureRecord
}

/** What an error of a call means. The one place that reads the appliance's numbers and texts. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Failure) return { mayHaveHappened: false, failure: error.record }
  return error instanceof NitroError ? answered(error) : silence(error)
}

/** The answer to a wish or a command, when a call for it failed. */
export function answerFor(error: unknown): {
  readonly kind: 'unknown' | 'refused'
  readonly failure: FailureRecord
} {
  const { mayHaveHappened, failure } = faultOf(error)
  return { kind: mayHaveHappened ? 'unknown' : 'refused', failure }
}

/** The error as a Failure, for verbs that have no answer for it. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(faultOf(error).failure, error)
}

/**
 * What its numbers mean.
 *
 * @source NetScaler NITRO error codes: 354 "Invalid username or password", 444 "Session expired or killed", 446 "Connection limit to
 * CFE exceeded", 2138 "Not authorized to execute this command", 257 "Operation not permitted"
 */
const BY_CODE: { readonly [code: number]: readonly [FailureCause, RetryClass] } = {
  257: ['denied', 'never'],
  258: ['missing', 'soon'],
  273: ['conflict', 'soon'],
  354: ['denied', 'never'],
  444: ['unreachable', 'soon'],
  446: ['throttled', 'soon'],
  2138: ['denied', 'never'],
}

function answered({ status, code, message }: NitroError): Fault {
  const [cause, retry] = BY_CODE[code] ?? byStatus(status)
  const isNumbered = code !== 0
  return {
    // What it refuses by a number it has not done; what breaks in front of it may have been.
    mayHaveHappened: !isNumbered && status >= 500 && status !== 503,
    failure: { cause, retry, message: isNumbered ? `${message} (${code})` : message },
  }
}

function byStatus(status: number): readonly [FailureCause, RetryClass] {
  if (status === 401 || status === 403) return ['denied', 'never']
  if (status === 404) return ['missing', 'soon']
  if (status === 429 || status === 503) return ['throttled', 'soon']
  return status >= 500 ? ['internal', 'soon'] : ['invalid', 'never']
}

/** Errors of a connection that never came about: nothing was asked. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function silence(error: unknown): Fault {
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  const isLate = name === 'TimeoutError' || name === 'AbortError'
  return {
    mayHaveHappened: !NOT_REACHED.has(code ?? ''),
    failure: { cause: isLate ? 'timeout' : 'unreachable', retry: 'soon', message: message ?? String(error) },
  }
}
