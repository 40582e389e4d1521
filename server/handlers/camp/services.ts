import { reply, type Reply } from '../message.js'
import { type CampContext, type CampVisit, askFor, askForAll } from './camp-call.js'
import { type Parameter, oneParameter, parameterSet, schemaParameters } from './parameter-definitions.js'
import { link, links, resource, told, uriOf } from './representation.js'

/** The types that plans may ask for. */
export async function services(context: CampContext, visit: CampVisit): Promise<Reply> {
  const found = await askForAll(context, visit, 'listTypes')
  if (found.kind === 'reply') return found
  const entities = found.value.filter(({ kind }) => kind === 'entity')
  const uri = uriOf('services')
  const attributes = links(
    'service_links',
    entities.map(({ name }) => link(serviceUri(name), name)),
  )
  return reply(resource('services', { uri, name: 'services' }, attributes))
}

/** One type that plans may ask for. */
export async function service(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { service: name = '' } = visit.params
  const found = await askFor(context, visit, 'getType', { params: { name } })
  if (found.kind === 'reply') return found
  const uri = serviceUri(name)
  return reply(
    resource(
      'service',
      { uri, name },
      {
        ...told('description', found.value.description),
        parameter_definitions_uri: `${uri}/parameter_definitions`,
        characteristics: [{ characteristic_type: name }],
      },
    ),
  )
}

/** What a type can be given. */
export function serviceParameters(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withParameters(context, visit, parameterSet)
}

/** One thing that a type can be given. */
export function serviceParameter(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { parameter = '' } = visit.params
  return withParameters(context, visit, (uri, found) => oneParameter(uri, found, parameter))
}

/** Where a type is shown. */
export function serviceUri(name: string): string {
  return uriOf('services', name)
}

async function withParameters(
  context: CampContext,
  visit: CampVisit,
  show: (uri: string, parameters: readonly Parameter[]) => Reply,
): Promise<Reply> {
  const { service: name = '' } = visit.params
  const schema = await askFor(context, visit, 'getTypeSchema', { params: { name } })
  if (schema.kind === 'reply') return schema
  return show(`${serviceUri(name)}/parameter_definitions`, schemaParameters(schema.value))
}
