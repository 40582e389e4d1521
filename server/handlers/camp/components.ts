import type { JsonObject } from '../../../engine/index.js'
import { type Entity, type EntityStateWord, ROOT_SEGMENT, urlOf } from '../../api/index.js'
import { reply, type Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { type CampContext, type CampVisit, askFor, askForAll } from './camp-call.js'
import { link, links, resource, told, uriOf } from './representation.js'
import { serviceUri } from './services.js'

/** A part of an application. */
export async function component(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { assembly = '', component: path = '' } = visit.params
  const found = await askForAll(context, visit, 'listEntities', { params: { application: assembly } })
  if (found.kind === 'reply') return found
  const entity = found.value.find((one) => one.path === path && path !== '')
  if (entity === undefined) return refuse('not-found', `There is no component ${path} in ${assembly}.`)
  const { type: name } = entity
  const type = await askFor(context, visit, 'getType', { params: { name } })
  return reply(
    componentOf(assembly, entity, found.value, type.kind === 'value' ? serviceUri(name) : undefined),
  )
}

/** Where a part of an application is shown; its root is the assembly itself. */
export function componentUri(assembly: string, path: string): string {
  return path === '' ? uriOf('assemblies', assembly) : uriOf('assemblies', assembly, 'components', path)
}

/** The entity that a visit to a component or an assembly is about, as the API names it. */
export function entityParams({ params }: CampVisit): {
  readonly application: string
  readonly entity: string
} {
  const { assembly: application = '', component: entity = ROOT_SEGMENT } = params
  return { application, entity }
}

/** Where the component or the assembly of a visit is shown. */
export function targetUri({ params }: CampVisit): string {
  const { assembly = '', component: path = '' } = params
  return componentUri(assembly, path)
}

function componentOf(
  assembly: string,
  entity: Entity,
  all: readonly Entity[],
  service: string | undefined,
): JsonObject {
  const { path, name, state } = entity
  const uri = componentUri(assembly, path)
  const near = all.filter((one) => one.path !== '' && (one.parent === path || one.path === entity.parent))
  return resource(
    'component',
    { uri, name },
    {
      ...told('representation_skew', SKEWS[state]),
      assemblies: [link(componentUri(assembly, ''), assembly)],
      ...told('service', service),
      status: state.toUpperCase(),
      external_management_resource: urlOf('getEntity', { application: assembly, entity: path }),
      ...links(
        'related_components',
        near.map((one) => link(componentUri(assembly, one.path), one.path)),
      ),
      operations_uri: `${uri}/operations`,
      sensors_uri: `${uri}/sensors`,
    },
  )
}

/** States in which what is shown is not yet, or no longer, what will be. */
const SKEWS: { readonly [state in EntityStateWord]?: string } = {
  created: 'CREATING',
  waiting: 'CREATING',
  starting: 'CREATING',
  removing: 'DESTROYING',
  gone: 'DESTROYING',
}
