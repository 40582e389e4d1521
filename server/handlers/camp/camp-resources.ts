import type { Permission } from '../../api/index.js'
import { guarded } from '../dispatch.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { assemblies, assembly, deleteAssembly } from './assemblies.js'
import type { CampAction, CampCall, CampContext, CampMethod } from './camp-call.js'
import { component } from './components.js'
import { postAssembly } from './deploying.js'
import { EXTENSION_NAMES, extension, extensions, formats, jsonFormat } from './formats.js'
import {
  invokeOperation,
  operation,
  operationParameter,
  operationParameters,
  operations,
} from './operations.js'
import {
  allParameterDefinitions,
  collectionParameter,
  collectionParameters,
} from './parameter-definitions.js'
import { deletePlan, patchPlan, plan, plans, postPlan, putPlan } from './plans.js'
import { platform, platformEndpoint, platformEndpoints } from './platform.js'
import { selectedReply } from './selection.js'
import { sensor, sensors } from './sensors.js'
import { service, serviceParameter, serviceParameters, services } from './services.js'
import { attributeDefinition, typeDefinition, typeDefinitions } from './type-definitions.js'

/** A kind of resource: its path below /camp with parameters in braces, and what can be done there. */
export interface CampResource {
  readonly path: string
  readonly methods: { readonly [method in CampMethod]?: CampAction }
}

const action =
  (permission: Permission) =>
  (answer: CampAction['answer']): CampAction => ({ permission, answer })

const open = action('public')
const told = action('catalog:read')
const read = action('applications:read')
const write = action('applications:write')
const operate = action('entities:operate')

const root = 'camp_1_1'

/** What an assembly and a component have in common. */
const living = (path: string): readonly CampResource[] => [
  { path: `${path}/operations`, methods: { GET: read(operations) } },
  {
    path: `${path}/operations/{operation}`,
    methods: { GET: read(operation), POST: operate(invokeOperation) },
  },
  {
    path: `${path}/operations/{operation}/parameter_definitions`,
    methods: { GET: read(operationParameters) },
  },
  {
    path: `${path}/operations/{operation}/parameter_definitions/{parameter}`,
    methods: { GET: read(operationParameter) },
  },
  { path: `${path}/sensors`, methods: { GET: read(sensors) } },
  { path: `${path}/sensors/{sensor}`, methods: { GET: read(sensor) } },
]

/** Every kind of resource that there is. */
export const CAMP_RESOURCES: readonly CampResource[] = [
  { path: 'platform_endpoints', methods: { GET: open(platformEndpoints) } },
  { path: 'platform_endpoints/camp_1_1', methods: { GET: open(platformEndpoint) } },
  { path: root, methods: { GET: told(platform) } },
  { path: `${root}/formats`, methods: { GET: told(formats) } },
  { path: `${root}/formats/json`, methods: { GET: told(jsonFormat) } },
  { path: `${root}/extensions`, methods: { GET: told(extensions) } },
  ...EXTENSION_NAMES.map((name) => ({
    path: `${root}/extensions/${name}`,
    methods: { GET: told(extension(name)) },
  })),
  { path: `${root}/type_definitions`, methods: { GET: told(typeDefinitions) } },
  { path: `${root}/type_definitions/{type}`, methods: { GET: told(typeDefinition) } },
  { path: `${root}/attribute_definitions/{type}/{attribute}`, methods: { GET: told(attributeDefinition) } },
  { path: `${root}/parameter_definitions`, methods: { GET: told(allParameterDefinitions) } },
  { path: `${root}/parameter_definitions/{collection}`, methods: { GET: told(collectionParameters) } },
  {
    path: `${root}/parameter_definitions/{collection}/{parameter}`,
    methods: { GET: told(collectionParameter) },
  },
  { path: `${root}/services`, methods: { GET: told(services) } },
  { path: `${root}/services/{service}`, methods: { GET: told(service) } },
  { path: `${root}/services/{service}/parameter_definitions`, methods: { GET: told(serviceParameters) } },
  {
    path: `${root}/services/{service}/parameter_definitions/{parameter}`,
    methods: { GET: told(serviceParameter) },
  },
  { path: `${root}/plans`, methods: { GET: read(plans), POST: write(postPlan) } },
  {
    path: `${root}/plans/{plan}`,
    methods: { GET: read(plan), PUT: write(putPlan), PATCH: write(patchPlan), DELETE: write(deletePlan) },
  },
  { path: `${root}/assemblies`, methods: { GET: read(assemblies), POST: write(postAssembly) } },
  { path: `${root}/assemblies/{assembly}`, methods: { GET: read(assembly), DELETE: write(deleteAssembly) } },
  { path: `${root}/assemblies/{assembly}/components/{component}`, methods: { GET: read(component) } },
  ...living(`${root}/assemblies/{assembly}`),
  ...living(`${root}/assemblies/{assembly}/components/{component}`),
]

/** A resource with what stands in the braces of its path. */
export interface FoundResource {
  readonly resource: CampResource
  readonly params: { readonly [name: string]: string }
}

/** The resource at a path below /camp, decoded; undefined when there is no such kind. */
export function findCampResource(path: readonly string[]): FoundResource | undefined {
  for (const resource of CAMP_RESOURCES) {
    const params = paramsOf(resource.path.split('/'), path)
    if (params !== undefined) return { resource, params }
  }
  return undefined
}

/** Answers one call and never throws. The caller has seen that the action's permission is held. */
export async function answerCamp(context: CampContext, call: CampCall): Promise<Reply> {
  const found = findCampResource(call.path)
  const wanted = found?.resource.methods[call.method]
  if (found === undefined || wanted === undefined) {
    return refuse('not-found', 'There is nothing here; begin at /camp/platform_endpoints.')
  }
  const strange = Object.keys(call.query).filter((name) => name !== 'select_attr')
  if (strange.length > 0) return refuse('invalid-request', `${strange.join(', ')}: there is select_attr.`)
  const answer = await guarded(context.handlers.log, `camp ${found.resource.path}`, () =>
    wanted.answer(context, { ...call, params: found.params }),
  )
  return call.method === 'GET' ? selectedReply(call.query, answer) : answer
}

function paramsOf(
  pattern: readonly string[],
  path: readonly string[],
): { readonly [name: string]: string } | undefined {
  if (pattern.length !== path.length) return undefined
  const params: { [name: string]: string } = {}
  for (const [at, step] of pattern.entries()) {
    const given = path[at] ?? ''
    const name = /^\{(.+)\}$/.exec(step)?.[1]
    if (name === undefined ? given !== step : given === '') return undefined
    if (name !== undefined) params[name] = given
  }
  return params
}
