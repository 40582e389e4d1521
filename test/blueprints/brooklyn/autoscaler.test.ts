import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { accepted, ann, by } from '../../support/engine-harness.js'
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

/** What a pool of so many says of what there is to do, between two thresholds. */
const pool = (size: number, rate: number, low: number, high: number): Json => ({
  'pool.current.size': size,
  'pool.current.workrate': rate,
  'pool.low.threshold': low,
  'pool.high.threshold': high,
})

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

  it.each([
    ['poolHotSensor', 2, pool(2, 41, 20, 40), 3],
    ['poolColdSensor', 3, pool(3, 1, 30, 60), 2],
    ['poolOkSensor', 3, pool(3, 1, 30, 60), 3],
  ])('acts on what its pool says by the %s', async (key, before, said, after) => {
    app = await Running.of(cluster(`${key}: $brooklyn:sensor("myVal")`, 'minPoolSize: 2'))
    if (before > 2) accepted(await app.bench.engine.resize('shop', 'web', 1, by))
    await app.bench.settle(20_000)
    await app.give('web', said)
    await app.bench.settle(20_000)
    expect(size()).toBe(after)
  })

  it('tells that it wants more than it may have, when it has wanted them for a while', async () => {
    const more = ['maxSizeReachedSensor: $brooklyn:sensor("tooMany")', 'maxReachedNotificationDelay: 10s']
    app = await Running.of(cluster(METRIC, ...BOUNDS, ...more))
    await app.give('web', 400)
    await app.bench.settle(5_000)
    expect(app.sensor('web', 'tooMany')).toBe(0)
    await app.bench.settle(20_000)
    expect(app.sensor('web', 'tooMany')).toBe(2)
  })

  it('never has more than the mark of what there is room for', async () => {
    app = await Running.of(cluster(METRIC, ...BOUNDS, 'insufficientCapacityHighWaterMark: 3'))
    await app.give('web', 400)
    await app.bench.settle(20_000)
    expect(size()).toBe(3)
  })

  it.each([
    ['an operator of Java', 'resizeOperator: com.example.Resizer'],
    ['a metric without its bounds', METRIC],
  ])('does not act with %s, which is told', async (_what, line) => {
    app = await Running.of(cluster(line, 'minPoolSize: 2'))
    const [policy] = accepted(app.bench.engine.policies.list(ann, 'shop', 'web'))
    expect(policy).toMatchObject({ state: 'inert' })
  })
})
