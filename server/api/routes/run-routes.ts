import { type Route, routesOf } from '../route.js'
import { replayRunSchema, runWorkflowSchema, workflowRunSchema } from '../run.js'
import { list, text } from '../schema.js'
import { reasonSchema } from '../submission.js'
import { taskSchema } from '../task.js'
import { applicationParam, entityParams, ok } from './common.js'

const base = '/v1/applications/{application}'
const runParams = { ...applicationParam, run: text('Its id.', { minLength: 1, maxLength: 200 }) }
const begun = { 202: { description: 'Accepted; `Location` names the task.', schema: taskSchema } }

/** Runs of workflows. */
export const runRoutes: readonly Route[] = routesOf('runs', [
  {
    id: 'listRuns',
    method: 'GET',
    path: `${base}/entities/{entity}/runs`,
    permission: 'applications:read',
    summary: 'List the runs of workflows at an entity that are remembered, newest first.',
    params: entityParams,
    responses: ok(list(workflowRunSchema)),
  },
  {
    id: 'runWorkflow',
    method: 'POST',
    path: `${base}/entities/{entity}/runs`,
    permission: 'entities:exec',
    summary: 'Run a workflow at an entity that its document does not have.',
    params: entityParams,
    body: runWorkflowSchema,
    responses: begun,
    idempotency: 'once',
  },
  {
    id: 'getRun',
    method: 'GET',
    path: `${base}/runs/{run}`,
    permission: 'applications:read',
    summary: 'Show a run: where it is, what it waits for, what it gave.',
    params: runParams,
    responses: ok(workflowRunSchema),
  },
  {
    id: 'cancelRun',
    method: 'POST',
    path: `${base}/runs/{run}/cancel`,
    permission: 'entities:operate',
    summary: 'End a run where it is.',
    params: runParams,
    body: reasonSchema,
    responses: ok(workflowRunSchema, 'As it was when it was told.'),
  },
  {
    id: 'replayRun',
    method: 'POST',
    path: `${base}/runs/{run}/replay`,
    permission: 'entities:operate',
    summary: 'Do a run again that has ended.',
    params: runParams,
    body: replayRunSchema,
    responses: begun,
    idempotency: 'once',
  },
])
