import { describe, expect, it } from 'vitest'
import { type Lines, at, errorsOf, optionsWith, plainConfig, resultOf, specOf, treeOf } from './support.js'

// What Brooklyn's tests of items that name each other, and of their versions, hold to, in words of our own.
const catalog = (...lines: Lines): Lines => ['brooklyn.catalog:', ...lines.map((line) => `  ${line}`)]
const versions = (...all: Lines): Lines =>
  catalog(
    'items:',
    ...all.flatMap((version) => [
      '- id: web',
      `  version: ${version}`,
      '  item:',
      '    type: entity',
      `    name: web ${version}`,
    ]),
  )

describe('an item by its name', () => {
  it.each<readonly [what: string, written: string, found: string, all: Lines]>([
    ['its version', 'web:1.0.0', 'web 1.0.0', ['1.0.0', '2.0.0']],
    ['its other version', 'web:2.0.0', 'web 2.0.0', ['1.0.0', '2.0.0']],
    ['no version: the highest', 'web', 'web 2.0.0', ['1.0.0', '2.0.0']],
    ['no version: the highest, whatever came last', 'web', 'web 2.0.0', ['2.0.0', '1.0.0']],
    ['latest', 'web:latest', 'web 2.0.0', ['1.0.0', '2.0.0']],
    ['no version: by number, not by letter', 'web', 'web 10.0.0', ['9.0.0', '10.0.0']],
    ['no version: the second number counts', 'web', 'web 1.10.0', ['1.9.0', '1.10.0']],
    ['no version: a snapshot is lower', 'web', 'web 1.0.0', ['1.0.0', '2.0.0-SNAPSHOT']],
    [
      'no version: a snapshot where there is nothing else',
      'web',
      'web 2.0.0-SNAPSHOT',
      ['1.0.0-SNAPSHOT', '2.0.0-SNAPSHOT'],
    ],
    ['a snapshot by its name', 'web:2.0.0-SNAPSHOT', 'web 2.0.0-SNAPSHOT', ['1.0.0', '2.0.0-SNAPSHOT']],
    ['no version: a candidate is lower than what it is one for', 'web', 'web 2.0.0', ['2.0.0-rc1', '2.0.0']],
    ['no version: a patch is higher', 'web', 'web 1.0.1', ['1.0.0', '1.0.1']],
  ])('%s', (_what, written, found, all) => {
    const spec = specOf(['services:', `- type: ${written}`], optionsWith(versions(...all)))
    expect(at(spec, 0).displayName).toBe(found)
  })

  it.each<readonly [what: string, written: string]>([
    ['a version that there is not', 'web:3.0.0'],
    ['a name that there is not', 'wbe:1.0.0'],
    ['a name without id', ':1.0.0'],
  ])('cannot be %s', (_what, written) => {
    expect(errorsOf(['services:', `- type: "${written}"`], optionsWith(versions('1.0.0')))).toEqual([
      'BP1205@2',
    ])
  })
})

describe('an item of an item', () => {
  const two = catalog(
    ...['version: 1.0.0', 'items:', '- id: below', '  item:', '    type: entity', '    name: shown'],
    ...[
      '    brooklyn.config: { a: below, b: below, map: { x: 1 } }',
      '    brooklyn.children: [{ type: entity, name: child }]',
    ],
    ...['- id: above', '  item:', '    type: below', '    brooklyn.config: { a: above, c: above }'],
    ...[
      '- id: exact',
      '  item: { type: "below:1.0.0" }',
      '- id: held',
      '  item: { type: entity, brooklyn.children: [{ type: above }] }',
    ],
    ...[
      '- id: many',
      '  item:',
      '    type: cluster',
      '    memberSpec: { $brooklyn:entitySpec: { type: above } }',
    ],
  )

  it.each<readonly [what: string, document: Lines, tree: string]>([
    ['alone', ['services: [{ type: below }]'], '[entity "shown" [entity "child"]]'],
    ['by another', ['services: [{ type: above }]'], '[entity "shown" [entity "child"]]'],
    ['by another with its version', ['services: [{ type: exact }]'], '[entity "shown" [entity "child"]]'],
    [
      'under a name of its own',
      ['services: [{ type: above, name: mine }]'],
      '[entity "mine" [entity "child"]]',
    ],
    ['as a child', ['services: [{ type: held }]'], '[entity [entity "shown" [entity "child"]]]'],
    [
      'as a child of the document',
      ['services: [{ type: entity, brooklyn.children: [{ type: below }] }]'],
      '[entity [entity "shown" [entity "child"]]]',
    ],
    ['as a member', ['services: [{ type: many }]'], '[role [entity "shown" [entity "child"]]]'],
    [
      'twice',
      ['services: [{ type: below }, { type: below }]'],
      '[entity "shown" [entity "child"], entity "shown" [entity "child"]]',
    ],
    [
      'with a child more',
      ['services: [{ type: below, brooklyn.children: [{ type: entity, name: more }] }]'],
      '[entity "shown" [entity "child", entity "more"]]',
    ],
  ])('is there %s', (_what, document, tree) => {
    expect(treeOf(specOf(document, optionsWith(two)).root)).toBe(`application "application" ${tree}`)
  })

  it.each<readonly [what: string, document: Lines, config: object]>([
    ['of the lowest', ['services: [{ type: below }]'], { a: 'below', b: 'below', map: { x: 1 } }],
    [
      'of the higher before that of the lower',
      ['services: [{ type: above }]'],
      { a: 'above', b: 'below', c: 'above', map: { x: 1 } },
    ],
    [
      'of the document before both',
      ['services: [{ type: above, brooklyn.config: { a: own, d: own } }]'],
      { a: 'own', b: 'below', c: 'above', d: 'own', map: { x: 1 } },
    ],
    [
      'that is a map, replaced as a whole',
      ['services: [{ type: above, brooklyn.config: { map: { y: 2 } } }]'],
      { a: 'above', b: 'below', c: 'above', map: { y: 2 } },
    ],
  ])('has the config %s', (_what, document, config) => {
    expect(plainConfig(at(specOf(document, optionsWith(two)), 0))).toEqual(config)
  })

  it('may be found in another catalog document', () => {
    const other = catalog('version: 1.0.0', 'id: other', 'item: { type: above, name: other }')
    expect(
      treeOf(at(specOf(['services: [{ type: other }, { type: entity }]'], optionsWith(two, other)), 0)),
    ).toBe('entity "other" [entity "child"]')
  })

  it.each<readonly [what: string, lines: Lines, code: string]>([
    ['by itself', ['id: loop', 'item: { type: loop }'], 'BP1211'],
    [
      'by each other',
      ['items:', '- { id: a, item: { type: b } }', '- { id: b, item: { type: a } }'],
      'BP1211',
    ],
  ])('cannot be defined %s', (_what, lines, code) => {
    const options = optionsWith(catalog('version: 1.0.0', ...lines))
    const name = lines[0] === 'items:' ? 'a' : 'loop'
    const result = resultOf(['services:', `- type: ${name}`], options)
    expect(result.kind === 'problems' ? result.problems.map((problem) => problem.code) : []).toContain(code)
  })
})

describe('a reference inside an item', () => {
  it('means by a name that is there twice the first', () => {
    const own = catalog(
      'version: 1.0.0',
      'id: web',
      'item: { type: entity, name: shown, brooklyn.config: { x: 1 } }',
    )
    const { root } = specOf(['services: [{ type: web }, { type: web }]'], optionsWith(own))
    expect(root.children.map(({ name }) => name)).toEqual(['shown', 'shown-2'])
  })

  it('means an entity of the item', () => {
    const own = catalog(
      'version: 1.0.0',
      'id: pair',
      'item:',
      '  type: entity',
      '  brooklyn.children:',
      '  - { type: entity, id: a, brooklyn.config: { x: 1 } }',
      '  - { type: entity, id: b, brooklyn.config: { y: $brooklyn:sibling("a").config("x") } }',
    )
    expect(errorsOf(['services: [{ type: pair }, { type: entity }]'], optionsWith(own))).toEqual([])
  })

  it.each(['component', 'entity', 'sibling', 'child', 'descendant', 'ancestor'])(
    'to nobody is told at its place: %s',
    (scope) => {
      const document = [
        'services:',
        '- type: software',
        '  launch.command: run',
        '  shell.env:',
        `    X: $brooklyn:${scope}("nobody").attributeWhenReady("service.isUp")`,
      ]
      expect(errorsOf(document)).toEqual(['BP1203@5'])
    },
  )
})
