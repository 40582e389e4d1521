import type { FailureCause } from '../support/failure.js'
import type { Json } from '../support/json.js'
import type { RunError } from './run-record.js'

/** An error of a workflow. */
export function runError(
  message: string,
  cause: FailureCause = 'invalid',
  more: Partial<RunError> = {},
): RunError {
  return { message, failure: { cause, retry: 'never', message }, ...more }
}

/** An error as a value that handlers read and predicates judge. */
export function errorValue(error: RunError): Json {
  const { message, failure, data, cause } = error
  return {
    message,
    kind: failure.cause,
    ...(data === undefined ? {} : { data }),
    ...(cause === undefined ? {} : { cause: errorValue(cause) }),
  }
}
