import type { Actor, IdSource, Json, JsonObject, Problem } from '../../../engine/index.js'
import type {
  Application,
  CatalogType,
  Effector,
  Entity,
  Page,
  Permission,
  RouteId,
  Sensor,
} from '../../api/index.js'
import type { ArchiveContents } from '../archives.js'
import type { HandlerContext } from '../context.js'
import { handle } from '../dispatch.js'
import type { Reply, RequestBody } from '../message.js'
import { refuse } from '../refusals.js'
import type { Plans } from './plan-record.js'

/** Methods of CAMP. */
export type CampMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One call as a transport hands it in: authenticated and permitted, otherwise unchecked. */
export interface CampCall {
  readonly method: CampMethod
  /** Segments of the path below /camp, decoded. */
  readonly path: readonly string[]
  readonly query: { readonly [name: string]: string }
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly actor: Actor
  /** Absent: there was none. */
  readonly body?: Uint8Array
}

/** A call at a resource that there is a kind of. */
export interface CampVisit extends CampCall {
  /** What stands in the braces of the resource's path. */
  readonly params: { readonly [name: string]: string }
}

/** A document's value, or all that is wrong with its text. */
export type ReadDocument =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }

/** What the CAMP face works with. */
export interface CampContext {
  readonly handlers: HandlerContext
  readonly plans: Plans
  readonly ids: IdSource
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly readDocument: (text: string, file: string) => ReadDocument
  /** Unpacks a zip, tar or tgz within limits; nothing of it is trusted. */
  readonly readArchive: (bytes: Uint8Array) => Promise<ArchiveContents>
}

/** What one method of a resource does, and who may have it done. */
export interface CampAction {
  readonly permission: Permission
  readonly answer: (context: CampContext, visit: CampVisit) => Reply | Promise<Reply>
}

/** What is asked of a route of the API beside who asks. */
export interface Asked {
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: RequestBody
}

/** Asks the route that does the work: CAMP can do nothing that the API cannot. */
export async function ask(
  context: CampContext,
  call: CampCall,
  route: RouteId,
  { params = {}, query = {}, headers = {}, body = { kind: 'none' } }: Asked = {},
): Promise<Reply> {
  const answer = await handle(context.handlers, { route, actor: call.actor, params, query, headers, body })
  return answer.kind === 'reply' ? answer : refuse('internal', `${route} does not end.`)
}

/** What routes answer with. */
interface RouteValues {
  readonly getApplication: Application
  readonly getType: CatalogType
  readonly getTypeSchema: JsonObject
  readonly listEffectors: readonly Effector[]
  readonly listSensors: readonly Sensor[]
}

/** What the items are of routes that answer in pages. */
interface RouteItems {
  readonly listApplications: Application
  readonly listEntities: Entity
  readonly listTypes: CatalogType
}

/** Something that was asked for. */
export interface Told<T> {
  readonly kind: 'value'
  readonly value: T
}

/** The value of a route's answer, or its refusal. */
export async function askFor<R extends keyof RouteValues>(
  context: CampContext,
  call: CampCall,
  route: R,
  asked: Asked = {},
): Promise<Told<RouteValues[R]> | Reply> {
  const answer = await ask(context, call, route, asked)
  // The route's own schema says what a 200 holds.
  return answer.status === 200 ? { kind: 'value', value: answer.body as RouteValues[R] } : answer
}

/** All items of a list that comes in pages, or the refusal of it. */
export async function askForAll<R extends keyof RouteItems>(
  context: CampContext,
  call: CampCall,
  route: R,
  asked: Asked = {},
): Promise<Told<readonly RouteItems[R][]> | Reply> {
  const items: RouteItems[R][] = []
  let query: { readonly [name: string]: string } = { limit: '1000' }
  for (;;) {
    const answer = await ask(context, call, route, { ...asked, query })
    if (answer.status !== 200) return answer
    // The route's own schema says so.
    const page = answer.body as Page<RouteItems[R]>
    items.push(...page.items)
    if (page.next === undefined) return { kind: 'value', value: items }
    query = { limit: '1000', cursor: page.next }
  }
}
