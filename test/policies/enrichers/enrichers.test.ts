import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, PolicyKind, PolicySubject, Reading } from '../../../engine/index.js'
import { stockEnrichers } from '../../../policies/index.js'
import { PolicyBench, attach, memberReading, sensorReading, wakeReading } from '../../support/policy-bench.js'

const NODE: PolicySubject = { path: 'shop/web' }

function kindOf(type: string): PolicyKind {
  const kind = stockEnrichers.find((one) => one.type === type)
  if (kind === undefined) throw new Error(`no enricher ${type}`)
  return kind
}

/** What an enricher at `shop/web` yields, in order: sensor and value; with its entity where that is another one. */
function yielded(type: string, config: JsonObject, readings: readonly Reading[]): readonly Json[] {
  const bench = new PolicyBench(attach(kindOf(type), config, NODE), { restarts: true })
  for (const reading of readings) bench.read(reading)
  return bench.yielded.map(({ entity, sensor, value }) =>
    entity === NODE.path ? [sensor, value] : [entity, sensor, value],
  )
}

const own = (sensor: string, value: Json, at = 0): Reading => sensorReading(NODE.path, value, at, sensor)
const of = (entity: string, sensor: string, value: Json, at = 0): Reading =>
  sensorReading(entity, value, at, sensor)
const gone = (entity: string): Reading => memberReading(entity, 0, { state: 'gone', up: false })

const CASES: readonly (readonly [
  what: string,
  type: string,
  JsonObject,
  readonly Reading[],
  readonly Json[],
])[] = [
  [
    'shows a sensor of another entity under another name',
    'propagate',
    { from: 'db', sensors: { 'datastore.url': 'db.url' } },
    [of('db', 'datastore.url', 'x://1'), of('db', 'other', 2)],
    [['db.url', 'x://1']],
  ],
  [
    'shows its own sensor under another name, and never itself under its own',
    'propagate',
    { sensors: { a: 'b', c: 'c' } },
    [own('a', 1), own('c', 2)],
    [['b', 1]],
  ],
  [
    'shows all of another but its health and what is left out',
    'propagate',
    { from: 'db', except: ['secret'] },
    [of('db', 'service.isUp', true), of('db', 'secret', 1), of('db', 'members.count', 1), of('db', 'x', 2)],
    [['x', 2]],
  ],
  [
    'shows a sensor at every member, also at those that come later, and at none that are gone',
    'propagate',
    { sensors: ['x'], to: 'members' },
    [
      memberReading('shop/web/1', 0),
      own('x', 1),
      memberReading('shop/web/2', 0),
      gone('shop/web/1'),
      own('x', 2),
    ],
    [
      ['shop/web/1', 'x', 1],
      ['shop/web/2', 'x', 1],
      ['shop/web/2', 'x', 2],
    ],
  ],
  [
    'adds up the values of all that are there',
    'aggregate',
    { sensor: 'load', target: 'sum', by: 'sum' },
    [of('shop/web/1', 'load', 2), of('shop/web/2', 'load', '3'), gone('shop/web/1'), gone('shop/web/9')],
    [
      ['sum', 2],
      ['sum', 5],
      ['sum', 3],
    ],
  ],
  [
    'gives the fallback when the last one has gone',
    'aggregate',
    { sensor: 'load', target: 'mean', by: 'average', fallback: 0 },
    [of('shop/web/1', 'load', 2), gone('shop/web/1')],
    [
      ['mean', 2],
      ['mean', 0],
    ],
  ],
  [
    'gives null when the last one has gone and there is no fallback, once',
    'aggregate',
    { sensor: 'load', target: 'most', by: 'max' },
    [of('shop/web/1', 'load', 'none'), of('shop/web/1', 'load', 4), gone('shop/web/1'), gone('shop/web/1')],
    [
      ['most', 4],
      ['most', null],
    ],
  ],
  [
    'lists values without the empty ones',
    'aggregate',
    { sensor: 'url', target: 'urls', excludeBlank: true },
    [of('shop/web/1', 'url', 'a'), of('shop/web/2', 'url', ' '), of('shop/web/3', 'url', null)],
    [
      ['urls', ['a']],
      ['urls', ['a']],
      ['urls', ['a']],
    ],
  ],
  [
    'maps values by the path of each',
    'aggregate',
    { of: 'children', sensor: 'url', target: 'urls', by: 'map' },
    [of('shop/web/a', 'url', 1)],
    [['urls', { 'shop/web/a': 1 }]],
  ],
  [
    'says whether as many as asked for are truthy',
    'aggregate',
    { sensor: 'up', target: 'quorate', by: 'quorum', quorum: 2 },
    [of('shop/web/1', 'up', true), of('shop/web/2', 'up', false), of('shop/web/3', 'up', 'yes')],
    [
      ['quorate', false],
      ['quorate', false],
      ['quorate', true],
    ],
  ],
  [
    'counts against a size that is not there yet',
    'aggregate',
    { sensor: 'up', target: 'quorate', by: 'quorum', size: 2 },
    [of('shop/web/1', 'up', true), of('shop/web/2', 'up', true)],
    [
      ['quorate', false],
      ['quorate', true],
    ],
  ],
  [
    'joins a list as a shell reads it',
    'join',
    { source: 'a', target: 'b' },
    [own('a', ['x', 'y "z" $HOME', 3, null])],
    [['b', '"x","y \\"z\\" \\$HOME","3",""']],
  ],
  [
    'joins the entries of a map with what is asked for between them',
    'join',
    { source: 'a', target: 'b', quote: false, separator: ' ', entries: true, between: ':' },
    [own('a', { x: 1, y: { z: 2 } })],
    [['b', 'x:1 y:{"z":2}']],
  ],
  [
    'joins no fewer and no more than asked for, and leaves alone what is no list',
    'join',
    { source: 'a', target: 'b', quote: false, minimum: 2, maximum: 2 },
    [own('a', ['x']), own('a', ['x', 'y', 'z']), own('a', 'text')],
    [
      ['b', null],
      ['b', 'x,y'],
    ],
  ],
  [
    'reduces several sensors when all are known',
    'reduce',
    { sources: ['a', 'b'], target: 'c', by: 'sum' },
    [own('b', 2), own('a', 1), own('a', 5)],
    [
      ['c', 3],
      ['c', 7],
    ],
  ],
  [
    'formats several sensors in their order',
    'reduce',
    { sources: ['a', 'b'], target: 'c', by: 'format', format: '%s is %d%% of %s' },
    [own('b', 2), own('a', 'x')],
    [['c', 'x is 2% of ']],
  ],
  [
    'joins several sensors in their order',
    'reduce',
    { sources: ['a', 'b'], target: 'c', by: 'join', separator: '-' },
    [own('b', 2), own('a', 'x')],
    [['c', 'x-2']],
  ],
  [
    'tells a part of a whole, while there is one',
    'percentage',
    { current: 'a', total: 'b', target: 'c' },
    [own('a', 1), own('b', 4), own('b', 0), own('a', -1)],
    [['c', 0.25]],
  ],
  [
    'tells how much a sensor changed',
    'delta',
    { source: 'a', target: 'b' },
    [own('a', 5), own('a', 'no number'), own('a', '7', 10), own('a', 3, 20)],
    [
      ['b', 2],
      ['b', -4],
    ],
  ],
  [
    'tells the rate of a counter in a second',
    'rate',
    { source: 'a', target: 'b' },
    [own('a', 0, 0), own('a', 100, 500), own('a', 100, 500), own('a', 300, 1500)],
    [
      ['b', 200],
      ['b', 200],
    ],
  ],
  [
    'tells the rate of a counter in a time of its own, and nothing from a clock that went back',
    'rate',
    { source: 'a', target: 'b', unit: '1m' },
    [own('a', 0, 1000), own('a', 50, 500), own('a', 1, 2000)],
    [['b', 60]],
  ],
  [
    'tells which part of the time was spent',
    'time-fraction',
    { source: 'a', target: 'b' },
    [own('a', 0, 0), own('a', 250, 1000)],
    [['b', 0.25]],
  ],
  [
    'tells the mean of the last values',
    'rolling-mean',
    { source: 'a', target: 'b', size: 2 },
    [own('a', 2), own('a', 4), own('a', 8)],
    [
      ['b', 2],
      ['b', 3],
      ['b', 6],
    ],
  ],
  [
    'tells the mean over a time once enough of it is known, each value for as long as it held',
    'window-mean',
    { source: 'a', target: 'b', window: '10s', confidence: 0.5 },
    [own('a', 9, 0), own('a', 1, 4_000), own('a', 7, 6_000), own('a', 0, 14_000), own('a', 4, 30_000)],
    [
      ['b', 3],
      ['b', (7 * 2 + 0 * 8) / 10],
      ['b', 4],
    ],
  ],
  [
    'keeps an entry of a map, whoever else writes it',
    'map-entry',
    { source: 'a', target: 'm', key: 'mine' },
    [own('a', 1), own('m', { other: 2 }), own('m', { other: 2, mine: 1 }), own('a', null)],
    [
      ['m', { mine: 1 }],
      ['m', { other: 2, mine: 1 }],
      ['m', { other: 2 }],
    ],
  ],
  [
    'keeps an entry by what its source is',
    'map-entry',
    { source: 'up', target: 'm', key: 'x', when: { false: 'it is down' } },
    [own('up', true), own('up', false), own('up', true)],
    [
      ['m', { x: 'it is down' }],
      ['m', {}],
    ],
  ],
  [
    'shows an address as it is reached from outside, once that is known',
    'reachable',
    { sensors: { 'main.url': 'main.url.public', admin: 'admin.public' } },
    [
      own('main.url', 'http://10.0.0.1:80/a?b'),
      own('endpoint.public', 'http://host:8080'),
      own('admin', '10.0.0.1:90'),
    ],
    [
      ['main.url.public', 'http://host:8080/a?b'],
      ['admin.public', 'host:8080'],
    ],
  ],
  [
    'shows the sensors of whoever leads',
    'propagate-primary',
    { sensors: ['url'] },
    [
      of('shop/web/a', 'url', 'A'),
      own('primary', 'shop/web/a'),
      of('shop/web/b', 'url', 'B'),
      of('shop/web/a', 'url', 'A2'),
      own('primary', 'shop/web/b'),
      own('primary', null),
    ],
    [
      ['url', 'A'],
      ['url', 'A2'],
      ['url', 'B'],
      ['url', null],
    ],
  ],
]

describe('enrichers', () => {
  it.each(CASES)('%s', (_what, type, config, readings, expected) => {
    expect(yielded(type, config, readings)).toEqual(expected)
  })

  it.each([
    ['propagate', {}, '/sensors'],
    ['propagate', { sensors: [1] }, '/sensors'],
    ['propagate', { sensors: ['a'], to: 'nobody' }, '/to'],
    ['aggregate', { sensor: 'a' }, '/target'],
    ['aggregate', { sensor: 'a', target: 'b', by: 'magic' }, '/by'],
    ['join', { source: 'a', target: 'b', quote: 'perhaps' }, '/quote'],
    ['reduce', { sources: ['a'], target: 'b', by: 'format' }, '/by'],
    ['window-mean', { source: 'a', target: 'b', window: -1 }, '/window'],
    ['rate', { source: 'a', target: 'b', unti: 's' }, '/unti'],
  ])('refuses settings of %s that make no sense: %j', (type, config, pointer) => {
    const answer = kindOf(type).attach(NODE, config)
    expect('problems' in answer ? answer.problems.map((one) => one.pointer) : []).toEqual([pointer])
  })
})

describe('failure detector', () => {
  const detector = (config: JsonObject): PolicyBench =>
    new PolicyBench(attach(kindOf('failure-detector'), config, NODE), { restarts: true })
  const up = (at: number) => memberReading(NODE.path, at)
  const down = (at: number) => memberReading(NODE.path, at, { up: false, reason: 'no answer' })
  const starting = (at: number) => memberReading(NODE.path, at, { state: 'starting', up: false })
  const told = (bench: PolicyBench) => bench.yielded.map(({ at, sensor }) => [at, sensor])

  it('tells failure and recovery by turns, never one of them twice', () => {
    const bench = detector({})
    for (const reading of [up(0), down(1), down(2), up(3), up(4), down(5)]) bench.read(reading)
    expect(told(bench)).toEqual([
      [1, 'failed'],
      [3, 'recovered'],
      [5, 'failed'],
    ])
    expect(bench.yielded[0]?.value).toEqual({
      component: 'shop/web',
      description: 'no answer',
      since: 1,
      time: 1,
    })
  })

  it('tells nothing before it was up, unless it is to', () => {
    const [cautious, eager] = [detector({}), detector({ onlyIfPreviouslyUp: false })]
    for (const bench of [cautious, eager]) bench.read(down(1))
    expect([told(cautious), told(eager)]).toEqual([[], [[1, 'failed']]])
  })

  it('waits until a failure has lasted, and begins anew after a break', () => {
    const bench = detector({ failedAfter: '10s' })
    for (const reading of [up(0), down(1_000), up(9_000), down(12_000), starting(15_000), down(16_000)])
      bench.read(reading)
    bench.passUntil(60_000)
    expect(told(bench)).toEqual([[26_000, 'failed']])
  })

  it('waits until it has been well for long enough', () => {
    const bench = detector({ recoveredAfter: '5s' })
    for (const reading of [up(0), down(1_000), up(2_000), down(3_000), up(4_000)]) bench.read(reading)
    bench.passUntil(60_000)
    expect(told(bench)).toEqual([
      [1_000, 'failed'],
      [9_000, 'recovered'],
    ])
  })

  it('tells a failure that lasts again and again where it is asked to', () => {
    const bench = detector({ republish: '10s' })
    for (const reading of [up(0), down(1_000)]) bench.read(reading)
    bench.passUntil(25_000)
    expect(told(bench)).toEqual([
      [1_000, 'failed'],
      [11_000, 'failed'],
      [21_000, 'failed'],
    ])
  })

  const said = (value: Json, at: number) => sensorReading(NODE.path, value, at, 'uplink')
  const reached = (at: number) => said({ reached: true, ms: 2 }, at)
  const refused = (at: number) => said({ reached: false, ms: 2, reason: 'connect ECONNREFUSED' }, at)

  it('goes by a sensor that says whether something was reached, and why not', () => {
    const bench = detector({ sensor: 'uplink', failedAfter: '2s', recoveredAfter: '1s' })
    for (const reading of [
      up(0),
      reached(1_000),
      refused(2_000),
      refused(3_000),
      reached(3_500),
      refused(4_000),
    ])
      bench.read(reading)
    bench.passUntil(9_000)
    for (const reading of [reached(10_000), reached(10_500)]) bench.read(reading)
    bench.passUntil(20_000)
    expect(told(bench)).toEqual([
      [6_000, 'failed'],
      [11_000, 'recovered'],
    ])
    expect(bench.yielded[0]?.value).toMatchObject({ description: 'connect ECONNREFUSED', since: 4_000 })
  })

  it('makes nothing of it while its entity begins, ends or rests', () => {
    const bench = detector({ sensor: 'uplink', onlyIfPreviouslyUp: false })
    for (const reading of [
      starting(0),
      refused(1_000),
      up(2_000),
      reached(3_000),
      starting(4_000),
      refused(5_000),
    ])
      bench.read(reading)
    bench.passUntil(60_000)
    expect(told(bench)).toEqual([])
    for (const reading of [down(61_000), refused(62_000)]) bench.read(reading)
    expect(told(bench)).toEqual([[62_000, 'failed']])
  })

  it.each<[string, JsonObject, readonly Json[], readonly string[]]>([
    ['by its truth', {}, [1, 0, 'yes', false], ['failed', 'recovered', 'failed']],
    ['by an expression', { when: 'value < 0.5' }, [0.1, 0.9, 0.2], ['failed', 'recovered']],
    ['and by none that has no answer', { when: 'value < 0.5' }, [0.1, 'much', 0.2], []],
    ['and not by one that was taken away', {}, [true, null, true], []],
  ])('judges a value %s', (_what, config, values, expected) => {
    const bench = detector({ sensor: 'uplink', ...config })
    for (const [at, value] of values.entries()) bench.read(said(value, at))
    expect(bench.yielded.map(({ sensor }) => sensor)).toEqual(expected)
  })

  describe('by a heartbeat', () => {
    const BEATING = { sensor: 'uplink', within: '10s', failedAfter: '1s' }
    const beating = () => detector(BEATING)

    it('tells a failure when it is not told for too long, and a recovery when it is', () => {
      const bench = beating()
      for (const at of [0, 8_000, 16_000]) bench.read(said(true, at))
      bench.passUntil(40_000)
      bench.read(said(true, 41_000))
      expect(told(bench)).toEqual([
        [27_000, 'failed'],
        [41_000, 'recovered'],
      ])
      expect(bench.yielded[0]?.value).toMatchObject({
        description: 'nothing was told of uplink for 10 s',
        since: 26_000,
      })
    })

    it('counts anew what was silent while the engine was away', () => {
      const bench = beating()
      bench.read(said(true, 0))
      // The engine was to call at 10 s, and comes back at 60 s.
      const late = new PolicyBench(attach(kindOf('failure-detector'), BEATING, NODE), {
        memory: bench.memory,
      })
      late.read(wakeReading(NODE.path, 60_000))
      late.passUntil(69_000)
      expect(told(late)).toEqual([])
      late.passUntil(80_000)
      expect(told(late)).toEqual([[71_000, 'failed']])
    })

    it('does not count while its entity rests', () => {
      const bench = beating()
      for (const reading of [up(0), said(true, 1_000), starting(2_000)]) bench.read(reading)
      bench.passUntil(50_000)
      bench.read(up(50_000))
      bench.passUntil(60_500)
      expect(told(bench)).toEqual([])
      bench.passUntil(70_000)
      expect(told(bench)).toEqual([[61_000, 'failed']])
    })
  })

  it.each<[JsonObject, string]>([
    [{ within: '10s' }, '/within'],
    [{ when: 'value > 1' }, '/when'],
    [{ sensor: 'x', when: 'value >' }, '/when'],
    [{ sensor: 'x', within: -1 }, '/within'],
  ])('is refused with %j', (config, pointer) => {
    const answer = kindOf('failure-detector').attach(NODE, config)
    expect('problems' in answer && answer.problems.map((one) => one.pointer)).toEqual([pointer])
  })
})

describe('latency', () => {
  const told = (value: Json, at: number) => own('site', value, at)
  const took = (ms: number, at: number) => told({ reached: true, ms }, at)

  it('is the time that it took last, and the mean over a time', () => {
    const config = { source: 'site', window: '10s', unit: 's' }
    expect(yielded('latency', config, [took(100, 0), took(300, 5_000), took(500, 12_000)])).toEqual([
      ['latency.last', 0.1],
      ['latency.windowed', 0.1],
      ['latency.last', 0.3],
      ['latency.windowed', 0.2],
      ['latency.last', 0.5],
      ['latency.windowed', 0.4],
    ])
  })

  it.each<[string, Json]>([
    ['was not reached', { reached: false, ms: 2_000, reason: 'connect ECONNREFUSED' }],
    ['took no time that is known', { reached: true }],
    ['took less than no time', { reached: true, ms: -1 }],
    ['is nothing of the kind', 12],
    ['was taken away', null],
  ])('says nothing of what %s', (_what, value) => {
    expect(yielded('latency', { source: 'site' }, [told(value, 0)])).toEqual([])
  })
})
