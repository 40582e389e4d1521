import { type Json, type JsonObject, isJsonObject } from '../../../engine/index.js'
import { reply, type Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { link, links, resource, told, uriOf } from './representation.js'

/** Something that can be given to a resource. */
export interface Parameter {
  readonly name: string
  /** In CAMP's words, such as `String`. */
  readonly type: string
  readonly description: string
  readonly required: boolean
  readonly fallback?: Json
}

const optional = (name: string, type: string, description: string): Parameter => ({
  name,
  type,
  description,
  required: false,
})

/** What plans and assemblies take: exactly one of these, or the plan or package itself as the body. */
const POSTED: readonly Parameter[] = [
  optional('plan_uri', 'URI', 'A plan that is registered here.'),
  optional('pdp_uri', 'URI', 'A package that is registered here, by its plan.'),
  optional('plan_file', 'File', 'A plan in YAML, as a part of multipart/form-data.'),
  optional('pdp_file', 'File', 'A package (zip, tar, tgz), as a part of multipart/form-data.'),
]

/** Parameters of what can be posted to: plans and assemblies. */
export const POSTED_PARAMETERS: { readonly [collection: string]: readonly Parameter[] } = {
  plans: POSTED,
  assemblies: POSTED,
}

/** Where the parameters of a collection are told. */
export function postedUri(collection: string): string {
  return uriOf('parameter_definitions', collection)
}

/** What can be posted, wherever that is. */
export function allParameterDefinitions(): Reply {
  const found = Object.keys(POSTED_PARAMETERS).flatMap((collection) =>
    POSTED.map(({ name }) => link(`${postedUri(collection)}/${name}`, `${collection} ${name}`)),
  )
  const uri = uriOf('parameter_definitions')
  return reply(
    resource(
      'parameter_definitions',
      { uri, name: 'parameter_definitions' },
      { parameter_definition_links: found },
    ),
  )
}

/** What one collection takes. */
export function collectionParameters(_context: CampContext, { params }: CampVisit): Reply {
  const { collection = '' } = params
  return withCollection(collection, (found) => parameterSet(postedUri(collection), found))
}

/** One parameter of a collection. */
export function collectionParameter(_context: CampContext, { params }: CampVisit): Reply {
  const { collection = '', parameter = '' } = params
  return withCollection(collection, (found) => oneParameter(postedUri(collection), found, parameter))
}

/** A set of parameters as a resource. */
export function parameterSet(uri: string, parameters: readonly Parameter[]): Reply {
  const found = parameters.map(({ name }) => link(`${uri}/${encodeURIComponent(name)}`, name))
  const attributes = links('parameter_definition_links', found)
  return reply(resource('parameter_definitions', { uri, name: 'parameter_definitions' }, attributes))
}

/** One parameter of a set as a resource. */
export function oneParameter(uri: string, parameters: readonly Parameter[], name: string): Reply {
  const found = parameters.find((parameter) => parameter.name === name)
  if (found === undefined) return refuse('not-found', `There is no parameter ${name} here.`)
  const { type, description, required, fallback } = found
  return reply(
    resource(
      'parameter_definition',
      { uri: `${uri}/${encodeURIComponent(name)}`, name },
      {
        ...told('description', description),
        parameter_type: type,
        required,
        ...told('default_value', fallback),
      },
    ),
  )
}

/** The properties of a JSON Schema as parameters. */
export function schemaParameters(schema: JsonObject): readonly Parameter[] {
  const { properties = null, required = null } = schema
  if (!isJsonObject(properties)) return []
  const needed: readonly Json[] = Array.isArray(required) ? required : []
  return Object.entries(properties).map(([name, form]) => {
    const { type = null, description = null, default: fallback } = isJsonObject(form) ? form : {}
    return {
      name,
      type: campType(type),
      description: typeof description === 'string' ? description : '',
      required: needed.includes(name),
      ...(fallback === undefined ? {} : { fallback }),
    }
  })
}

/** A type of ours in CAMP's words. */
export function campType(type: Json): string {
  return typeof type === 'string' && Object.hasOwn(CAMP_TYPES, type) ? (CAMP_TYPES[type] ?? 'Any') : 'Any'
}

const CAMP_TYPES: { readonly [type: string]: string } = {
  string: 'String',
  number: 'Number',
  integer: 'Integer',
  boolean: 'Boolean',
  array: 'Any[]',
}

function withCollection(name: string, show: (parameters: readonly Parameter[]) => Reply): Reply {
  const found = Object.hasOwn(POSTED_PARAMETERS, name) ? POSTED_PARAMETERS[name] : undefined
  return found === undefined ? refuse('not-found', `Nothing can be posted to ${name}.`) : show(found)
}
