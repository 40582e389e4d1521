import { destroyAdjunct, getAdjunct, listAdjuncts, listPolicies, readAdjunctStatus } from './adjuncts.js'
import { listAdjunctActivities, listAdjunctConfig, readAdjunctConfig } from './adjuncts.js'
import { readAllAdjunctConfig, readPolicyStates, startAdjunct, stopAdjunct } from './adjuncts.js'
import { deleteApplication, deployApplication, deployUnderId } from './applications.js'
import { getApplication, listApplications } from './applications.js'
import type { BrooklynRoute } from './call.js'
import { addBundle, addToCatalog, deleteBundle, deleteItem, downloadBundle } from './bundles.js'
import { getBundle, getBundleType, listBundleTypes, listBundleVersions, listBundles } from './bundles.js'
import { getItem, getType, listItems, listTypes } from './catalog.js'
import { addChildren } from './children.js'
import { listConfig, readAllConfig, readConfig } from './config.js'
import { fetchAll, readDetails } from './details.js'
import { invokeEffector, listEffectors } from './effectors.js'
import { getEntity, listChildren, listDescendants, listEntities } from './entities.js'
import { listEntityLocations, readDescendantsSensor, readSpec } from './entities.js'
import { getLocation, listLocations } from './locations.js'
import { listSensors, readSensor, readSensors } from './sensors.js'
import { readHaState, readPlaneId, readUp, readUpExtended, readUser, readVersion } from './server.js'
import { getActivity, getEntityActivity, listActivityChildren, listActivityDescendants } from './tasks.js'
import { listEntityActivities, readActivityStream } from './tasks.js'
import { deleteWorkflow, getWorkflow, listWorkflows, replayWorkflow, runWorkflow } from './workflows.js'

const A = '/v1/applications/{application}'
const E = `${A}/entities/{entity}`
const T = '/v1/activities/{task}'
const B = '/v1/catalog/bundles'

type Answer = BrooklynRoute['answer']

function get(path: string, summary: string, answer: Answer): BrooklynRoute {
  return { method: 'GET', path, summary, answer }
}

function post(path: string, summary: string, answer: Answer): BrooklynRoute {
  return { method: 'POST', path, summary, answer }
}

function remove(path: string, summary: string, answer: Answer): BrooklynRoute {
  return { method: 'DELETE', path, summary, answer }
}

const server: readonly BrooklynRoute[] = [
  get('/v1/server/version', 'The version; asked for by `br login`.', readVersion),
  get('/v1/server/up', 'Whether requests are taken.', readUp),
  get('/v1/server/up/extended', 'The same, with the one node that there is.', readUpExtended),
  get('/v1/server/healthy', 'The same.', readUp),
  get('/v1/server/user', 'The name of the token.', readUser),
  get('/v1/server/planeid', 'The identity of the store.', readPlaneId),
  get('/v1/server/ha/state', '`MASTER` when it is ready.', readHaState),
]

const applications: readonly BrooklynRoute[] = [
  get('/v1/applications', 'All applications.', listApplications),
  get('/v1/applications/details', 'As trees, with `items`, `depth`, `sensors`, `config`.', readDetails),
  get('/v1/applications/fetch', 'As trees to the last leaf, with `sensors`.', fetchAll),
  post('/v1/applications', 'Deploy the YAML in the body: 201 with the task.', deployApplication),
  get(A, 'One application.', getApplication),
  {
    method: 'PUT',
    path: A,
    summary: 'Deploy under this id: 201, or 409 when it is taken.',
    answer: deployUnderId,
  },
  remove(A, 'Delete: 202 with the task.', deleteApplication),
  get(`${A}/descendants`, 'All entities.', listDescendants),
  get(`${A}/descendants/sensor/{sensor}`, 'One sensor of all of them.', readDescendantsSensor),
]

const entities: readonly BrooklynRoute[] = [
  get(`${A}/entities`, "The application's children.", listEntities),
  get(E, 'One entity.', getEntity),
  get(`${E}/children`, 'Its children, members among them.', listChildren),
  post(`${E}/children`, 'Add the services of the YAML in the body: 201 with the task.', addChildren),
  get(`${E}/descendants`, 'It and all below it.', listDescendants),
  get(`${E}/descendants/sensor/{sensor}`, 'One sensor of all of them.', readDescendantsSensor),
  get(`${E}/locations`, 'Where it is.', listEntityLocations),
  get(`${E}/spec`, "The document, for an application's root.", readSpec),
  get(`${E}/activities`, 'Its tasks, with `limit`.', listEntityActivities),
  get(`${E}/activities/{task}`, 'One of them.', getEntityActivity),
]

const values: readonly BrooklynRoute[] = [
  get(`${E}/config`, 'The keys that are set.', listConfig),
  get(`${E}/config/current-state`, 'Their values.', readAllConfig),
  get(`${E}/config/{key}`, 'One value.', readConfig),
  get(`${E}/sensors`, 'Its sensors.', listSensors),
  get(`${E}/sensors/current-state`, 'Their values.', readSensors),
  get(`${E}/sensors/{sensor}`, 'One value.', readSensor),
  get(`${E}/effectors`, 'Its effectors.', listEffectors),
  post(`${E}/effectors/{effector}`, 'Invoke one, with `timeout`: 202.', invokeEffector),
]

const workflows: readonly BrooklynRoute[] = [
  get(`${E}/workflows`, 'Its runs of workflows, by id.', listWorkflows),
  post(`${E}/workflows`, 'Run the workflow in the body, with `timeout`: 201 with the task.', runWorkflow),
  get(`${E}/workflows/{workflow}`, 'One of them.', getWorkflow),
  remove(`${E}/workflows/{workflow}`, '501: it is forgotten when its retention is over.', deleteWorkflow),
  post(
    `${E}/workflows/{workflow}/replay/from/{step}`,
    'Do it again from `start`, `last` or a step, with `reason` and `force`.',
    replayWorkflow,
  ),
]

const adjuncts: readonly BrooklynRoute[] = [
  get(`${E}/adjuncts`, 'Its policies and enrichers, with `adjunctType`.', listAdjuncts),
  ...adjunctRoutes(`${E}/adjuncts/{adjunct}`),
  get(`${E}/adjuncts/{adjunct}`, 'One of them.', getAdjunct),
  get(`${E}/adjuncts/{adjunct}/status`, 'How it stands.', readAdjunctStatus),
  get(
    `${E}/adjuncts/{adjunct}/activities`,
    'Tasks that it is the author of, with `limit`.',
    listAdjunctActivities,
  ),
  remove(`${E}/adjuncts/{adjunct}`, '501: the document says what there is.', destroyAdjunct),
  get(`${E}/policies`, 'Its policies.', listPolicies),
  get(`${E}/policies/current-state`, 'Whether each acts.', readPolicyStates),
  ...adjunctRoutes(`${E}/policies/{adjunct}`),
  get(`${E}/policies/{adjunct}`, 'How one stands.', readAdjunctStatus),
  post(`${E}/policies/{adjunct}/destroy`, '501: the document says what there is.', destroyAdjunct),
]

/** What is asked of one in both spellings of its address. */
function adjunctRoutes(adjunct: string): readonly BrooklynRoute[] {
  return [
    get(`${adjunct}/config`, 'The keys that are set for it.', listAdjunctConfig),
    get(`${adjunct}/config/current-state`, 'Their values.', readAllAdjunctConfig),
    get(`${adjunct}/config/{key}`, 'One value.', readAdjunctConfig),
    post(`${adjunct}/start`, 'Let it act again: 204.', startAdjunct),
    post(`${adjunct}/stop`, 'Let it rest until it is started: 204.', stopAdjunct),
  ]
}

const activities: readonly BrooklynRoute[] = [
  get(T, 'One task, with `timeout`: 200, or 202 while it goes on.', getActivity),
  get(`${T}/children`, 'The tasks that are parts of it.', listActivityChildren),
  get(`${T}/children/recurse`, 'All tasks below it, by id.', listActivityDescendants),
  get(`${T}/stream/{stream}`, '`stdin`, `stdout`, `stderr` or `env`.', readActivityStream),
]

const catalog: readonly BrooklynRoute[] = [
  get(B, 'The bundles, with `versions` and `detail`.', listBundles),
  post(B, 'Add one: YAML or an archive, with `force`: 201, or 200 when it was there.', addBundle),
  get(`${B}/{bundle}`, 'Its versions.', listBundleVersions),
  get(`${B}/{bundle}/{version}`, 'It with its types.', getBundle),
  remove(`${B}/{bundle}/{version}`, 'Remove it, with `force`.', deleteBundle),
  get(`${B}/{bundle}/{version}/download`, 'It as a zip.', downloadBundle),
  get(`${B}/{bundle}/{version}/types`, 'Its types.', listBundleTypes),
  get(`${B}/{bundle}/{version}/types/{type}`, 'One of them.', getBundleType),
  get(`${B}/{bundle}/{version}/types/{type}/{typeversion}`, 'The same.', getBundleType),
  get('/v1/catalog/types', 'All types, with `fragment`, `supertype` and `versions`.', listTypes),
  get('/v1/catalog/types/{type}', 'One type.', getType),
  get('/v1/catalog/types/{type}/{typeversion}', 'The same; `latest` is a version.', getType),
  post('/v1/catalog', 'Add to it, for `br catalog add`: 201 with the items by id.', addToCatalog),
  get('/v1/catalog/{list}', 'Entities, policies, locations …, for `br catalog list`.', listItems),
  get('/v1/catalog/{list}/{item}', 'One of them.', getItem),
  get('/v1/catalog/{list}/{item}/{version}', 'The same.', getItem),
  remove('/v1/catalog/{list}/{item}/{version}', 'Remove it, where its bundle has nothing else.', deleteItem),
]

const locations: readonly BrooklynRoute[] = [
  get('/v1/locations', 'The configured places.', listLocations),
  get('/v1/locations/{location}', 'One place.', getLocation),
]

/** All that is answered of Brooklyn's REST API. Words stand before parameters: the first that fits answers. */
export const BROOKLYN_ROUTES: readonly BrooklynRoute[] = [
  ...server,
  ...applications,
  ...entities,
  ...values,
  ...workflows,
  ...adjuncts,
  ...activities,
  ...catalog,
  ...locations,
]
