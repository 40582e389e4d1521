import type { CatalogType, Identity, Liveness } from '../api/index.js'
import { param } from './changes.js'
import type { HandlerContext, TypeDescription } from './context.js'
import { type CheckedRequest, type Reply, reply, textQuery } from './message.js'
import { byText, paged } from './paging.js'
import { refuse } from './refusals.js'

/** One page of the types that documents may name. */
export function listTypes(context: HandlerContext, request: CheckedRequest): Reply {
  const search = textQuery(request, 'search')?.toLowerCase()
  const found = allTypes(context).filter(
    ({ name, description }) =>
      search === undefined || `${name} ${description}`.toLowerCase().includes(search),
  )
  return paged(
    request,
    found.map(shown),
    byText(({ name, kind }) => `${name} ${kind}`),
  )
}

/** One type. */
export function getType(context: HandlerContext, request: CheckedRequest): Reply {
  return withType(context, request, (type) => reply(shown(type)))
}

/** The JSON Schema of a type's configuration. */
export function getTypeSchema(context: HandlerContext, request: CheckedRequest): Reply {
  return withType(context, request, (type) => reply(type.schema))
}

/** Names of the schemas for editors. */
export function listSchemas({ types }: HandlerContext): Reply {
  return reply(Object.keys(types.schemas()).sort())
}

/** One schema for editors; its name may end in .json. */
export function getSchema({ types }: HandlerContext, request: CheckedRequest): Reply {
  const name = param(request, 'name').replace(/\.json$/, '')
  const schemas = types.schemas()
  if (Object.hasOwn(schemas, name)) return reply(schemas[name])
  return refuse('not-found', `There is no schema ${name}; there are ${Object.keys(schemas).join(', ')}.`)
}

/** Who answers. */
export function getIdentity({ engine, version }: HandlerContext): Reply {
  const body: Identity = { product: 'weir', version, engine: engine.engineId }
  return reply(body)
}

/** Whether the process lives. */
export function getHealth(): Reply {
  const body: Liveness = { status: 'up' }
  return reply(body)
}

/** Whether the engine takes requests. */
export function getReady({ engine }: HandlerContext): Reply {
  const health = engine.health()
  return reply(health, health.ready ? 200 : 503)
}

function withType(
  context: HandlerContext,
  request: CheckedRequest,
  show: (type: TypeDescription) => Reply,
): Reply {
  const name = param(request, 'name')
  const found = allTypes(context).find((type) => type.name === name)
  return found === undefined ? refuse('not-found', `There is no type ${name}.`) : show(found)
}

function allTypes({ types, engine }: HandlerContext): readonly TypeDescription[] {
  const policies = engine.policyKinds().map(({ type, description, schema }): TypeDescription => ({
    name: type,
    kind: 'policy',
    description,
    schema,
  }))
  return [...types.types(), ...policies]
}

function shown({ name, kind, description }: TypeDescription): CatalogType {
  return { name, kind, description }
}
