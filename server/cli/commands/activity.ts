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

/** Tasks of a target, newest first. */
export async function taskListing(session: Session, target: string): Promise<Listing<Task>> {
  const { application, entity } = targetOf(target)
  const query = entity === '' ? {} : { entity }
  const now = session.terminal.now()
  return {
    items: await session.all<Task>({ route: 'listApplicationTasks', params: { application }, query }),
    nameOf: ({ id }) => id,
    none: 'nothing was done yet',
    columns: [
      { title: 'TASK', of: ({ id }) => id },
      { title: 'WHAT', of: ({ name }) => name },
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
