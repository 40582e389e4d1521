import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { Running, SETTABLE } from './running.js'
import type { Lines } from './support.js'

// What Brooklyn's tests of references to entities hold to, in words of our own.
let app: Running
afterEach(() => app.close())

const config = (path: string, key: string): Json | undefined => app.bench.entity(path).config[key]

describe('a reference to an entity', () => {
  it.each<readonly [what: string, lines: Lines, path: string, meant: string]>([
    [
      'itself',
      ['- type: basic-entity', '  name: one', '  brooklyn.config: { who: "$brooklyn:self()" }'],
      'one',
      'one',
    ],
    [
      'the root',
      ['- type: basic-entity', '  name: one', '  brooklyn.config: { who: "$brooklyn:root()" }'],
      'one',
      '',
    ],
    [
      'its parent',
      [
        '- type: basic-entity',
        '  name: one',
        '  brooklyn.children:',
        '  - { type: basic-entity, name: two, brooklyn.config: { who: "$brooklyn:parent()" } }',
      ],
      'one/two',
      'one',
    ],
    ...[
      'entity("low")',
      'component("low")',
      'component("global", "low")',
      'descendant("low")',
      'child("low")',
    ].map((written): readonly [string, Lines, string, string] => [
      written,
      [
        '- type: basic-entity',
        '  name: one',
        `  brooklyn.config: { who: '$brooklyn:${written}' }`,
        '  brooklyn.children: [ { type: basic-entity, name: two, id: low } ]',
      ],
      'one',
      'one/low',
    ]),
  ])('names %s', async (_what, lines, path, meant) => {
    app = await Running.of(['services:', '- type: basic-entity', '  name: other', ...lines])
    expect(config(path, 'who')).toBe(meant)
  })

  it('goes by where it is looked for when several have one id', async () => {
    app = await Running.of([
      'services:',
      '- type: basic-entity',
      '  id: same',
      '  name: one',
      '  brooklyn.config:',
      '    beside: $brooklyn:sibling("same")',
      '    beside2: $brooklyn:component("sibling", "same")',
      '    below: $brooklyn:descendant("same")',
      '    below2: $brooklyn:component("descendant", "same")',
      '  brooklyn.children: [ { type: basic-entity, id: same, name: one-one } ]',
      '- type: basic-entity',
      '  id: same',
      '  name: two',
      '  brooklyn.children:',
      '  - type: basic-entity',
      '    id: same',
      '    name: two-one',
      '    brooklyn.config:',
      '      beside: $brooklyn:sibling("same")',
      '      beside2: $brooklyn:component("sibling", "same")',
      '      above: $brooklyn:ancestor("same")',
      '      above2: $brooklyn:component("ancestor", "same")',
      '  - { type: basic-entity, id: same, name: two-two }',
    ])
    expect(app.bench.entity('same').config).toMatchObject({
      beside: 'same-2',
      beside2: 'same-2',
      below: 'same/same',
      below2: 'same/same',
    })
    expect(app.bench.entity('same-2/same').config).toMatchObject({
      beside: 'same-2/same-2',
      beside2: 'same-2/same-2',
      above: 'same-2',
      above2: 'same-2',
    })
  })

  it('gives its sensor as soon as that is there', async () => {
    app = await Running.of([
      'services:',
      '- type: basic-entity',
      '  name: one',
      '  brooklyn.config: { seen: $brooklyn:self().attributeWhenReady("myVal") }',
      ...SETTABLE.map((line) => `  ${line}`),
    ])
    expect(config('one', 'seen')).toMatch(/^<waits for /)
    await app.give('one', 'now')
    expect(config('one', 'seen')).toBe('now')
  })
})
