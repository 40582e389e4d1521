import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { Running, SETTABLE } from './running.js'
import type { Lines } from './support.js'

// What Brooklyn's tests of its aggregator hold to, in words of our own.
let app: Running
afterEach(() => app.close())

const child = (name: string): Lines => [
  `  - type: basic-entity`,
  `    name: ${name}`,
  ...SETTABLE.map((line) => `    ${line}`),
]
const adding = (...config: Lines): Lines => [
  'services:',
  '- type: org.apache.brooklyn.entity.stock.BasicApplication',
  '  brooklyn.children:',
  ...child('one'),
  ...child('two'),
  '  brooklyn.enrichers:',
  '  - type: org.apache.brooklyn.enricher.stock.Aggregator',
  '    brooklyn.config:',
  '      enricher.sourceSensor: $brooklyn:sensor("myVal")',
  '      enricher.targetSensor: $brooklyn:sensor("myResult")',
  ...config.map((line) => `      ${line}`),
]
const by = (name: string): string => `enricher.transformation: ${name}`

/** What one of the two children is given, null to take it away, and what the whole is then. */
type Given = readonly [who: 'one' | 'two', value: Json, whole: Json | undefined]

describe('an aggregator', () => {
  it.each<readonly [what: string, config: Lines, given: readonly Given[]]>([
    [
      'a sum',
      [by('sum')],
      [
        ['one', 1, 1],
        ['two', 2, 3],
        ['one', 3, 5],
        ['two', null, 3],
      ],
    ],
    [
      'an average',
      [by('average')],
      [
        ['one', 1, 1],
        ['two', 3, 2],
        ['one', null, 3],
      ],
    ],
    [
      'the least',
      [by('min')],
      [
        ['one', 3, 3],
        ['two', 1, 1],
        ['two', null, 3],
      ],
    ],
    [
      'the largest',
      [by('max')],
      [
        ['one', 1, 1],
        ['two', 3, 3],
        ['two', null, 1],
      ],
    ],
    [
      'the first, by the function of Java that gives it',
      [by('{ "$brooklyn:object": { type: com.acme.CollectionFunctionals$FirstElementFunction } }')],
      [
        ['one', 'a', 'a'],
        ['two', 'b', 'a'],
        ['one', null, 'b'],
      ],
    ],
    [
      'a list of those that there are',
      [by('list')],
      [
        ['one', 'a', ['a']],
        ['two', 'b', ['a', 'b']],
        ['one', 'c', ['c', 'b']],
        ['one', null, ['b']],
      ],
    ],
    [
      'the first that there is',
      [by('first'), 'enricher.aggregating.valueFilter: notNull'],
      [
        ['one', 'a', 'a'],
        ['two', 'b', 'a'],
        ['one', null, 'b'],
        ['one', 'c', 'c'],
      ],
    ],
    [
      'whether enough of them are true',
      [by('isQuorate'), 'quorum.check.type: all', 'quorum.total.size: 2'],
      [
        ['one', true, false],
        ['two', true, true],
        ['two', null, false],
      ],
    ],
  ])('gives %s of what its children have, and follows it', async (_what, config, given) => {
    app = await Running.of(adding(...config))
    const seen: Given[] = []
    for (const [who, value] of given) {
      await app.give(who, value)
      seen.push([who, value, app.sensor('', 'myResult')])
    }
    expect(seen).toEqual(given)
  })
})
