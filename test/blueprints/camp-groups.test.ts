import { describe, expect, it } from 'vitest'
import type { EntitySpec, JsonObject } from '../../engine/index.js'
import { compileText, problemsOf, services } from './support/documents.js'

function entity(type: string, ...config: readonly string[]): EntitySpec {
  const result = compileText(document(type, config))
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

function document(type: string, config: readonly string[]): string {
  const lines = config.map((line) => `    ${line}`)
  const other = '- { type: entity, id: other, brooklyn.tags: [web], brooklyn.config: { zone: north } }'
  return services(`- type: ${type}`, ...(lines.length === 0 ? [] : ['  brooklyn.config:', ...lines]), other)
}

const GROUP = 'org.apache.brooklyn.entity.group'
const STOCK = 'org.apache.brooklyn.entity.stock'
const predicates = (method: string, args: string) =>
  `entityFilter: { $brooklyn:object: { type: org.apache.brooklyn.core.entity.EntityPredicates, factoryMethod.name: ${method}, factoryMethod.args: ${args} } }`

describe('a group', () => {
  it.each<[what: string, type: string, config: readonly string[], group: JsonObject]>([
    [
      'by a tag',
      `${GROUP}.DynamicGroup`,
      ['dynamicgroup.entityfilter: { tag: web }'],
      {
        filter: {
          kind: 'select',
          from: { kind: 'tags' },
          of: { kind: 'has-element', of: { kind: 'equals', value: 'web' } },
        },
      },
    ],
    [
      'by its short name',
      'dynamic-group',
      ['entityFilter: { config: zone, equals: north }'],
      {
        filter: {
          kind: 'select',
          from: { kind: 'config', name: 'zone' },
          of: { kind: 'equals', value: 'north' },
        },
      },
    ],
    [
      'by a type of any name',
      'DynamicGroup',
      [`entityFilter: { java-instance-of: ${STOCK}.BasicEntity }`],
      {
        filter: {
          kind: 'type',
          of: { kind: 'any', of: [{ value: `${STOCK}.BasicEntity` }, { value: 'entity' }] },
        },
      },
    ],
    [
      'by a ready predicate',
      'DynamicGroup',
      [predicates('hasTag', '[web]')],
      { filter: { from: { kind: 'tags' } } },
    ],
    [
      'by config that is ready',
      'DynamicGroup',
      [predicates('configEqualTo', '[zone, north]')],
      {
        filter: { from: { kind: 'config', name: 'zone' }, of: { kind: 'equals', value: 'north' } },
      },
    ],
    [
      'of an application',
      'DynamicGroup',
      [predicates('applicationIdEqualTo', '[$brooklyn:root()]')],
      {
        filter: { kind: 'constant', holds: true },
      },
    ],
    [
      'below an entity',
      'DynamicGroup',
      ['entityFilter: { tag: web }', 'ancestor: $brooklyn:component("other")'],
      {
        within: { scope: 'global', id: 'other' },
      },
    ],
    [
      'below an entity by its id',
      'DynamicGroup',
      ['entityFilter: { tag: web }', 'ancestor: other'],
      {
        within: { scope: 'global', id: 'other' },
      },
    ],
    [
      'with a quorum',
      'DynamicGroup',
      ['entityFilter: { tag: web }', 'quorum.up: atLeastOne'],
      {
        quorum: { kind: 'at-least-one' },
      },
    ],
    [
      'of those that it names',
      `${GROUP}.BasicGroup`,
      ['members: [$brooklyn:entity("other"), other]'],
      {
        chosen: [
          { kind: 'entity-id', of: { scope: 'global', id: 'other' } },
          { kind: 'entity-id', of: { scope: 'global', id: 'other' } },
        ],
      },
    ],
    ['of what is inside of it', 'BasicGroup', ['childrenAsMembers: true'], { children: true }],
    [
      'with numbers',
      'SequenceGroup',
      [
        'entityFilter: { tag: web }',
        'sequenceStart: 0',
        'sequenceIncrement: 2',
        'sequenceFormat: "entity%04x"',
      ],
      {
        sequence: { start: 0, increment: 2, format: 'entity%04x' },
      },
    ],
    [
      'with usual numbers',
      'sequence-group',
      ['entityFilter: { tag: web }'],
      {
        sequence: { start: 1, increment: 1, format: '%d' },
      },
    ],
    [
      'with buckets',
      'DynamicMultiGroup',
      ['entityFilter: { tag: web }', 'bucketExpression: $brooklyn:config("zone")'],
      {
        buckets: { kind: 'config', key: 'zone' },
      },
    ],
    [
      'with buckets by a text',
      'DynamicMultiGroup',
      ['entityFilter: { tag: web }', 'bucketExpression: "in ${entity.config.zone}"'],
      {
        buckets: { kind: 'format', pattern: 'in %s', arguments: [{ kind: 'config', key: 'zone' }] },
      },
    ],
    [
      'with buckets by a ready function',
      'DynamicMultiGroup',
      [
        'entityFilter: { tag: web }',
        'bucketFunction: { $brooklyn:object: { type: org.apache.brooklyn.core.entity.EntityFunctions, factoryMethod.name: config, factoryMethod.args: [zone] } }',
      ],
      {
        buckets: { kind: 'config', key: 'zone' },
      },
    ],
  ])('%s is read', (_what, type, config, group) => {
    expect(entity(type, ...config).group).toMatchObject(group)
  })

  it('can be asked to do what groups do', () => {
    const names = (type: string): readonly string[] => entity(type).effectors.map(({ name }) => name)
    expect(names('BasicGroup')).toEqual(['addMember', 'removeMember'])
    expect(names('DynamicGroup')).toEqual(['rescanEntities'])
    expect(names('SequenceGroup')).toEqual(['rescanEntities', 'reset'])
  })

  it.each<[type: string, config: string, code: string]>([
    ['DynamicGroup', 'entityFiltr: { tag: web }', 'BP1250'],
    ['DynamicGroup', 'entityFilter: { tagg: web }', 'BP1242'],
    ['DynamicGroup', predicates('isManaged', '[]'), 'BP1232'],
    ['DynamicGroup', predicates('hasTag', '[]'), 'BP1232'],
    ['DynamicGroup', predicates('configEqualTo', '[zone]'), 'BP1232'],
    ['DynamicGroup', 'entityFilter: { $brooklyn:object: { type: com.example.Filter } }', 'BP1232'],
    ['DynamicGroup', 'ancestor: nobody', 'BP1203'],
    ['DynamicGroup', 'ancestor: $brooklyn:config("which")', 'BP1308'],
    ['BasicGroup', 'members: [nobody]', 'BP1203'],
    ['DynamicMultiGroup', 'entityFilter: { tag: web }', 'BP1104'],
    ['DynamicMultiGroup', 'bucketExpression: "${nonsense.x}"', 'BP1305'],
    ['SequenceGroup', 'sequenceFormat: node', 'BP1233'],
    ['SequenceGroup', 'sequenceFormat: "%d%d"', 'BP1233'],
    ['SequenceGroup', 'sequenceStart: $brooklyn:config("from")', 'BP1233'],
    ['SequenceGroup', 'sequenceStart: many', 'BP1702'],
  ])('%s with %s is told as %s', (type, config, code) => {
    const codes = problemsOf(document(type, [config])).map((one) => one.code)
    expect(codes).toEqual(code === 'none' ? [] : [code])
  })

  it('has a plain group for each bucket unless it says more of them', () => {
    const buckets = ['entityFilter: { tag: web }', 'bucketExpression: x']
    expect(entity('DynamicMultiGroup', ...buckets).group?.bucketSpec).toMatchObject({
      type: 'basic-group',
      group: {},
    })
    const more = 'bucketSpec: { $brooklyn:entitySpec: { type: BasicGroup, brooklyn.config: { a: 1 } } }'
    expect(entity('DynamicMultiGroup', ...buckets, more).group?.bucketSpec).toMatchObject({
      type: 'basic-group',
      config: { a: { value: 1 } },
    })
  })

  it('has members whose numbers can be waited for', () => {
    const lines = [
      '- { type: SequenceGroup, brooklyn.config: { entityFilter: { tag: web } } }',
      '- { type: entity, id: a, brooklyn.tags: [web] }',
      '- { type: entity, config: { b: $brooklyn:component("a").attributeWhenReady("sequence.value") } }',
      '- { type: DynamicGroup, id: all, brooklyn.config: { entityFilter: { tag: web } } }',
      '- { type: entity, config: { b: $brooklyn:component("all").attributeWhenReady("group.members"), c: $brooklyn:component("all").member("x").attributeWhenReady("y") } }',
    ]
    expect(problemsOf(services(...lines))).toEqual([])
  })
})

describe('a counter', () => {
  it('has a number, and can be asked for the next one', () => {
    const { sensors, effectors } = entity(
      `${STOCK}.SequenceEntity`,
      'sequence.start: 5',
      'sequenceIncrement: 2',
    )
    expect(sensors).toMatchObject([
      { name: 'sequence.value', source: { kind: 'static', value: { value: 5 } } },
    ])
    expect(effectors).toMatchObject([
      { name: 'reset', keeps: { kind: 'set', value: { value: 5 } } },
      { name: 'increment', keeps: { kind: 'advance', begin: { value: 5 }, by: { value: 2 } } },
      { name: 'get', keeps: { kind: 'get' } },
      { name: 'incrementAndGet', keeps: { kind: 'advance' } },
    ])
  })
})

describe('an entity of data', () => {
  it('has a sensor for each thing that it is to know', () => {
    const { sensors } = entity(
      `${STOCK}.DataEntity`,
      'sensorSuppliers:',
      '  $brooklyn:sensor("a"): $brooklyn:component("other").config("zone")',
      '  b: 5',
      'pollPeriod: 10s',
    )
    expect(sensors).toMatchObject([
      { name: 'a', source: { kind: 'static', value: { kind: 'config', key: 'zone' }, period: 10_000 } },
      { name: 'b', source: { value: { value: 5 } } },
    ])
  })
})

describe('a conditional entity', () => {
  const child =
    'entitySpec: { $brooklyn:entitySpec: { type: entity, id: in, brooklyn.initializers: [{ type: static-sensor, name: a, static.value: 1 }] } }'
  const conditional = (...config: readonly string[]): EntitySpec =>
    entity(`${STOCK}.ConditionalEntity`, ...config)

  it('has a child while its condition holds, and the sensors of that', () => {
    const spec = conditional(child, 'create: $brooklyn:config("wanted")')
    expect(spec.conditional).toMatchObject([
      { when: { kind: 'config', key: 'wanted' }, spec: { name: 'in', type: 'entity' } },
    ])
    expect(spec.sensors).toMatchObject([
      {
        name: 'conditional.entity',
        source: { value: { kind: 'entity-id', of: { scope: 'child', id: 'in' } } },
      },
      { name: 'a', source: { value: { kind: 'sensor', of: { scope: 'child', id: 'in' }, sensor: 'a' } } },
    ])
  })

  it('has no child where nothing is said of that', () => {
    expect(conditional(child).conditional).toMatchObject([{ when: { kind: 'literal', value: false } }])
  })

  it.each<[what: string, config: readonly string[], names: readonly string[]]>([
    [
      'those that are listed',
      ['conditional.entity.sensors: [$brooklyn:sensor("service.problems"), a]'],
      ['service.problems', 'a'],
    ],
    ['none', ['conditional.entity.propagate: false'], []],
  ])('has of the sensors of its child %s', (_what, config, names) => {
    expect(conditional(child, ...config).sensors.map(({ name }) => name)).toEqual([
      'conditional.entity',
      ...names,
    ])
  })

  it.each<[text: string, code: string]>([
    [document('ConditionalEntity', ['create: true']), 'BP1104'],
    [document('ConditionalEntity', ['entitySpec: { $brooklyn:entitySpec: { type: entty } }']), 'BP1205'],
    [
      services(
        '- { type: cluster, memberSpec: { type: group, brooklyn.children: [{ type: ConditionalEntity, brooklyn.config: { create: true, entitySpec: { $brooklyn:entitySpec: { type: entity } } } }] } }',
      ),
      'BP1234',
    ],
  ])('is told of what is wrong with it: %#', (text, code) => {
    expect(problemsOf(text).map((one) => one.code)).toEqual([code])
  })
})
