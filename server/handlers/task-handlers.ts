import type { TaskRecord } from '../../engine/index.js'
import { answered, param } from './changes.js'
import type { HandlerContext } from './context.js'
import {
  type Answer,
  type CheckedRequest,
  type Reply,
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
  const seen = request.headers['last-event-id']
  if (seen !== undefined && !/^[0-9]{1,15}$/.test(seen)) {
    return refuse('invalid-request', 'Last-Event-ID: the id of an event of this stream')
  }
  const since = seen === undefined ? numberQuery(request, 'since') : Number(seen)
  const from = since === undefined ? {} : { since }
  const name = textQuery(request, 'application')
  if (name === undefined) return { kind: 'stream', events$: engine.events(request.actor, from) }
  const application = engine.application(request.actor, name)
  if (application.kind !== 'accepted') return refused(application)
  const { id } = application.value
  return { kind: 'stream', events$: engine.events(request.actor, { ...from, application: id }) }
}
