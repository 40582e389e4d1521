import type { TSchema } from '@sinclair/typebox'

/** What a token may be allowed to do. `public` needs no token. */
export type Permission =
  | 'public'
  | 'applications:read'
  | 'applications:write'
  | 'entities:operate'
  | 'entities:exec'
  | 'blueprints:check'
  | 'locations:read'
  | 'locations:write'
  | 'orphans:read'
  | 'orphans:write'
  | 'catalog:read'
  | 'catalog:write'
  | 'metrics:read'

/** HTTP methods in use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Every route by its name. */
export type RouteId =
  | 'listApplications'
  | 'deployApplication'
  | 'validateDocument'
  | 'planDocument'
  | 'getApplication'
  | 'updateApplication'
  | 'deleteApplication'
  | 'startApplication'
  | 'stopApplication'
  | 'recoverApplication'
  | 'listVersions'
  | 'getVersion'
  | 'diffVersions'
  | 'rollbackApplication'
  | 'listProblems'
  | 'listDecisions'
  | 'listApplicationTasks'
  | 'listEntities'
  | 'getEntity'
  | 'whyEntity'
  | 'listRoles'
  | 'getRole'
  | 'scaleRole'
  | 'resizeRole'
  | 'listMembers'
  | 'addChildren'
  | 'removeChild'
  | 'replaceEntity'
  | 'restartEntity'
  | 'listSensors'
  | 'getSensorHistory'
  | 'listEffectors'
  | 'checkPolicy'
  | 'testPolicy'
  | 'backtestPolicy'
  | 'simulatePolicy'
  | 'provePolicies'
  | 'listPolicies'
  | 'suspendPolicy'
  | 'resumePolicy'
  | 'invokeEffector'
  | 'listRuns'
  | 'runWorkflow'
  | 'getRun'
  | 'cancelRun'
  | 'replayRun'
  | 'execCommand'
  | 'readLogs'
  | 'getTask'
  | 'readTaskStream'
  | 'streamEvents'
  | 'listLocations'
  | 'getLocation'
  | 'addLocation'
  | 'removeLocation'
  | 'testLocation'
  | 'askCapacity'
  | 'listOrphans'
  | 'collectOrphans'
  | 'listTypes'
  | 'getType'
  | 'getTypeSchema'
  | 'listBundles'
  | 'addBundle'
  | 'getBundle'
  | 'deleteBundle'
  | 'downloadBundle'
  | 'listSchemas'
  | 'getSchema'
  | 'getIdentity'
  | 'getHealth'
  | 'getReady'
  | 'getMetrics'
  | 'getOpenApi'

/** One answer that a route may give. */
export interface RouteAnswer {
  readonly description: string
  /** Absent: no body. */
  readonly schema?: TSchema
  /** @default 'application/json' */
  readonly contentType?: string
}

/** One thing that can be asked over REST. */
export interface Route {
  readonly id: RouteId
  readonly method: Method
  /** With parameters in braces. */
  readonly path: string
  readonly tag: string
  readonly permission: Permission
  readonly summary: string
  /** Schemas by name, for every brace of the path; texts. */
  readonly params: { readonly [name: string]: TSchema }
  /** Schemas by name; texts, whole numbers or flags. */
  readonly query: { readonly [name: string]: TSchema }
  /** Schema of a JSON body; absent: no body is read. */
  readonly body?: TSchema
  /** Content types of the body. */
  readonly contentTypes: readonly string[]
  /** Answers other than refusals, by status. */
  readonly responses: { readonly [status: string]: RouteAnswer }
  /** Whether it takes an Idempotency-Key. `once`: repeating it is not harmless, so that an unknown outcome is told. */
  readonly idempotency: 'none' | 'harmless' | 'once'
  /** Whether it takes an If-Match with the application's generation. */
  readonly ifMatch: boolean
}

/** What a route of a table says; the rest has defaults. */
export type RouteDraft = Pick<Route, 'id' | 'method' | 'path' | 'permission' | 'summary' | 'responses'> &
  Partial<Pick<Route, 'params' | 'query' | 'body' | 'contentTypes' | 'idempotency' | 'ifMatch'>>

/** Completes the routes of one resource. */
export function routesOf(tag: string, drafts: readonly RouteDraft[]): readonly Route[] {
  return drafts.map((draft) => ({
    params: {},
    query: {},
    contentTypes: draft.body === undefined ? [] : ['application/json'],
    idempotency: draft.method === 'GET' ? 'none' : 'harmless',
    ifMatch: false,
    ...draft,
    tag,
  }))
}
