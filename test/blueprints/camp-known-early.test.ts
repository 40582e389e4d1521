import { describe, expect, it } from 'vitest'
import { Running } from './brooklyn/running.js'
import { type Lines, errorsOf } from './brooklyn/support.js'

const SOFTWARE = (id: string, ...lines: Lines): Lines => [
  '- type: VanillaSoftwareProcess',
  `  id: ${id}`,
  '  launch.command: serve',
  ...lines.map((line) => `  ${line}`),
]
const CLUSTER = (member: Lines, ...lines: Lines): Lines => [
  '- type: cluster',
  '  id: c',
  '  initialSize: 2',
  '  memberSpec:',
  '    type: VanillaSoftwareProcess',
  '    launch.command: serve',
  ...member.map((line) => `    ${line}`),
  ...lines.map((line) => `  ${line}`),
]
const document = (...services: Lines): Lines => ['name: shop', 'location: sim', 'services:', ...services]
const errors = (...services: Lines): Lines => errorsOf(['location: here', 'services:', ...services])

const PORT = [
  'brooklyn.parameters: [{ name: http.port, type: port, default: 8080 }]',
  'shell.env: { PORT: $brooklyn:attributeWhenReady("http.port") }',
]
const POOL = [
  'brooklyn.initializers:',
  '- { type: MaxConcurrencySensor, name: one-by-one, latch.concurrency.max: 1 }',
]
/** Each member has its address as a sensor, which the cluster makes a text of: all members wait for that. */
const SEEDS = (sensor: string): readonly [member: Lines, cluster: Lines] => [
  [
    'shell.env: { SEEDS: $brooklyn:parent().attributeWhenReady("seeds") }',
    'brooklyn.enrichers:',
    '- type: org.apache.brooklyn.enricher.stock.Transformer',
    '  enricher.targetSensor: url',
    `  enricher.targetValue: $brooklyn:formatString("%s:9300", attributeWhenReady("${sensor}"))`,
  ],
  [
    'brooklyn.enrichers:',
    '- type: org.apache.brooklyn.enricher.stock.Aggregator',
    '  brooklyn.config: { sourceSensor: url, targetSensor: urls, fromMembers: true }',
    '- type: org.apache.brooklyn.enricher.stock.Joiner',
    '  brooklyn.config: { sourceSensor: urls, targetSensor: joined, quote: false }',
    '- type: org.apache.brooklyn.enricher.stock.Transformer',
    '  brooklyn.config:',
    '    enricher.targetSensor: seeds',
    '    enricher.targetValue: $brooklyn:formatString("[%s]", $brooklyn:attributeWhenReady("joined"))',
  ],
]

describe('a value that is known before anything runs', () => {
  it.each<readonly [what: string, services: Lines]>([
    ['the number of a port of its own', SOFTWARE('web', ...PORT)],
    [
      'a pool of permits of the cluster that it is in',
      CLUSTER(['latch.launch: $brooklyn:parent().attributeWhenReady("one-by-one")'], ...POOL),
    ],
    [
      'a plain sensor of its own',
      SOFTWARE(
        'web',
        'shell.env: { A: $brooklyn:attributeWhenReady("a") }',
        'brooklyn.initializers: [{ type: StaticSensor, name: a, static.value: 1 }]',
      ),
    ],
    [
      'what its cluster makes of the addresses of its members',
      CLUSTER(...spread(SEEDS('host.subnet.address'))),
    ],
  ])('may be waited for: %s', (_what, services) => {
    expect(errors(...services)).toEqual([])
  })

  it.each<readonly [what: string, services: Lines]>([
    [
      'what its cluster makes of what its members have once they run',
      CLUSTER(...spread(SEEDS('service.isUp'))),
    ],
    [
      'a sensor that follows from one that is looked for',
      SOFTWARE(
        'web',
        'shell.env: { A: $brooklyn:attributeWhenReady("a") }',
        'sensors:',
        '  a: { value: $brooklyn:attributeWhenReady("b") }',
        '  b: { command: look }',
      ),
    ],
    [
      'sensors that follow from each other',
      SOFTWARE(
        'web',
        'shell.env: { A: $brooklyn:attributeWhenReady("a") }',
        'sensors:',
        '  a: { value: $brooklyn:attributeWhenReady("b") }',
        '  b: { value: $brooklyn:attributeWhenReady("a") }',
      ),
    ],
  ])('is not %s', (_what, services) => {
    expect(errors(...services).map((error) => error.slice(0, 6))).toEqual(['BP1307'])
  })

  it('lets those who wait for it start', async () => {
    const [member, cluster] = SEEDS('host.subnet.address')
    const pooled = CLUSTER(
      [...member, 'latch.launch: $brooklyn:parent().attributeWhenReady("one-by-one")'],
      ...cluster,
      ...POOL,
    )
    const running = await Running.of(document(...SOFTWARE('web', ...PORT), ...pooled))
    expect(['web', 'c'].map((path) => running.sensor(path, 'service.isUp'))).toEqual([true, true])
    expect(running.sensor('c', 'seeds')).toMatch(/^\[[^,]+:9300,[^,]+:9300\]$/)
    await running.close()
  })
})

function spread([member, cluster]: readonly [member: Lines, cluster: Lines]): [
  member: Lines,
  ...cluster: Lines,
] {
  return [member, ...cluster]
}
