import { describe, expect, it } from 'vitest'
import { Running, SETTABLE } from './brooklyn/running.js'
import { type Lines, errorsOf, warningsOf } from './brooklyn/support.js'

const indented = (lines: Lines): Lines => lines.map((line) => `  ${line}`)

/** Two entities, and a group of those whom the filter fits; the application's wish can be set. */
const group = (filter: string): Lines => [
  'location: sim',
  'brooklyn.config: { wished: north, least: 3 }',
  'services:',
  '- { type: entity, id: a, brooklyn.config: { zone: north, size: 5 } }',
  '- { type: entity, id: b, brooklyn.config: { zone: south, size: 2 } }',
  '- type: entity',
  '  id: master',
  ...indented(SETTABLE),
  '- type: dynamic-group',
  '  id: group',
  `  brooklyn.config: { zones: [north], dynamicgroup.entityfilter: ${filter} }`,
]

/** Paths of the members of the group now. */
function membersOf(running: Running): Lines {
  return (running.sensor('group', 'members') as readonly { readonly path: string }[]).map(({ path }) => path)
}

describe('a filter with an expression in it', () => {
  it.each<readonly [filter: string, members: Lines]>([
    ['{ config: zone, equals: $brooklyn:root().config("wished") }', ['a']],
    ['{ config: zone, equals: { $brooklyn:config: wished } }', ['a']],
    [`{ config: zone, regex: '$brooklyn:formatString("%s.*", config("wished"))' }`, ['a']],
    ['{ config: zone, glob: $brooklyn:literal("s*") }', ['b']],
    ['{ config: size, less-than: $brooklyn:config("least") }', ['b']],
    ['{ config: size, in-range: [$brooklyn:config("least"), 9] }', ['a']],
    [
      '{ all: [{ config: zone, when: present }, { not: { config: zone, equals: $brooklyn:config("wished") } }] }',
      ['b'],
    ],
    ['{ target: $brooklyn:config("zones"), has-element: west }', []],
    ['{ config: zone, equals: $brooklyn:config("nobody") }', []],
  ])('%s fits %j', async (filter, members) => {
    const running = await Running.of(group(filter))
    expect(membersOf(running)).toEqual(members)
    await running.close()
  })

  it('follows what it asks for, and fits nobody while that is not known', async () => {
    const filter = '{ config: zone, equals: $brooklyn:entity("master").attributeWhenReady("myVal") }'
    const running = await Running.of(group(filter))
    expect(membersOf(running)).toEqual([])
    await running.give('master', 'south')
    expect(membersOf(running)).toEqual(['b'])
    await running.give('master', 'north')
    expect(membersOf(running)).toEqual(['a'])
    await running.close()
  })

  it('is told where it asks for nobody, where it stands', () => {
    const lines = group('{ config: zone, equals: $brooklyn:entity("nobody").config("x") }')
    expect([...errorsOf(lines), ...warningsOf(lines)]).toContain(`BP1203@${lines.length}`)
  })
})

describe('a condition with an expression in it', () => {
  it('lets a sensor be sampled while it holds', async () => {
    const running = await Running.of([
      'location: sim',
      'services:',
      '- type: VanillaSoftwareProcess',
      '  id: web',
      '  launch.command: serve',
      '  brooklyn.config: { wished: open }',
      ...indented(SETTABLE),
      '  - type: ssh-command-sensor',
      '    name: seen',
      '    command: echo yes',
      '    period: 1s',
      '    condition: { sensor: myVal, equals: $brooklyn:config("wished") }',
    ])
    expect(running.sensor('web', 'seen')).toBeUndefined()
    await running.give('web', 'open')
    await running.bench.settle(3_000)
    expect(running.sensor('web', 'seen')).toBe('yes')
    await running.close()
  })

  it.each<readonly [condition: string, value: string]>([
    ['{ sensor: myVal, equals: $brooklyn:config("wished") }', 'open'],
    ['{ target: $brooklyn:config("wished"), equals: open }', 'anything'],
  ])('lets a step be done while it holds: %s', async (condition, value) => {
    const running = await Running.of([
      'location: sim',
      'services:',
      '- type: entity',
      '  id: web',
      '  brooklyn.config: { wished: open }',
      ...indented(SETTABLE),
      '  - type: workflow-effector',
      '    name: try',
      `    steps: [ { step: set-sensor done = yes, condition: ${condition} } ]`,
    ])
    await running.give('web', value)
    await running.bench.engine.invoke(
      'shop',
      'web',
      { effector: 'try', parameters: {} },
      { by: { tenant: 'main', name: 'ann' } },
    )
    await running.bench.settle(1_000)
    expect(running.sensor('web', 'done')).toBe('yes')
    await running.close()
  })

  it('cannot be a constraint, which is checked before anything runs', () => {
    const parameter = '{ name: a, default: x, constraints: [{ equals: $brooklyn:config("b") }] }'
    const lines = [`brooklyn.parameters: [${parameter}]`, 'services: [{ type: entity }]']
    expect(errorsOf(lines)).toEqual(['BP1308@1'])
  })
})

describe('a predicate', () => {
  it.each<readonly [filter: string, members: Lines]>([
    ['{ config: zone, equals: north, metadata: { why: ours } }', ['a']],
    ['{ config: zone, assert: present, equals: north }', ['a']],
  ])('may be %s', async (filter, members) => {
    const running = await Running.of(group(filter))
    expect(membersOf(running)).toEqual(members)
    await running.close()
  })

  it('cannot assert what is no state', () => {
    expect(errorsOf(group('{ config: zone, assert: presnt }'))).toContain(`BP1105@${group('').length}`)
  })
})
