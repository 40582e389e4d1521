import { type EntitySpec, newEntity } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { defaultPriority } from '../../../resolve/defaults.js'
import { readBody, readConfig, readInitial, readNotes, readPlacement, readRelations } from '../entity.js'
import { typeOf } from '../types/entity-type.js'
import { withController } from './controller.js'
import { reportIdleClusterKeys, withChildFlags } from './cluster-keys.js'
import type { CampReader } from '../reader.js'
import { readGates } from '../software/gates.js'
import { Fields } from '../keys.js'
import { readMembers } from './members.js'
import { readAdded } from '../added/policies.js'
import { readEffectors, readSensors } from '../added/sensors.js'
import { type EntityType, shapeOf } from '../../../resolve/type-lookup.js'
import { present } from '../../../resolve/present.js'

/** The roles under a key: a list of maps with names, or a map by name. Their order is their priority. */
export function readRoles(node: DocumentNode | undefined, reader: CampReader): readonly EntitySpec[] {
  const listed = (node?.items() ?? []).flatMap((item, at) => readListed(item, at, reader))
  const named = (node?.entries() ?? []).map(([name, item], at) =>
    readRole({ node: item, name, written: item, position: at }, reader),
  )
  return [...listed, ...named]
}

/** A role as it is found in a document. */
export interface FoundRole {
  readonly node: DocumentNode
  readonly name: string
  /** Where its name is written. */
  readonly written: DocumentNode
  /** Among its siblings, from 0; absent where order means nothing. */
  readonly position?: number
  readonly id?: string
  readonly displayName?: string
}

/** An entity with members from one map: what it says of their number is the role's, the rest is each member's. */
export function readRole(found: FoundRole, reader: CampReader): EntitySpec {
  const { desk } = reader
  const fields = new Fields(found.node, desk)
  const type = typeOf(fields, reader)
  const cluster = type?.form === 'members' ? type : undefined
  const place = found.written === found.node ? found.written.keyPlace : found.written.place
  const member =
    cluster !== undefined
      ? readMemberSpec(fields, found.name, reader)
      : memberOf(fields, type, found.name, reader)
  const first = cluster === undefined ? {} : readFirst(fields, found.name, reader)
  const priority = priorityOf(fields, found.position)
  const config = readConfig(fields, desk)
  const entity = newEntity({
    ...config,
    ...readNotes(fields, desk),
    type: cluster?.name ?? 'role',
    name: found.name,
    ...present({ id: found.id, displayName: found.displayName }),
    role: found.name,
    ...present({ priority }),
    ...(cluster === undefined ? {} : clusterParts(fields, config, reader)),
    members: readMembers(fields, { spec: member, ...first }, desk),
    relations: readRelations(fields, desk),
    ...readAdded(fields, desk),
    ...shapeOf(cluster),
    placement: readPlacement(fields, desk),
    place,
  })
  return desk.origins.mark(desk.origins.markBody(entity, found.node), place)
}

/** What stands at a cluster and is not about each of its members. */
function clusterParts(
  fields: Fields,
  config: Pick<EntitySpec, 'config'>,
  reader: CampReader,
): Partial<EntitySpec> {
  const { desk } = reader
  return {
    ...withController(fields, config, reader),
    sensors: readSensors(fields, desk),
    effectors: readEffectors(fields, desk),
    ...readInitial(fields, desk),
    ...readGates(fields, desk),
  }
}

function priorityOf(fields: Fields, position: number | undefined): number | undefined {
  return fields.get('priority')?.number ?? (position === undefined ? undefined : defaultPriority(position))
}

function readListed(item: DocumentNode, position: number, reader: CampReader): readonly EntitySpec[] {
  if (!item.isMap) return []
  const name = item.get('name') ?? item.get('id')
  if (name?.text === undefined) {
    if (name === undefined)
      reader.desk.report('BP1104', 'a role needs the key "name"', item, { hint: 'add "name:"' })
    return []
  }
  const displayName = item.get('displayName')?.text
  return [
    readRole(
      {
        node: item,
        name: name.text,
        written: name,
        position,
        ...present({ displayName }),
      },
      reader,
    ),
  ]
}

function memberOf(
  fields: Fields,
  type: EntityType | undefined,
  role: string,
  reader: CampReader,
): EntitySpec {
  const place = fields.node.place
  const member = newEntity({
    ...readBody(fields, type, reader),
    type: type?.name ?? 'group',
    ...shapeOf(type),
    name: memberName(role),
    role,
    place,
  })
  const { origins } = reader.desk
  return origins.mark(origins.markBody(member, fields.node), place)
}

/** Members are known by number; their common name only keeps them apart from their role. */
function memberName(role: string): string {
  return `${role.slice(0, 56)}-member`
}

/** `memberSpec`, plain or in `$brooklyn:entitySpec`. */
function readMemberSpec(fields: Fields, role: string, reader: CampReader): EntitySpec {
  const { desk } = reader
  const written = fields.get('memberSpec')
  if (written === undefined) {
    const type = fields.get('type') ?? fields.node
    desk.reportAt('BP1104', `"${role}" needs the key "memberSpec"`, type.place, {
      pointer: fields.node.pointer,
      hint: 'add "memberSpec:" with the type of its members',
    })
    return newEntity({ type: 'group', name: memberName(role), role })
  }
  reportIdleClusterKeys(fields, desk)
  return withChildFlags(memberIn(written, { role, name: memberName(role) }, reader), written, fields, desk)
}

/** What the first member is made from, where it is another thing. */
function readFirst(fields: Fields, role: string, reader: CampReader): { readonly first?: EntitySpec } {
  const written = fields.get('firstMemberSpec')
  if (written === undefined) return {}
  const first = memberIn(written, { role, name: firstName(role) }, reader)
  return { first: withChildFlags(first, written, fields, reader.desk) }
}

function firstName(role: string): string {
  return `${role.slice(0, 56)}-first`
}

function memberIn(
  written: DocumentNode,
  { role, name }: { readonly role: string; readonly name: string },
  reader: CampReader,
): EntitySpec {
  const { desk } = reader
  const node = written.get('$brooklyn:entitySpec') ?? written
  const inner = new Fields(node, desk)
  const type = typeOf(inner, reader)
  const nested = type?.form === 'members'
  const id = node.get('id')?.text
  const displayName = node.get('name')?.text
  const config = readConfig(inner, desk)
  const member = newEntity({
    ...config,
    ...readNotes(inner, desk),
    ...readBody(inner, type, reader),
    ...(nested ? nestedParts(inner, { name, config }, reader) : {}),
    relations: readRelations(inner, desk),
    ...readAdded(inner, desk),
    ...shapeOf(type),
    placement: readPlacement(inner, desk),
    type: type?.name ?? 'group',
    name,
    ...present({ id, displayName }),
    role,
    place: node.place,
  })
  return desk.origins.mark(desk.origins.markBody(member, node), node.place)
}

/** What a cluster that is a member itself has inside of it. */
function nestedParts(
  inner: Fields,
  { name, config }: Pick<EntitySpec, 'name'> & { readonly config: ReturnType<typeof readConfig> },
  reader: CampReader,
): Partial<EntitySpec> {
  const spec = readMemberSpec(inner, name, reader)
  const members = readMembers(inner, { spec, ...readFirst(inner, name, reader) }, reader.desk)
  return { ...withController(inner, config, reader), members }
}
