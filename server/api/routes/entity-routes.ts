import { roleSchema } from '../application.js'
import { pageOf } from '../catalog.js'
import { whySchema } from '../decision.js'
import { effectorSchema, entitySchema, sampleSchema, sensorSchema } from '../entity.js'
import { policySchema } from '../policy.js'
import { type Route, routesOf } from '../route.js'
import { flag, integer, list, oneOf, optional, text } from '../schema.js'
import {
  execSchema,
  invocationSchema,
  reasonSchema,
  replaceSchema,
  resizeSchema,
  scaleSchema,
  submissionSchema,
} from '../submission.js'
import { commandOutputSchema, taskSchema } from '../task.js'
import {
  DOCUMENT_TYPES,
  acceptedResponses,
  applicationParam,
  entityParams,
  ok,
  okText,
  pageQuery,
  roleParams,
} from './common.js'

const base = '/v1/applications/{application}'
const entity = `${base}/entities/{entity}`
const role = `${base}/roles/{role}`
const sensorName = text('Name of the sensor.', { minLength: 1, maxLength: 200 })
const effectorName = text('Name of the effector.', { minLength: 1, maxLength: 200 })
const policyParams = {
  ...entityParams,
  policy: text('Name of the policy or enricher.', { minLength: 1, maxLength: 200 }),
}

/** The living tree. */
export const entityRoutes: readonly Route[] = routesOf('entities', [
  {
    id: 'listEntities',
    method: 'GET',
    path: `${base}/entities`,
    permission: 'applications:read',
    summary: 'List the entities of an application, parents first.',
    params: applicationParam,
    query: pageQuery,
    responses: ok(pageOf('Entity', list(entitySchema))),
  },
  {
    id: 'getEntity',
    method: 'GET',
    path: entity,
    permission: 'applications:read',
    summary: 'Show an entity.',
    params: entityParams,
    responses: ok(entitySchema),
  },
  {
    id: 'whyEntity',
    method: 'GET',
    path: `${entity}/why`,
    permission: 'applications:read',
    summary: 'Say why it is as it is: what it waits for, what comes next, what was decided.',
    params: entityParams,
    responses: ok(whySchema),
  },
  {
    id: 'replaceEntity',
    method: 'POST',
    path: `${entity}/replace`,
    permission: 'entities:operate',
    summary: 'Replace a member by a new incarnation.',
    params: entityParams,
    body: replaceSchema,
    responses: acceptedResponses,
    ifMatch: true,
    idempotency: 'once',
  },
  {
    id: 'restartEntity',
    method: 'POST',
    path: `${entity}/restart`,
    permission: 'entities:operate',
    summary: 'Launch it again on the same machine.',
    params: entityParams,
    body: reasonSchema,
    responses: acceptedResponses,
    ifMatch: true,
    idempotency: 'once',
  },
  {
    id: 'addChildren',
    method: 'POST',
    path: `${entity}/children`,
    permission: 'applications:write',
    summary: 'Add the services of a document to a running application, inside of this entity.',
    params: entityParams,
    query: {
      key: optional(
        text(
          'By which it is known: asked for again, it is changed in its place. Another one each time without.',
          {
            minLength: 1,
            maxLength: 200,
          },
        ),
      ),
    },
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: acceptedResponses,
    ifMatch: true,
    idempotency: 'once',
  },
  {
    id: 'removeChild',
    method: 'DELETE',
    path: entity,
    permission: 'applications:write',
    summary: 'Take an entity away that was added while the application ran.',
    params: entityParams,
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'execCommand',
    method: 'POST',
    path: `${entity}/exec`,
    permission: 'entities:exec',
    summary: 'Run one command on its machine and wait for it.',
    params: entityParams,
    body: execSchema,
    responses: ok(commandOutputSchema, 'What it printed.'),
    idempotency: 'once',
  },
  {
    id: 'readLogs',
    method: 'GET',
    path: `${entity}/logs`,
    permission: 'applications:read',
    summary: 'Read what its services say.',
    params: entityParams,
    query: { lines: optional(integer('Lines at most. Default 200.', { minimum: 1, maximum: 10_000 })) },
    responses: okText('Lines, newest last.'),
  },
])

/** Roles and their members. */
export const roleRoutes: readonly Route[] = routesOf('roles', [
  {
    id: 'listRoles',
    method: 'GET',
    path: `${base}/roles`,
    permission: 'applications:read',
    summary: 'List roles in start order.',
    params: applicationParam,
    responses: ok(list(roleSchema)),
  },
  {
    id: 'getRole',
    method: 'GET',
    path: role,
    permission: 'applications:read',
    summary: 'Show a role.',
    params: roleParams,
    responses: ok(roleSchema),
  },
  {
    id: 'listMembers',
    method: 'GET',
    path: `${role}/members`,
    permission: 'applications:read',
    summary: 'List the members of a role.',
    params: roleParams,
    query: pageQuery,
    responses: ok(pageOf('Entity', list(entitySchema))),
  },
  {
    id: 'scaleRole',
    method: 'POST',
    path: `${role}/scale`,
    permission: 'entities:operate',
    summary: 'Want a number of members.',
    params: roleParams,
    body: scaleSchema,
    responses: acceptedResponses,
    ifMatch: true,
  },
  {
    id: 'resizeRole',
    method: 'POST',
    path: `${role}/resize`,
    permission: 'entities:operate',
    summary: 'Want one member more or fewer.',
    params: roleParams,
    body: resizeSchema,
    responses: acceptedResponses,
    ifMatch: true,
    idempotency: 'once',
  },
])

/** Sensors and effectors. */
export const sensorRoutes: readonly Route[] = routesOf('sensors and effectors', [
  {
    id: 'listSensors',
    method: 'GET',
    path: `${entity}/sensors`,
    permission: 'applications:read',
    summary: 'List the last values of its sensors, with their times.',
    params: entityParams,
    responses: ok(list(sensorSchema)),
  },
  {
    id: 'getSensorHistory',
    method: 'GET',
    path: `${entity}/sensors/{sensor}/history`,
    permission: 'applications:read',
    summary: 'Read the history of a sensor of numbers, oldest first.',
    params: { ...entityParams, sensor: sensorName },
    query: {
      since: optional(integer('Milliseconds since the epoch. Default 0.', { minimum: 0 })),
      together: optional(flag('Of its members together: the sum over those that were up, for 30 days.')),
    },
    responses: ok(list(sampleSchema)),
  },
  {
    id: 'listEffectors',
    method: 'GET',
    path: `${entity}/effectors`,
    permission: 'applications:read',
    summary: 'List what it can be asked to do.',
    params: entityParams,
    responses: ok(list(effectorSchema)),
  },
  {
    id: 'invokeEffector',
    method: 'POST',
    path: `${entity}/effectors/{effector}`,
    permission: 'entities:operate',
    summary: 'Ask it to do something.',
    params: { ...entityParams, effector: effectorName },
    body: invocationSchema,
    responses: { 202: { description: 'Accepted; `Location` names the task.', schema: taskSchema } },
    idempotency: 'once',
  },
])

/** Policies and enrichers. */
export const policyRoutes: readonly Route[] = routesOf('policies', [
  {
    id: 'listPolicies',
    method: 'GET',
    path: `${entity}/policies`,
    permission: 'applications:read',
    summary: 'List its policies and enrichers, and whether they act.',
    params: entityParams,
    responses: ok(list(policySchema)),
  },
  {
    id: 'suspendPolicy',
    method: 'POST',
    path: `${entity}/policies/{policy}/suspend`,
    permission: 'entities:operate',
    summary: 'Let one rest until it is resumed; it keeps what it remembers.',
    params: policyParams,
    body: reasonSchema,
    responses: ok(policySchema, 'How it stands now.'),
    ifMatch: true,
  },
  {
    id: 'resumePolicy',
    method: 'POST',
    path: `${entity}/policies/{policy}/resume`,
    permission: 'entities:operate',
    summary: 'Let one act again.',
    params: policyParams,
    body: reasonSchema,
    responses: ok(policySchema, 'How it stands now.'),
    ifMatch: true,
  },
])

/** Tasks by themselves. */
export const taskRoutes: readonly Route[] = routesOf('tasks', [
  {
    id: 'getTask',
    method: 'GET',
    path: '/v1/tasks/{task}',
    permission: 'applications:read',
    summary: 'Show a task.',
    params: { task: text('Its id.', { minLength: 1, maxLength: 200 }) },
    responses: ok(taskSchema),
  },
  {
    id: 'readTaskStream',
    method: 'GET',
    path: '/v1/tasks/{task}/streams/{stream}',
    permission: 'applications:read',
    summary: 'Read one stream of a task.',
    params: {
      task: text('Its id.', { minLength: 1, maxLength: 200 }),
      stream: oneOf('Which.', ['stdin', 'stdout', 'stderr']),
    },
    responses: okText('The stream, within its limit.'),
  },
])
