import type { Task, WireJson, WorkflowRun } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, flag, json, pathParam } from './call.js'
import { patience, taskEnded } from './ended.js'
import { Refused } from './gateway.js'
import { applicationLink, entityId, entityLink, taskLink } from './ids.js'
import { type Located, entityParams, namedEntity } from './located.js'
import { taskSummary } from './tasks.js'

/** A run of a workflow as Brooklyn shows one, without what it keeps inside. */
export interface WorkflowSummary {
  readonly workflowId: string
  readonly name: string
  readonly entityId: string
  readonly taskId: string
  readonly parentId: string | null
  readonly status: string
  /** Position in the outermost list of steps; null where it is at none. */
  readonly currentStepIndex: number | null
  readonly output: WireJson
  readonly error: string | null
  readonly links: { readonly [name: string]: string }
}

const STATUS: { readonly [state in WorkflowRun['state']]: string } = {
  running: 'RUNNING',
  succeeded: 'SUCCESS',
  failed: 'ERROR',
  cancelled: 'ERROR_CANCELLED',
}

/** The runs at an entity that are remembered, by id. */
export async function listWorkflows(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const runs = await runsAt(call, located)
  return json(Object.fromEntries(runs.map((run) => [run.id, summaryOf(located, run)])))
}

/** One of them. */
export async function getWorkflow(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  return json(summaryOf(located, await namedRun(call, located)))
}

/** Runs the workflow in the body, and waits for its end as long as `timeout` says. */
export async function runWorkflow(call: BrooklynCall): Promise<BrooklynAnswer> {
  const wait = patience(call, 'always')
  if (call.body.trim() === '') throw new Refused(refuse('invalid-request', 'Workflow must not be empty'))
  const located = await namedEntity(call)
  const begun = await call.gateway.read<Task>('runWorkflow', {
    params: paramsOf(located),
    body: { kind: 'json', value: { workflow: call.body } },
  })
  const run = (await runsAt(call, located)).find(({ task }) => task === begun.id)
  const task = wait === 0 ? begun : await taskEnded(call, begun.id, wait)
  const answer = json(await taskSummary(call, task), 201)
  return run === undefined ? answer : { ...answer, location: workflowLink(located, run.id) }
}

/** Does one again that has ended, from its start or from a step. */
export async function replayWorkflow(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const run = await namedRun(call, located)
  const { reason } = call.query
  const task = await call.gateway.read<Task>('replayRun', {
    params: { application: located.application.id, run: run.id },
    body: {
      kind: 'json',
      value: {
        ...from(pathParam(call, 'step')),
        force: flag(call, 'force', false),
        ...(reason === undefined ? {} : { reason }),
      },
    },
  })
  return json(await taskSummary(call, task))
}

/** What has ended is forgotten as it says itself, and what has not is cancelled in our own API. */
export function deleteWorkflow(): BrooklynAnswer {
  throw new Refused(refuse('unsupported', 'A workflow is forgotten when its retention is over.'))
}

/** A step by its id, or its position from 0. */
function from(step: string): { readonly from: 'start' | 'last' } | { readonly step: string } {
  if (step === 'start' || step === 'last') return { from: step }
  return { step: /^\d{1,6}$/.test(step) ? String(Number(step) + 1) : step }
}

function paramsOf({ application, entity }: Located): ReturnType<typeof entityParams> {
  return entityParams(application.id, entity.path)
}

function runsAt({ gateway }: BrooklynCall, located: Located): Promise<readonly WorkflowRun[]> {
  return gateway.read<readonly WorkflowRun[]>('listRuns', { params: paramsOf(located) })
}

async function namedRun(call: BrooklynCall, located: Located): Promise<WorkflowRun> {
  const id = pathParam(call, 'workflow')
  const found = (await runsAt(call, located)).find((run) => run.id === id)
  if (found !== undefined) return found
  throw new Refused(refuse('not-found', `Cannot find workflow '${id}'`))
}

function summaryOf(located: Located, run: WorkflowRun): WorkflowSummary {
  const { application, entity } = located
  return {
    workflowId: run.id,
    name: run.name,
    entityId: entityId(application.id, entity.path),
    taskId: run.task,
    parentId: run.parent ?? null,
    status: STATUS[run.state],
    currentStepIndex: run.steps[0]?.index ?? null,
    output: run.output ?? null,
    error: run.error?.message ?? null,
    links: {
      self: workflowLink(located, run.id),
      task: taskLink(run.task),
      entity: entityLink(application.id, entity.path),
      application: applicationLink(application.id),
    },
  }
}

function workflowLink({ application, entity }: Located, run: string): string {
  return `${entityLink(application.id, entity.path)}/workflows/${encodeURIComponent(run)}`
}
