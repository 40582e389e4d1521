import type { Accepted, VersionDocument } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { documentIn } from './applications.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json } from './call.js'
import { Refused } from './gateway.js'
import { entityLink } from './ids.js'
import { entityParams, namedEntity } from './located.js'
import { taskSummary } from './tasks.js'

/** Adds the services of the document in the body, and names the child where it is one. */
export async function addChildren(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { gateway, body } = call
  const { application, entity } = await namedEntity(call)
  if (body.trim() === '') throw new Refused(refuse('invalid-request', 'Blueprint must not be empty'))
  const params = entityParams(application.id, entity.path)
  const asked = { params, body: { kind: 'text', text: documentIn(call) } } as const
  const added = await gateway.read<Accepted>('addChildren', asked)
  const answer = added.task === undefined ? empty(201) : json(await taskSummary(call, added.task), 201)
  const { version } = added.application
  if (version !== application.version + 1) return answer
  const { view } = await gateway.read<VersionDocument>('getVersion', {
    params: { application: application.id, version: String(version) },
  })
  const child = view.grafts?.at(-1)
  if (child === undefined) return answer
  const path = child.parent === '' ? child.name : `${child.parent}/${child.name}`
  return { ...answer, location: entityLink(application.id, path) }
}
