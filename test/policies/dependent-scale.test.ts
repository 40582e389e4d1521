import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, PolicySubject } from '../../engine/index.js'
import {
  PolicyBench,
  WEB,
  attach,
  memberReading,
  sensorReading,
  wakeReading,
} from '../support/policy-bench.js'
import { stockKind } from '../support/stock-kind.js'

const KIND = stockKind('dependent-scale')
const bench = (config: JsonObject, subject: PolicySubject = WEB) =>
  new PolicyBench(attach(KIND, { follow: 'db', ...config }, subject), { restarts: true })

const led = (value: Json, at: number) => sensorReading('db', value, at, 'members.count')

/** How many members there are by what a policy was told last. */
const known = new WeakMap<PolicyBench, number>()

/** So many members are there from now on. */
function own(policy: PolicyBench, count: number, at: number): void {
  const before = known.get(policy) ?? 0
  for (let number = 1; number <= Math.max(before, count); number += 1) {
    const state = number <= count ? 'running' : 'gone'
    if (number > Math.min(before, count)) policy.read(memberReading(`web/${number}`, at, { state }))
  }
  known.set(policy, count)
}

type Happening = readonly ['own', number, number] | readonly ['led', Json, number]

function happen(policy: PolicyBench, ...all: readonly Happening[]): void {
  for (const [what, value, at] of all) {
    if (what === 'own') own(policy, value, at)
    else policy.read(led(value, at))
  }
}

const scales = (policy: PolicyBench) => policy.intents('scale').map(({ at, intent }) => [at, intent.count])

describe('dependent-scale', () => {
  it.each<[string, JsonObject, number, number]>([
    ['one for each', {}, 4, 4],
    ['some for each', { ratio: 2 }, 4, 8],
    ['one for several', { ratio: 0.25 }, 9, 3],
    ['and some more', { ratio: 0.5, offset: 2 }, 4, 4],
    ['or fewer', { ratio: 2, offset: -1 }, 2, 3],
    ['in whole units', { unit: 3 }, 4, 6],
    ['in whole units, rounded down', { unit: 3, round: 'down' }, 5, 3],
    ['rounded to the nearest', { ratio: 0.5, round: 'nearest' }, 5, 3],
    ['without what floating point adds', { ratio: 0.1 }, 30, 3],
    ['never more than the role may have', { ratio: 9 }, 9, 10],
    ['never fewer than it must have', {}, 0, 1],
    ['never more than is set', { max: 4 }, 9, 4],
    ['never fewer than is set', { min: 3 }, 1, 3],
  ])('keeps %s', (_what, config, leads, expected) => {
    const policy = bench(config)
    happen(policy, ['own', expected === 2 ? 9 : 2, 0], ['led', leads, 0])
    expect(scales(policy)).toEqual([[0, expected]])
  })

  it('follows out at once and in after a while, to the most that was due meanwhile', () => {
    const policy = bench({ scaleInAfter: '60s' })
    happen(policy, ['own', 3, 0], ['led', 3, 0], ['led', 5, 1_000], ['own', 5, 2_000], ['led', 2, 10_000])
    happen(policy, ['led', 4, 30_000], ['led', 2, 40_000])
    policy.passUntil(79_000)
    expect(scales(policy)).toEqual([
      [1_000, 5],
      [70_000, 4],
    ])
    happen(policy, ['own', 4, 79_000])
    policy.passUntil(101_000)
    expect(scales(policy).slice(2)).toEqual([[100_000, 2]])
  })

  it('does not follow what is over again before its time', () => {
    const policy = bench({ scaleOutAfter: '10s' })
    happen(policy, ['own', 3, 0], ['led', 3, 0], ['led', 9, 5_000], ['led', 3, 12_000])
    policy.passUntil(300_000)
    expect(scales(policy)).toEqual([])
  })

  it('asks again while what it asked for is not there, and not at every reading', () => {
    const policy = bench({})
    happen(policy, ['own', 3, 0], ['led', 3, 0], ['led', 5, 1_000], ['own', 4, 2_000])
    policy.passUntil(35_000)
    happen(policy, ['own', 5, 36_000])
    policy.passUntil(300_000)
    expect(scales(policy)).toEqual([
      [1_000, 5],
      [31_000, 5],
    ])
  })

  it.each<[string, Json]>([
    ['taken away', null],
    ['no number', 'many'],
    ['negative', -1],
    ['beyond all measure', 1e300],
  ])('changes nothing, and says so, while the number is %s', (_what, value) => {
    const policy = bench({})
    happen(policy, ['own', 3, 0], ['led', 3, 0], ['led', value, 1_000])
    policy.read(wakeReading('web', 60_000))
    expect(scales(policy)).toEqual([])
    expect(policy.intents('hold').at(-1)?.intent.reason).toBe('members.count of db is not known')
  })

  it.each<[JsonObject, PolicySubject, string]>([
    [{ follow: 'web' }, WEB, '/follow'],
    [{ follow: 'self' }, WEB, '/follow'],
    [{}, { path: 'web' }, ''],
    [{ min: 5, max: 4 }, WEB, '/min'],
    [{ min: 11 }, WEB, '/min'],
    [{ ratio: -1 }, WEB, '/ratio'],
    [{ ratio: Number.NaN }, WEB, '/ratio'],
    [{ unit: 0 }, WEB, '/unit'],
    [{ offset: 0.5 }, WEB, '/offset'],
  ])('is refused with %j', (config, subject, pointer) => {
    const answer = KIND.attach(subject, { follow: 'db', ...config })
    expect('problems' in answer && answer.problems.map((one) => one.pointer)).toEqual([pointer])
  })

  it('comes to what is due once nothing changes any more, in whole units, whatever was before', () => {
    const number = fc.integer({ min: 0, max: 30 })
    const settings = fc.record({
      ratio: fc.constantFrom(0.1, 0.5, 1, 2, 3),
      unit: fc.integer({ min: 1, max: 4 }),
      scaleOutAfter: fc.integer({ min: 0, max: 40_000 }),
      scaleInAfter: fc.integer({ min: 0, max: 40_000 }),
    })
    fc.assert(
      fc.property(
        settings,
        fc.array(number, { minLength: 1, maxLength: 12 }),
        number,
        (config, leads, begin) => {
          const policy = bench(config, { path: 'web', min: 0, max: 100, initial: 1 })
          let members = begin
          let seen = 0
          const carryOut = (at: number): void => {
            policy.passUntil(at)
            for (const { intent } of policy.intents('scale').slice(seen)) members = intent.count
            seen = policy.intents('scale').length
            own(policy, members, at)
          }
          for (const [step, value] of leads.entries()) {
            policy.read(led(value, step * 7_000))
            carryOut(step * 7_000)
          }
          const end = leads.length * 7_000
          for (let at = end; at < end + 200_000; at += 10_000) carryOut(at)
          const units = Math.ceil(Number((((leads.at(-1) ?? 0) * config.ratio) / config.unit).toFixed(9)))
          expect(members).toBe(Math.min(100, units * config.unit))
        },
      ),
    )
  })
})
