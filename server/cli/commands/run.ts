import type { ReplayRun, RunWorkflow, Task, WorkflowRun, WireJson } from '../../api/index.js'
import { REASON_OPTION } from '../change.js'
import { cleanLine } from '../clean.js'
import { ago, span } from '../duration.js'
import { EXIT } from '../exit.js'
import { type Listing, facts } from '../output.js'
import { type Session, entityParams, targetOf } from '../session.js'
import type { Verb, VerbInput } from '../verb.js'
import { pairOf } from './invoke.js'

const listVerb: Verb = {
  usage: 'list <target>',
  summary: 'list the runs of workflows at an entity, newest first (APP or APP/ENTITY)',
  run: async (session, input) => {
    const params = entityParams(targetOf(input.word(0)))
    const runs = await session.get<readonly WorkflowRun[]>({ route: 'listRuns', params })
    session.output.list(listing(runs, session.terminal.now()))
    return EXIT.ok
  },
}

const showVerb: Verb = {
  usage: 'show <application> <run>',
  summary: 'show a run: where it is, what it waits for, what it gave',
  run: async (session, input) => {
    const params = { application: input.word(0), run: input.word(1) }
    show(session, await session.get<WorkflowRun>({ route: 'getRun', params }))
    return EXIT.ok
  },
}

const beginVerb: Verb = {
  usage: 'begin <target> <file>',
  summary: 'run a workflow at an entity that its document does not have: a file with steps',
  options: [
    ['-p, --parameter <name=value...>', 'a value of its input; JSON where it is JSON'],
    REASON_OPTION,
  ],
  examples: ['weir run begin shop/store mend.yaml -p depth=3'],
  run: async (session, input) => {
    const reason = input.text('reason')
    const body: RunWorkflow = {
      workflow: await session.terminal.readFile(input.word(1)),
      input: Object.fromEntries<WireJson>(input.texts('parameter').map(pairOf)),
      ...(reason === undefined ? {} : { reason }),
    }
    const params = entityParams(targetOf(input.word(0)))
    return told(session, await session.change<Task>({ route: 'runWorkflow', params, body }))
  },
}

const cancelVerb: Verb = {
  usage: 'cancel <application> <run>',
  summary: 'end a run where it is',
  options: [REASON_OPTION],
  run: async (session, input) => {
    const params = { application: input.word(0), run: input.word(1) }
    show(session, await session.change<WorkflowRun>({ route: 'cancelRun', params, body: reasonIn(input) }))
    return EXIT.ok
  },
}

const replayVerb: Verb = {
  usage: 'replay <application> <run>',
  summary:
    'do a run again that has ended: from where it failed, from a step that says so, or from its start as another run',
  options: [
    ['--from-start', 'from its start'],
    ['--from <step>', 'from a step, by its id or its number from 1; "last" for the last that says so'],
    ['--force', 'also where its author does not say that this does no harm'],
    REASON_OPTION,
  ],
  run: async (session, input) => {
    const params = { application: input.word(0), run: input.word(1) }
    const body: ReplayRun = {
      ...placeIn(input),
      force: input.flag('force'),
      ...reasonIn(input),
    }
    return told(session, await session.change<Task>({ route: 'replayRun', params, body }))
  },
}

/** Runs of workflows. */
export const runVerb: Verb = {
  usage: 'run',
  summary: 'runs of workflows',
  verbs: [listVerb, showVerb, beginVerb, cancelVerb, replayVerb],
}

/** From where a run is done again; of both, the step counts. */
function placeIn(input: VerbInput): Pick<ReplayRun, 'from' | 'step'> {
  const step = input.text('from')
  if (step === 'last') return { from: 'last' }
  return step === undefined ? { from: input.flag('from-start') ? 'start' : 'failure' } : { step }
}

function reasonIn(input: VerbInput): { readonly reason?: string } {
  const reason = input.text('reason')
  return reason === undefined ? {} : { reason }
}

function told(session: Session, task: Task): number {
  const text = `${task.name} is ${task.state}; see: weir activity --task ${task.id}`
  session.output.single({ value: task, text, name: task.id })
  return task.state === 'failed' ? EXIT.failed : EXIT.ok
}

function show(session: Session, run: WorkflowRun): void {
  const now = session.terminal.now()
  const steps = run.steps.map(({ index, does, lock }) =>
    [`step ${index + 1}`, does ?? '', lock === undefined ? '' : `under the lock ${lock}`]
      .filter(Boolean)
      .join(', '),
  )
  const text = facts([
    ['Run', `${run.id}, ${run.name}`],
    ['Of', run.origin],
    ['Entity', run.entity],
    ['State', run.state],
    ['Begun', `${ago(run.startedAt, now)} by ${run.by}`],
    ['Took', run.endedAt === undefined ? '' : span(run.endedAt - run.startedAt)],
    ['Reason', run.reason],
    ['Part of', run.parent ?? ''],
    ['At', steps.join('; ')],
    ['Waits for', run.waits.join('; ')],
    ['Failure', run.error?.message ?? ''],
    ['Gave', run.output === undefined ? '' : JSON.stringify(run.output)],
    ['Again', [...run.replay, ...run.points.map((point) => `from ${point}`)].join(', ')],
    ['Task', run.task],
  ])
  session.output.single({ value: run, text, name: run.id })
}

function listing(items: readonly WorkflowRun[], now: number): Listing<WorkflowRun> {
  return {
    items,
    nameOf: ({ id }) => id,
    none: 'no workflow was run here',
    columns: [
      { title: 'RUN', of: ({ id }) => id },
      { title: 'OF', of: ({ origin }) => origin },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'BEGUN', of: ({ startedAt }) => ago(startedAt, now) },
      { title: 'WAITS FOR', of: ({ waits }) => cleanLine(waits.join('; ')) },
      { title: 'FAILURE', of: ({ error }) => cleanLine(error?.message ?? '') },
    ],
  }
}
