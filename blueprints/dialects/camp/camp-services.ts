import type { EntitySpec } from '../../../engine/index.js'
import type { DocumentNode } from '../../read/document-node.js'
import { entityName, newEntity } from '../../resolve/new-entity.js'
import {
  type CampReader,
  readBody,
  readConfig,
  readNotes,
  readPlacement,
  readRelations,
  typeOf,
} from './camp-entity.js'
import { Fields } from './camp-keys.js'
import { readPolicies } from './camp-policies.js'
import { readRole } from './camp-roles.js'
import { present } from '../../resolve/present.js'

/** Services or children: a list of maps. Their order means nothing; names are made where none are given. */
export function readServices(node: DocumentNode | undefined, reader: CampReader): readonly EntitySpec[] {
  const taken = new Set<string>()
  return (node?.items() ?? []).filter((item) => item.isMap).map((item) => readService(item, taken, reader))
}

/** One service; with a number of members when it is a cluster or says a count. */
export function readService(node: DocumentNode, taken: Set<string>, reader: CampReader): EntitySpec {
  const { desk } = reader
  const fields = new Fields(node, desk)
  const names = nameService(node, fields, taken, desk.input.types.find(fields.get('type')?.text ?? '')?.name)
  const isCluster = desk.input.types.find(fields.get('type')?.text ?? '')?.form === 'members'
  if (isCluster || fields.get('count') !== undefined || fields.get('memberSpec') !== undefined)
    return readRole({ node, ...names }, reader)
  const type = typeOf(fields, reader)
  const priority = fields.get('priority')?.number
  const place = names.written.place
  const entity = newEntity({
    ...readConfig(fields, desk),
    ...readNotes(fields),
    ...readBody(fields, type, reader),
    type: type?.name ?? 'group',
    name: names.name,
    ...present({ id: names.id, displayName: names.displayName }),
    role: names.name,
    ...present({ priority }),
    relations: readRelations(fields, desk),
    policies: readPolicies(fields.all('policies'), desk),
    placement: readPlacement(fields, desk),
    place,
  })
  return desk.origins.mark(entity, place)
}

interface ServiceNames {
  readonly name: string
  readonly id?: string
  readonly displayName?: string
  readonly written: DocumentNode
}

/** An id is a name for expressions, a `name` is for people; where there is neither, the type and a number will do. */
function nameService(
  node: DocumentNode,
  fields: Fields,
  taken: Set<string>,
  type: string | undefined,
): ServiceNames {
  const id = node.get('id')
  const name = node.get('name')
  const displayName = name?.text ?? fields.get('displayName')?.text
  const shown = present({ displayName })
  const written = id ?? name
  if (written?.text !== undefined && entityName(written.text) !== '') {
    const own = entityName(written.text)
    taken.add(own)
    return { name: own, written, ...shown, ...(id?.text === undefined ? {} : { id: id.text }) }
  }
  const base = type ?? 'service'
  let own = base
  for (let number = 2; taken.has(own); number += 1) own = `${base}-${number}`
  taken.add(own)
  return { name: own, written: fields.get('type') ?? node, ...shown }
}
