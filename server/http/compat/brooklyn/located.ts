import { type Application, type Entity, ROOT_SEGMENT } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynCall, pathParam } from './call.js'
import { type Gateway, Refused } from './gateway.js'
import { pathOfId } from './ids.js'

/** An entity with its application. */
export interface Located {
  readonly application: Application
  readonly entity: Entity
}

/** The application that a request names, by id or name. */
export function namedApplication({ gateway, params }: BrooklynCall): Promise<Application> {
  return gateway.read<Application>('getApplication', { params: { application: params['application'] ?? '' } })
}

/** The entity that a request names, by id, name or path; the application's id or name is its root. */
export async function namedEntity(call: BrooklynCall): Promise<Located> {
  const application = await namedApplication(call)
  const path = await pathNamed(call.gateway, application, pathParam(call, 'entity'))
  const params = entityParams(application.id, path)
  return { application, entity: await call.gateway.read<Entity>('getEntity', { params }) }
}

/** Every entity of an application, parents first. */
export function entitiesOf(gateway: Gateway, application: string): Promise<readonly Entity[]> {
  return gateway.all<Entity>('listEntities', { params: { application } })
}

/** Parameters of a request of ours about an entity. */
export function entityParams(
  application: string,
  path: string,
): { readonly application: string; readonly entity: string } {
  return { application, entity: path === '' ? ROOT_SEGMENT : path }
}

async function pathNamed(gateway: Gateway, { id, name }: Application, word: string): Promise<string> {
  const known = word === name ? '' : pathOfId(id, word)
  if (known !== undefined) return known
  const all = await entitiesOf(gateway, id)
  const found = all.find((entity) => entity.name === word) ?? all.find((entity) => entity.path === word)
  if (found !== undefined) return found.path
  throw new Refused(refuse('not-found', `Cannot find entity '${word}' in application '${name}'`))
}
