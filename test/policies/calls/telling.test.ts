import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, PolicySubject, Reading } from '../../../engine/index.js'
import { SILENT, type Telling, tellDue, wanting } from '../../../policies/calls/telling.js'
import { PolicyBench, attach, memberReading, sensorReading, wakeReading } from '../../support/policy-bench.js'
import { stockKind } from '../../support/stock-kind.js'

const WEB: PolicySubject = { path: 'web', min: 1, max: 10, initial: 3 }

function bench(type: string, config: JsonObject, options: { readonly restarts?: boolean } = {}): PolicyBench {
  return new PolicyBench(attach(stockKind(type), config, WEB), options)
}

const told = (policy: PolicyBench, name: string) =>
  policy.intents('call').map(({ at, intent }) => [at, intent.arguments[name]])

describe('telling', () => {
  const PACE = { quiet: 100, most: 500, again: 0 }

  it('waits for rest, but not for ever', () => {
    const policy = bench('render', { sensor: 'conf', ...PACE })
    for (let at = 0; at <= 1_000; at += 50) policy.read(sensorReading('web', `v${at}`, at, 'conf'))
    policy.passUntil(5_000)
    expect(told(policy, 'content')).toEqual([
      [500, 'v450'],
      [1_000, 'v950'],
      [1_100, 'v1000'],
    ])
  })

  it('says nothing of what has come back to what was told', () => {
    const policy = bench('render', { sensor: 'conf', ...PACE })
    policy.read(sensorReading('web', 'a', 0, 'conf'))
    policy.passUntil(200)
    policy.read(sensorReading('web', 'b', 300, 'conf'))
    policy.read(sensorReading('web', 'a', 350, 'conf'))
    policy.passUntil(5_000)
    expect(told(policy, 'content')).toEqual([[100, 'a']])
  })

  it('writes no file of what is not known', () => {
    const policy = bench('render', { sensor: 'conf', ...PACE, again: 1_000 })
    policy.read(sensorReading('web', null, 0, 'conf'))
    policy.passUntil(5_000)
    expect(told(policy, 'content')).toEqual([])
  })

  it('tells again what may have failed, under another key each time', () => {
    const policy = bench('render', { sensor: 'conf', ...PACE, again: 1_000 })
    policy.read(sensorReading('web', 'a', 0, 'conf'))
    policy.passUntil(3_200)
    expect(told(policy, 'content').map(([at]) => at)).toEqual([100, 1_100, 2_100, 3_100])
    expect(new Set(policy.intents('call').map(({ intent }) => intent.key)).size).toBe(4)
  })

  it('says nothing to whom is not up, and all of it to whom has come back', () => {
    const policy = bench('render', { sensor: 'conf', of: 'door', ...PACE }, { restarts: true })
    policy.read(sensorReading('door', false, 0, 'service.isUp'))
    policy.read(sensorReading('web', 'a', 0, 'conf'))
    policy.passUntil(5_000)
    expect(told(policy, 'content')).toEqual([])
    policy.read(sensorReading('door', true, 5_000, 'service.isUp'))
    policy.passUntil(6_000)
    policy.read(sensorReading('door', false, 6_000, 'service.isUp'))
    policy.read(sensorReading('door', true, 7_000, 'service.isUp'))
    policy.passUntil(9_000)
    expect(told(policy, 'content')).toEqual([
      [5_100, 'a'],
      [7_100, 'a'],
    ])
  })

  it('ends with what is wanted last, however it changes and whatever the clock does', () => {
    const change = fc.record({
      value: fc.integer({ min: 0, max: 3 }),
      by: fc.integer({ min: -50, max: 300 }),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
        let [telling, now]: [Telling, number] = [SILENT, 1_000]
        let last: unknown
        for (const { value, by } of [...changes, { value: changes[0]!.value, by: 0 }]) {
          now += by
          const turn = tellDue(wanting(telling, value, now), PACE, now)
          telling = turn.telling
          last = turn.tell?.value ?? last
        }
        const end = tellDue(telling, PACE, now + 1_000)
        expect(end.tell?.value ?? last).toBe(changes[0]!.value)
        expect(tellDue(end.telling, PACE, now + 9_000).tell).toBeUndefined()
      }),
    )
  })
})

describe('balancer', () => {
  const SETTINGS = { of: 'door', quiet: 100, most: 500, again: 0 }
  const at = (path: string, time: number, host: string): Reading =>
    sensorReading(path, `http://${host}:8080`, time, 'endpoint')

  it('gives the whole set whenever another is up, and one that comes back at once changes nothing', () => {
    const policy = bench('balancer', SETTINGS, { restarts: true })
    for (const [path, host] of [
      ['web/1', '10.0.0.1'],
      ['web/2', '10.0.0.2'],
    ] as const) {
      policy.read(at(path, 0, host))
      policy.read(memberReading(path, 0))
    }
    policy.passUntil(1_000)
    policy.read(memberReading('web/2', 1_000, { up: false, state: 'stopping' }))
    policy.passUntil(2_000)
    policy.read(memberReading('web/1', 2_000, { up: false }))
    policy.read(memberReading('web/1', 2_050))
    policy.passUntil(3_000)
    const [one, two] = [
      { address: '10.0.0.1', port: 8080 },
      { address: '10.0.0.2', port: 8080 },
    ]
    expect(told(policy, 'backends')).toEqual([
      [100, [one, two]],
      [1_100, [one]],
    ])
    expect(policy.intents('call')[0]?.intent).toMatchObject({ entity: 'door', effector: 'setBackends' })
  })

  it('takes the set away from a balancer when nobody is up: another may have the address tomorrow', () => {
    const policy = bench('balancer', SETTINGS)
    policy.read(at('web/1', 0, '10.0.0.1'))
    policy.read(memberReading('web/1', 0))
    policy.passUntil(500)
    policy.read(memberReading('web/1', 500, { state: 'gone', up: false }))
    policy.passUntil(1_000)
    expect(told(policy, 'backends').at(-1)).toEqual([600, []])
  })

  it('has others in the set that were not deployed here, and gives none before they are known', () => {
    const policy = bench('balancer', { ...SETTINGS, others: 'outside', form: 'lines' })
    policy.read(at('web/1', 0, 'fd00::1'.replace(/^(.*)$/, '[$1]')))
    policy.read(memberReading('web/1', 0))
    policy.passUntil(1_000)
    expect(told(policy, 'backends')).toEqual([])
    expect(policy.intents('hold')[0]?.intent.rule).toBe('others-unknown')
    policy.read(sensorReading('web', ['old-1:80', { address: '10.9.9.9', port: 81 }], 1_000, 'outside'))
    policy.passUntil(2_000)
    expect(told(policy, 'backends')).toEqual([[1_100, '10.9.9.9 81\nfd00::1 8080\nold-1 80\n']])
  })

  it.each([
    'nowhere',
    'http://a b:80',
    '10.0.0.1:0',
    '10.0.0.1:70000',
    '$(reboot):80',
    '10.0.0.1:80\n; x',
    { address: 'x' },
    7,
    null,
  ])('holds for a member that is at %j, and leaves it out', (endpoint) => {
    const policy = bench('balancer', SETTINGS)
    policy.read(sensorReading('web/1', endpoint, 0, 'endpoint'))
    policy.read(memberReading('web/1', 0))
    policy.read(wakeReading('web', 100))
    expect(told(policy, 'backends')).toEqual([[100, []]])
    expect(policy.intents('hold')[0]?.intent).toMatchObject({ rule: 'no-endpoint' })
  })
})
