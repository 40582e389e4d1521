import { healthSchema, identitySchema, livenessSchema, pageOf } from '../catalog.js'
import { eventSchema } from '../event.js'
import { locationSchema, newLocationSchema, orphanSchema, testLinesSchema } from '../location.js'
import { capacitySchema } from '../plan.js'
import { type Route, routesOf } from '../route.js'
import { integer, json, list, optional, text } from '../schema.js'
import { submissionSchema } from '../submission.js'
import { DOCUMENT_TYPES, ok, okText, pageQuery } from './common.js'

const locationParam = { location: text('Its name.', { minLength: 1, maxLength: 200 }) }

/** What happens. */
export const eventRoutes: readonly Route[] = routesOf('events', [
  {
    id: 'streamEvents',
    method: 'GET',
    path: '/v1/events',
    permission: 'applications:read',
    summary: 'Follow what happens. Resume with Last-Event-ID or `since`.',
    query: {
      application: optional(text('Only of this application.')),
      since: optional(integer('What happened after this revision, then live.', { minimum: 0 })),
    },
    responses: {
      200: {
        description: 'Server-sent events; `id` is for resuming, a comment is a heartbeat.',
        schema: eventSchema,
        contentType: 'text/event-stream',
      },
    },
  },
])

/** Places. */
export const locationRoutes: readonly Route[] = routesOf('locations', [
  {
    id: 'listLocations',
    method: 'GET',
    path: '/v1/locations',
    permission: 'locations:read',
    summary: 'List the configured places.',
    responses: ok(list(locationSchema)),
  },
  {
    id: 'getLocation',
    method: 'GET',
    path: '/v1/locations/{location}',
    permission: 'locations:read',
    summary: 'Show a place.',
    params: locationParam,
    responses: ok(locationSchema),
  },
  {
    id: 'addLocation',
    method: 'POST',
    path: '/v1/locations',
    permission: 'locations:write',
    summary: 'Add a place.',
    body: newLocationSchema,
    responses: { 201: { description: 'Added.', schema: locationSchema } },
  },
  {
    id: 'removeLocation',
    method: 'DELETE',
    path: '/v1/locations/{location}',
    permission: 'locations:write',
    summary: 'Remove a place that is not in use.',
    params: locationParam,
    responses: ok(locationSchema, 'Removed.'),
  },
  {
    id: 'testLocation',
    method: 'POST',
    path: '/v1/locations/{location}/test',
    permission: 'locations:read',
    summary: 'Try whether a place can be reached and used.',
    params: locationParam,
    responses: ok(testLinesSchema),
    idempotency: 'none',
  },
  {
    id: 'askCapacity',
    method: 'POST',
    path: '/v1/locations/{location}/capacity',
    permission: 'locations:read',
    summary: 'Ask a place whether what a document asks of it would fit.',
    params: locationParam,
    body: submissionSchema,
    contentTypes: DOCUMENT_TYPES,
    responses: ok(list(capacitySchema)),
    idempotency: 'none',
  },
  {
    id: 'listOrphans',
    method: 'GET',
    path: '/v1/orphans',
    permission: 'orphans:read',
    summary: 'List far-end objects with our marks that are in no book, and what has outlived its lease.',
    query: pageQuery,
    responses: ok(pageOf('Orphan', list(orphanSchema))),
  },
  {
    id: 'collectOrphans',
    method: 'POST',
    path: '/v1/orphans/collect',
    permission: 'orphans:write',
    summary: 'Remove the orphans that have outlived the in-flight window.',
    responses: ok(list(orphanSchema), 'What was removed.'),
  },
])

/** How the server is. */
export const systemRoutes: readonly Route[] = routesOf('system', [
  {
    id: 'getIdentity',
    method: 'GET',
    path: '/v1/version',
    permission: 'catalog:read',
    summary: 'Say who answers.',
    responses: ok(identitySchema),
  },
  {
    id: 'getHealth',
    method: 'GET',
    path: '/health',
    permission: 'public',
    summary: 'Whether the process lives.',
    responses: ok(livenessSchema),
  },
  {
    id: 'getReady',
    method: 'GET',
    path: '/ready',
    permission: 'public',
    summary: 'Whether the engine takes requests.',
    responses: {
      ...ok(healthSchema, 'It does.'),
      503: { description: 'Not yet.', schema: healthSchema },
    },
  },
  {
    id: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    permission: 'metrics:read',
    summary: 'Figures for Prometheus.',
    responses: okText('Prometheus text format.'),
  },
  {
    id: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    permission: 'public',
    summary: 'This very description.',
    responses: ok(json('An OpenAPI 3.1 document.')),
  },
])
