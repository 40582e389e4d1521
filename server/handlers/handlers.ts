import type { RouteId } from '../api/index.js'
import * as applications from './application-handlers.js'
import * as bundles from './catalog/bundle-handlers.js'
import * as types from './catalog/type-handlers.js'
import * as children from './child-handlers.js'
import type { HandlerContext, OfflineContext } from './context.js'
import * as entities from './entity-handlers.js'
import * as locations from './location-handlers.js'
import type { Answer, CheckedRequest } from './message.js'
import { validateDocument } from './submissions.js'
import * as system from './system-handlers.js'
import * as policies from './policy-handlers.js'
import * as proofs from './policy-proof-handlers.js'
import * as plays from './policy-play-handlers.js'
import * as trials from './policy-trial-handlers.js'
import * as runs from './run-handlers.js'
import * as tasks from './task-handlers.js'

/** Answers the calls of one route. May throw a Failure: dispatch makes an answer of it. */
export type Handler = (context: HandlerContext, request: CheckedRequest) => Answer | Promise<Answer>

/** Answers the calls of one route without a server. */
export type OfflineHandler = (context: OfflineContext, request: CheckedRequest) => Answer | Promise<Answer>

/** Routes that HTTP answers by itself: they are about HTTP. */
export type HttpOnlyRoute = 'getMetrics' | 'getOpenApi'

const handled: { readonly [id in Exclude<RouteId, HttpOnlyRoute>]: Handler } = {
  validateDocument,
  planDocument: applications.planDocument,
  listApplications: applications.listApplications,
  deployApplication: applications.deployApplication,
  getApplication: applications.getApplication,
  updateApplication: applications.updateApplication,
  deleteApplication: applications.deleteApplication,
  startApplication: applications.startApplication,
  stopApplication: applications.stopApplication,
  recoverApplication: applications.recoverApplication,
  listVersions: applications.listVersions,
  getVersion: applications.getVersion,
  diffVersions: applications.diffVersions,
  rollbackApplication: applications.rollbackApplication,
  listProblems: applications.listProblems,
  listDecisions: applications.listDecisions,
  listApplicationTasks: tasks.listApplicationTasks,
  listEntities: entities.listEntities,
  getEntity: entities.getEntity,
  addChildren: children.addChildren,
  removeChild: children.removeChild,
  whyEntity: entities.whyEntity,
  listRoles: entities.listRoles,
  getRole: entities.getRole,
  scaleRole: entities.scaleRole,
  resizeRole: entities.resizeRole,
  listMembers: entities.listMembers,
  replaceEntity: entities.replaceEntity,
  restartEntity: entities.restartEntity,
  listSensors: entities.listSensors,
  getSensorHistory: entities.getSensorHistory,
  listEffectors: entities.listEffectors,
  invokeEffector: entities.invokeEffector,
  listRuns: runs.listRuns,
  runWorkflow: runs.runWorkflow,
  getRun: runs.getRun,
  cancelRun: runs.cancelRun,
  replayRun: runs.replayRun,
  checkPolicy: trials.checkPolicy,
  testPolicy: trials.testPolicy,
  backtestPolicy: plays.backtestPolicy,
  simulatePolicy: plays.simulatePolicy,
  provePolicies: proofs.provePolicies,
  listPolicies: policies.listPolicies,
  suspendPolicy: policies.suspendPolicy,
  resumePolicy: policies.resumePolicy,
  execCommand: entities.execCommand,
  readLogs: entities.readLogs,
  getTask: tasks.getTask,
  readTaskStream: tasks.readTaskStream,
  streamEvents: tasks.streamEvents,
  listLocations: locations.listLocations,
  getLocation: locations.getLocation,
  addLocation: locations.addLocation,
  removeLocation: locations.removeLocation,
  testLocation: locations.testLocation,
  askCapacity: locations.askCapacity,
  listOrphans: locations.listOrphans,
  collectOrphans: locations.collectOrphans,
  listTypes: types.listTypes,
  getType: types.getType,
  getTypeSchema: types.getTypeSchema,
  listBundles: bundles.listBundles,
  addBundle: bundles.postBundle,
  getBundle: bundles.getBundle,
  deleteBundle: bundles.deleteBundle,
  downloadBundle: bundles.downloadBundle,
  listSchemas: system.listSchemas,
  getSchema: system.getSchema,
  getIdentity: system.getIdentity,
  getHealth: system.getHealth,
  getReady: system.getReady,
}

/** The handler of every route that is not HTTP's own: leaving one out does not compile. */
export const HANDLERS: { readonly [id in RouteId]?: Handler } = handled

/** Handlers of the verbs that work without a server. */
export const OFFLINE_HANDLERS: { readonly [id in RouteId]?: OfflineHandler } = {
  validateDocument,
  checkPolicy: trials.checkPolicy,
  testPolicy: trials.testPolicy,
  backtestPolicy: plays.backtestPolicy,
  simulatePolicy: plays.simulatePolicy,
  provePolicies: proofs.provePolicies,
}
