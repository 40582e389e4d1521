import type { EntitySpec, MembersSpec, Quorum } from '../../../engine/index.js'
import type { DocumentNode } from '../../read/document-node.js'
import { DEFAULT_MEMBERS, MOST_MEMBERS, defaultPriority } from '../../resolve/defaults.js'
import { newEntity } from '../../resolve/new-entity.js'
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
import type { EntityType } from '../../resolve/type-lookup.js'
import { present } from '../../resolve/present.js'

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
  const place = found.written === found.node ? found.written.keyPlace : found.written.place
  const member =
    type?.form === 'members'
      ? readMemberSpec(fields, found.name, reader)
      : memberOf(fields, type, found.name, reader)
  const priority =
    fields.get('priority')?.number ??
    (found.position === undefined ? undefined : defaultPriority(found.position))
  const entity = newEntity({
    ...readConfig(fields, desk),
    ...readNotes(fields),
    type: 'role',
    name: found.name,
    ...present({ id: found.id, displayName: found.displayName }),
    role: found.name,
    ...present({ priority }),
    ...(type?.form === 'members' ? { children: reader.children(fields) } : {}),
    members: readMembers(fields, member, reader),
    relations: readRelations(fields, desk),
    policies: readPolicies(fields.all('policies'), desk),
    placement: readPlacement(fields, desk),
    place,
  })
  return desk.origins.mark(entity, place)
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
    name: memberName(role),
    role,
    place,
  })
  return reader.desk.origins.mark(member, place)
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
  const node = written.get('$brooklyn:entitySpec') ?? written
  const inner = new Fields(node, desk)
  const type = typeOf(inner, reader)
  const nested = type?.form === 'members'
  const id = node.get('id')?.text
  const displayName = node.get('name')?.text
  const member = newEntity({
    ...readConfig(inner, desk),
    ...readNotes(inner),
    ...readBody(inner, type, reader),
    ...(nested
      ? { members: readMembers(inner, readMemberSpec(inner, memberName(role), reader), reader) }
      : {}),
    relations: readRelations(inner, desk),
    policies: readPolicies(inner.all('policies'), desk),
    placement: readPlacement(inner, desk),
    type: type?.name ?? 'group',
    name: memberName(role),
    ...present({ id, displayName }),
    role,
    place: node.place,
  })
  return desk.origins.mark(member, node.place)
}

function readMembers(fields: Fields, spec: EntitySpec, reader: CampReader): MembersSpec {
  const replacement = fields.get('replacement')
  const order = replacement?.get('order')?.text === 'old-first' ? 'old-first' : 'new-first'
  const startQuorum = readQuorum(fields.get('startQuorum'))
  const runningQuorum = readQuorum(fields.get('runningQuorum'))
  const numbers = readNumbers(fields)
  const members: MembersSpec = {
    ...DEFAULT_MEMBERS,
    ...numbers,
    spec,
    ...(startQuorum === undefined
      ? {}
      : { startQuorum: marked(startQuorum, fields.get('startQuorum'), reader) }),
    ...(runningQuorum === undefined
      ? {}
      : { runningQuorum: marked(runningQuorum, fields.get('runningQuorum'), reader) }),
    victims: fields.get('victims')?.text ?? DEFAULT_MEMBERS.victims,
    concurrency: fields.get('concurrency')?.number ?? DEFAULT_MEMBERS.concurrency,
    quarantine: fields.get('quarantine')?.flag ?? DEFAULT_MEMBERS.quarantine,
    replacement: {
      order,
      surge: replacement?.get('surge')?.number ?? (order === 'new-first' ? 1 : 0),
      unavailable: replacement?.get('unavailable')?.number ?? (order === 'new-first' ? 0 : 1),
    },
  }
  const node =
    fields.get('count') ?? fields.get('initialSize') ?? fields.get('maxSize') ?? fields.get('minSize')
  if (replacement !== undefined) reader.desk.origins.mark(members.replacement, replacement.place)
  return node === undefined ? members : reader.desk.origins.mark(members, node.place)
}

function marked(quorum: Quorum, node: DocumentNode | undefined, reader: CampReader): Quorum {
  return node === undefined ? quorum : reader.desk.origins.mark(quorum, node.place)
}

/** `count: 3` is exactly three. In a map, and with sizes, what is left out is as wide as it can be. */
function readNumbers(fields: Fields): Pick<MembersSpec, 'initial' | 'min' | 'max'> {
  const count = fields.get('count')
  if (count?.number !== undefined) return { initial: count.number, min: count.number, max: count.number }
  const initial = count?.get('initial')?.number ?? fields.get('initialSize')?.number
  const min = count?.get('min')?.number ?? fields.get('minSize')?.number
  const max = count?.get('max')?.number ?? fields.get('maxSize')?.number
  if (initial === undefined && min === undefined && max === undefined)
    return {
      initial: 1,
      min: 1,
      max: count === undefined && fields.get('memberSpec') !== undefined ? MOST_MEMBERS : 1,
    }
  const first = initial ?? min ?? Math.min(1, max ?? 1)
  return { initial: first, min: min ?? Math.min(1, first), max: max ?? MOST_MEMBERS }
}

const QUORUMS: { readonly [word: string]: Quorum['kind'] } = {
  all: 'all',
  allAndAtLeastOne: 'all',
  atLeastOne: 'at-least-one',
  'at-least-one': 'at-least-one',
  atLeastOneUnlessEmpty: 'at-least-one-unless-empty',
  'at-least-one-unless-empty': 'at-least-one-unless-empty',
  alwaysHealthy: 'always',
  always: 'always',
}

function readQuorum(node: DocumentNode | undefined): Quorum | undefined {
  if (node?.number !== undefined)
    return node.number < 0 ? { kind: 'all' } : { kind: 'number', count: node.number }
  const { text } = node ?? {}
  if (text === undefined) return undefined
  if (text.endsWith('%')) return { kind: 'percent', percent: Number(text.slice(0, -1)) }
  const kind = Object.hasOwn(QUORUMS, text) ? QUORUMS[text] : undefined
  return kind === undefined || kind === 'number' || kind === 'percent' ? undefined : { kind }
}
