import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject } from '../../engine/index.js'
import { EngineHarness, ann, by } from '../support/engine-harness.js'
import type { CallRule, ScriptEvent } from '../../locations/simulated/index.js'
import { PATIENCE, boundsOf, landscapeOf, parts, slotsOf, type Part } from './landscapes.js'

/** Longer than any back-off, and than the collector needs to be certain of an orphan. */
const CALM = 1_800_000

const commands = ['ensure', 'start', 'stop', 'destroy', 'run', 'endRun', 'copy'] as const

const rule: fc.Arbitrary<CallRule> = fc.record({
  verbs: fc.uniqueArray(fc.constantFrom(...commands, 'observe' as const, 'listOwned' as const), {
    minLength: 1,
    maxLength: 3,
  }),
  effect: fc.constantFrom<CallRule['effect']>(
    ...(['lost-before', 'lost-after', 'duplicate', 'not-ready', 'refuse', 'fail', 'slow', 'hide'] as const),
  ),
  cause: fc.constantFrom<NonNullable<CallRule['cause']>>(
    ...(['capacity', 'internal', 'throttled', 'unreachable', 'quota', 'invalid'] as const),
  ),
  delay: fc.integer({ min: 0, max: 8000 }),
  exitCode: fc.constant(3),
  from: fc.integer({ min: 1, max: 6 }),
  times: fc.integer({ min: 1, max: 3 }),
})

const event: fc.Arbitrary<ScriptEvent> = fc.record({
  at: fc.integer({ min: 0, max: 60_000 }),
  what: fc.constantFrom<ScriptEvent['what']>(
    ...(['stop', 'vanish', 'fail', 'crash', 'restart-provider', 'event-gap', 'outage'] as const),
  ),
  count: fc.integer({ min: 1, max: 2 }),
  for: fc.constantFrom(0, 7000, 40_000),
  exitCode: fc.constantFrom(0, 1),
})

it('settles whatever goes wrong at a place, and then counts what the far end counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.array(rule, { maxLength: 6 }),
      fc.array(event, { maxLength: 4 }),
      fc.record({ seed: fc.nat(1_000_000), hints: fc.boolean(), boot: fc.constantFrom(0, 700, 20_000) }),
      async (of, calls, events, { seed, ...place }) => {
        const once: [string, number][] = []
        const bench = await EngineHarness.open({ seed, place: { ...place, script: scriptOf(calls, events) } })
        await bench.deploy(landscapeOf(of), 70_000)
        await bench.settle(CALM)
        // Members that were set aside meanwhile are tried again.
        await bench.after(bench.engine.recover('shop', by), CALM)
        await expectAgreement(bench, of)
        if (!events.some((one) => one.what === 'vanish'))
          for (const entry of await bench.place().inventory()) once.push([entry.name, entry.creates])
        expect(once.filter(([, creates]) => creates !== 1)).toEqual([])
        await bench.after(bench.engine.stop('shop', by), CALM)
        expect(bench.shop).toMatchObject({ state: 'stopped', alerts: [] })
        await bench.after(bench.engine.remove('shop', by), CALM)
        expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
        expect(await bench.inventory()).toEqual([])
        await bench.close()
      },
    ),
    { numRuns: 40, ...PATIENCE },
  )
})

it('removes all of it, whatever goes wrong meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.array(rule, { maxLength: 6 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.boolean(),
      async (of, calls, moment, force) => {
        const bench = await EngineHarness.open({ place: { boot: 3000, script: scriptOf(calls, []) } })
        await bench.deploy(landscapeOf(of), moment)
        await bench.after(bench.engine.remove('shop', { ...by, force }), CALM)
        expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
        expect(await bench.inventory()).toEqual([])
        await bench.close()
      },
    ),
    { numRuns: 40, ...PATIENCE },
  )
})

function scriptOf(calls: readonly CallRule[], events: readonly ScriptEvent[]): JsonObject {
  return { calls, events } as unknown as JsonObject
}

async function expectAgreement(bench: EngineHarness, of: readonly Part[]): Promise<void> {
  expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  const jobs = new Set(of.filter((part) => part.kind === 'job').map((part) => part.name))
  const entries = await bench.place().inventory()
  const counted = entries.map(({ name, state, creates, deletes }) => [
    name,
    state === 'absent' ? 0 : 1,
    creates - deletes,
  ])
  for (const [name, present, left] of counted) expect([name, left]).toEqual([name, present])
  const there = entries.filter((entry) => entry.kind === 'machine' && entry.state !== 'absent')
  expect(there.map((entry) => entry.state)).toEqual(there.map(() => 'running'))
  const wanted = slotsOf(of).filter((path) => !jobs.has(path))
  expect(there.map((entry) => shape(entry.marks?.entity ?? '')).sort()).toEqual(wanted.map(shape).sort())
  for (const entry of there) expect(bench.token(entry.marks?.entity ?? '')).toBe(entry.token)
  const over = [...bench.life.most].filter(([path, most]) => most > (boundsOf(of).get(path) ?? Infinity))
  expect(over).toEqual([])
}

/** A path without the number of its member: others may have taken the place of one that was set aside. */
function shape(path: string): string {
  return path.replace(/\d+(?=\/agent$|$)/, (number, at: number) => (path[at - 1] === '/' ? 'n' : number))
}
