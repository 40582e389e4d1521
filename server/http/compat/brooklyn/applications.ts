import type { Accepted, Application, Entity } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam } from './call.js'
import { type Gateway, Refused } from './gateway.js'
import { applicationLink } from './ids.js'
import { entityParams, namedApplication } from './located.js'
import { taskSummary } from './tasks.js'
import { STATUS, type StatusWord } from './words.js'

/** An application as Brooklyn lists it. */
export interface ApplicationSummary {
  readonly id: string
  readonly spec: { readonly name: string; readonly type: string; readonly locations: readonly string[] }
  readonly status: StatusWord
  readonly links: { readonly self: string; readonly entities: string }
}

/** All applications. */
export async function listApplications({ gateway }: BrooklynCall): Promise<BrooklynAnswer> {
  const summaries: ApplicationSummary[] = []
  for (const application of await liveApplications(gateway))
    summaries.push(await applicationSummary(gateway, application))
  return json(summaries)
}

/** One application. */
export async function getApplication(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await applicationSummary(call.gateway, await namedApplication(call)))
}

/** Deploys the document in the body, whatever its content type says. */
export function deployApplication(call: BrooklynCall): Promise<BrooklynAnswer> {
  return deploy(call, {})
}

/** The same under an id of one's own; 409 when that is taken. */
export function deployUnderId(call: BrooklynCall): Promise<BrooklynAnswer> {
  return deploy(call, { id: pathParam(call, 'application') })
}

/** Wants it gone. */
export async function deleteApplication(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { id } = await namedApplication(call)
  const { task } = await call.gateway.read<Accepted>('deleteApplication', { params: { application: id } })
  return task === undefined ? empty(202) : json(await taskSummary(call, task), 202)
}

/** Applications that are not buried yet. */
export async function liveApplications(gateway: Gateway): Promise<readonly Application[]> {
  const all = await gateway.all<Application>('listApplications')
  return all.filter(({ state }) => state !== 'destroyed')
}

async function deploy(
  call: BrooklynCall,
  query: { readonly [name: string]: string },
): Promise<BrooklynAnswer> {
  const { gateway, body } = call
  if (body.trim() === '') throw new Refused(refuse('invalid-request', 'Blueprint must not be empty'))
  const asked = { query, body: { kind: 'text', text: documentIn(call) } } as const
  const { application, task } = await gateway.read<Accepted>('deployApplication', asked)
  const answer = task === undefined ? empty(201) : json(await taskSummary(call, task), 201)
  return { ...answer, location: applicationLink(application.id) }
}

/** A form has the document in its field `plan`, as Brooklyn's has. */
export function documentIn({ body, isForm }: BrooklynCall): string {
  return (isForm ? new URLSearchParams(body).get('plan') : undefined) ?? body
}

async function applicationSummary(gateway: Gateway, application: Application): Promise<ApplicationSummary> {
  const { id, name, locations, state } = application
  const root = await gateway.read<Entity>('getEntity', { params: entityParams(id, '') })
  const self = applicationLink(id)
  return {
    id,
    spec: { name, type: root.type, locations },
    status: STATUS[state],
    links: { self, entities: `${self}/entities` },
  }
}
