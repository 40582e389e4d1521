import type { ApplicationState, ApplicationStatus } from '../entity/observation.js'
import type { DesiredRecord } from '../entity/desired.js'
import type { ApplicationSettings } from '../spec/application-spec.js'

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
  /** Whether a removal has failed more than in passing. */
  readonly stuck: boolean
}

/** The status that follows from the former one; the same object when nothing of it changes. */
export function deriveStatus(former: ApplicationStatus, facts: StatusFacts, now: number): ApplicationStatus {
  const { desired, settled } = facts
  const changed = former.generation !== desired.generation
  const unsettledSince = settled ? undefined : changed ? now : (former.unsettledSince ?? now)
  const state = stateOf(former, facts, now - (unsettledSince ?? now))
  const { unsettledSince: _old, ...rest } = former
  const next: ApplicationStatus = {
    ...rest,
    state,
    degraded: state === 'running' && !settled,
    generation: desired.generation,
    settledSerial: settled ? desired.serial : former.settledSerial,
    settledGeneration: settled ? desired.generation : former.settledGeneration,
    since: state === former.state ? former.since : now,
    alerts: state === 'alert' || state === 'expunge' ? alertLines(facts) : [],
    ...(unsettledSince === undefined ? {} : { unsettledSince }),
  }
  return sameStatus(former, next) ? former : next
}

/** When the status changes by time alone if nothing else does; undefined when it does not. */
export function statusDueAt(status: ApplicationStatus, settings: ApplicationSettings): number | undefined {
  if (status.unsettledSince === undefined || status.state === 'alert' || status.state === 'expunge')
    return undefined
  return status.unsettledSince + (status.state === 'running' ? settings.grace : settings.changeDeadline)
}

function stateOf(former: ApplicationStatus, facts: StatusFacts, unsettledFor: number): ApplicationState {
  const { desired, settings, settled } = facts
  const late = unsettledFor >= settings.changeDeadline
  switch (desired.wish) {
    case 'gone':
      if (facts.empty) return 'destroyed'
      return facts.stuck ? 'expunge' : 'expunging'
    case 'stopped':
      if (settled) return 'stopped'
      return facts.alerts.length > 0 || late ? 'alert' : 'stopping'
    case 'running':
      if (settled) return 'running'
      if (facts.alerts.length > 0) return 'alert'
      return movingState(former, facts, unsettledFor)
  }
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
  return facts.alerts.length > 0 ? facts.alerts : ['it takes longer than it should']
}

function sameStatus(a: ApplicationStatus, b: ApplicationStatus): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
