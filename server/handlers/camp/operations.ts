import { type JsonObject, isJsonObject } from '../../../engine/index.js'
import type { Effector } from '../../api/index.js'
import { reply, type Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { type CampContext, type CampVisit, type Told, ask, askFor } from './camp-call.js'
import { entityParams, targetUri } from './components.js'
import { readJson } from './content.js'
import { type Parameter, campType, oneParameter, parameterSet } from './parameter-definitions.js'
import { link, links, resource } from './representation.js'

/** What an assembly or a component can be asked to do. */
export async function operations(context: CampContext, visit: CampVisit): Promise<Reply> {
  const found = await effectorsOf(context, visit)
  if (found.kind === 'reply') return found
  const [target, uri] = [targetUri(visit), `${targetUri(visit)}/operations`]
  const attributes = links(
    'operation_links',
    found.value.map(({ name }) => link(operationUri(visit, name), name)),
  )
  return reply(
    resource('operations', { uri, name: 'operations' }, { target_resource: target, ...attributes }),
  )
}

/** One thing that it can be asked to do. */
export function operation(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withOperation(context, visit, ({ name, description }) => {
    const uri = operationUri(visit, name)
    return reply(
      resource(
        'operation',
        { uri, name },
        {
          documentation: description,
          target_resource: targetUri(visit),
          parameter_definitions_uri: `${uri}/parameter_definitions`,
        },
      ),
    )
  })
}

/** Asks it: the body is a map of parameters, or there is none. 202 with the task to wait for. */
export async function invokeOperation(context: CampContext, visit: CampVisit): Promise<Reply> {
  const parameters = visit.body === undefined ? NOTHING : readParameters(visit)
  if (parameters.kind === 'reply') return parameters
  const { 'idempotency-key': key } = visit.headers
  return ask(context, visit, 'invokeEffector', {
    params: { ...entityParams(visit), effector: visit.params['operation'] ?? '' },
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body: { kind: 'json', value: { parameters: parameters.value } },
  })
}

/** What an operation can be given. */
export function operationParameters(context: CampContext, visit: CampVisit): Promise<Reply> {
  return withOperation(context, visit, (effector) =>
    parameterSet(`${operationUri(visit, effector.name)}/parameter_definitions`, parametersOf(effector)),
  )
}

/** One thing that an operation can be given. */
export function operationParameter(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { parameter = '' } = visit.params
  return withOperation(context, visit, (effector) => {
    const uri = `${operationUri(visit, effector.name)}/parameter_definitions`
    return oneParameter(uri, parametersOf(effector), parameter)
  })
}

const NOTHING: { readonly kind: 'json'; readonly value: JsonObject } = { kind: 'json', value: {} }

function readParameters(visit: CampVisit): typeof NOTHING | Reply {
  const read = readJson(visit)
  if (read.kind === 'reply') return read
  if (isJsonObject(read.value)) return { kind: 'json', value: read.value }
  return refuse('invalid-request', 'An operation takes a map of parameters.')
}

async function withOperation(
  context: CampContext,
  visit: CampVisit,
  show: (effector: Effector) => Reply,
): Promise<Reply> {
  const { operation: name = '' } = visit.params
  const found = await effectorsOf(context, visit)
  if (found.kind === 'reply') return found
  const effector = found.value.find((one) => one.name === name)
  return effector === undefined ? refuse('not-found', `There is no operation ${name} here.`) : show(effector)
}

function effectorsOf(context: CampContext, visit: CampVisit): Promise<Told<readonly Effector[]> | Reply> {
  return askFor(context, visit, 'listEffectors', { params: entityParams(visit) })
}

function operationUri(visit: CampVisit, name: string): string {
  return `${targetUri(visit)}/operations/${encodeURIComponent(name)}`
}

function parametersOf({ parameters }: Effector): readonly Parameter[] {
  return parameters.map(({ name, type, description, required, default: fallback }) => ({
    name,
    type: campType(type),
    description,
    required,
    ...(fallback === undefined ? {} : { fallback }),
  }))
}
