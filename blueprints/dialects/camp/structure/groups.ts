import {
  type ConditionalSpec,
  type EffectorSpec,
  type EntityReference,
  type EntitySpec,
  type Expression,
  type GroupSpec,
  type KeptChange,
  type ParameterSpec,
  type SensorSpec,
  type SequenceSpec,
  formatMarks,
  newEntity,
  literal,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { EFFECTOR_TIMEOUT } from '../../../resolve/defaults.js'
import { present } from '../../../resolve/present.js'
import type { CampReader } from '../reader.js'
import { BY_LOCATION, BY_LOCATION_KEYS } from './by-location.js'
import { CONDITIONAL, NEVER, conditionalOf } from './conditional.js'
import { readFabric } from './fabric-group.js'
import { FABRIC_TYPES } from './fabric-names.js'
import { readEntityFilter, readEntityFunction } from '../language/entity-filter.js'
import { isDsl, readExpression } from '../language/expressions.js'
import { DERIVED } from './group-types.js'
import { type Fields, SPELLINGS } from '../keys.js'
import { readQuorums } from './members.js'
import { SENSOR_ALIASES } from '../types/types.js'
import { templated } from '../language/values.js'

/** What follows from the type of an entity that makes nothing at a place. */
export interface Derived {
  readonly group?: GroupSpec
  readonly conditional?: readonly ConditionalSpec[]
  readonly sensors: readonly SensorSpec[]
  readonly effectors: readonly EffectorSpec[]
}

const NOTHING: Derived = { sensors: [], effectors: [] }

/** What an entity has by being of one of these types; nothing where it is of another. */
export function readDerived(fields: Fields, type: string | undefined, reader: CampReader): Derived {
  const read = READERS[type ?? '']
  return read === undefined ? NOTHING : read(new Config(fields, reader))
}

const READERS: { readonly [type: string]: (config: Config) => Derived } = {
  [DERIVED.basic]: basicGroup,
  [DERIVED.dynamic]: (config) => dynamicGroup(config, filtered(config)),
  [DERIVED.multi]: (config) => dynamicGroup(config, { ...filtered(config), ...bucketsOf(config) }),
  [DERIVED.quarantine]: quarantineGroup,
  [DERIVED.sequence]: sequenceGroup,
  [DERIVED.counter]: counter,
  [DERIVED.data]: dataEntity,
  [DERIVED.conditional]: conditionalEntity,
  [BY_LOCATION]: entityByLocation,
  [FABRIC_TYPES.fixed]: fabric,
  [FABRIC_TYPES.regions]: fabric,
}

/** What stands in the config of an entity. */
class Config {
  readonly fields: Fields
  readonly reader: CampReader

  constructor(fields: Fields, reader: CampReader) {
    this.fields = fields
    this.reader = reader
  }

  get desk(): TranslationDesk {
    return this.reader.desk
  }

  node(key: string): DocumentNode | undefined {
    const found = SPELLINGS.config
      .map((spelling) => this.fields.node.get(spelling)?.get(key))
      .find((one) => one !== undefined)
    return found?.value === null ? undefined : found
  }

  /** A key's value, or the usual one. */
  expression(key: string, usual: number): Expression {
    const node = this.node(key)
    return node === undefined ? literal(usual) : readExpression(node, this.desk)
  }

  /** A whole number that is known from the document; that one is no number is told elsewhere. */
  number(key: string, usual: number): number {
    const node = this.node(key)
    const number = node === undefined ? usual : Number(node.number ?? node.text)
    if (Number.isSafeInteger(number)) return number
    if (node !== undefined && isDsl(node))
      this.desk.report('BP1233', `"${key}" is not known before something runs`, node, { hint: 'e.g. 1' })
    return usual
  }
}

function fabric({ fields, reader }: Config): Derived {
  return { ...readFabric(fields, reader), sensors: [] }
}

function basicGroup(config: Config): Derived {
  const named = config.node('group.members')
  const chosen = (named?.items() ?? []).map((item) => entityIn(item, config.desk))
  const children = config.node('childrenAsMembers')
  const { quorum, healthyQuorum } = readQuorums(config.fields, config.desk)
  return {
    group: present({
      chosen: chosen.length === 0 ? undefined : chosen,
      children: children?.flag === true || children?.text === 'true' ? true : undefined,
      quorum,
      healthyQuorum,
    }),
    sensors: [],
    effectors: [
      effector('addMember', 'Takes an entity in.', { kind: 'join', parameter: 'entity' }, [ENTITY]),
      effector('removeMember', 'Takes an entity out.', { kind: 'leave', parameter: 'entity' }, [ENTITY]),
    ],
  }
}

/** What is set aside in what it is inside of: a cluster's own, where it is a child of that. */
function quarantineGroup({ fields, desk }: Config): Derived {
  return {
    group: { setAside: true, within: { scope: 'parent' }, ...readQuorums(fields, desk) },
    sensors: [],
    effectors: [],
  }
}

const ENTITY: ParameterSpec = {
  name: 'entity',
  type: 'string',
  description: 'The id, the name or the path of an entity.',
  required: true,
  constraints: [],
}

function dynamicGroup({ fields, desk }: Config, group: GroupSpec): Derived {
  return {
    group: { ...group, ...readQuorums(fields, desk) },
    sensors: [
      { name: 'dynamicgroup.running', type: 'boolean', source: { kind: 'static', value: literal(true) } },
    ],
    effectors: [effector('rescanEntities', 'Tells who is in it.', { kind: 'rescan' })],
  }
}

function filtered(config: Config): GroupSpec {
  const { desk } = config
  const filter = config.node('dynamicgroup.entityfilter')
  const ancestor = config.node('dynamicgroup.ancestor')
  return present({
    filter: filter === undefined ? undefined : readEntityFilter(filter, desk),
    within: ancestor === undefined ? undefined : referenceIn(ancestor, desk),
  })
}

function entityIn(node: DocumentNode, desk: TranslationDesk): Expression {
  const value = readExpression(node, desk)
  const id = value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined
  return id === undefined
    ? value
    : desk.origins.mark({ kind: 'entity-id', of: { scope: 'global', id } }, node.place)
}

/** An entity that is known from the document alone. */
function referenceIn(node: DocumentNode, desk: TranslationDesk): EntityReference | undefined {
  const value = entityIn(node, desk)
  if (value.kind === 'entity-id') return value.of
  desk.report('BP1308', 'the ancestor of a group is an entity that is named here', node, {
    hint: 'e.g. $brooklyn:component("web")',
  })
  return undefined
}

const MULTI = 'brooklyn.multigroup'

/** Keys of groups of groups of which nothing is made. */
const NOT_BUCKETS: { readonly [key: string]: string } = {
  [`${MULTI}.bucketWorkflow`]: 'use "bucketExpression"',
  [`${MULTI}.bucketIdFunction`]: 'buckets have names only; leave it out',
  [`${MULTI}.bucketIdExpression`]: 'buckets have names only; leave it out',
  [`${MULTI}.bucketIdWorkflow`]: 'buckets have names only; leave it out',
}

function bucketsOf(config: Config): GroupSpec {
  const { desk } = config
  for (const [key, hint] of Object.entries(NOT_BUCKETS)) {
    const node = config.node(key)
    if (node !== undefined) desk.reportAt('BP1108', `"${key}" is not supported yet`, node.keyPlace, { hint })
  }
  const [written, called] = [config.node(`${MULTI}.bucketExpression`), config.node(`${MULTI}.bucketFunction`)]
  const bucketSpec = bucketSpecOf(config)
  if (written !== undefined) return present({ buckets: bucketExpression(written, desk), bucketSpec })
  if (called !== undefined) return present({ buckets: readEntityFunction(called, desk), bucketSpec })
  const hint = 'e.g. bucketExpression: $brooklyn:config("zone")'
  desk.report('BP1104', 'a group of buckets needs the key "bucketExpression"', config.fields.node, { hint })
  return {}
}

/** What each bucket is: a plain group unless the document says more of it. */
function bucketSpecOf(config: Config): EntitySpec {
  const written = config.node(`${MULTI}.groupSpec`)
  const node = written?.get('$brooklyn:entitySpec') ?? written
  const spec =
    node?.isMap === true ? config.reader.child(node) : newEntity({ type: DERIVED.basic, name: 'bucket' })
  return { ...spec, group: spec.group ?? {} }
}

/** An expression of ours, or a text with `${entity…}` in it, as each member sees it. */
function bucketExpression(node: DocumentNode, desk: TranslationDesk): Expression | undefined {
  if (isDsl(node) || node.text === undefined) return readExpression(node, desk)
  const made = templated({ scope: 'self' }, [literal(node.text)])
  if (made.kind === 'value') return desk.origins.mark(made.expression, node.place)
  if (made.kind === 'fault') desk.report(made.code, made.message, node, { hint: made.hint })
  return undefined
}

function sequenceGroup(config: Config): Derived {
  const { effectors, ...more } = dynamicGroup(config, { ...filtered(config), sequence: sequenceOf(config) })
  return {
    ...more,
    effectors: [
      ...effectors,
      effector('reset', 'Numbers its members anew, from the first number.', { kind: 'renumber' }),
    ],
  }
}

function sequenceOf(config: Config): SequenceSpec {
  const format = config.node('sequence.format')
  const marks = formatMarks(format?.text ?? '%d')
  const isFine = marks.filter(({ letter }) => 'dxX'.includes(letter) && letter !== '').length === 1
  if (format !== undefined && (!isFine || marks.some(({ letter }) => letter === ''))) {
    const hint = 'put the number in once, e.g. node%03d'
    config.desk.report('BP1233', 'the format of a sequence has no place for a number', format, { hint })
  }
  return {
    start: config.number('sequence.start', 1),
    increment: config.number('sequence.increment', 1),
    format: isFine ? (format?.text ?? '%d') : '%d',
  }
}

const VALUE = 'sequence.value'

function counter(config: Config): Derived {
  const begin = config.expression('sequence.start', 1)
  const by = config.expression('sequence.increment', 1)
  const next: KeptChange = { kind: 'advance', sensor: VALUE, begin, by }
  return {
    sensors: [{ name: VALUE, type: 'number', source: { kind: 'static', value: begin } }],
    effectors: [
      effector('reset', 'Goes back to the first number.', { kind: 'set', sensor: VALUE, value: begin }),
      effector('increment', 'Goes on to the next number.', next),
      effector('get', 'Says the number.', { kind: 'get', sensor: VALUE, begin }),
      effector('incrementAndGet', 'Goes on to the next number, and says it.', next),
    ],
  }
}

/** Brooklyn's period of values that are taken from elsewhere. */
const DATA_PERIOD = 1_000
const LEAST_PERIOD = 100

function dataEntity(config: Config): Derived {
  const { desk } = config
  const suppliers = config.node('data.sensorSuppliers')
  const period = Math.max(LEAST_PERIOD, durationOf(config.node('data.pollPeriod')?.value) ?? DATA_PERIOD)
  const sensors = (suppliers?.entries() ?? []).map(([written, part]): SensorSpec => {
    const name = /^\$brooklyn:sensor\(["']?(.+?)["']?\)$/.exec(written)?.[1] ?? written
    const value = readExpression(part, desk)
    const sensor: SensorSpec = {
      name: SENSOR_ALIASES[name] ?? name,
      type: 'json',
      source: { kind: 'static', value, period },
    }
    return desk.origins.mark(sensor, part.keyPlace)
  })
  return { sensors, effectors: [] }
}

function conditionalEntity(config: Config): Derived {
  const written = config.node('conditional.entity.spec')
  const node = written?.get('$brooklyn:entitySpec') ?? written
  if (node?.isMap !== true) {
    const hint = 'e.g. entitySpec: { $brooklyn:entitySpec: { type: software, launch: node web.js } }'
    config.desk.report('BP1104', 'a conditional entity needs the key "entitySpec"', config.fields.node, {
      hint,
    })
    return NOTHING
  }
  const [create, propagate] = [
    config.node('conditional.entity.create'),
    config.node('conditional.entity.propagate'),
  ]
  const found = {
    child: config.reader.child(node),
    when: create === undefined ? NEVER : readExpression(create, config.desk),
    propagates: propagate?.flag !== false && propagate?.text !== 'false',
    listed: config.node('conditional.entity.sensors'),
  }
  return { ...conditionalOf(found), effectors: [] }
}

/** What was chosen for the place is there as long as it is itself; where nothing was, it has no child. */
function entityByLocation(config: Config): Derived {
  const place = config.node(BY_LOCATION_KEYS.place)?.text ?? ''
  const told: SensorSpec = {
    name: BY_LOCATION_KEYS.place,
    type: 'string',
    source: { kind: 'static', value: literal(place) },
  }
  const written = config.node(BY_LOCATION_KEYS.chosen)
  const node = written?.get('$brooklyn:entitySpec') ?? written
  if (node?.isMap !== true) return { sensors: [told], effectors: [] }
  const propagate = config.node(BY_LOCATION_KEYS.propagate)
  const { conditional, sensors } = conditionalOf({
    child: config.reader.child(node),
    when: literal(true),
    propagates: propagate?.flag !== false && propagate?.text !== 'false',
    listed: config.node(BY_LOCATION_KEYS.sensors),
  })
  const named = sensors.map((one) => (one.name === CONDITIONAL ? { ...one, name: 'location.entity' } : one))
  return { conditional, sensors: [told, ...named], effectors: [] }
}

function effector(
  name: string,
  description: string,
  keeps: KeptChange,
  parameters: EntitySpec['parameters'] = [],
): EffectorSpec {
  return { name, description, parameters, command: literal(''), keeps, timeout: EFFECTOR_TIMEOUT }
}
