import type { Json } from './json.js'

/** Values beside a log message; the message itself is a constant, so that it can be searched for. */
export type LogFields = { readonly [key: string]: Json | undefined }

/** Where the product tells its operator what it does. Secrets never get here: they have no JSON form. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
