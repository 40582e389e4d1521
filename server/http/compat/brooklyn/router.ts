import { type Request, type Response, Router } from 'express'
import { refuse } from '../../../handlers/index.js'
import type { HttpLimits, HttpOptions } from '../../options.js'
import { thrownReply } from '../../problem-details.js'
import { readBytes } from '../../read-body.js'
import { apiErrorOf } from './api-error.js'
import { type BrooklynAnswer, type BrooklynCall, type BrooklynRoute, isArchive } from './call.js'
import { Gateway, Refused } from './gateway.js'
import { BROOKLYN_ROUTES } from './routes.js'

/** What this face is made with. */
export interface BrooklynParts {
  readonly options: HttpOptions
  readonly limits: HttpLimits
}

/** A part of Apache Brooklyn's REST API for its clients, above all `br`: a face of our own API and nothing more. */
export function brooklynRouter(parts: BrooklynParts): Router {
  const router = Router()
  for (const route of BROOKLYN_ROUTES) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
    router[method](expressPath(route), async (request, response) => {
      write(response, await answerTo(parts, route, { request, response }))
    })
  }
  for (const [path, methods] of methodsByPath()) {
    router.all(path, (_request, response) => {
      response.setHeader('allow', methods.join(', '))
      write(response, refusal(refuse('method-not-allowed', `There is ${methods.join(', ')} here.`)))
    })
  }
  router.use((request, response) => {
    const said = `There is nothing at ${request.path.slice(0, 200)}; docs/compat.md lists what there is.`
    write(response, refusal(refuse('not-found', said)))
  })
  return router
}

interface Exchange {
  readonly request: Request
  readonly response: Response
}

async function answerTo(
  parts: BrooklynParts,
  route: BrooklynRoute,
  exchange: Exchange,
): Promise<BrooklynAnswer> {
  try {
    return await route.answer(await callOf(parts, exchange))
  } catch (thrown) {
    return refusal(thrown instanceof Refused ? thrown.reply : thrownReply(thrown, parts.options.log))
  }
}

async function callOf({ options, limits }: BrooklynParts, exchange: Exchange): Promise<BrooklynCall> {
  const { request, response } = exchange
  const { authorization, accept = '' } = request.headers
  const gateway = new Gateway(options, authorization)
  refuseForeign(request)
  gateway.refuseStrangers()
  const at = request.url.indexOf('?')
  const raw = ['POST', 'PUT'].includes(request.method) ? await rawOf(request, limits.body) : EMPTY
  return {
    gateway,
    params: request.params as { readonly [name: string]: string },
    query: Object.fromEntries(new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))),
    isPlain: /^\s*text\/plain\b/i.test(accept),
    body: isArchive(raw) ? '' : textOf(raw),
    raw,
    isForm: (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'),
    clock: options.clock,
    hasLeft: () => response.destroyed,
  }
}

/** A browser that remembers a password sends it with the forms of strangers' pages too. */
function refuseForeign({ headers }: Request): void {
  const { origin, host = '', authorization = '' } = headers
  const isRemembered = /^basic /i.test(authorization)
  if (!isRemembered || origin === undefined || origin.replace(/^https?:\/\//, '') === host) return
  throw new Refused(refuse('not-permitted', `A page of ${origin.slice(0, 200)} may not ask with a password.`))
}

const EMPTY = new Uint8Array()

async function rawOf(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = await readBytes(request, limit)
  if ('kind' in bytes) throw new Refused(bytes)
  return bytes
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Refused(refuse('invalid-request', 'The body is not UTF-8.'))
  }
}

function refusal(reply: Refused['reply']): BrooklynAnswer {
  const body = apiErrorOf(reply)
  const challenge = reply.headers['www-authenticate']
  return { status: body.error, kind: 'json', body, ...(challenge === undefined ? {} : { challenge }) }
}

function write(response: Response, answer: BrooklynAnswer): void {
  const { status, kind, location, challenge } = answer
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('cache-control', 'no-store')
  if (location !== undefined) response.setHeader('location', location)
  if (challenge !== undefined) response.setHeader('www-authenticate', challenge)
  if (kind === 'empty') {
    response.end()
    return
  }
  const { type, bytes } = encoded(answer)
  response.setHeader('content-type', type)
  response.setHeader('content-length', bytes.length)
  response.end(bytes)
}

function encoded({ kind, body, contentType }: BrooklynAnswer): {
  readonly type: string
  readonly bytes: Buffer
} {
  if (kind === 'bytes' && body instanceof Uint8Array)
    return { type: contentType ?? 'application/octet-stream', bytes: Buffer.from(body) }
  if (kind === 'json') return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) }
  return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(String(body)) }
}

function expressPath({ path }: Pick<BrooklynRoute, 'path'>): string {
  return path.replaceAll(/\{([a-z]+)\}/g, ':$1')
}

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>()
  for (const route of BROOKLYN_ROUTES) {
    const path = expressPath(route)
    methods.set(path, [...(methods.get(path) ?? []), route.method])
  }
  return methods
}
