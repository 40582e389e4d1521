import { describe, expect, it } from 'vitest'
import type { Json } from '../../engine/index.js'
import { Running, SETTABLE } from './brooklyn/running.js'
import type { Lines } from './brooklyn/support.js'

const inside = (lines: Lines): Lines => lines.map((line) => `  ${line}`)
const document = (...services: Lines): Lines => ['name: shop', 'location: sim', ...services]
const shown = (running: Running, path: string): Json => [
  running.sensor(path, 'service.isUp') ?? null,
  running.sensor(path, 'service.state') ?? null,
]

describe('an enricher that keeps an entry of the reasons by which an entity does ill', () => {
  /** Of a sensor that anybody may set: false is a reason, true is none, anything else another. */
  const CHECKED: Lines = [
    'services:',
    '- type: VanillaSoftwareProcess',
    '  id: web',
    '  launch.command: serve',
    ...inside(SETTABLE),
    '  brooklyn.enrichers:',
    '  - type: org.apache.brooklyn.enricher.stock.UpdatingMap',
    '    brooklyn.config:',
    '      enricher.sourceSensor: $brooklyn:sensor("myVal")',
    '      enricher.targetSensor: $brooklyn:sensor("service.notUp.indicators")',
    '      enricher.updatingMap.computing:',
    '        $brooklyn:object:',
    '          type: com.google.guava:com.google.common.base.Functions',
    '          factoryMethod.name: forMap',
    '          factoryMethod.args: [{ true: null, false: it is ill }, nobody knows]',
  ]

  it('makes it down while there is one, by what a map says of each value', async () => {
    const running = await Running.of(document(...CHECKED))
    const seen: Json[] = [shown(running, 'web')]
    for (const value of [false, 'what', true]) {
      await running.give('web', value)
      seen.push([
        running.sensor('web', 'service.isUp') ?? null,
        running.sensor('web', 'service.notUp.indicators') ?? null,
      ])
    }
    expect(seen).toEqual([
      [true, 'running'],
      [false, { myVal: 'it is ill' }],
      [false, { myVal: 'nobody knows' }],
      [true, {}],
    ])
    await running.close()
  })
})

describe('a primary among several', () => {
  const STATIC = (value: string): Lines => [
    '  brooklyn.initializers: [{ type: StaticSensor, name: main.uri, static.value: "' + value + '" }]',
  ]
  const ELECTED: Lines = [
    'brooklyn.policies:',
    '- type: org.apache.brooklyn.policy.failover.ElectPrimaryPolicy',
    '  brooklyn.config: { primary.selection.mode: best, propagate.primary.sensors: [main.uri] }',
    'brooklyn.enrichers: [{ type: org.apache.brooklyn.policy.failover.PrimaryRunningEnricher }]',
    'services:',
    '- { type: server, id: one, name: one,',
    '    brooklyn.initializers: [{ type: StaticSensor, name: main.uri, static.value: "http://one" }] }',
    '- type: server',
    '  id: two',
    '  brooklyn.config: { ha.primary.weight: 1 }',
    ...STATIC('http://two'),
  ]

  it('is the one of the most weight in its config, whose sensors are shown', async () => {
    const running = await Running.of(document(...ELECTED))
    expect(running.sensor('', 'primary')).toBe('two')
    expect(running.sensor('', 'endpoint')).toBe('http://two')
    expect(shown(running, '')).toEqual([true, 'running'])
    await running.close()
  })

  it('is missed where nobody can lead', async () => {
    const nobody = ELECTED.map((line) =>
      line
        .replace('{ ha.primary.weight: 1 }', '{ ha.primary.weight: -1 }')
        .replace('id: one, name: one,', 'id: one, ha.primary.weight: -1,'),
    )
    const running = await Running.of(
      document(
        ...nobody.map((line) =>
          line.replace('ha.primary.weight: -1,', 'brooklyn.config: { ha.primary.weight: -1 },'),
        ),
      ),
    )
    expect(running.sensor('', 'service.problems')).toEqual({ primary: 'nobody leads' })
    expect(shown(running, '')).toEqual([false, 'failed'])
    await running.close()
  })
})
