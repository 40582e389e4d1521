import fc from 'fast-check'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import {
  HostScheduler,
  type Output,
  type Json,
  type JsonObject,
  type PolicyKind,
  type Reading,
} from '../../engine/index.js'
import { PolicyBench, WEB, attach, condition } from '../support/policy-bench.js'

/** Points at which a run is cut in two. */
const CUTS = 500

/** What every kind of policy must hold to, given a configuration that it accepts, and what it is told `first`, at 0. */
export function policyContract(kind: PolicyKind, config: JsonObject, first: readonly Reading[] = []): void {
  const ready = () => attach(kind, config)
  const story = anyStory.map((readings) => [...first, ...readings])

  describe(`policy ${kind.type}`, () => {
    it('has a closed schema, and refuses what is not in it with a problem', () => {
      expect(kind.schema['additionalProperties']).toBe(false)
      const answer = kind.attach(WEB, { ...config, 'no-such-setting': 1 })
      expect('problems' in answer && answer.problems.map(({ pointer }) => pointer)).toEqual([
        '/no-such-setting',
      ])
    })

    it('says what it wants to be told and what it decides', () => {
      const { interest, decides, primed = false } = ready()
      const listens = interest.sensors.length > 0 || interest.conditions !== 'none'
      expect(listens || primed).toBe(true)
      expect(decides.length > 0 || primed).toBe(true)
    })

    it('ends with its readings, and asks nothing when there are none', () => {
      const memory = ready().initial
      const cell = { read: () => memory, write: () => expect.unreachable('nothing was read') }
      const said: (Output | 'end')[] = []
      ready()
        .pipeline(cell)(from([]), new HostScheduler(0))
        .subscribe({ next: (intent) => said.push(intent), complete: () => said.push('end') })
      expect(said).toEqual(['end'])
    })

    it('is pure: the same memory, readings and times give the same intents and memory', () => {
      fc.assert(
        fc.property(story, (readings) => {
          const [one, two] = [new PolicyBench(freeze(ready())), new PolicyBench(freeze(ready()))]
          for (const reading of readings) expect(one.read(reading)).toEqual(two.read(reading))
          expect(one.memory).toEqual(two.memory)
          expect(one.wakeAt).toBe(two.wakeAt)
        }),
      )
    })

    it('remembers nothing that JSON cannot say', () => {
      fc.assert(
        fc.property(story, (readings) => {
          const policy = new PolicyBench(ready())
          for (const reading of readings) {
            policy.read(reading)
            expect(JSON.parse(JSON.stringify(policy.memory))).toEqual(policy.memory)
          }
        }),
      )
    })

    it('gives every intent and every hold a reason', () => {
      fc.assert(
        fc.property(story, (readings) => {
          const policy = new PolicyBench(ready())
          for (const reading of readings) policy.read(reading)
          for (const { intent } of policy.asked) {
            expect(intent.reason).not.toBe('')
            expect(intent.kind === 'hold' ? intent.rule : intent.kind).toMatch(/^[a-z-]+$/)
          }
        }),
      )
    })

    it('never throws at junk, nor asks for impossible counts because of it', () => {
      fc.assert(
        fc.property(fc.array(junk, { maxLength: 30 }), (readings) => {
          const policy = new PolicyBench(ready())
          for (const [index, reading] of readings.entries()) policy.read(reading, index * 1_000)
          for (const { intent } of policy.intents('scale')) {
            expect(intent.count).toBeGreaterThanOrEqual(WEB.min ?? 0)
            expect(intent.count).toBeLessThanOrEqual(WEB.max ?? 0)
          }
        }),
      )
    })

    it('asks to be woken later than now only', () => {
      fc.assert(
        fc.property(story, (readings) => {
          const policy = new PolicyBench(ready())
          for (const reading of readings) {
            policy.read(reading)
            expect(policy.wakeAt ?? Infinity).toBeGreaterThan(reading.at)
          }
        }),
      )
    })

    it(`decides the same when it is restarted at any of ${CUTS} points`, () => {
      const readings = [...first, ...longStory(CUTS)]
      const whole = new PolicyBench(ready())
      const restarted = new PolicyBench(ready(), { restarts: true })
      for (const reading of readings) {
        expect(restarted.read(reading)).toEqual(whole.read(reading))
        expect(restarted.wakeAt).toBe(whole.wakeAt)
      }
      expect(restarted.asked).toEqual(whole.asked)
      expect(whole.asked.some(({ intent }) => intent.kind !== 'hold')).toBe(true)
    })
  })
}

const entity = fc.constantFrom('web/1', 'web/2', 'web/3', 'web/4')
const told = fc.oneof(
  fc.record({ load: fc.double({ min: 0, max: 400, noNaN: true }) }),
  fc.record({
    state: fc.constantFrom('starting', 'running', 'failed', 'stopping', 'gone'),
    up: fc.boolean(),
    incarnation: fc.integer({ min: 1, max: 3 }),
    run: fc.integer({ min: 0, max: 6 }),
  }),
)

/** Sensible readings in the order of time. */
const anyStory = fc
  .array(fc.record({ entity, told, wait: fc.integer({ min: 0, max: 20_000 }) }), { maxLength: 60 })
  .map((steps) => {
    let at = 0
    return steps.map((step) => {
      at += step.wait
      return readingOf(step.entity, step.told, at)
    })
  })

/** Readings that no engine would give. */
const junk: fc.Arbitrary<Reading> = fc.record({
  kind: fc.constantFrom('sensor', 'member', 'wake'),
  at: fc.oneof(fc.integer(), fc.double()),
  entity: fc.oneof(fc.constantFrom('', '__proto__', 'constructor', 'web/1', 'other/9'), fc.string()),
  sensor: fc.oneof(fc.constantFrom('load', '__proto__', ''), fc.string()),
  value: fc.oneof(
    fc.jsonValue() as fc.Arbitrary<Json>,
    fc.double() as fc.Arbitrary<Json>,
    fc.constant({ state: 'failed', up: 'yes', incarnation: -1, run: 1.5, reason: 7 }),
    fc.constant({ state: 'failed', up: false, incarnation: 1, run: 1 }),
    fc.constant({ state: '__proto__', up: true, incarnation: 1, run: 1, reason: '' }),
  ),
})

function readingOf(path: string, value: Json, at: number): Reading {
  const load = (value as { load?: number }).load
  if (load !== undefined) return { kind: 'sensor', at, entity: path, sensor: 'load', value: load }
  return { kind: 'member', at, entity: path, sensor: '', value: { ...condition(), ...(value as JsonObject) } }
}

/** Members that come up, are loaded in waves, fail run after run and turn unhealthy; the same each time. */
function longStory(length: number): readonly Reading[] {
  const readings: Reading[] = []
  for (let step = 0; step < length; step += 1) {
    const at = step * 700
    const path = `web/${(step % 3) + 1}`
    const round = Math.floor(step / 3)
    if (step < 3) readings.push(readingOf(path, { ...condition() }, at))
    else if (round % 9 === 4)
      readings.push(readingOf(path, { state: 'failed', up: false, run: 1 + Math.floor(round / 9) }, at))
    else if (round % 9 === 6)
      readings.push(readingOf(path, { run: 2 + Math.floor(round / 9), up: round % 27 < 18 }, at))
    else readings.push(readingOf(path, { load: round % 60 < 30 ? 120 : 2 }, at))
  }
  return readings
}

function freeze<T extends { readonly initial: JsonObject }>(policy: T): T {
  return { ...policy, initial: Object.freeze({ ...policy.initial }) }
}
