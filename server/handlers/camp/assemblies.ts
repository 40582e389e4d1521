import type { JsonObject } from '../../../engine/index.js'
import type { Application, Entity } from '../../api/index.js'
import { reply, type Reply } from '../message.js'
import { type CampContext, type CampVisit, ask, askFor, askForAll } from './camp-call.js'
import { componentUri } from './components.js'
import { postedUri } from './parameter-definitions.js'
import { planUri } from './plan-form.js'
import { link, links, resource, told, uriOf } from './representation.js'

/** What is deployed. */
export async function assemblies(context: CampContext, visit: CampVisit): Promise<Reply> {
  const found = await askForAll(context, visit, 'listApplications')
  if (found.kind === 'reply') return found
  const there = found.value.filter(({ state }) => state !== 'destroyed')
  const attributes = {
    ...links(
      'assembly_links',
      there.map(({ id, name }) => link(assemblyUri(id), name)),
    ),
    parameter_definitions_uri: postedUri('assemblies'),
  }
  return reply(resource('assemblies', { uri: uriOf('assemblies'), name: 'assemblies' }, attributes))
}

/** One deployed application; its ETag is its generation. */
export function assembly(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { assembly: id = '' } = visit.params
  return showAssembly(context, visit, id)
}

/** An application as CAMP has it, with its generation as ETag. */
export async function showAssembly(context: CampContext, visit: CampVisit, id: string): Promise<Reply> {
  const params = { application: id }
  const found = await askFor(context, visit, 'getApplication', { params })
  if (found.kind === 'reply') return found
  const entities = await askForAll(context, visit, 'listEntities', { params })
  if (entities.kind === 'reply') return entities
  const plans = await context.plans.list(visit.actor.tenant)
  const plan = plans.find(({ assemblies: deployed }) => deployed.includes(found.value.id))
  const body = assemblyOf(found.value, entities.value, plan === undefined ? undefined : planUri(plan.id))
  return reply(body, 200, { etag: `"${found.value.generation}"` })
}

/** Stops it and removes all that was made for it; its plan stays. */
export async function deleteAssembly(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { assembly: id = '' } = visit.params
  const { 'if-match': match, 'idempotency-key': key } = visit.headers
  const headers = {
    ...(match === undefined ? {} : { 'if-match': match }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  }
  const answer = await ask(context, visit, 'deleteApplication', { params: { application: id }, headers })
  return answer.status < 300 ? { ...answer, status: 204 } : answer
}

/** Where an application is shown. */
export function assemblyUri(id: string): string {
  return uriOf('assemblies', id)
}

function assemblyOf(
  application: Application,
  entities: readonly Entity[],
  plan: string | undefined,
): JsonObject {
  const { id, name, description } = application
  const uri = assemblyUri(id)
  return resource(
    'assembly',
    { uri, name },
    {
      ...told('description', description),
      ...told('representation_skew', skewOf(application)),
      components: entities
        .filter(({ path }) => path !== '')
        .map((entity) => link(componentUri(id, entity.path), entity.path)),
      ...told('plan_uri', plan),
      operations_uri: `${uri}/operations`,
      sensors_uri: `${uri}/sensors`,
    },
  )
}

/** How far what is shown is from what will be. */
function skewOf({ state, wish }: Application): string | undefined {
  if (wish === 'gone') return 'DESTROYING'
  return state === 'created' || state === 'starting' ? 'CREATING' : undefined
}
