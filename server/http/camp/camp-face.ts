import type { NextFunction, Request, Response } from 'express'
import {
  type CampCall,
  type CampMethod,
  type CampResource,
  type Reply,
  findCampResource,
  refuse,
} from '../../handlers/index.js'
import { actorOf, authorise } from '../authenticate.js'
import type { RequestFigures } from '../metrics.js'
import type { HttpLimits, HttpOptions } from '../options.js'
import { send, thrownReply } from '../problem-details.js'
import { readBytes } from '../read-body.js'
import { readQuery, singleHeaders } from '../read-head.js'

/** What the CAMP face works with. */
export interface CampParts {
  readonly options: HttpOptions
  readonly limits: HttpLimits
}

/** The CAMP tree under /camp, behind the tokens and permissions of the API; all else goes on. */
export function campFace(
  { options, limits }: CampParts,
  figures: RequestFigures,
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    if (options.camp === undefined || !/^\/camp(\/|$)/.test(request.path)) {
      next()
      return
    }
    const started = options.clock.now()
    answerTo({ options, limits }, request).then(
      (answer) => {
        figures.count('camp', answer.status, options.clock.now() - started)
        send(response, answer)
      },
      (thrown: unknown) => {
        send(response, thrownReply(thrown, options.log))
      },
    )
  }
}

async function answerTo({ options, limits }: CampParts, request: Request): Promise<Reply> {
  const path = segmentsOf(request.path)
  const found = path === undefined ? undefined : findCampResource(path)
  if (path === undefined || found === undefined) return refuse('not-found', NOTHING)
  const { methods } = found.resource
  const method = methodOf(request, methods)
  const action = method === undefined ? undefined : methods[method]
  if (method === undefined || action === undefined) return notAllowed(Object.keys(methods))
  const permit = authorise(options.tokens, action.permission, request.headers.authorization)
  if (permit.kind === 'reply') return permit
  const call = await callOf(request, limits)
  if (call.kind === 'reply') return call
  const asked = { method, path, actor: actorOf(permit.token), ...call.call }
  return options.camp === undefined ? refuse('not-found', NOTHING) : options.camp(asked)
}

/** The method of a request, if there is such a one; HEAD is GET whose body is not sent. */
function methodOf(request: Request, methods: CampResource['methods']): CampMethod | undefined {
  const name = request.method === 'HEAD' ? 'GET' : request.method
  return (Object.keys(methods) as CampMethod[]).find((known) => known === name)
}

const NOTHING = 'There is nothing here; begin at /camp/platform_endpoints.'

/** What came with a request, within limits. */
async function callOf(
  request: Request,
  limits: HttpLimits,
): Promise<{ readonly kind: 'call'; readonly call: Pick<CampCall, 'query' | 'headers' | 'body'> } | Reply> {
  const query = readQuery(request)
  if (query.kind === 'reply') return query
  const body = await readBytes(request, limits.body)
  if ('kind' in body) return body
  const call = { query: query.query, headers: singleHeaders(request) }
  return { kind: 'call', call: { ...call, ...(body.length === 0 ? {} : { body }) } }
}

function notAllowed(methods: readonly string[]): Reply {
  const allow = methods.join(', ')
  return { ...refuse('method-not-allowed', `There is ${allow} here.`), headers: { allow } }
}

/** The decoded segments below /camp; a slash at the end does not count. Undefined when they cannot be decoded. */
function segmentsOf(path: string): readonly string[] | undefined {
  const told = path.replace(/^\/camp\/?/, '').replace(/\/$/, '')
  try {
    return told.split('/').map((segment) => decodeURIComponent(segment))
  } catch {
    return undefined
  }
}
