import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  silentLog,
  type Json,
  type JsonObject,
  type Predicate,
  type ProbeAnswer,
  type SensorSource,
  type SensorSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, entity, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

type Sampling = NonNullable<SensorSpec['sampling']>

const answered = (body: string, status = 200): ProbeAnswer => ({ kind: 'answered', status, body })

function value(name: string, path = 'web'): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

/** A sensor that counts how often it was sampled. */
function counted(period: number, sampling: Sampling = {}, url = 'http://count/'): SensorSpec {
  return { name: 'count', type: 'number', source: { kind: 'http', url: literal(url), period }, sampling }
}

/** An engine in which `http://count/` says how often it was asked, and others what `said` has. */
async function open(said: { [url: string]: string } = {}, options: HarnessOptions = {}): Promise<void> {
  let count = 0
  bench = await EngineHarness.open({
    web: (url) => {
      if (url === 'http://count/') return answered(String((count += 1)))
      const body = said[url]
      return body === undefined ? { kind: 'failed', reason: 'nobody' } : answered(body)
    },
    ...options,
  })
}

const http = (name: string, url: string, period = 1_000): SensorSpec => ({
  name,
  type: 'string',
  source: { kind: 'http', url: literal(url), period },
})

describe('an entity that nothing runs for', () => {
  it('has sensors that are sampled', async () => {
    await open({ 'http://far/': 'here' })
    await bench.deploy(application([entity('group', { sensors: [http('seen', 'http://far/')] })]))
    expect(value('seen', 'group')).toBe('here')
  })

  it('has sensors that are sampled no more while its application is stopped', async () => {
    await open()
    await bench.deploy(application([entity('group', { sensors: [counted(1_000)] }), service('web')]))
    await bench.after(bench.engine.stop('shop', by), 5_000)
    const before = value('count', 'group')
    await bench.settle(20_000)
    expect(value('count', 'group')).toBe(before)
    await bench.after(bench.engine.start('shop', by), 20_000)
    expect(value('count', 'group')).toBeGreaterThan(Number(before) + 10)
  })

  it('has sensors whose values follow what they are made of', async () => {
    await open({ 'http://far/': 'one' })
    const said: { [url: string]: string } = { 'http://far/': 'one' }
    await bench.close()
    await open(said)
    const follows: SensorSpec = {
      name: 'follows',
      type: 'string',
      source: { kind: 'static', value: sensorOf('web', 'seen') },
    }
    const web = service('web', { sensors: [http('seen', 'http://far/')] })
    await bench.deploy(application([entity('group', { sensors: [follows] }), web]))
    expect(value('follows', 'group')).toBe('one')
    said['http://far/'] = 'two'
    await bench.settle(2_000)
    expect(value('follows', 'group')).toBe('two')
  })

  it('has no machine to run commands on', async () => {
    await open()
    const source: SensorSource = { kind: 'command', command: literal('date'), period: 1_000 }
    const sensors: readonly SensorSpec[] = [{ name: 'none', type: 'string', source }]
    await bench.deploy(application([entity('group', { sensors })]))
    expect(value('none', 'group')).toBeUndefined()
  })
})

describe('when a sensor is sampled', () => {
  it('is right at the beginning, and each period after that', async () => {
    await open()
    await bench.deploy(application([entity('group', { sensors: [counted(4_000)] })]))
    expect(value('count', 'group')).toBe(3)
  })

  it('is a period after the beginning where the first one is skipped', async () => {
    await open()
    await bench.deploy(application([entity('group', { sensors: [counted(4_000, { skipFirst: true })] })]))
    expect(value('count', 'group')).toBe(2)
  })

  it('is when a trigger changes, of another entity too, and not when that stays the same', async () => {
    const said: { [url: string]: string } = { 'http://far/': 'one' }
    await open(said)
    const triggers = [{ of: { scope: 'global', id: 'web' }, sensor: 'seen' } as const]
    const sensors = [counted(0, { triggers, skipFirst: true })]
    const web = service('web', { sensors: [http('seen', 'http://far/', 500)] })
    await bench.deploy(application([entity('group', { sensors }), web]))
    expect(value('count', 'group')).toBe(1)
    said['http://far/'] = 'two'
    await bench.settle(10_000)
    expect(value('count', 'group')).toBe(2)
  })

  it('is only while its entity is up where it says so', async () => {
    await open()
    const web = service('web', {
      sensors: [counted(1_000, { whileUp: true })],
      health: {
        http: { url: literal('http://never/') },
        period: 1_000,
        timeout: 1_000,
        failures: 3,
        grace: 0,
      },
    })
    await bench.deploy(application([web]))
    expect(value('count')).toBeUndefined()
  })

  it.each<[what: string, condition: Predicate, sampled: boolean]>([
    ['what it asks of another sensor', { kind: 'equals', value: 'go' }, true],
    ['it does not', { kind: 'equals', value: 'stop' }, false],
  ])('depends on its condition: %s', async (_what, of, sampled) => {
    await open({ 'http://far/': 'go' })
    const condition: Predicate = { kind: 'select', from: { kind: 'sensor', name: 'seen' }, of }
    const sensors = [http('seen', 'http://far/'), counted(1_000, { condition, skipFirst: true })]
    await bench.deploy(application([entity('group', { sensors })]))
    expect(value('count', 'group') !== undefined).toBe(sampled)
  })
})

describe('a command that is sampled', () => {
  const source: SensorSource = { kind: 'command', command: literal('show'), period: 1_000 }

  it.each<[what: string, format: 'text' | 'data', type: SensorSpec['type'], stdout: string, expected: Json]>([
    ['a text', 'text', 'string', ' {"a":1} \n', '{"a":1}'],
    ['data', 'data', 'json', '{"a":1}\n', { a: 1 }],
    ['data as a text', 'data', 'string', '{"a":1}\n', '{"a":1}'],
    ['a number', 'text', 'number', ' 7\n', 7],
  ])('gives %s', async (_what, format, type, stdout, expected) => {
    const rule = { verbs: ['exec'], command: '*show*', effect: 'answer', exitCode: 0, stdout }
    bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    const seen: SensorSpec = { name: 'seen', type, source: { ...source, format } }
    await bench.deploy(application([service('web', { sensors: [seen] })]))
    expect(value('seen')).toEqual(expected)
  })

  it('knows the environment of its software, and its own over that', async () => {
    bench = await EngineHarness.open()
    const environment = { A: literal('its own') }
    const seen: SensorSpec = {
      name: 'seen',
      type: 'string',
      source: { ...source, command: literal('printenv A'), environment },
    }
    const base: SensorSpec = { ...seen, name: 'base', source: { ...source, command: literal('printenv B') } }
    const phases = software(
      { launch: 'serve' },
      { environment: { A: literal('of the software'), B: literal('both') } },
    )
    await bench.deploy(application([service('web', { software: phases, sensors: [seen, base] })]))
    expect([value('seen'), value('base')]).toEqual(['its own', 'both'])
  })
})

describe('a sensor of how long something is', () => {
  it('tells the time since its moment, over a restart too', async () => {
    await open()
    const sensors: readonly SensorSpec[] = [
      { name: 'age.epoch', type: 'number', source: { kind: 'made', what: { kind: 'moment' } } },
      { name: 'age', type: 'string', source: { kind: 'elapsed', since: 'age.epoch', period: 1_000 } },
    ]
    await bench.deploy(application([entity('group', { sensors })]), 65_000)
    expect(value('age', 'group')).toBe('1m 5s')
    await bench.restart()
    await bench.settle(1_000)
    expect(value('age', 'group')).toBe('1m 6s')
  })
})

describe('a value that never came to be known', () => {
  it.each<[what: string, within: number | undefined, expected: Json | undefined]>([
    ['is taken however late', undefined, 'late'],
    ['is not taken after its time', 5_000, undefined],
  ])('%s', async (_what, within, expected) => {
    const said: { [url: string]: string } = {}
    await open(said)
    const source: SensorSource = {
      kind: 'static',
      value: sensorOf('web', 'seen'),
      ...(within === undefined ? {} : { within }),
    }
    const follows: SensorSpec = { name: 'follows', type: 'string', source }
    const web = service('web', { sensors: [http('seen', 'http://far/')] })
    await bench.deploy(application([entity('group', { sensors: [follows] }), web]))
    said['http://far/'] = 'late'
    await bench.settle(10_000)
    expect(value('follows', 'group')).toEqual(expected)
  })
})

describe('a sensor that fails', () => {
  async function warnings(sampling: Sampling): Promise<readonly JsonObject[]> {
    const warned: JsonObject[] = []
    const log = { ...silentLog, warn: (message: string, fields = {}) => warned.push({ message, ...fields }) }
    await open({}, { engine: { log } })
    const sensors = [{ ...http('seen', 'http://nobody/'), sampling }]
    await bench.deploy(application([entity('group', { sensors })]))
    return warned
  }

  it('is warned of once', async () => {
    expect(await warnings({})).toEqual([
      { message: 'a sensor cannot be sampled', entity: 'group', sensor: 'seen', reason: 'nobody' },
    ])
  })

  it('is not warned of within its grace', async () => {
    expect(await warnings({ graceAtStart: 60_000 })).toEqual([])
  })
})
