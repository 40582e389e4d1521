import type { Outcome, Problem, TaskRecord, WorkflowSpec } from '../../engine/index.js'
import type { ReplayRun, RunWorkflow } from '../api/index.js'
import { answered, bodyOf, changeOptions, entityPath, isReply, param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { documentRefused, refuse, refused } from './refusals.js'
import { wantedSpec } from './wanted-spec.js'

/** What problems call a workflow that came without a name. */
const UNNAMED = 'workflow.yaml'

/** Lines before the workflow, and columns: it is read as that of an effector. */
const BEFORE = [
  'name: workflow',
  'services:',
  '- type: entity',
  '  brooklyn.initializers:',
  '  - type: workflow-effector',
  '    name: workflow',
]
const INDENT = '    '

/** The runs at an entity. */
export function listRuns({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(
    engine.runs.list(request.actor, param(request, 'application'), entityPath(request)),
    (run) => reply(run),
  )
}

/** One run. */
export function getRun({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(
    engine.runs.get(request.actor, param(request, 'application'), param(request, 'run')),
    (run) => reply(run),
  )
}

/** Runs a workflow that no document has. */
export async function runWorkflow(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const [id, path] = [param(request, 'application'), entityPath(request)]
  const { workflow: text = '', input = {} } = bodyOf<RunWorkflow>(request)
  const workflow = await compiled(context, request, text)
  if (isReply(workflow)) return workflow
  return begun(await context.engine.runs.begin(id, path, { workflow, input }, options))
}

/** Ends a run where it is. */
export function cancelRun({ engine }: HandlerContext, request: CheckedRequest): Reply {
  const options = changeOptions(request)
  if (isReply(options)) return options
  return answered(engine.runs.cancel(param(request, 'application'), param(request, 'run'), options), (run) =>
    reply(run),
  )
}

/** Does a run again. */
export async function replayRun({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const { step, from: word = 'failure', force = false } = bodyOf<ReplayRun>(request)
  const from = step === undefined ? word : { step }
  const [id, run] = [param(request, 'application'), param(request, 'run')]
  return begun(await engine.runs.replay(id, run, { from, force }, options))
}

function begun(outcome: Outcome<TaskRecord>): Reply {
  return answered(outcome, (task) => reply(task, 202, { location: `/v1/tasks/${task.id}` }))
}

/** Compiled beside the running document, so that it may name all that is there. */
async function compiled(
  context: HandlerContext,
  request: CheckedRequest,
  text: string,
): Promise<WorkflowSpec | Reply> {
  const running = await wantedSpec(context.engine, request, param(request, 'application'))
  if (running.kind !== 'accepted') return refused(running)
  const names = entityPath(request) === '' ? [] : entityPath(request).split('/')
  const catalog = (await context.catalogs.of(request.actor.tenant)).view
  const { lines, before } = documentOf(text)
  const result = context.compile(
    { main: { file: UNNAMED, text: lines.join('\n') }, files: {} },
    { parameters: {}, catalog, within: { application: running.value, parent: names, asPart: true } },
  )
  if (result.kind === 'missing')
    return refuse('missing-files', `The workflow names ${result.files.join(', ')}: it comes alone.`, {
      missing: result.files,
    })
  if (result.kind === 'problems') return documentRefused(result.problems.map((one) => moved(one, before)))
  const workflow = result.spec.root.children[0]?.effectors[0]?.workflow
  return workflow ?? refuse('invalid-request', 'The workflow has no steps.')
}

/** A list is the steps of a workflow. */
function documentOf(text: string): { readonly lines: readonly string[]; readonly before: number } {
  const isList = /^\s*(?:#[^\n]*\n\s*)*-\s/.test(text)
  const before = isList ? [...BEFORE, `${INDENT}steps:`] : BEFORE
  return { lines: [...before, ...text.split('\n').map((line) => `${INDENT}${line}`)], before: before.length }
}

/** Where a problem is in the workflow by itself. */
function moved(problem: Problem, lines: number): Problem {
  const { range } = problem
  if (range === undefined) return problem
  const back = ({ line, column }: { readonly line: number; readonly column: number }) => ({
    line: Math.max(1, line - lines),
    column: Math.max(1, column - INDENT.length),
  })
  return { ...problem, range: { start: back(range.start), end: back(range.end) } }
}
