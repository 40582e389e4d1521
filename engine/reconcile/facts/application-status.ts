import type { ApplicationState, ApplicationStatus } from '../../entity/observation.js'
import type { DesiredRecord } from '../../entity/desired.js'
import type { ApplicationSettings } from '../../spec/application-spec.js'

/** What an application's shown state is derived from. */
export interface StatusFacts {
  readonly desired: DesiredRecord
  readonly settings: ApplicationSettings
  readonly settled: boolean
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
  const { desired, settled } = facts
  const began = former.generation === desired.generation ? (former.unsettledSince ?? now) : now
  const state = stateOf(former, facts, settled ? 0 : now - began)
  const next: ApplicationStatus = {
    kind: 'status',
    application: former.application,
    state,
    degraded: state === 'running' && !settled,
    generation: desired.generation,
    ...settledUnder(former, facts),
    since: state === former.state ? former.since : now,
    alerts: state === 'alert' || state === 'expunge' ? alertLines(facts) : [],
    ...(settled ? {} : { unsettledSince: began }),
  }
  return sameStatus(former, next) ? former : next
}

/** When the status changes by time alone if nothing else does; undefined when it does not. */
export function statusDueAt(status: ApplicationStatus, settings: ApplicationSettings): number | undefined {
  if (status.unsettledSince === undefined || status.state === 'alert' || status.state === 'expunge')
    return undefined
  return status.unsettledSince + (status.state === 'running' ? settings.grace : settings.changeDeadline)
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

function settledUnder(
  former: ApplicationStatus,
  { settled, desired }: StatusFacts,
): Pick<ApplicationStatus, 'settledSerial' | 'settledGeneration'> {
  if (settled) return { settledSerial: desired.serial, settledGeneration: desired.generation }
  const { settledSerial, settledGeneration } = former
  return { settledSerial, settledGeneration }
}

function stateOf(former: ApplicationStatus, facts: StatusFacts, unsettledFor: number): ApplicationState {
  const { desired, settings, settled } = facts
  if (desired.wish === 'gone') return goingState(facts)
  if (settled) return desired.wish === 'stopped' ? 'stopped' : 'running'
  if (facts.alerts.length > 0) return 'alert'
  if (desired.wish === 'running') return movingState(former, facts, unsettledFor)
  return unsettledFor >= settings.changeDeadline ? 'alert' : 'stopping'
}

function goingState(facts: StatusFacts): ApplicationState {
  if (facts.empty) return 'destroyed'
  return facts.stuck ? 'expunge' : 'expunging'
}

function movingState(former: ApplicationStatus, facts: StatusFacts, unsettledFor: number): ApplicationState {
  const { desired, settings } = facts
  const late = unsettledFor >= settings.changeDeadline
  if (former.settledSerial !== desired.serial) {
    if (!facts.begun) return 'created'
    return late ? 'alert' : 'starting'
  }
  if (former.settledGeneration !== desired.generation) return late ? 'alert' : 'updating'
  return unsettledFor >= settings.grace ? 'alert' : 'running'
}

function alertLines(facts: StatusFacts): readonly string[] {
  if (facts.alerts.length > 0) return facts.alerts
  const below = facts.belowQuorum()
  return below.length > 0 ? below : ['it takes longer than it should']
}

function sameStatus(a: ApplicationStatus, b: ApplicationStatus): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
