import type { Task } from '../../api/index.js'
import { clean } from '../clean.js'
import { ago, span } from '../duration.js'
import { EXIT } from '../exit.js'
import { type Listing, facts } from '../output.js'
import { type Session, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Lists tasks, or shows one with its streams. */
export const activityVerb: Verb = {
  usage: 'activity [target]',
  summary: 'list what was done in an application or to an entity; --task shows one with its streams',
  options: [['--task <id>', 'show this task']],
  run: async (session, input) => {
    const id = input.text('task')
    if (id === undefined) session.output.list(await taskListing(session, input.word(0)))
    else await showTask(session, id)
    return EXIT.ok
  },
}

/** Tasks of a target, newest first, each with its parts below it. */
export async function taskListing(session: Session, target: string): Promise<Listing<Task>> {
  const { application, entity } = targetOf(target)
  const query = entity === '' ? {} : { entity }
  const now = session.terminal.now()
  const tasks = await session.all<Task>({ route: 'listApplicationTasks', params: { application }, query })
  const { items, isPart } = partsBelow(tasks)
  return {
    items,
    nameOf: ({ id }) => id,
    none: 'nothing was done yet',
    columns: [
      { title: 'TASK', of: ({ id }) => id },
      { title: 'WHAT', of: (task) => (isPart(task) ? `  ${task.name}` : task.name) },
      { title: 'ENTITY', of: ({ entity: path }) => path },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'BEGUN', of: ({ startedAt }) => ago(startedAt, now) },
      {
        title: 'TOOK',
        of: ({ startedAt, endedAt }) => (endedAt === undefined ? '' : span(endedAt - startedAt)),
      },
      { title: 'BY', of: ({ by }) => by },
      { title: 'REASON', wide: true, of: ({ reason }) => reason },
      { title: 'FAILURE', of: ({ failure }) => failure?.message ?? '' },
    ],
  }
}

/** The parts of a task that is listed come after it, in their own order. */
export function partsBelow(tasks: readonly Task[]): {
  readonly items: readonly Task[]
  readonly isPart: (task: Task) => boolean
} {
  const listed = new Set(tasks.map(({ id }) => id))
  const isPart = ({ parent }: Task): boolean => parent !== undefined && listed.has(parent)
  const withParts = (task: Task): readonly Task[] => [
    task,
    ...tasks.filter(({ parent }) => parent === task.id).flatMap(withParts),
  ]
  return { items: tasks.filter((task) => !isPart(task)).flatMap(withParts), isPart }
}

async function showTask(session: Session, id: string): Promise<void> {
  const task = await session.get<Task>({ route: 'getTask', params: { task: id } })
  const { streams } = task
  const now = session.terminal.now()
  const about = facts([
    ['Task', `${task.id}, ${task.name}`],
    ['Application', task.application],
    ['Entity', task.entity],
    ['State', task.state],
    ['Begun', `${ago(task.startedAt, now)} by ${task.by}`],
    ['Took', task.endedAt === undefined ? '' : span(task.endedAt - task.startedAt)],
    ['Part of', task.parent ?? ''],
    ['Reason', task.reason],
    ['Failure', task.failure === undefined ? '' : `${task.failure.cause}: ${task.failure.message}`],
    ['Exit code', streams?.exitCode === undefined ? '' : String(streams.exitCode)],
  ])
  const told = (['stdin', 'stdout', 'stderr'] as const).map((name) => {
    const text = clean(streams?.[name] ?? '').trimEnd()
    return text === '' ? '' : `\n${name}:\n${text}\n`
  })
  session.output.single({ value: task, text: about + told.join(''), name: task.id })
}
