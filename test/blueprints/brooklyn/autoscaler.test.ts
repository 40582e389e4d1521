import { afterEach, describe, expect, it } from 'vitest'
import { accepted, ann } from '../../support/engine-harness.js'
import { Running, SETTABLE } from './running.js'
import type { Lines } from './support.js'

// What Brooklyn's tests of its autoscaler hold to, in words of our own; its algorithm alone stands in test/policies.
let app: Running
afterEach(() => app.close())

const cluster = (...config: Lines): Lines => [
  'location: sim',
  'services:',
  '- type: org.apache.brooklyn.entity.group.DynamicCluster',
  '  id: web',
  '  brooklyn.config:',
  '    cluster.initial.size: 2',
  '    cluster.max.size: 9',
  '    dynamiccluster.memberspec:',
  '      $brooklyn:entitySpec:',
  '        type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
  '        launch.command: serve',
  ...SETTABLE.map((line) => `  ${line}`),
  '  brooklyn.policies:',
  '  - type: org.apache.brooklyn.policy.autoscaling.AutoScalerPolicy',
  '    brooklyn.config:',
  ...config.map((line) => `      ${line}`),
]

const BOUNDS: Lines = ['metricLowerBound: 10', 'metricUpperBound: 100', 'minPoolSize: 2', 'maxPoolSize: 6']
const METRIC = 'metric: $brooklyn:sensor("myVal")'

const size = (): unknown => app.sensor('web', 'members.count')

describe('an autoscaler of a cluster', () => {
  it('takes its metric for the average, grows by all of it and shrinks by all of it', async () => {
    app = await Running.of(cluster(METRIC, ...BOUNDS))
    expect(size()).toBe(2)
    await app.give('web', 180)
    await app.bench.settle(20_000)
    expect(size()).toBe(4)
    await app.give('web', 4)
    await app.bench.settle(20_000)
    expect(size()).toBe(2)
  })

  it('stays where the metric is at a bound, and within its sizes', async () => {
    app = await Running.of(cluster(METRIC, ...BOUNDS))
    await app.give('web', 100)
    await app.bench.settle(20_000)
    expect(size()).toBe(2)
    await app.give('web', 100_000)
    await app.bench.settle(20_000)
    expect(size()).toBe(6)
  })

  it('has the metric of another entity, by its full keys', async () => {
    const keys = ['metricLowerBound', 'metricUpperBound', 'minPoolSize', 'maxPoolSize']
    const full = BOUNDS.map((line) =>
      keys.some((key) => line.startsWith(key)) ? `autoscaler.${line}` : line,
    )
    const lines = cluster(
      `autoscaler.${METRIC}`,
      'autoscaler.entityWithMetric: $brooklyn:component("probe")',
      ...full,
    )
    const probe = ['- type: basic-entity', '  id: probe', ...SETTABLE.map((line) => `  ${line}`)]
    app = await Running.of([...lines, ...probe])
    await app.give('probe', 180)
    await app.bench.settle(20_000)
    expect(size()).toBe(4)
  })

  it('changes in its steps, waits for its windows, and says what it waits for', async () => {
    const more = [
      'resizeUpIterationIncrement: 2',
      'resizeUpIterationMax: 2',
      'resizeUpStabilizationDelay: 30s',
    ]
    app = await Running.of(cluster(METRIC, ...BOUNDS, ...more))
    await app.give('web', 130)
    await app.bench.settle(20_000)
    expect(size()).toBe(2)
    const [policy] = accepted(app.bench.engine.policies.list(ann, 'shop', 'web'))
    expect(policy).toMatchObject({ state: 'acting' })
    await app.bench.settle(20_000)
    expect(size()).toBe(4)
  })

  it('does not act on events of pools yet, which is told', async () => {
    const lines = cluster('poolHotSensor: $brooklyn:sensor("hot")', 'minPoolSize: 2')
    app = await Running.of(lines)
    const [policy] = accepted(app.bench.engine.policies.list(ann, 'shop', 'web'))
    expect(policy).toMatchObject({ state: 'inert' })
  })
})
