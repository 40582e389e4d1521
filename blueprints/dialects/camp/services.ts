import { type EntitySpec, newEntity } from '../../../engine/index.js'
import { type DocumentNode, textAt } from '../../read/document-node.js'
import { entityName } from '../../resolve/entity-name.js'
import { readBody, readConfig, readNotes, readPlacement, readRelations } from './entity.js'
import { typeOf } from './types/entity-type.js'
import type { CampReader } from './reader.js'
import { Fields, PLAN_ID, SPELLINGS } from './keys.js'
import { readAdded } from './added/policies.js'
import { readRole } from './structure/roles.js'
import { present } from '../../resolve/present.js'
import { type EntityType, shapeOf } from '../../resolve/type-lookup.js'

/**
 * Services or children: a list of maps. Their order means nothing; names are made where none are given, other than those that are
 * `taken` by others of one parent.
 */
export function readServices(
  node: DocumentNode | undefined,
  reader: CampReader,
  taken: Set<string> = new Set<string>(),
): readonly EntitySpec[] {
  return (node?.items() ?? []).filter((item) => item.isMap).map((item) => readService(item, taken, reader))
}

/** One service; with a number of members when it is a cluster or says a count. */
export function readService(
  node: DocumentNode,
  taken: Set<string>,
  reader: CampReader,
  usualName?: string,
): EntitySpec {
  const { desk } = reader
  const fields = new Fields(node, desk)
  const known = desk.input.types.find(fields.get('type')?.text ?? '')
  const names = nameService(fields, { taken, desk }, usualName ?? usualNameOf(known))
  if (known?.form === 'members' || fields.hasAny('count', 'memberSpec'))
    return readRole({ node, ...names }, reader)
  const type = typeOf(fields, reader)
  const place = names.written.place
  const entity = newEntity({
    ...readConfig(fields, desk),
    ...readNotes(fields, desk),
    ...readBody(fields, type, reader),
    type: type?.name ?? 'group',
    name: names.name,
    ...present({ id: names.id, displayName: names.displayName }),
    role: names.name,
    ...present({ priority: fields.numberOr('priority', undefined) }),
    relations: readRelations(fields, desk),
    ...readAdded(fields, desk),
    ...shapeOf(type),
    placement: readPlacement(fields, desk),
    place,
  })
  return desk.origins.mark(desk.origins.markBody(entity, node), place)
}

function usualNameOf(type: EntityType | undefined): string {
  return type?.name ?? 'service'
}

/** Who has which name already among those of one parent. */
interface Siblings {
  readonly taken: Set<string>
  readonly desk: CampReader['desk']
}

interface ServiceNames {
  readonly name: string
  readonly id?: string
  readonly displayName?: string
  readonly written: DocumentNode
}

/** An id is a name for expressions, a `name` is for people; where there is neither, the type and a number will do. */
function nameService(fields: Fields, siblings: Siblings, type: string): ServiceNames {
  const { node } = fields
  const { taken } = siblings
  const named = textAt(node, 'id')
  const id = named ?? planIdOf(fields)
  const displayName = textAt(node, 'name') ?? fields.get('displayName')?.text
  const own = entityName(named ?? textAt(node, 'name') ?? '')
  const written = node.get('id') ?? node.get('name')
  if (own !== '' && written !== undefined)
    return { name: nameBeside(own, written, node, siblings), written, ...present({ id, displayName }) }
  return { name: freeName(type, taken), written: fields.get('type') ?? node, ...present({ id, displayName }) }
}

/** A plan id may stand in the config; it is none by which its place in the tree is called. */
function planIdOf({ node }: Fields): string | undefined {
  return SPELLINGS.config
    .map((spelling) => textAt(node.get(spelling), PLAN_ID))
    .find((id) => id !== undefined)
}

/**
 * What an id or a name becomes where a sibling has it already: names are for people, and of two ids the nearest is meant.
 * That is told, unless both have it from one item.
 * @source Brooklyn: names and plan ids need not be unique.
 */
function nameBeside(
  own: string,
  written: DocumentNode,
  node: DocumentNode,
  { taken, desk }: Siblings,
): string {
  const name = freeName(own, taken)
  if (name !== own && written.document === node.document)
    desk.reportAt('BP1202', `"${own}" is there twice`, written.place, {
      severity: 'warning',
      hint: `this one is "${name}" here`,
    })
  return name
}

function freeName(base: string, taken: Set<string>): string {
  let own = base
  for (let number = 2; taken.has(own); number += 1) own = `${base}-${number}`
  taken.add(own)
  return own
}
