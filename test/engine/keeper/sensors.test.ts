import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type EntityReference,
  type EntitySpec,
  type Expression,
  type HealthSpec,
  type InheritanceMode,
  type Json,
  type ProbeAnswer,
  type SensorSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { application, entity, operation, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const answered = (body: string, status = 200): ProbeAnswer => ({ kind: 'answered', status, body })

/** What an entity's sensor says; undefined where it never said anything. */
function value(name: string, path = 'web'): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

describe('a sensor over http', () => {
  const sensor = (type: SensorSpec['type'], select?: string): SensorSpec => ({
    name: 'seen',
    type,
    source: {
      kind: 'http',
      url: literal('http://web/metrics'),
      period: 1_000,
      ...(select === undefined ? {} : { select }),
    },
  })

  it.each<[what: string, sensor: SensorSpec, answer: ProbeAnswer, expected: Json | undefined]>([
    ['takes a number from what it selects', sensor('number', 'a.b'), answered('{"a":{"b":7}}'), 7],
    ['takes a number that is written as text', sensor('number', 'a'), answered('{"a":"7.5"}'), 7.5],
    ['takes no text for a number', sensor('number', 'a'), answered('{"a":"many"}'), undefined],
    ['takes no empty text for a zero', sensor('number', 'a'), answered('{"a":""}'), undefined],
    ['finds nothing where nothing is', sensor('string', 'a.c'), answered('{"a":{"b":7}}'), undefined],
    ['finds nothing below a text', sensor('string', 'a.b'), answered('{"a":"b"}'), undefined],
    ['finds nothing that is only inherited', sensor('string', 'constructor'), answered('{}'), undefined],
    ['selects nothing from what is no JSON', sensor('string', 'a'), answered('a: 7'), undefined],
    ['takes the whole body as text', sensor('string'), answered('ready'), 'ready'],
    ['takes the whole body as JSON', sensor('json'), answered('{"a":[1]}'), { a: [1] }],
    ['writes JSON as text where a text is wanted', sensor('string', 'a'), answered('{"a":[1]}'), '[1]'],
    ['takes a flag', sensor('boolean', 'a'), answered('{"a":true}'), true],
    ['takes a flag that is written as text', sensor('boolean'), answered('true'), true],
    ['takes anything else for no', sensor('boolean'), answered('yes'), false],
    [
      'takes what a path with positions leads to',
      sensor('number', '$.a[-1].b'),
      answered('{"a":[{"b":7}]}'),
      7,
    ],
    ['keeps a null', sensor('json', 'a'), answered('{"a":null}'), null],
    ['takes nothing from a refusal', sensor('string'), answered('go away', 404), undefined],
    [
      'takes nothing where nobody answers',
      sensor('string'),
      { kind: 'failed', reason: 'refused' },
      undefined,
    ],
  ])('%s', async (_what, seen, answer, expected) => {
    bench = await EngineHarness.open({ web: () => answer })
    await bench.deploy(application([service('web', { sensors: [seen] })]))
    expect(value('seen')).toEqual(expected)
  })

  it.each<[what: string, answer: ProbeAnswer, expected: Json]>([
    ['where nobody answers', { kind: 'failed', reason: 'refused' }, 'none'],
    ['where the answer is a refusal', answered('x', 500), 'none'],
    ['where nothing is at the path', answered('{}'), 'none'],
    ['not where there is a value', answered('{"a":"b"}'), 'b'],
  ])('has the value that is named for errors %s', async (_what, answer, expected) => {
    const source = { ...sensor('string', 'a').source, onError: 'none' } as SensorSpec['source']
    bench = await EngineHarness.open({ web: () => answer })
    await bench.deploy(application([service('web', { sensors: [{ ...sensor('string'), source }] })]))
    expect(value('seen')).toBe(expected)
  })

  it('logs in, and says what headers it is told to', async () => {
    const login = { user: literal('mé'), password: literal('p:w') }
    const source: SensorSpec['source'] = {
      kind: 'http',
      url: literal('http://web/'),
      period: 1_000,
      headers: { accept: literal('text/plain') },
      login,
    }
    bench = await EngineHarness.open({ web: (_url, headers) => answered(JSON.stringify(headers)) })
    await bench.deploy(application([service('web', { sensors: [{ name: 'seen', type: 'json', source }] })]))
    const authorization = `Basic ${Buffer.from('mé:p:w').toString('base64')}`
    expect(value('seen')).toEqual({ accept: 'text/plain', authorization })
  })

  it('is not asked before its address is known', async () => {
    const asked: string[] = []
    bench = await EngineHarness.open({
      web: (url) => {
        asked.push(url)
        return answered('1')
      },
    })
    const url = sensorOf('db', 'depth')
    const seen: SensorSpec = { name: 'seen', type: 'number', source: { kind: 'http', url, period: 1_000 } }
    await bench.deploy(application([service('web', { sensors: [seen] }), service('db')]))
    expect([asked, value('seen')]).toEqual([[], undefined])
  })
})

describe('a sensor of a plain value', () => {
  it('is there on an entity that nothing runs for, too', async () => {
    const sensors: readonly SensorSpec[] = [
      { name: 'said', type: 'string', source: { kind: 'static', value: literal('so') } },
    ]
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('group', { sensors, children: [service('web')] })]))
    expect(value('said', 'group')).toBe('so')
  })
})

describe('a sensor of the place', () => {
  it('is the measure of that name, and nothing while there is none', async () => {
    const rule = { verbs: ['metrics'], effect: 'answer', value: 0.5 }
    bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    const metric = (name: string): SensorSpec => ({
      name,
      type: 'number',
      source: { kind: 'metric', metric: name },
    })
    await bench.deploy(application([service('web', { sensors: [metric('cpu'), metric('nothing')] })]))
    expect([value('cpu'), value('nothing')]).toEqual([0.5, undefined])
  })
})

describe('an expression refers to', () => {
  const config = (of: EntityReference): Expression => ({ kind: 'config', of, key: 'who' })
  const said = (of: EntityReference): SensorSpec => ({
    name: 'said',
    type: 'string',
    source: { kind: 'static', value: config(of) },
  })
  const named = (who: string) => ({ config: { who: literal(who) } })

  it.each<[what: string, of: EntityReference, expected: Json | undefined]>([
    ['itself', { scope: 'self' }, 'web'],
    ['what it is inside of', { scope: 'parent' }, 'group'],
    ['the application', { scope: 'root' }, 'shop'],
    ['one beside it', { scope: 'sibling', id: 'db' }, 'the db beside'],
    ['no one beside it that is further away', { scope: 'sibling', id: 'far' }, undefined],
    ['one above it', { scope: 'ancestor', id: 'group' }, 'group'],
    ['no one above it that is beside it', { scope: 'ancestor', id: 'db' }, undefined],
    ['one right inside of it', { scope: 'child', id: 'part' }, 'part'],
    ['no one right inside of it that is deeper', { scope: 'child', id: 'grain' }, undefined],
    ['one anywhere inside of it', { scope: 'descendant', id: 'grain' }, 'grain'],
    ['no one inside of it that is outside', { scope: 'descendant', id: 'far' }, undefined],
    ['the nearest one of a name', { scope: 'global', id: 'db' }, 'the db beside'],
    ['anyone by name', { scope: 'global', id: 'far' }, 'far'],
  ])('%s', async (_what, of, expected) => {
    const part = service('part', { ...named('part'), children: [service('grain', named('grain'))] })
    const web = service('web', { ...named('web'), sensors: [said(of)], children: [part] })
    const group = entity('group', {
      ...named('group'),
      children: [web, service('db', named('the db beside'))],
    })
    const others = [service('far', named('far')), service('db', named('another db'))]
    bench = await EngineHarness.open()
    await bench.deploy(application([group, ...others], named('shop')))
    expect(value('said', 'group/web')).toEqual(expected)
  })
})

describe('config that comes from above', () => {
  const key = (mode: InheritanceMode): Partial<EntitySpec> => ({
    parameters: [
      { name: 'env', type: 'map', required: false, constraints: [], inheritance: { runtime: mode } },
    ],
  })
  const env = (value: Json) => ({ env: literal(value) })
  const said: SensorSpec = {
    name: 'said',
    type: 'json',
    source: { kind: 'static', value: { kind: 'config', of: { scope: 'self' }, key: 'env' } },
  }
  const own = { a: 1, m: { x: 1 } }
  const above = { b: 2, m: { x: 2, y: 2 } }

  it.each<[what: string, web: Partial<EntitySpec>, group: Partial<EntitySpec>, expected: Json]>([
    ['covers what is further away', { config: env(own) }, { config: env(above) }, own],
    ['reaches those that have none', {}, { config: env(above) }, above],
    ['covers it where it is said so', { config: env(own), ...key('overwrite') }, { config: env(above) }, own],
    [
      'is merged where it is said so',
      { config: env(own), ...key('deep-merge') },
      { config: env(above) },
      { a: 1, b: 2, m: { x: 1, y: 2 } },
    ],
    [
      'is merged where it is said above',
      { config: env(own) },
      { config: env(above), ...key('deep-merge') },
      { a: 1, b: 2, m: { x: 1, y: 2 } },
    ],
    ['is not there for who keeps to itself', key('never'), { config: env(above) }, null],
    ['is not passed on by who keeps it', {}, { config: env(above), ...key('never') }, null],
    ['reaches who declares it first', key('not-reinherited'), { config: env(above) }, above],
    ['ends with who declares it', {}, { config: env(above), ...key('not-reinherited') }, null],
    [
      'is merged by who declares it first',
      { config: env(own), ...key('not-reinherited-else-deep-merge') },
      { config: env(above) },
      { a: 1, b: 2, m: { x: 1, y: 2 } },
    ],
    [
      'is not merged from who declares it too',
      { config: env(own) },
      { config: env(above), ...key('not-reinherited-else-deep-merge') },
      own,
    ],
    [
      'is found out where it was declared',
      {},
      { config: { who: literal('group'), env: { kind: 'config', of: { scope: 'self' }, key: 'who' } } },
      'group',
    ],
    [
      'is found out level by level where it is merged',
      { config: { who: literal('web'), env: literal({ a: 1 }) }, ...key('deep-merge') },
      {
        config: {
          who: literal('group'),
          env: { kind: 'map', entries: { b: { kind: 'config', of: { scope: 'self' }, key: 'who' } } },
        },
      },
      { a: 1, b: 'group' },
    ],
  ])('%s', async (_what, web, group, expected) => {
    const inner = service('web', { sensors: [said], ...web })
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('group', { ...group, children: [inner] })]))
    expect(value('said', 'group/web')).toEqual(expected)
  })
})

describe('health', () => {
  const health = (more: Partial<HealthSpec>): HealthSpec => ({
    period: 1_000,
    timeout: 1_000,
    failures: 2,
    grace: 0,
    ...more,
  })
  const at = literal('http://web/health')
  const secret: Expression = { kind: 'secret', name: 'pin', sealed: '2retnuh' }

  it.each<[what: string, spec: HealthSpec, answer: ProbeAnswer, reason: string | undefined]>([
    [
      'is good where anything but an error is answered',
      health({ http: { url: at } }),
      answered('', 302),
      undefined,
    ],
    ['is bad where an error is answered', health({ http: { url: at } }), answered('', 503), 'answers 503'],
    [
      'is bad where nobody answers',
      health({ http: { url: at } }),
      { kind: 'failed', reason: 'refused' },
      'refused',
    ],
    [
      'is good with the status that is asked for',
      health({ http: { url: at, expectStatus: 401 } }),
      answered('', 401),
      undefined,
    ],
    [
      'is bad with another than is asked for',
      health({ http: { url: at, expectStatus: 204 } }),
      answered('', 200),
      'answers 200',
    ],
    ['is good when its command is', health({ command: literal('true') }), answered(''), undefined],
    [
      'is bad when its command is',
      health({ command: literal('exit 3') }),
      answered(''),
      'its check ended with 3',
    ],
    [
      'is bad when its command is not known',
      health({ command: sensorOf('web', 'depth') }),
      answered(''),
      'its check ended with no answer',
    ],
    ['runs no command that holds a secret', health({ command: secret }), answered(''), 'secret'],
    [
      'needs its command too where it has both',
      health({ http: { url: at }, command: literal('false') }),
      answered(''),
      'its check ended with 1',
    ],
  ])('%s', async (_what, spec, answer, reason) => {
    bench = await EngineHarness.open({ web: () => answer })
    await bench.deploy(application([service('web', { health: spec })]))
    const { up, reason: said } = bench.entity('web')
    expect(up).toBe(reason === undefined)
    expect(said).toContain(reason ?? 'running')
    expect(bench.calls.flatMap((call) => call.about).join(' ')).not.toContain('hunter2')
  })

  it('is told by its check, which waits for what it is made from', async () => {
    bench = await EngineHarness.open()
    const check = operation('true', { environment: { DEPTH: sensorOf('db', 'depth') } })
    const web = service('web', { software: software({ launch: 'serve', check }) })
    await bench.deploy(application([web, service('db')]))
    expect(bench.entity('web')).toMatchObject({ up: false })
    expect(bench.entity('web').reason).toContain('its check waits for')
  })
})
