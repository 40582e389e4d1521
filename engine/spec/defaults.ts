import type { ApplicationSettings } from './application-spec.js'
import type { MembersSpec } from './members-spec.js'

/** How an application is kept where its document says nothing, in whatever dialect. */
export const DEFAULT_SETTINGS: ApplicationSettings = {
  onStartFailure: 'retry',
  collect: true,
  grace: 120_000,
  changeDeadline: 600_000,
  keepMachines: true,
}

/** How members are kept where a document says nothing: all but their number and what they are made from. */
export const DEFAULT_MEMBERS: Omit<MembersSpec, 'initial' | 'min' | 'max' | 'spec'> = {
  startQuorum: { kind: 'all' },
  runningQuorum: { kind: 'at-least-one-unless-empty' },
  victims: 'unhealthy-first',
  concurrency: 0,
  quarantine: true,
  replacement: { order: 'new-first', surge: 1, unavailable: 0 },
}
