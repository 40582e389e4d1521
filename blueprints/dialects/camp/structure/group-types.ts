import type { EntityType, KeyType, TypeKey } from '../../../resolve/type-lookup.js'
import type { JsonObject } from '../../../../engine/index.js'
import { FABRIC, FABRIC_TYPES } from './fabric-names.js'
import { BY_LOCATION, BY_LOCATION_KEYS } from './by-location.js'

const GROUP = 'org.apache.brooklyn.entity.group'
const STOCK = 'org.apache.brooklyn.entity.stock'

function key(name: string, type: KeyType, ...flags: readonly string[]): TypeKey {
  return { name, type, flags }
}

const FILTER = [
  key('dynamicgroup.entityfilter', 'any', 'entityFilter'),
  key('dynamicgroup.ancestor', 'entity', 'ancestor'),
]

const NUMBERS = [
  key('sequence.start', 'integer', 'sequenceStart'),
  key('sequence.increment', 'integer', 'sequenceIncrement'),
]

const FABRIC_KEYS = [
  key(FABRIC.prefix, 'string', 'displayNamePrefix'),
  key(FABRIC.suffix, 'string', 'displayNameSuffix'),
  key(FABRIC.flags, 'map', 'customChildFlags'),
  key(FABRIC.includes, 'boolean', 'includeInitialChildren'),
]

/** What the spec calls the types whose members, values or children follow from others. */
export const DERIVED = {
  basic: 'basic-group',
  dynamic: 'dynamic-group',
  multi: 'dynamic-multi-group',
  quarantine: 'quarantine-group',
  sequence: 'sequence-group',
  counter: 'sequence-entity',
  data: 'data-entity',
  conditional: 'conditional-entity',
} as const

const MULTI = 'brooklyn.multigroup'

/** Config that is read as what it says of its entity, and is no value of it. */
export const DERIVED_CONFIG: ReadonlySet<string> = new Set([
  ...[
    'dynamicgroup.entityfilter',
    'dynamicgroup.ancestor',
    'group.members',
    'data.sensorSuppliers',
    'conditional.entity.spec',
    FABRIC.region,
    ...Object.values(BY_LOCATION_KEYS),
    'brooklyn.locationsFilter',
  ],
  // What is told of, and no value.
  'dynamiccluster.zone.placementStrategy',
  ...['bucketFunction', 'bucketExpression', 'bucketWorkflow', 'groupSpec'].map((key) => `${MULTI}.${key}`),
])

/** Types that make nothing at a place: groups of others, counters, and what takes its values from elsewhere. */
export const DERIVED_TYPES: readonly EntityType[] = [
  derived(DERIVED.basic, [`${GROUP}.BasicGroup`, 'BasicGroup'], {
    description: 'A group whose members are named, or come and go by its effectors.',
    keys: [key('group.members', 'list', 'members'), key('childrenAsMembers', 'boolean')],
  }),
  derived(DERIVED.dynamic, [`${GROUP}.DynamicGroup`, 'DynamicGroup'], {
    description: 'The entities that a filter fits, as they come, change and go.',
    keys: FILTER,
  }),
  derived(DERIVED.multi, [`${GROUP}.DynamicMultiGroup`, 'DynamicMultiGroup'], {
    description: 'The entities that a filter fits, told apart by a value of each.',
    keys: [
      ...FILTER,
      key(`${MULTI}.bucketFunction`, 'any', 'bucketFunction'),
      key(`${MULTI}.bucketExpression`, 'any', 'bucketExpression'),
      key(`${MULTI}.bucketWorkflow`, 'any', 'bucketWorkflow'),
      key(`${MULTI}.bucketIdFunction`, 'any', 'bucketIdFunction'),
      key(`${MULTI}.bucketIdExpression`, 'any'),
      key(`${MULTI}.bucketIdWorkflow`, 'any'),
      key(`${MULTI}.groupSpec`, 'map', 'bucketSpec', 'groupSpec'),
      key(`${MULTI}.rescanInterval`, 'duration', 'rescanInterval'),
    ],
  }),
  derived(DERIVED.quarantine, [`${GROUP}.QuarantineGroup`, 'QuarantineGroup'], {
    description: 'The members that were set aside, of the clusters in what it is inside of.',
    keys: [],
  }),
  derived(DERIVED.sequence, [`${GROUP}.SequenceGroup`, `${STOCK}.SequenceGroup`, 'SequenceGroup'], {
    description: 'The entities that a filter fits, each with a number of its own.',
    keys: [...FILTER, ...NUMBERS, key('sequence.format', 'string', 'sequenceFormat')],
  }),
  derived(DERIVED.counter, [`${STOCK}.SequenceEntity`, 'SequenceEntity'], {
    description: 'A counter, which everybody can ask for the next number.',
    keys: NUMBERS,
  }),
  derived(DERIVED.conditional, [`${STOCK}.ConditionalEntity`, 'ConditionalEntity'], {
    description: 'Has a child while something holds.',
    keys: [
      key('conditional.entity.spec', 'map', 'entitySpec'),
      key('conditional.entity.create', 'any', 'create'),
      key('conditional.entity.propagate', 'boolean', 'propagateSensors'),
      key('conditional.entity.sensors', 'list', 'sensorsToPropagate'),
    ],
  }),
  derived(BY_LOCATION, [`${STOCK}.LocationEntity`, 'LocationEntity'], {
    description: 'Has a child that depends on the location it is in.',
    keys: [
      key(BY_LOCATION_KEYS.specs, 'map', 'entitySpec'),
      key(BY_LOCATION_KEYS.propagate, 'boolean', 'propagateSensors'),
      key(BY_LOCATION_KEYS.sensors, 'list', 'sensorsToPropagate'),
    ],
  }),
  derived(FABRIC_TYPES.fixed, [`${GROUP}.DynamicFabric`, 'DynamicFabric', 'dynamic-fabric'], {
    description: 'Something in each of its locations.',
    keys: FABRIC_KEYS,
  }),
  derived(FABRIC_TYPES.regions, [`${GROUP}.DynamicRegionsFabric`, 'DynamicRegionsFabric'], {
    description: 'Something in each of its locations, which can be added to while it runs.',
    keys: FABRIC_KEYS,
  }),
  derived(DERIVED.data, [`${STOCK}.DataEntity`, 'DataEntity'], {
    description: 'Sensors whose values are taken from others.',
    keys: [
      key('data.sensorSuppliers', 'map', 'sensorSuppliers', 'sensorSupplierMap'),
      key('data.pollPeriod', 'duration', 'pollPeriod', 'period'),
    ],
  }),
]

function derived(
  name: string,
  aliases: readonly string[],
  what: { readonly description: string; readonly keys: readonly TypeKey[] },
): EntityType {
  const properties = Object.fromEntries(what.keys.map((one) => [one.name, {}] as const))
  const schema: JsonObject = { type: 'object', properties }
  return { name, aliases, form: 'group', application: false, schema, ...what }
}
