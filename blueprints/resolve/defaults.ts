import type { RelationSpec } from '../../engine/index.js'

/** Most members that a role may have where it names no bound. */
export const MOST_MEMBERS = 1_000_000

/** Priority of the role at a position, counted from 0. */
export function defaultPriority(position: number): number {
  return (position + 1) * 10
}

/** Milliseconds between samples of a sensor. */
export const SAMPLE_PERIOD = 1_000

/** Health probes. Milliseconds, and failures in a row. */
export const DEFAULT_HEALTH = { period: 1_000, timeout: 2_000, failures: 3, grace: 0 } as const

/** Attempts of a job. */
export const JOB_ATTEMPTS = 3

/** Milliseconds of an effector. */
export const EFFECTOR_TIMEOUT = 60_000

/** Permissions of a file. */
export const FILE_MODE = 0o644

/** An edge that makes its owner wait for `target`. */
export function startsAfter(target: string): RelationSpec {
  return { kind: 'relation', type: 'needs', target, ordering: 'starts-after', config: {} }
}
