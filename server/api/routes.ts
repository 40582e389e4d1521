import type { Route, RouteId } from './route.js'
import {
  applicationRoutes,
  documentRoutes,
  recordRoutes,
  versionRoutes,
} from './routes/application-routes.js'
import { entityRoutes, policyRoutes, roleRoutes, sensorRoutes, taskRoutes } from './routes/entity-routes.js'
import { policyTrialRoutes } from './routes/policy-routes.js'
import { runRoutes } from './routes/run-routes.js'
import { bundleRoutes, schemaRoutes, typeRoutes } from './routes/catalog-routes.js'
import { eventRoutes, locationRoutes, systemRoutes } from './routes/system-routes.js'

/** All that can be asked over REST: HTTP serves it, OpenAPI describes it, the CLI calls it. */
export const ROUTES: readonly Route[] = [
  ...documentRoutes,
  ...applicationRoutes,
  ...versionRoutes,
  ...recordRoutes,
  ...entityRoutes,
  ...roleRoutes,
  ...sensorRoutes,
  ...policyRoutes,
  ...policyTrialRoutes,
  ...runRoutes,
  ...taskRoutes,
  ...eventRoutes,
  ...locationRoutes,
  ...typeRoutes,
  ...bundleRoutes,
  ...schemaRoutes,
  ...systemRoutes,
]

const byId = new Map<RouteId, Route>(ROUTES.map((route) => [route.id, route]))

/** The route with this name. */
export function routeOf(id: RouteId): Route {
  const route = byId.get(id)
  if (route === undefined) throw new Error(`no route is called ${id}`)
  return route
}

/** Path and query of a call; parameters are percent-encoded, what is undefined is left out. */
export function urlOf(
  id: RouteId,
  params: { readonly [name: string]: string } = {},
  query: { readonly [name: string]: string | number | boolean | undefined } = {},
): string {
  const path = routeOf(id).path.replaceAll(/\{([a-z]+)\}/g, (_all, name: string) => {
    const value = params[name]
    if (value === undefined || value === '') throw new Error(`${id} needs a value for ${name}`)
    return encodeURIComponent(value)
  })
  const told = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = told.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return text === '' ? path : `${path}?${text}`
}
