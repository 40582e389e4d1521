import type { ApplicationState, ApplicationStatus } from '../../entity/observation.js'
import type { DesiredRecord, Rollout } from '../../entity/desired.js'
import type { ApplicationSettings } from '../../spec/application-spec.js'

/** What an application's shown state is derived from. */
export interface StatusFacts {
  readonly desired: DesiredRecord
  readonly settings: ApplicationSettings
  readonly settled: boolean
  /** Changes of the document that come to members in turns, while the application is to run. */
  readonly rollouts?: readonly Pick<Rollout, 'dueAt' | 'stalled'>[]
  /** Whether any step was ever taken. */
  readonly begun: boolean
  /** Whether nothing of ours is left in the books. */
  readonly empty: boolean
  /** Causes of alert, one line each, grouped. */
  readonly alerts: readonly string[]
  /** Roles that lack members to be up, one line each; asked for only when it is time to alert. */
  belowQuorum(): readonly string[]
  /** Whether a removal has failed more than in passing. */
  readonly stuck: boolean
}

/** The status that follows from the former one; the same object when nothing of it changes. */
export function deriveStatus(former: ApplicationStatus, facts: StatusFacts, now: number): ApplicationStatus {
  const { desired } = facts
  const settled = isSettled(facts)
  const began = former.generation === desired.generation ? (former.unsettledSince ?? now) : now
  // What waits for its turn is not late, however long that is.
  const state = stateOf(former, facts, { now, unsettledFor: facts.settled ? 0 : now - began })
  const next: ApplicationStatus = {
    kind: 'status',
    application: former.application,
    state,
    degraded: state === 'running' && !settled,
    generation: desired.generation,
    ...settledUnder(former, facts),
    since: state === former.state ? former.since : now,
    alerts: state === 'alert' || state === 'expunge' ? alertLines(facts) : [],
    ...(facts.settled ? {} : { unsettledSince: began }),
  }
  return sameStatus(former, next) ? former : next
}

/** When the status changes by time alone if nothing else does; undefined when it does not. */
export function statusDueAt(
  { state, unsettledSince }: ApplicationStatus,
  { grace, changeDeadline }: ApplicationSettings,
  rollouts: NonNullable<StatusFacts['rollouts']> = [],
): number | undefined {
  if (state === 'alert' || state === 'expunge') return undefined
  const late =
    unsettledSince === undefined ? [] : [unsettledSince + (state === 'running' ? grace : changeDeadline)]
  const due = [...late, ...rollouts.flatMap(({ dueAt }) => dueAt ?? [])]
  return due.length === 0 ? undefined : Math.min(...due)
}

/** Whether an application that never came up is to be removed, as its document says of failed starts. */
export function isStartGivenUp(
  status: ApplicationStatus,
  desired: DesiredRecord,
  { onStartFailure }: ApplicationSettings,
): boolean {
  const isStarting = desired.wish === 'running' && status.settledSerial !== desired.serial
  return onStartFailure === 'expunge' && isStarting && status.state === 'alert'
}

/** All is as wanted, and nobody waits for another version. */
function isSettled({ settled, rollouts = [] }: StatusFacts): boolean {
  return settled && rollouts.length === 0
}

function settledUnder(
  former: ApplicationStatus,
  facts: StatusFacts,
): Pick<ApplicationStatus, 'settledSerial' | 'settledGeneration'> {
  const { serial, generation } = facts.desired
  return {
    settledSerial: facts.settled ? serial : former.settledSerial,
    settledGeneration: isSettled(facts) ? generation : former.settledGeneration,
  }
}

interface Times {
  readonly now: number
  readonly unsettledFor: number
}

function stateOf(former: ApplicationStatus, facts: StatusFacts, times: Times): ApplicationState {
  const { desired, settings } = facts
  if (desired.wish === 'gone') return goingState(facts)
  if (isSettled(facts)) return desired.wish === 'stopped' ? 'stopped' : 'running'
  if (facts.alerts.length > 0) return 'alert'
  if (desired.wish === 'running') return movingState(former, facts, times)
  return times.unsettledFor >= settings.changeDeadline ? 'alert' : 'stopping'
}

function goingState(facts: StatusFacts): ApplicationState {
  if (facts.empty) return 'destroyed'
  return facts.stuck ? 'expunge' : 'expunging'
}

function movingState(former: ApplicationStatus, facts: StatusFacts, times: Times): ApplicationState {
  const { desired, settings } = facts
  const { unsettledFor } = times
  const late = unsettledFor >= settings.changeDeadline || isOverdue(facts, times)
  if (former.settledSerial !== desired.serial) {
    if (!facts.begun) return 'created'
    return late ? 'alert' : 'starting'
  }
  if (former.settledGeneration !== desired.generation) return late ? 'alert' : 'updating'
  return unsettledFor >= settings.grace ? 'alert' : 'running'
}

function isOverdue({ rollouts = [] }: StatusFacts, { now }: Times): boolean {
  return rollouts.some(({ dueAt = Infinity, stalled }) => stalled !== undefined || now >= dueAt)
}

function alertLines(facts: StatusFacts): readonly string[] {
  if (facts.alerts.length > 0) return facts.alerts
  const stalled = (facts.rollouts ?? []).flatMap((rollout) => rollout.stalled ?? [])
  if (stalled.length > 0) return stalled
  const below = facts.belowQuorum()
  return below.length > 0 ? below : ['it takes longer than it should']
}

function sameStatus(a: ApplicationStatus, b: ApplicationStatus): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
