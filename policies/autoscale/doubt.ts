import { formatDuration } from '../config/duration.js'

/** Why nothing can be decided. */
export interface Doubt {
  readonly rule: string
  readonly reason: string
}

/** A value that is not to be believed. */
export function untrusted(sensor: string, entity: string, wrong: string): Doubt {
  return { rule: 'untrusted-reading', reason: `${sensor} of ${entity} is not to be believed: ${wrong}` }
}

/** A value that was never told. */
export function missing(whose: string): Doubt {
  return { rule: 'missing-reading', reason: `no reading of ${whose} yet` }
}

/** A value that was told too long ago. */
export function stale(whose: string, age: number): Doubt {
  return { rule: 'stale-reading', reason: `the last reading of ${whose} is ${formatDuration(age)} old` }
}
