import type { Page, ProblemDetails, RouteId } from '../../../api/index.js'
import { routeOf } from '../../../api/index.js'
import { type HandlerRequest, type Reply, refuse } from '../../../handlers/index.js'
import { actorOf, authorise } from '../../authenticate.js'
import type { HttpOptions } from '../../options.js'

/** What a request of ours may carry. */
export type Asked = Partial<Pick<HandlerRequest, 'params' | 'query' | 'body'>>

/** Items of one page, the most that our lists give. */
const PAGE = '1000'

/** Pages of one list at most: this face was made for trees that are read whole. */
const PAGES = 20

/** Our answer was no. Thrown within this face alone; its router says it in Brooklyn's words. */
export class Refused extends Error {
  readonly reply: Reply

  constructor(reply: Reply) {
    super((reply.body as ProblemDetails).detail)
    this.reply = reply
  }
}

/**
 * The way from this face to the handlers: every question is a request of our own REST API, with its permission, made in
 * the name of who asks. So it can do nothing that the API cannot.
 */
export class Gateway {
  readonly #options: HttpOptions
  readonly #authorization: string | undefined

  constructor(options: HttpOptions, authorization: string | undefined) {
    this.#options = options
    this.#authorization = bearerOf(authorization)
  }

  /** Sees that the token is known, before anything else of a request is read. */
  refuseStrangers(): void {
    const permit = authorise(this.#options.tokens, 'applications:read', this.#authorization)
    if (permit.kind === 'reply' && permit.status === 401) throw new Refused(permit)
  }

  /** Asks; throws Refused when the answer is no. */
  async ask(route: RouteId, asked: Asked = {}): Promise<Reply> {
    const permit = authorise(this.#options.tokens, routeOf(route).permission, this.#authorization)
    if (permit.kind === 'reply') throw new Refused(permit)
    const answer = await this.#options.handle({
      route,
      actor: actorOf(permit.token),
      params: {},
      query: {},
      headers: {},
      body: { kind: 'none' },
      ...asked,
    })
    if (answer.kind === 'stream') throw new Refused(refuse('unsupported', `${route} is a stream.`))
    if (answer.contentType === 'application/problem+json') throw new Refused(answer)
    return answer
  }

  /** The body of an answer; what it is, is the route's promise. */
  async read<T>(route: RouteId, asked: Asked = {}): Promise<T> {
    return (await this.ask(route, asked)).body as T
  }

  /** A whole list, page by page, within a limit. */
  async all<T>(route: RouteId, asked: Asked = {}): Promise<readonly T[]> {
    const items: T[] = []
    let cursor: string | undefined
    for (let page = 0; page < PAGES; page += 1) {
      const query = { ...asked.query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
      const told = await this.read<Page<T>>(route, { ...asked, query })
      items.push(...told.items)
      if (told.next === undefined) return items
      cursor = told.next
    }
    throw new Refused(
      refuse('unsupported', `There are more than ${items.length}: page through /v1 for them.`),
    )
  }

  /** The same, and nothing where there is nothing to list any more. */
  async allLeft<T>(route: RouteId, asked: Asked = {}): Promise<readonly T[]> {
    try {
      return await this.all<T>(route, asked)
    } catch (thrown) {
      if (thrown instanceof Refused && [404, 410].includes(thrown.reply.status)) return []
      throw thrown
    }
  }

  /** The name of who asks. */
  get user(): string {
    const permit = authorise(this.#options.tokens, 'catalog:read', this.#authorization)
    if (permit.kind === 'reply') throw new Refused(permit)
    return actorOf(permit.token).name
  }
}

/** A password of the basic scheme is a token like any other; the name before it says nothing. */
function bearerOf(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2})$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return authorization
  const pair = Buffer.from(encoded, 'base64').toString()
  const at = pair.indexOf(':')
  return at < 0 ? authorization : `Bearer ${pair.slice(at + 1)}`
}
