import { concatMap, filter, from, type Observable } from 'rxjs'
import type { Change, Store, WatchEvent } from '../../store/store.js'
import { splitKey } from '../../reconcile/facts/keys.js'
import type { ApplicationStatus, ObservedRecord } from '../../entity/observation.js'
import type { TaskRecord } from '../../task/task.js'
import { viewOfDecision, type DecisionRecord } from '../../policy/decision-log.js'
import type { EventView } from '../../entity/view.js'

/** What a watcher of events is told. */
export type EventOrGap = EventView | { readonly kind: 'compacted'; readonly oldest: number }

/** Everything that happened after `revision`, then live: each event follows from one committed record alone. */
export function eventsOf(store: Store, revision: number, wanted: WantedEvents): Observable<EventOrGap> {
  return store.watch(revision).pipe(
    concatMap((event) => from(viewsOf(event))),
    filter((event) => 'kind' in event || isWanted(event, wanted)),
  )
}

/** Whose events are told: of one application or of all, and only what the asker may see. */
export interface WantedEvents {
  readonly application?: string
  visible(application: string): boolean
}

function isWanted(event: EventView, wanted: WantedEvents): boolean {
  const { application = event.application } = wanted
  return event.application === application && wanted.visible(event.application)
}

function viewsOf(event: WatchEvent): readonly EventOrGap[] {
  if (event.kind === 'compacted') return [event]
  const { revision, changes } = event.commit
  return changes.flatMap((change) => viewOf(change, revision) ?? [])
}

function viewOf(change: Change, revision: number): EventView | undefined {
  if (change.kind === 'delete') return undefined
  const { kind, application, rest } = splitKey(change.key)
  const value = change.value as unknown
  switch (kind) {
    case 'status':
      return statusEvent(value as ApplicationStatus, revision)
    case 'seen':
      return entityEvent(value as ObservedRecord, { revision, application, path: rest })
    case 'task':
      return taskEvent(value as TaskRecord, revision)
    case 'decision':
      return decisionEvent(value as DecisionRecord, { revision, application })
    default:
      return undefined
  }
}

function statusEvent(status: ApplicationStatus, revision: number): EventView {
  const { state, degraded, alerts, generation, since } = status
  const text = `${state}${degraded ? ' (degraded)' : ''}${alerts.length > 0 ? `: ${alerts.join('; ')}` : ''}`
  return {
    revision,
    at: since,
    type: 'application',
    application: status.application,
    entity: '',
    text,
    data: { state, degraded, generation },
  }
}

/** Only the write that changed the shown state is an event. */
function entityEvent(
  seen: ObservedRecord,
  about: { readonly revision: number; readonly application: string; readonly path: string },
): EventView | undefined {
  const { shown, at } = seen
  if (shown?.since !== at) return undefined
  const { state, up, reason } = shown
  const { revision, application, path } = about
  return {
    revision,
    at,
    type: 'entity',
    application,
    entity: path,
    text: `${state}: ${reason}`,
    data: { state, up, reason },
  }
}

function taskEvent(task: TaskRecord, revision: number): EventView {
  const { id, name, state, by, reason, application, entity, startedAt, endedAt } = task
  const text = `${name} ${state}${task.failure === undefined ? '' : `: ${task.failure.message}`}`
  return {
    revision,
    at: endedAt ?? startedAt,
    type: 'task',
    application,
    entity,
    text,
    data: { id, name, state, by, reason },
  }
}

function decisionEvent(
  record: DecisionRecord,
  about: { readonly revision: number; readonly application: string },
): EventView {
  const { id, at, entity, by, kind, intent, rule, reason, count } = viewOfDecision(record)
  return {
    ...about,
    at,
    type: 'decision',
    entity,
    text: `${by} ${kind}: ${intent} (${reason})`,
    data: { id, by, kind, intent, rule, reason, count },
  }
}
