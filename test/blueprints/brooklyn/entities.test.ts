import { describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { type Lines, at, errorsOf, optionsWith, plainConfig, specOf, treeOf, warningsOf } from './support.js'

// What Brooklyn's tests of entities, of their config and of maps that refer to others hold to, in words of our own.
const TEST = 'org.apache.brooklyn.core.test.entity.TestEntity'
const options = optionsWith()
const one = (...lines: Lines): Lines => ['services:', `- type: ${TEST}`, ...lines.map((line) => `  ${line}`)]

describe('config of an entity', () => {
  it.each<readonly [what: string, lines: Lines, config: Json]>([
    ['a key of the type', ['brooklyn.config: { test.confName: a }'], { 'test.confName': 'a' }],
    ['its short name', ['brooklyn.config: { confName: a }'], { 'test.confName': 'a' }],
    ['a key of the type at the entity', ['test.confName: a'], { 'test.confName': 'a' }],
    ['its short name at the entity', ['confName: a'], { 'test.confName': 'a' }],
    ['its short name under brooklyn.flags', ['brooklyn.flags: { confName: a }'], { 'test.confName': 'a' }],
    ['its name under brooklyn.flags', ['brooklyn.flags: { test.confName: a }'], { 'test.confName': 'a' }],
    [
      'a key that nobody declares, in the config',
      ['brooklyn.config: { test.dynamic: a }'],
      { 'test.dynamic': 'a' },
    ],
    ['a text that is empty', ['brooklyn.config: { test.confName: "" }'], { 'test.confName': '' }],
    [
      'a list',
      ['brooklyn.config: { test.confObject: [dogs, cats] }'],
      { 'test.confObject': ['dogs', 'cats'] },
    ],
    [
      'a list of maps',
      ['brooklyn.config: { test.confObject: [{ a: 1 }, { b: 2 }] }'],
      { 'test.confObject': [{ a: 1 }, { b: 2 }] },
    ],
    ['a list that is empty', ['brooklyn.config: { test.confObject: [] }'], { 'test.confObject': [] }],
    [
      'a map',
      ['brooklyn.config: { test.confMapThing: { foo: bar, baz: qux } }'],
      { 'test.confMapThing': { foo: 'bar', baz: 'qux' } },
    ],
    ['a map that is empty', ['brooklyn.config: { test.confMapThing: {} }'], { 'test.confMapThing': {} }],
    [
      'a map in a map',
      ['brooklyn.config: { test.confMapThing: { a: { b: c } } }'],
      { 'test.confMapThing': { a: { b: 'c' } } },
    ],
    ['a number', ['brooklyn.config: { test.confObject: 5 }'], { 'test.confObject': 5 }],
    ['a fraction', ['brooklyn.config: { test.confObject: 1.5 }'], { 'test.confObject': 1.5 }],
    ['true', ['brooklyn.config: { test.confObject: true }'], { 'test.confObject': true }],
    [
      'a text of digits, which stays one',
      ['brooklyn.config: { test.confObject: "5" }'],
      { 'test.confObject': '5' },
    ],
    [
      'a text over lines',
      ['brooklyn.config:', '  test.confObject: |', '    a', '    b'],
      { 'test.confObject': 'a\nb\n' },
    ],
    [
      'a text that is folded',
      ['brooklyn.config:', '  test.confObject: >-', '    a', '    b'],
      { 'test.confObject': 'a b' },
    ],
    [
      'an anchor and what stands for it',
      ['brooklyn.config: { a: &x { k: v }, b: *x }'],
      { a: { k: 'v' }, b: { k: 'v' } },
    ],
    [
      'a sensor',
      ['brooklyn.config: { test.confObject: $brooklyn:sensor("test.sequence") }'],
      { 'test.confObject': 'test.sequence' },
    ],
    [
      'a sensor of a class',
      [`brooklyn.config: { test.confObject: '$brooklyn:sensor("${TEST}", "test.sequence")' }`],
      { 'test.confObject': 'test.sequence' },
    ],
    [
      'a literal',
      ['brooklyn.config:', '  a: $brooklyn:literal("$brooklyn:root()")'],
      { a: '$brooklyn:root()' },
    ],
    ['what is known later', ['brooklyn.config: { a: $brooklyn:config("b"), b: 1 }'], { a: '<config>', b: 1 }],
    [
      'what is known later in a list',
      ['brooklyn.config: { a: [$brooklyn:config("b")], b: 1 }'],
      { a: '<list>', b: 1 },
    ],
    [
      'what is known later in a map',
      ['brooklyn.config: { a: { k: $brooklyn:config("b") }, b: 1 }'],
      { a: '<map>', b: 1 },
    ],
  ])('may be %s', (_what, lines, config) => {
    expect(plainConfig(at(specOf(one(...lines), options), 0))).toEqual(config)
  })

  it.each<readonly [what: string, lines: Lines, errors: Lines]>([
    ['a key that nobody declares, at the entity', ['test.dynamic: a'], ['BP1103@3']],
    ['a map where the type has a text', ['brooklyn.config: { test.confName: { a: 1 } }'], ['BP1702@3']],
    ['a text where the type has a map', ['brooklyn.config: { test.confMapThing: a }'], ['BP1702@3']],
    ['a config that is a list', ['brooklyn.config: [a]'], ['BP1102@3']],
    ['a config that is a text', ['brooklyn.config: a'], ['BP1102@3']],
    ['a function that there is not', ['brooklyn.config: { a: $brooklyn:nothing("b") }'], ['BP1302@3']],
    ['a key twice', ['brooklyn.config:', '  a: 1', '  a: 2'], ['BP1005@5']],
    [
      'an entity that there is not, waited for',
      ['brooklyn.config: { a: $brooklyn:component("x").attributeWhenReady("y") }'],
      ['BP1203@3'],
    ],
    ['config of itself for ever', ['brooklyn.config: { a: $brooklyn:config("a") }'], ['BP1306@3']],
    [
      'config of itself by another',
      ['brooklyn.config: { a: $brooklyn:config("b"), b: $brooklyn:config("a") }'],
      ['BP1306@3'],
    ],
  ])('cannot be %s', (_what, lines, errors) => {
    expect(errorsOf(one(...lines), options)).toEqual(errors)
  })

  it('is told of where it resembles a key that is known and nobody reads it', () => {
    const riak = (key: string): Lines => [
      'services:',
      '- type: RiakNode',
      `  brooklyn.config: { ${key}: true }`,
    ]
    expect(warningsOf(riak('riak.serchEnabled'), options)).toEqual(['BP1250@3'])
    expect(warningsOf(riak('instal.command'), options)).toEqual(['BP1250@3'])
    expect(warningsOf(riak('something.else'), options)).toEqual([])
    expect(
      warningsOf(
        [...riak('riak.serchEnabled'), '  env: { X: $brooklyn:config("riak.serchEnabled") }'],
        options,
      ),
    ).toEqual([])
  })
})

describe('children of an entity', () => {
  it.each<readonly [what: string, lines: Lines, tree: string]>([
    ['one', ['brooklyn.children: [{ type: entity }]'], 'entity [entity]'],
    [
      'several',
      ['brooklyn.children: [{ type: entity }, { type: entity, name: b }]'],
      'entity [entity, entity "b"]',
    ],
    [
      'children of children',
      [
        'brooklyn.children:',
        '- type: entity',
        '  name: child',
        '  brooklyn.children: [{ type: entity, name: grandchild }]',
        '- type: entity',
      ],
      'entity [entity "child" [entity "grandchild"], entity]',
    ],
    ['none', ['brooklyn.children: []'], 'entity'],
    [
      'members',
      ['brooklyn.children:', '- type: cluster', '  memberSpec: { type: entity }'],
      'entity [role [entity]]',
    ],
    [
      'children of members',
      [
        'brooklyn.children:',
        '- type: cluster',
        '  memberSpec: { type: entity, brooklyn.children: [{ type: entity }] }',
      ],
      'entity [role [entity [entity]]]',
    ],
  ])('may be %s', (_what, lines, tree) => {
    expect(treeOf(at(specOf(one(...lines), options), 0))).toBe(tree)
  })

  it.each<readonly [what: string, lines: Lines, errors: Lines]>([
    ['a map', ['brooklyn.children: { type: entity }'], ['BP1102@3']],
    ['a text', ['brooklyn.children: [entity]'], ['BP1102@3']],
    ['of a type that there is not', ['brooklyn.children: [{ type: nothing.like.it }]'], ['BP1205@3']],
  ])('cannot be %s', (_what, lines, errors) => {
    expect(errorsOf(one(...lines), options)).toEqual(errors)
  })

  it('have config from above, unless they say otherwise', () => {
    const spec = specOf(
      one('brooklyn.config: { a: 1 }', 'brooklyn.children:', '- { type: entity, brooklyn.config: { b: 2 } }'),
      options,
    )
    expect([plainConfig(at(spec, 0)), plainConfig(at(spec, 0, 0))]).toEqual([{ a: 1 }, { b: 2 }])
  })
})

describe('members of a cluster', () => {
  const cluster = (...lines: Lines): Lines => [
    'services:',
    '- type: cluster',
    ...lines.map((line) => `  ${line}`),
  ]

  it.each<readonly [what: string, lines: Lines]>([
    ['memberSpec', ['memberSpec: { type: entity, name: m }']],
    [
      'memberSpec with $brooklyn:entitySpec',
      ['memberSpec: { $brooklyn:entitySpec: { type: entity, name: m } }'],
    ],
    [
      'memberSpec in the config',
      ['brooklyn.config: { memberSpec: { $brooklyn:entitySpec: { type: entity, name: m } } }'],
    ],
    [
      'dynamiccluster.memberspec in the config',
      [
        'brooklyn.config:',
        '  dynamiccluster.memberspec:',
        '    $brooklyn:entitySpec: { type: entity, name: m }',
      ],
    ],
    [
      'cluster.memberspec in the config',
      ['brooklyn.config: { cluster.memberspec: { type: entity, name: m } }'],
    ],
  ])('are said by %s', (_what, lines) => {
    expect(at(specOf(cluster(...lines), options), 0, '*').type).toBe('entity')
  })

  it.each<readonly [what: string, lines: Lines, members: object]>([
    ['initialSize', ['initialSize: 3'], { initial: 3 }],
    ['initialSize in the config', ['brooklyn.config: { initialSize: 3 }'], { initial: 3 }],
    ['cluster.initial.size', ['brooklyn.config: { cluster.initial.size: 3 }'], { initial: 3 }],
    ['nothing', [], { initial: 1 }],
    ['none at first', ['brooklyn.config: { cluster.initial.size: 0 }'], { initial: 0 }],
    [
      'cluster.max.size',
      ['brooklyn.config: { cluster.initial.size: 2, cluster.max.size: 5 }'],
      { initial: 2, max: 5 },
    ],
  ])('are as many as is said by %s', (_what, lines, members) => {
    const text = cluster('memberSpec: { type: entity }', ...lines)
    expect(at(specOf(text, options), 0).members).toMatchObject(members)
  })

  it('are needed', () => {
    expect(errorsOf(cluster(), options)).toEqual(['BP1104@2'])
  })

  it('are told their mistakes at their place', () => {
    expect(errorsOf(cluster('memberSpec:', '  $brooklyn:entitySpec:', '    typ: entity'), options)).toEqual([
      'BP1103@5',
    ])
  })
})
