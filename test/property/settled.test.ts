import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PlanStepView } from '../../engine/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../support/engine-harness.js'
import { PATIENCE, changes, landscapeOf, parts, slotsOf, type Part } from './landscapes.js'

/** Far longer than a generated landscape takes. */
const LONG = 120_000

async function landscape(
  of: readonly Part[],
  use: (bench: EngineHarness) => Promise<void>,
  options: HarnessOptions = {},
): Promise<void> {
  const bench = await EngineHarness.open(options)
  await bench.deploy(landscapeOf(of), LONG)
  await use(bench)
  await bench.close()
}

/** What a plan of a document would do to what runs now. */
async function planned(bench: EngineHarness, of: readonly Part[]): Promise<readonly PlanStepView[]> {
  return accepted(await bench.engine.plan(landscapeOf(of), { ...by, application: 'shop' })).steps
}

/** Of every entity that is there: the incarnation that was made last, and its run. */
async function numbers(bench: EngineHarness): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const made = new Map<string, number>()
  for (const { marks, kind } of await bench.place().inventory())
    if (marks !== undefined && kind === 'machine')
      made.set(marks.entity, Math.max(marks.incarnation, made.get(marks.entity) ?? 0))
  const views = accepted(bench.engine.entities(ann, 'shop')).filter((view) => made.has(view.path))
  return new Map(views.map((view) => [view.path, [made.get(view.path) ?? 0, view.run] as const]))
}

it('leaves nothing to do once it is settled, and everything that was asked for is there', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (of) => {
      await landscape(of, async (bench) => {
        expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
        expect(await planned(bench, of)).toEqual([])
        expect(slotsIn(bench, of)).toEqual(slotsOf(of))
        const calls = bench.calls.filter((call) => call.verb !== 'observe').length
        await bench.settle(LONG)
        expect(bench.calls.filter((call) => call.verb !== 'observe')).toHaveLength(calls)
      })
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

it('settles in a number of turns that its size bounds', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (of) => {
      await landscape(of, async (bench) => {
        const { counters } = bench.engine.health()
        // Each entity is made, prepared, launched and seen; each of these is told to those who wait for it.
        expect(counters['turns']).toBeLessThanOrEqual(40 + 12 * slotsOf(of).length)
      })
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

it('does what the plan says to those whom it names, and nothing to anybody else', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ([before, after]) => {
      await landscape(before, async (bench) => {
        const steps = await planned(bench, after)
        const old = await numbers(bench)
        await bench.after(bench.engine.update('shop', landscapeOf(after), by), LONG)
        const now = await numbers(bench)
        expect(bench.shop.state).toBe('running')
        expect(await planned(bench, after)).toEqual([])
        const told = new Map(steps.map((step) => [step.entity, step.action]))
        for (const path of new Set([...old.keys(), ...now.keys(), ...told.keys()]))
          expect([path, happened(old.get(path), now.get(path))]).toEqual([path, told.get(path) ?? 'none'])
      })
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

it('has ever less of a plan left, until nothing of it is', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ([before, after]) => {
      await landscape(
        before,
        async (bench) => {
          const told = new Set((await planned(bench, after)).map((step) => step.entity))
          await bench.after(bench.engine.update('shop', landscapeOf(after), by), 0)
          for (let round = 0; round < 12; round += 1) {
            const left = await planned(bench, after)
            for (const step of left) expect([...told]).toContain(step.entity)
            await bench.settle(700)
          }
          await bench.settle(LONG)
          expect(await planned(bench, after)).toEqual([])
        },
        { place: { boot: { min: 100, max: 3000 }, delays: { destroy: 500, endRun: 300 } } },
      )
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

it('plans waves in which everything comes after what it names', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ([before, after]) => {
      await landscape(before, async (bench) => {
        for (const of of [after, before.slice(1)]) {
          const steps = await planned(bench, of)
          expect(steps.map((step) => step.wave)).toEqual(steps.map((step) => step.wave).sort((a, b) => a - b))
          for (const step of steps) {
            const earlier = steps.filter((one) => step.after.some((path) => isWithin(one.entity, path)))
            for (const one of earlier) expect(one.wave).toBeLessThan(step.wave)
          }
        }
      })
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

it('keeps every machine that a changed document still wants as it is', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ([before, after]) => {
      await landscape(before, async (bench) => {
        const kept = after.filter((part) =>
          before.some((one) => JSON.stringify(one) === JSON.stringify(part)),
        )
        const slots = new Set(slotsOf(kept))
        const old = (await bench.inventory()).filter((entry) => slots.has(entry.marks?.entity ?? ''))
        await bench.after(bench.engine.update('shop', landscapeOf(after), by), LONG)
        const now = new Map((await bench.inventory()).map((entry) => [entry.token, entry]))
        for (const entry of old) expect(now.get(entry.token)).toEqual(entry)
      })
    }),
    { numRuns: 40, ...PATIENCE },
  )
})

function happened(
  old: readonly [number, number] | undefined,
  now: readonly [number, number] | undefined,
): string {
  if (now === undefined) return old === undefined ? 'none' : 'destroy'
  if (old === undefined) return 'create'
  if (now[0] !== old[0]) return 'replace'
  return now[1] === old[1] ? 'none' : 'change'
}

/** What is in the tree, without groups. */
function slotsIn(bench: EngineHarness, of: readonly Part[]): readonly string[] {
  const groups = new Set(of.filter((part) => part.kind === 'group').map((part) => part.name))
  return Object.keys(bench.tree)
    .filter((path) => !groups.has(path))
    .sort()
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`)
}
