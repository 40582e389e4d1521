import { failureOf } from '../support/failure.js'
import type { Log } from '../support/log.js'

/** A fault of ours ended the keeping of an application: the others go on. */
export function logBroken(log: Log, application: string, thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  log.error('an application is no longer kept', { application, reason: failureOf(thrown).message, stack })
}
