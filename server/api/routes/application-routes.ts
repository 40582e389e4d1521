import { acceptedSchema, applicationSchema, applicationStateSchema } from '../application.js'
import { pageOf } from '../catalog.js'
import { decisionSchema } from '../decision.js'
import { troubleSchema } from '../entity.js'
import { planSchema } from '../plan.js'
import { type Route, routesOf } from '../route.js'
import { flag, integer, list, optional, text } from '../schema.js'
import { reasonSchema, rollbackSchema, submissionSchema, validationSchema } from '../submission.js'
import { taskSchema } from '../task.js'
import { differenceSchema, versionDocumentSchema, versionSchema } from '../version.js'
import { DOCUMENT_TYPES, acceptedResponses, applicationParam, ok, pageQuery } from './common.js'

const base = '/v1/applications/{application}'
const planDigest = optional(text('Only if this plan is still what would be done.', { maxLength: 128 }))
const compat = optional(
  flag('Whether a key that nobody knows is a warning and left out, and not an error. Default false.'),
)
const chosenId = optional(
  text('Its id, new to the whole server; absent: chosen here.', { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
)
const versionNumber = integer('From 1.', { minimum: 1, maximum: 1_000_000_000 })

/** Documents: what is wrong with them, what they would do. */
export const documentRoutes: readonly Route[] = routesOf('documents', [
  {
    id: 'validateDocument',
    method: 'POST',
    path: '/v1/validate',
    permission: 'blueprints:check',
    summary: 'Say what is wrong with a document.',
    query: { compat },
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: ok(validationSchema, 'All problems at once; none when it is right.'),
    idempotency: 'none',
  },
  {
    id: 'planDocument',
    method: 'POST',
    path: '/v1/plan',
    permission: 'applications:read',
    summary: 'Preview what a document would do: as a new application, or as a change of one.',
    query: { application: optional(text('Id or unique name of the application to change.')), compat },
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: ok(planSchema),
    idempotency: 'none',
  },
])

/** Applications and their life. */
export const applicationRoutes: readonly Route[] = routesOf('applications', [
  {
    id: 'listApplications',
    method: 'GET',
    path: '/v1/applications',
    permission: 'applications:read',
    summary: 'List applications.',
    query: { ...pageQuery, state: optional(applicationStateSchema) },
    responses: ok(pageOf('Application', list(applicationSchema))),
  },
  {
    id: 'deployApplication',
    method: 'POST',
    path: '/v1/applications',
    permission: 'applications:write',
    summary: 'Deploy a document as a new application.',
    query: {
      planDigest,
      start: optional(flag('Whether it is started. Default true.')),
      id: chosenId,
      compat,
    },
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: {
      201: { description: 'Recorded; nothing was begun.', schema: acceptedSchema },
      202: { description: 'Accepted; `Location` names the task to wait for.', schema: acceptedSchema },
    },
  },
  {
    id: 'getApplication',
    method: 'GET',
    path: base,
    permission: 'applications:read',
    summary: 'Show an application; its ETag is its generation.',
    params: applicationParam,
    responses: ok(applicationSchema),
  },
  {
    id: 'updateApplication',
    method: 'PUT',
    path: base,
    permission: 'applications:write',
    summary: 'Make a document the wanted one.',
    params: applicationParam,
    query: { planDigest, note: optional(text('Kept with the version.', { maxLength: 1000 })), compat },
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'deleteApplication',
    method: 'DELETE',
    path: base,
    permission: 'applications:write',
    summary: 'Stop it and remove all that was made for it.',
    params: applicationParam,
    query: { force: optional(flag('Skip the graceful part.')) },
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'startApplication',
    method: 'POST',
    path: `${base}/start`,
    permission: 'applications:write',
    summary: 'Want it running.',
    params: applicationParam,
    body: reasonSchema,
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'stopApplication',
    method: 'POST',
    path: `${base}/stop`,
    permission: 'applications:write',
    summary: 'Want it stopped.',
    params: applicationParam,
    body: reasonSchema,
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'recoverApplication',
    method: 'POST',
    path: `${base}/recover`,
    permission: 'applications:write',
    summary: 'Forget back-off and quarantine and try everything again at once.',
    params: applicationParam,
    body: reasonSchema,
    responses: acceptedResponses,
    ifMatch: true,
  },
])

/** Versions of an application's document. */
export const versionRoutes: readonly Route[] = routesOf('versions', [
  {
    id: 'listVersions',
    method: 'GET',
    path: `${base}/versions`,
    permission: 'applications:read',
    summary: 'List the kept versions of its document, newest first.',
    params: applicationParam,
    query: pageQuery,
    responses: ok(pageOf('Version', list(versionSchema))),
  },
  {
    id: 'getVersion',
    method: 'GET',
    path: `${base}/versions/{version}`,
    permission: 'applications:read',
    summary: 'Show one version with its document.',
    params: { ...applicationParam, version: versionNumber },
    responses: ok(versionDocumentSchema),
  },
  {
    id: 'diffVersions',
    method: 'GET',
    path: `${base}/diff`,
    permission: 'applications:read',
    summary: 'Compare two versions.',
    params: applicationParam,
    query: { from: versionNumber, to: versionNumber },
    responses: ok(list(differenceSchema)),
  },
  {
    id: 'rollbackApplication',
    method: 'POST',
    path: `${base}/rollback`,
    permission: 'applications:write',
    summary: 'Want an earlier version again.',
    params: applicationParam,
    body: rollbackSchema,
    responses: acceptedResponses,
    ifMatch: true,
  },
])

/** What is known about an application's conduct. */
export const recordRoutes: readonly Route[] = routesOf('records', [
  {
    id: 'listProblems',
    method: 'GET',
    path: `${base}/problems`,
    permission: 'applications:read',
    summary: 'List what is wrong, and with what.',
    params: applicationParam,
    query: pageQuery,
    responses: ok(pageOf('Trouble', list(troubleSchema))),
  },
  {
    id: 'listDecisions',
    method: 'GET',
    path: `${base}/decisions`,
    permission: 'applications:read',
    summary: 'List decisions and refusals, newest first.',
    params: applicationParam,
    query: { ...pageQuery, entity: optional(text('Path of an entity.')) },
    responses: ok(pageOf('Decision', list(decisionSchema))),
  },
  {
    id: 'listApplicationTasks',
    method: 'GET',
    path: `${base}/tasks`,
    permission: 'applications:read',
    summary: 'List its tasks, newest first.',
    params: applicationParam,
    query: { ...pageQuery, entity: optional(text('Path of an entity.')) },
    responses: ok(pageOf('Task', list(taskSchema))),
  },
])
