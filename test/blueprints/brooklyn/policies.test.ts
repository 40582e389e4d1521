import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectAnswer, ProbeAnswer } from '../../../engine/index.js'
import { accepted, ann, by } from '../../support/engine-harness.js'
import { Running, SETTABLE } from './running.js'
import type { Lines } from './support.js'

// What Brooklyn's tests of its policies hold to, in words of our own; each policy by itself stands in test/policies.
let app: Running
afterEach(() => app.close())

const COUNTER: Lines = [
  '- type: workflow-effector',
  '  name: count',
  '  parameters: { value: {} }',
  '  steps:',
  '  - let n = ${entity.sensor.calls} ?? 0',
  '  - let n = ${n} + 1',
  '  - set-sensor calls = ${n}',
  '  - let last = ${value} ?? none',
  '  - set-sensor last = ${last}',
]
const FULL = 'org.apache.brooklyn.policy'

/** An entity whose sensor can be set, that counts calls, with a policy. */
const counted = (...policy: Lines): Lines => [
  'services:',
  '- type: org.apache.brooklyn.entity.stock.BasicEntity',
  '  id: one',
  ...[...SETTABLE, ...COUNTER].map((line) => `  ${line}`),
  '  brooklyn.policies:',
  ...policy.map((line) => `  ${line}`),
]

const calls = (path = 'one'): unknown => app.sensor(path, 'calls')

describe('a policy that calls an effector', () => {
  it('does so when a sensor changes, and not when it is told the same again', async () => {
    app = await Running.of(
      counted(
        `- type: ${FULL}.InvokeEffectorOnSensorChange`,
        '  brooklyn.config:',
        '    sensor: $brooklyn:sensor("myVal")',
        '    effector: count',
      ),
    )
    for (const value of [1, 1, 2]) await app.give('one', value)
    expect(calls()).toBe(2)
  })

  it('does so for the sensor of another entity', async () => {
    const lines = counted(
      `- type: ${FULL}.InvokeEffectorOnSensorChange`,
      '  sensor: myVal',
      '  sensor.producer: $brooklyn:entity("two")',
      '  effector: count',
    )
    const two = [
      '- type: org.apache.brooklyn.entity.stock.BasicEntity',
      '  id: two',
      ...SETTABLE.map((line) => `  ${line}`),
    ]
    app = await Running.of([...lines, ...two])
    await app.give('one', 1)
    expect(calls()).toBeUndefined()
    await app.give('two', 1)
    expect(calls()).toBe(1)
  })

  it('does so for each element that comes to a list and each that leaves it', async () => {
    app = await Running.of(
      counted(
        `- type: ${FULL}.InvokeEffectorOnCollectionSensorChange`,
        '  sensor: myVal',
        '  onAdded: count',
        '  onRemoved: count',
        '  parameterName: value',
      ),
    )
    await app.give('one', ['a', 'b'])
    await app.bench.settle(5_000)
    expect(calls()).toBe(2)
    await app.give('one', ['b'])
    await app.bench.settle(5_000)
    expect(calls()).toBe(3)
    expect(app.sensor('one', 'last')).toBe('a')
  })

  it('does so each period while it is enabled', async () => {
    app = await Running.of(
      counted(
        `- type: ${FULL}.action.PeriodicEffectorPolicy`,
        '  effector: count',
        '  period: 10s',
        '  enabled.sensor: $brooklyn:sensor("myVal")',
        '  args: { value: x }',
      ),
    )
    expect(calls()).toBeUndefined()
    await app.give('one', true)
    await app.bench.settle(30_000)
    expect(calls()).toBe(3)
    expect(app.sensor('one', 'last')).toBe('x')
    await app.give('one', false)
    await app.bench.settle(30_000)
    expect(calls()).toBe(3)
  })

  it('does so once after a while', async () => {
    app = await Running.of(
      counted(`- type: ${FULL}.action.ScheduledEffectorPolicy`, '  effector: count', '  wait: 30s'),
    )
    await app.bench.settle(15_000)
    expect(calls()).toBeUndefined()
    await app.bench.settle(100_000)
    expect(calls()).toBe(1)
  })
})

const software = (...more: Lines): Lines => [
  '  type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
  '  launch.command: serve',
  '  brooklyn.enrichers:',
  `  - type: ${FULL}.ha.ServiceFailureDetector`,
  '  brooklyn.policies:',
  ...more.map((line) => `  ${line}`),
]

const process = (...more: Lines): Lines => ['location: sim', 'services:', '- id: web', ...software(...more)]

const crash = async (path: string): Promise<void> => {
  await app.bench.place().crash(app.bench.token(path))
  await app.bench.settle(20_000)
}

describe('what is said of a failure', () => {
  it('is answered by a restart, and by none when it comes again too soon', async () => {
    app = await Running.of(
      process(`- type: ${FULL}.ha.ServiceRestarter`, '  failOnRecurringFailuresInThisDuration: 2m'),
    )
    await crash('web')
    expect(app.sensor('web', 'service.isUp')).toBe(true)
    expect(app.sensor('web', 'ha.entityFailed.restart')).toBeUndefined()
    await crash('web')
    expect(app.sensor('web', 'service.isUp')).toBe(false)
    expect(app.sensor('web', 'ha.entityFailed.restart')).toMatchObject({ component: 'web' })
  })

  it('is answered by a replacement, where restarts are given up', async () => {
    app = await Running.of([
      'location: sim',
      'services:',
      '- type: org.apache.brooklyn.entity.group.DynamicCluster',
      '  id: web',
      '  initialSize: 1',
      '  memberSpec:',
      '    $brooklyn:entitySpec:',
      ...software(`- type: ${FULL}.ha.ServiceRestarter`).map((line) => `    ${line}`),
      '  brooklyn.policies:',
      `  - type: ${FULL}.ha.ServiceReplacer`,
    ])
    const before = app.bench.token('web/1')
    await crash('web/1')
    expect(app.bench.token('web/1')).toBe(before)
    await crash('web/1')
    await app.bench.settle(60_000)
    expect(app.bench.token('web/1')).not.toBe(before)
    expect(app.sensor('web/1', 'service.isUp')).toBe(true)
  })
})

describe('an entity that may live for so long', () => {
  it('is stopped then', async () => {
    app = await Running.of(
      process(`- type: ${FULL}.action.StopAfterDurationPolicy`, '  lifetime: 1m', '  pollPeriod: 1s'),
    )
    await app.bench.settle(30_000)
    expect(app.sensor('web', 'service.isUp')).toBe(true)
    await app.bench.settle(60_000)
    expect(app.sensor('web', 'service.isUp')).toBe(false)
  })
})

describe('one that leads', () => {
  it('is the heaviest of the children, which is promoted, and another one when that is stopped', async () => {
    const child = (id: string, weight: number): Lines => [
      '  - type: org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess',
      `    id: ${id}`,
      '    launch.command: serve',
      '    brooklyn.initializers:',
      '    - type: org.apache.brooklyn.core.sensor.StaticSensor',
      `      brooklyn.config: { name: ha.primary.weight, targetType: integer, static.value: ${weight} }`,
      '    - type: workflow-effector',
      '      name: promote',
      '      steps: [ "set-sensor promoted = yes" ]',
    ]
    app = await Running.of([
      'location: sim',
      'services:',
      '- type: org.apache.brooklyn.entity.stock.BasicStartable',
      '  id: pair',
      '  brooklyn.policies:',
      `  - type: ${FULL}.failover.ElectPrimaryPolicy`,
      '    brooklyn.config: { primary.selection.mode: best, primary.stopped.wait.timeout: 1s }',
      '  brooklyn.children:',
      ...child('a', 1),
      ...child('b', 2),
    ])
    await app.bench.settle(20_000)
    expect(app.sensor('pair', 'primary')).toBe('pair/b')
    expect(app.sensor('pair/b', 'promoted')).toBe('yes')
    const stop = { effector: 'stop', parameters: {} }
    accepted(await app.bench.engine.invoke('shop', 'pair/b', stop, { by: ann }))
    await app.bench.settle(20_000)
    expect(app.sensor('pair', 'primary')).toBe('pair/a')
  })
})

describe('a policy that suspends another', () => {
  const guarded = (target: string): Lines => [
    ...SETTABLE,
    '- type: workflow-effector',
    '  name: over',
    '  steps: [ "set-sensor over = ${entity.sensor.myVal}" ]',
    'brooklyn.policies:',
    `- type: ${FULL}.action.PeriodicEffectorPolicy`,
    '  name: counts',
    '  effector: over',
    '  start.sensor: never',
    `- type: ${FULL}.ha.ConditionalSuspendPolicy`,
    `  target: ${target}`,
    '  suppressSensor: $brooklyn:sensor("myVal")',
    '  resetSensor: $brooklyn:sensor("over")',
  ]

  const state = () => {
    const listed = accepted(app.bench.engine.policies.list(ann, 'shop', 'one'))
    return listed.find(({ name }) => name === 'counts')?.state
  }

  it('does so from what one sensor tells until another does', async () => {
    app = await Running.of([
      'services:',
      '- type: org.apache.brooklyn.entity.stock.BasicEntity',
      '  id: one',
      ...guarded('counts').map((line) => `  ${line}`),
    ])
    expect(state()).toBe('acting')
    await app.give('one', 1)
    expect(state()).toBe('suspended')
    await app.bench.restart()
    expect(state()).toBe('suspended')
    accepted(await app.bench.engine.invoke('shop', 'one', { effector: 'over', parameters: {} }, by))
    await app.bench.settle(1_000)
    expect(state()).toBe('acting')
  })
})

describe('what is said of a connection', () => {
  const open = new Set<string>()
  const ports = (address: string): ConnectAnswer =>
    open.has(address) ? { kind: 'connected' } : { kind: 'failed', reason: 'connect ECONNREFUSED' }

  it('is that it has failed, and that it is there again, each once it has lasted', async () => {
    const lines = [
      'services:',
      '- type: org.apache.brooklyn.entity.stock.BasicEntity',
      '  id: one',
      '  brooklyn.config: { where: db }',
      '  brooklyn.policies:',
      `  - type: ${FULL}.ha.ConnectionFailureDetector`,
      '    connectionFailureDetector.endpoint: $brooklyn:formatString("%s:5432", $brooklyn:config("where"))',
      '    connectionFailureDetector.pollPeriod: 2s',
      '    connectionFailedStabilizationDelay: 5s',
    ]
    open.add('db:5432')
    app = await Running.of(lines, { ports })
    expect(app.sensor('one', 'ha.connectionFailed')).toBeUndefined()
    open.clear()
    await app.bench.settle(4_000)
    expect(app.sensor('one', 'ha.connectionFailed')).toBeUndefined()
    await app.bench.settle(6_000)
    const failed = { component: 'one', description: 'connect ECONNREFUSED' }
    expect(app.sensor('one', 'ha.connectionFailed')).toMatchObject(failed)
    expect(app.sensor('one', 'ha.connectionRecovered')).toBeUndefined()
    open.add('db:5432')
    await app.bench.settle(3_000)
    expect(app.sensor('one', 'ha.connectionRecovered')).toMatchObject({ component: 'one' })
  })

  it('is said of a machine on which nothing can be run', async () => {
    app = await Running.of(
      process(`- type: ${FULL}.ha.SshMachineFailureDetector`, '  failureDetector.pollPeriod: 2s'),
    )
    expect(app.sensor('web', 'ha.sshConnection.reached')).toMatchObject({ reached: true })
    await app.bench.place().loseHost(app.bench.token('web'))
    await app.bench.settle(10_000)
    expect(app.sensor('web', 'ha.connectionFailed')).toMatchObject({ component: 'web' })
  })
})

it('tells how long a site takes to answer', async () => {
  const site = (url: string): ProbeAnswer =>
    url === 'http://site/'
      ? { kind: 'answered', status: 200, body: '' }
      : { kind: 'failed', reason: 'nobody' }
  const lines = [
    'services:',
    '- type: org.apache.brooklyn.entity.stock.BasicEntity',
    '  id: one',
    '  brooklyn.enrichers:',
    `  - { type: ${FULL}.enricher.HttpLatencyDetector, url: "http://site/", period: 2s, rollup: 5s }`,
  ]
  app = await Running.of(lines, { web: site })
  expect(app.sensor('one', 'web.request.latency.last')).toBe(0)
  expect(app.sensor('one', 'web.request.latency.windowed')).toBe(0)
})
