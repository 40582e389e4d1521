import { type Observable, concatMap, defer } from 'rxjs'
import type { EventView, TaskRecord } from '../../engine/index.js'
import { answered, param } from './changes.js'
import type { HandlerContext } from './context.js'
import {
  type Answer,
  type CheckedRequest,
  type Reply,
  type StreamItem,
  numberQuery,
  reply,
  textQuery,
  textReply,
} from './message.js'
import { newestFirst, paged } from './paging.js'
import { refuse, refused } from './refusals.js'

const byStart = newestFirst(
  (task: TaskRecord) => task.startedAt,
  (task) => task.id,
)

/** Tasks of an application, newest first. */
export function listApplicationTasks({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const outcome = engine.tasks(request.actor, param(request, 'application'), textQuery(request, 'entity'))
  return answered(outcome, (tasks) => paged(request, tasks, byStart))
}

/** One task. */
export function getTask({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.task(request.actor, param(request, 'task')), reply)
}

/** One stream of a task. */
export function readTaskStream({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(engine.task(request.actor, param(request, 'task')), ({ id, streams }) => {
    if (streams === undefined) return refuse('not-found', `Task ${id} has no streams: it ran no command.`)
    return textReply(streams[param(request, 'stream') as 'stdin' | 'stdout' | 'stderr'])
  })
}

/** What happens, from a revision on. A client that comes back says with Last-Event-ID what it has seen. */
export function streamEvents({ engine }: HandlerContext, request: CheckedRequest): Answer {
  const last = request.headers['last-event-id']
  const seen = last === undefined ? undefined : seenUpTo(last)
  if (last !== undefined && seen === undefined) {
    return refuse('invalid-request', 'Last-Event-ID: the id of an event of this stream')
  }
  const since = seen?.since ?? numberQuery(request, 'since')
  const name = textQuery(request, 'application')
  const application = name === undefined ? undefined : engine.application(request.actor, name)
  if (application !== undefined && application.kind !== 'accepted') return refused(application)
  return {
    kind: 'stream',
    events$: numbered(engine.events(request.actor, interest(since, application?.value.id)), seen),
  }
}

function interest(
  since: number | undefined,
  application: string | undefined,
): { readonly since?: number; readonly application?: string } {
  return { ...(since === undefined ? {} : { since }), ...(application === undefined ? {} : { application }) }
}

/** What a client has seen: all up to `since`, and the first `count` events of the revision after it. */
interface Seen {
  readonly since: number
  readonly count: number
}

/** Reads the id of an event. A revision alone means all of it. */
function seenUpTo(id: string): Seen | undefined {
  const parts = /^([0-9]{1,15})(?:\.([0-9]{1,9}))?$/.exec(id)
  if (parts === null) return undefined
  const [, revision = '', count] = parts
  return count === undefined
    ? { since: Number(revision), count: 0 }
    : { since: Number(revision) - 1, count: Number(count) }
}

/** One commit may make several events: each has its place among them in its id, so that none is lost or told twice. */
function numbered(
  events$: Observable<EventView | { readonly kind: 'compacted'; readonly oldest: number }>,
  seen: Seen | undefined,
): Observable<StreamItem> {
  return defer(() => {
    let [revision, place] = [-1, 0]
    return events$.pipe(
      concatMap((item): readonly StreamItem[] => {
        if ('kind' in item) return [item]
        place = item.revision === revision ? place + 1 : 1
        revision = item.revision
        const isKnown = seen !== undefined && revision === seen.since + 1 && place <= seen.count
        return isKnown ? [] : [{ kind: 'event', id: `${revision}.${place}`, event: item }]
      }),
    )
  })
}
