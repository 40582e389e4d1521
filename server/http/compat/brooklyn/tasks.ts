import type { Entity, Task } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam, text } from './call.js'
import { patience, taskEnded } from './ended.js'
import { Refused } from './gateway.js'
import { entityId, entityLink, taskLink } from './ids.js'
import { namedEntity } from './located.js'

/** A task, or a stream of it, by address. */
export interface Linked<M> {
  readonly link: string
  readonly metadata: M
}

/** What a link to a task says of it. */
export interface TaskMetadata {
  readonly id: string
  readonly taskName: string
  readonly entityId: string
  readonly entityDisplayName: string
}

/** What a link to a stream says of it. */
export interface StreamMetadata {
  readonly name: string
  readonly size: number
  readonly sizeText: string
}

/** A task as Brooklyn shows it: `isError` and `isCancelled` stand under both names that its clients read. */
export interface TaskSummary {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly entityId: string
  readonly entityDisplayName: string
  readonly tags: readonly string[]
  readonly submitTimeUtc: number
  readonly startTimeUtc: number
  readonly endTimeUtc: number | null
  readonly currentStatus: string
  readonly detailedStatus: string
  readonly result: string | null
  readonly isError: boolean
  readonly error: boolean
  readonly isCancelled: boolean
  readonly cancelled: boolean
  readonly children: readonly Linked<TaskMetadata>[]
  readonly submittedByTask: Linked<TaskMetadata> | null
  readonly streams: { readonly [name: string]: Linked<StreamMetadata> }
  readonly links: { readonly [name: string]: string }
}

/** What summaries of one application's tasks are made from. */
export interface TaskBook {
  readonly tasks: readonly Task[]
  /** Names of entities by path. */
  readonly names: ReadonlyMap<string, string>
}

const STATUS: { readonly [state in Task['state']]: string } = {
  running: 'In progress',
  succeeded: 'Completed',
  failed: 'Failed',
  superseded: 'Cancelled',
}

/** One task. With `timeout`: waits for its end; 202 says that it goes on. */
export async function getActivity(call: BrooklynCall): Promise<BrooklynAnswer> {
  const task = await taskEnded(call, pathParam(call, 'task'), patience(call, 'always'))
  return json(await taskSummary(call, task), task.state === 'running' ? 202 : 200)
}

/** The tasks that are parts of one. */
export async function listActivityChildren(call: BrooklynCall): Promise<BrooklynAnswer> {
  const task = await readTask(call)
  const book = await taskBook(call, task.application)
  return json(childrenOf(book, task.id).map((child) => summaryOf(child, book)))
}

/** All tasks below one, by id. */
export async function listActivityDescendants(call: BrooklynCall): Promise<BrooklynAnswer> {
  const task = await readTask(call)
  const book = await taskBook(call, task.application)
  const below = [...descendantsOf(book, task.id)]
  return json(Object.fromEntries(below.map((one) => [one.id, summaryOf(one, book)])))
}

/** One stream of a task. */
export async function readActivityStream(call: BrooklynCall): Promise<BrooklynAnswer> {
  const [task, stream] = [await readTask(call), pathParam(call, 'stream')]
  const found = streamTexts(task)[stream]
  if (found !== undefined) return found === '' ? empty() : text(found)
  throw new Refused(refuse('not-found', `Cannot find stream '${stream}' in task '${task.id}'`))
}

/** Tasks of an entity, newest first. */
export async function listEntityActivities(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await entityActivities(call, () => true))
}

/** Tasks of an entity that are of a kind, newest first. */
export async function entityActivities(
  call: BrooklynCall,
  isOfKind: (task: Task) => boolean,
): Promise<readonly TaskSummary[]> {
  const { application, entity } = await namedEntity(call)
  const book = await taskBook(call, application.id)
  const limit = Number(call.query['limit'] ?? 200)
  const own = book.tasks.filter((task) => task.entity === entity.path && isOfKind(task))
  const told = limit > 0 ? own.slice(0, limit) : own
  return told.map((task) => summaryOf(task, book))
}

/** One task of an entity. */
export async function getEntityActivity(call: BrooklynCall): Promise<BrooklynAnswer> {
  const task = await readTask(call)
  return json(await taskSummary(call, task))
}

/** A task with all that its summary names. */
export async function taskSummary(call: BrooklynCall, task: Task): Promise<TaskSummary> {
  return summaryOf(task, await taskBook(call, task.application))
}

function readTask(call: BrooklynCall): Promise<Task> {
  return call.gateway.read<Task>('getTask', { params: { task: pathParam(call, 'task') } })
}

/** Of an application that is gone, its tasks alone are known, one by one. */
async function taskBook({ gateway }: BrooklynCall, application: string): Promise<TaskBook> {
  const params = { application }
  const tasks = await gateway.allLeft<Task>('listApplicationTasks', { params })
  const entities = await gateway.allLeft<Pick<Entity, 'path' | 'name'>>('listEntities', { params })
  return { tasks, names: new Map(entities.map(({ path, name }) => [path, name])) }
}

function childrenOf({ tasks }: TaskBook, id: string): readonly Task[] {
  return tasks.filter(({ parent }) => parent === id)
}

function* descendantsOf(book: TaskBook, id: string): Iterable<Task> {
  for (const child of childrenOf(book, id)) {
    yield child
    yield* descendantsOf(book, child.id)
  }
}

function summaryOf(task: Task, book: TaskBook): TaskSummary {
  const { id, application, entity, startedAt, endedAt, state } = task
  const parent = book.tasks.find((other) => other.id === task.parent)
  const isError = state === 'failed'
  const isCancelled = state === 'superseded'
  return {
    id,
    displayName: task.name,
    description: task.reason,
    ...ownerOf(task, book),
    tags: [],
    submitTimeUtc: startedAt,
    startTimeUtc: startedAt,
    endTimeUtc: endedAt ?? null,
    currentStatus: STATUS[state],
    detailedStatus: detailOf(task),
    result: resultOf(task),
    isError,
    error: isError,
    isCancelled,
    cancelled: isCancelled,
    children: childrenOf(book, id).map((child) => linkTo(child, book)),
    submittedByTask: parent === undefined ? null : linkTo(parent, book),
    streams: streamsOf(task),
    links: {
      self: taskLink(id),
      children: `${taskLink(id)}/children`,
      entity: entityLink(application, entity),
    },
  }
}

function ownerOf(
  { application, entity }: Task,
  { names }: TaskBook,
): Pick<TaskMetadata, 'entityId' | 'entityDisplayName'> {
  const last = entity.slice(entity.lastIndexOf('/') + 1)
  const name = names.get(entity) ?? (entity === '' ? application : last)
  return { entityId: entityId(application, entity), entityDisplayName: name }
}

/** What an effector gives back is what its command printed. */
export function resultOf({ state, streams, failure }: Task): string | null {
  if (state === 'failed') return failure?.message ?? null
  return state === 'succeeded' ? (streams?.stdout ?? null) : null
}

function detailOf({ state, by, reason, failure }: Task): string {
  const why = failure === undefined ? reason : failure.message
  return `${STATUS[state]}${why === '' ? '' : `: ${why}`}\n\nAsked for by ${by}`
}

function linkTo(task: Task, book: TaskBook): Linked<TaskMetadata> {
  return { link: taskLink(task.id), metadata: { id: task.id, taskName: task.name, ...ownerOf(task, book) } }
}

function streamTexts({ streams }: Task): { readonly [name: string]: string } {
  if (streams === undefined) return {}
  const { stdin, stdout, stderr, environment } = streams
  const env = Object.entries(environment)
    .map(([name, said]) => `${name}="${said}"\n`)
    .join('')
  return { stdin, stdout, stderr, env }
}

function streamsOf(task: Task): TaskSummary['streams'] {
  const entries = Object.entries(streamTexts(task)).map(([name, said]) => {
    const size = Buffer.byteLength(said)
    const link = `${taskLink(task.id)}/stream/${name}`
    return [name, { link, metadata: { name, size, sizeText: `${size} bytes` } }] as const
  })
  return Object.fromEntries(entries)
}
