import {
  type ApplicationView,
  type ChangeOptions,
  type Outcome,
  type Refusal,
  type TaskRecord,
  isJsonObject,
} from '../../engine/index.js'
import { type Accepted, ROOT_SEGMENT } from '../api/index.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { refuse, refused } from './refusals.js'

/** What the engine is told with every change; a Reply when the If-Match header makes no sense. */
export function changeOptions(request: CheckedRequest): ChangeOptions | Reply {
  const reason = bodyText(request, 'reason')
  const match = request.headers['if-match']
  const options: ChangeOptions = { by: request.actor, ...(reason === undefined ? {} : { reason }) }
  if (match === undefined || match === '*') return options
  const generation = /^"([0-9]{1,15})"$/.exec(match)?.[1]
  if (generation === undefined) {
    return refuse('invalid-request', 'If-Match: the ETag that the application was read with, such as "7"')
  }
  return { ...options, expectGeneration: Number(generation) }
}

/** Whether something that was asked for is a refusal instead. */
export function isReply(value: object): value is Reply {
  return 'contentType' in value
}

/** Makes a change and answers with the application as it is wanted now, and the task to wait for. */
export async function change(
  request: CheckedRequest,
  make: (options: ChangeOptions) => Promise<Outcome<ApplicationView>>,
): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const outcome = await make(options)
  if (outcome.kind !== 'accepted') return refusedChange(outcome, options)
  return acceptedReply(outcome.value, outcome.task)
}

/** 202 with the task to wait for; `quiet` is the status when there is none. */
export function acceptedReply(
  application: ApplicationView,
  task: TaskRecord | undefined,
  quiet = 200,
): Reply {
  const body: Accepted = { application, ...(task === undefined ? {} : { task }) }
  const place = `/v1/applications/${application.id}`
  const headers = {
    etag: etagOf(application),
    'content-location': place,
    ...(task !== undefined ? { location: `/v1/tasks/${task.id}` } : quiet === 201 ? { location: place } : {}),
  }
  return reply(body, task === undefined ? quiet : 202, headers)
}

/** The ETag of an application: its generation. */
export function etagOf(application: ApplicationView): string {
  return `"${application.generation}"`
}

/** The value of an accepted outcome as an answer, or its refusal. */
export function answered<T>(outcome: Outcome<T>, show: (value: T) => Reply): Reply {
  return outcome.kind === 'accepted' ? show(outcome.value) : refused(outcome)
}

/** A parameter of the path. Routes and schemas see that it is there. */
export function param(request: CheckedRequest, name: string): string {
  return request.params[name] ?? ''
}

/** The path of the entity that a request is about. */
export function entityPath(request: CheckedRequest): string {
  const path = param(request, 'entity')
  return path === ROOT_SEGMENT ? '' : path
}

/** The JSON body as its schema says it is; an empty object when there was none. */
export function bodyOf<T>(request: CheckedRequest): Partial<T> {
  // dispatch has checked it against the route's schema.
  return (request.body.kind === 'json' ? request.body.value : {}) as unknown as Partial<T>
}

function bodyText(request: CheckedRequest, name: string): string | undefined {
  if (request.body.kind !== 'json' || !isJsonObject(request.body.value)) return undefined
  const value = Object.hasOwn(request.body.value, name) ? request.body.value[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function refusedChange(refusal: Refusal, options: ChangeOptions): Reply {
  if (refusal.kind !== 'conflict' || options.expectGeneration === undefined) return refused(refusal)
  return refuse('precondition-failed', refusal.reason, { moved: refusal.moved })
}
