import { describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { type Lines, at, errorsOf, optionsWith, specOf } from './support.js'

// What Brooklyn's tests of tags hold to, in words of our own.
const service = (...lines: Lines): Lines => [
  'services:',
  '- type: basic-entity',
  ...lines.map((line) => `  ${line}`),
]

describe('tags of an entity', () => {
  it.each<readonly [what: string, lines: Lines, tags: Json]>([
    ['one text', ['brooklyn.tags:', '- hi'], ['hi']],
    ['several texts', ['brooklyn.tags: [tag1, "2", "- 3"]'], ['tag1', '2', '- 3']],
    ['a number, which stays one', ['brooklyn.tags: [1, "1"]'], [1, '1']],
    ['a map', ['brooklyn.tags:', '- { colour: red, size: 2 }'], [{ colour: 'red', size: 2 }]],
    ['a map in a map', ['brooklyn.tags:', '- { a: { b: [1, 2] } }'], [{ a: { b: [1, 2] } }]],
    [
      'a literal',
      ['brooklyn.tags:', '- $brooklyn:literal: $brooklyn:config("a")'],
      [{ '$brooklyn:literal': '$brooklyn:config("a")' }],
    ],
    ['under the short name', ['tags: [short]'], ['short']],
    ['none', ['brooklyn.tags: []'], []],
    [
      'those of an initializer behind',
      [
        'brooklyn.tags: [own]',
        'brooklyn.initializers:',
        '- type: add-tags-initializer',
        '  brooklyn.config: { tags: [added] }',
      ],
      ['own', 'added'],
    ],
  ])('may be %s', (_what, lines, tags) => {
    expect(at(specOf(service(...lines)), 0).tags).toEqual(tags)
  })

  it.each<readonly [what: string, lines: Lines, errors: Lines]>([
    ['a text', ['brooklyn.tags: hi'], ['BP1102@3']],
    ['a map', ['brooklyn.tags: { a: b }'], ['BP1102@3']],
    ['a list with an expression', ['brooklyn.tags:', '- $brooklyn:config("a")'], ['BP1308@4']],
    [
      'a list with a sensor that is waited for',
      ['brooklyn.tags:', '- $brooklyn:attributeWhenReady("a")'],
      ['BP1308@4'],
    ],
    [
      'a list with an expression deep in it',
      ['brooklyn.tags:', '- a: [ { b: $brooklyn:config("a") } ]'],
      ['BP1308@4'],
    ],
    ['a list with an object', ['brooklyn.tags:', '- $brooklyn:object: { type: com.acme.Tag }'], ['BP1308@4']],
  ])('may not be %s', (_what, lines, errors) => {
    expect(errorsOf(service(...lines))).toEqual(errors)
  })

  it('stand in front of those of its item', () => {
    const catalog = [
      'brooklyn.catalog:',
      '  id: tagged',
      '  version: 1.0.0',
      '  item:',
      '    type: basic-entity',
      '    brooklyn.tags: [of the item]',
    ]
    const spec = specOf(['services:', '- type: tagged', '  brooklyn.tags: [own]'], optionsWith(catalog))
    expect(at(spec, 0).tags).toEqual(['own', 'of the item'])
  })

  it('belong to the application where the document has them', () => {
    const { root } = specOf(['brooklyn.tags: [whole]', ...service()])
    expect([root.tags, root.children[0]?.tags]).toEqual([['whole'], []])
  })

  it('of an item stay with the item, and do not become those of its entities', () => {
    const catalog = [
      'brooklyn.catalog:',
      '  id: tagged',
      '  version: 1.0.0',
      '  tags: [for the catalog]',
      '  item: { type: basic-entity }',
    ]
    expect(
      at(specOf(['services: [{ type: tagged }, { type: entity }]'], optionsWith(catalog)), 0).tags,
    ).toEqual([])
  })
})
