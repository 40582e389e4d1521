import type { Identity, Liveness } from '../api/index.js'
import { param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { refuse } from './refusals.js'

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
