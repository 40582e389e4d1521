import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import helmet from 'helmet'
import { type Health, ROUTES, type Route } from '../api/index.js'
import { type Answer, type HandlerRequest, type Reply, refuse } from '../handlers/index.js'
import { actorOf, authorise } from './authenticate.js'
import { campFace } from './camp/camp-face.js'
import { brooklynRouter } from './compat/brooklyn/router.js'
import { docsPages } from './docs-pages.js'
import type { EventStreams } from './events.js'
import { RequestFigures } from './metrics.js'
import { openApiDocument } from './openapi.js'
import type { HttpLimits, HttpOptions } from './options.js'
import { send, thrownReply } from './problem-details.js'
import { readBody } from './read-body.js'
import { readQuery, singleHeaders } from './read-head.js'

/** What one application of the server works with. */
export interface AppParts {
  readonly options: HttpOptions
  readonly limits: HttpLimits
  readonly streams: EventStreams
}

/** Every route of the table, behind its permission; pages; and a refusal for all else. */
export function createApp(parts: AppParts): Express {
  const { options } = parts
  const figures = new RequestFigures()
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.use(security())
  for (const route of ROUTES) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
    app[method](expressPath(route), (request, response) =>
      serve(parts, figures, { route, request, response }),
    )
  }
  for (const [path, methods] of methodsByPath()) {
    app.all(path, (_request, response) => {
      const said = refuse('method-not-allowed', `There is ${methods.join(', ')} here.`)
      send(response, { ...said, headers: { allow: methods.join(', ') } })
    })
  }
  app.use(campFace(parts, figures))
  app.use('/compat/brooklyn', brooklynRouter(parts))
  app.use(docsPages(options.errorPages))
  if (options.console !== undefined) app.use(express.static(options.console, { dotfiles: 'ignore' }))
  app.use((request, response) => {
    send(response, refuse('not-found', `There is nothing at ${request.path.slice(0, 200)}; see /docs.`))
  })
  app.use((thrown: unknown, _request: Request, response: Response, _next: NextFunction) => {
    send(response, thrownReply(thrown, options.log))
  })
  return app
}

interface Exchange {
  readonly route: Route
  readonly request: Request
  readonly response: Response
}

async function serve(parts: AppParts, figures: RequestFigures, exchange: Exchange): Promise<void> {
  const { clock } = parts.options
  const { route, response } = exchange
  const started = clock.now()
  const answer = await answerTo(parts, figures, exchange)
  if (answer.kind === 'stream') {
    figures.count(route.id, 200, 0)
    parts.streams.attach(response, answer.events$)
    return
  }
  figures.count(route.id, answer.status, clock.now() - started)
  send(response, answer)
}

async function answerTo(parts: AppParts, figures: RequestFigures, exchange: Exchange): Promise<Answer> {
  const { options, limits, streams } = parts
  const { route, request } = exchange
  const permit = authorise(options.tokens, route.permission, request.headers.authorization)
  if (permit.kind === 'reply') return permit
  if (route.id === 'streamEvents' && !streams.hasRoom) return streamsFull(limits)
  const query = readQuery(request)
  if (query.kind === 'reply') return query
  const body = await readBody(request, route, limits)
  if (body.kind === 'reply') return body
  const call: HandlerRequest = {
    route: route.id,
    actor: actorOf(permit.token),
    params: request.params as { readonly [name: string]: string },
    query: query.query,
    headers: singleHeaders(request),
    body,
  }
  const own = await ownAnswer(parts, figures, call)
  return own ?? options.handle(call)
}

/** Routes that are about HTTP itself. */
async function ownAnswer(
  { options, streams }: AppParts,
  figures: RequestFigures,
  call: HandlerRequest,
): Promise<Reply | undefined> {
  if (call.route === 'getOpenApi') {
    const body = openApiDocument(options.version)
    return { kind: 'reply', status: 200, headers: {}, contentType: 'application/json', body }
  }
  if (call.route !== 'getMetrics') return undefined
  const ready = await options.handle({ ...call, route: 'getReady' })
  if (ready.kind === 'stream') return undefined
  const { rss, heapUsed } = process.memoryUsage()
  const text = figures.render(ready.body as Health, {
    residentBytes: rss,
    heapBytes: heapUsed,
    uptimeSeconds: process.uptime(),
    streams: streams.size,
  })
  return { kind: 'reply', status: 200, headers: {}, contentType: 'text/plain', body: text }
}

/** Scripts, styles and pictures of our own only; nothing frames us. */
function security(): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Plain HTTP on loopback by default; who puts TLS before it sets this there.
    strictTransportSecurity: false,
  })
}

function expressPath(route: Route): string {
  return route.path.replaceAll(/\{([a-z]+)\}/g, ':$1')
}

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>()
  for (const route of ROUTES) {
    const path = expressPath(route)
    methods.set(path, [...(methods.get(path) ?? []), route.method])
  }
  return methods
}

function streamsFull(limits: HttpLimits): Reply {
  const said = refuse('unavailable', `${limits.streams} event streams are open; there is no room for more.`)
  return { ...said, headers: { 'retry-after': '10' } }
}
