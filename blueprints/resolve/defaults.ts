import type { ApplicationSettings, MembersSpec, RelationSpec } from '../../engine/index.js'

/** Values that hold where a document says nothing. Every dialect uses these. */
export const DEFAULT_SETTINGS: ApplicationSettings = {
  onStartFailure: 'retry',
  collect: true,
  grace: 120_000,
  changeDeadline: 600_000,
  keepMachines: true,
}

/** How members are kept, without their number and what they are made from. */
export const DEFAULT_MEMBERS: Omit<MembersSpec, 'initial' | 'min' | 'max' | 'spec'> = {
  startQuorum: { kind: 'all' },
  runningQuorum: { kind: 'at-least-one-unless-empty' },
  victims: 'unhealthy-first',
  concurrency: 0,
  quarantine: true,
  replacement: { order: 'new-first', surge: 1, unavailable: 0 },
}

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
