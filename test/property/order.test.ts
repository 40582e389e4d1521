import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EngineHarness, ann, by, type HarnessOptions } from '../support/engine-harness.js'
import { PATIENCE, beforeOf, landscapeOf, neededOf, parts, type Part } from './landscapes.js'
import { Trace, type Announced, type Shown } from './trace.js'

const LONG = 200_000

/** Times that no two things have in common, so that what comes first is seen to. */
const slow: HarnessOptions = {
  place: {
    boot: { min: 200, max: 3000 },
    task: { min: 50, max: 900 },
    delays: { destroy: { min: 0, max: 900 }, endRun: { min: 0, max: 900 }, stop: { min: 0, max: 900 } },
  },
}

it('begins nothing before all that it starts after is up', async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(1_000_000), async (of, seed) => {
      await watched(of, seed, async (bench, trace) => {
        expect(bench.shop.state).toBe('running')
        expectStartOrder(of, trace.announced)
      })
    }),
    { numRuns: 30, ...PATIENCE },
  )
})

it('starts again in the same order after a stop', async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(1_000_000), async (of, seed) => {
      await watched(of, seed, async (bench, trace) => {
        await bench.after(bench.engine.stop('shop', by), LONG)
        trace.announced.length = 0
        await bench.after(bench.engine.start('shop', by), LONG)
        expect(bench.shop.state).toBe('running')
        expectStartOrder(of, trace.announced)
      })
    }),
    { numRuns: 30, ...PATIENCE },
  )
})

it('stops in the reverse of the order in which it starts', async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(1_000_000), async (of, seed) => {
      await watched(of, seed, async (bench, trace) => {
        trace.announced.length = 0
        await bench.after(bench.engine.stop('shop', by), LONG)
        expect(bench.shop.state).toBe('stopped')
        expectStopOrder(of, trace.announced)
      })
    }),
    { numRuns: 30, ...PATIENCE },
  )
})

it('removes in the reverse order, and what is inside of something before that', async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(1_000_000), async (of, seed) => {
      await watched(of, seed, async (bench, trace) => {
        trace.announced.length = 0
        await bench.after(bench.engine.remove('shop', by), LONG)
        expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
        expect(await bench.inventory()).toEqual([])
        expectStopOrder(of, trace.announced)
        expectRemovalOrder(of, trace.announced)
      })
    }),
    { numRuns: 30, ...PATIENCE },
  )
})

it('keeps to the order however early a wish is overtaken by its opposite', async () => {
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.nat(1_000_000),
      fc.array(fc.integer({ min: 50, max: 4000 }), { maxLength: 4 }),
      async (of, seed, moments) => {
        const bench = await EngineHarness.open({ ...slow, seed })
        await bench.deploy(landscapeOf(of), moments[0] ?? 1000)
        for (const [at, moment] of moments.entries())
          await bench.after(
            at % 2 === 0 ? bench.engine.stop('shop', by) : bench.engine.start('shop', by),
            moment,
          )
        const trace = new Trace(bench)
        await bench.after(bench.engine.start('shop', by), LONG)
        expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
        trace.announced.length = 0
        await bench.after(bench.engine.remove('shop', by), LONG)
        expect(await bench.inventory()).toEqual([])
        expectStopOrder(of, trace.announced)
        trace.close()
        await bench.close()
      },
    ),
    { numRuns: 30, ...PATIENCE },
  )
})

async function watched(
  of: readonly Part[],
  seed: number,
  use: (bench: EngineHarness, trace: Trace) => Promise<void>,
): Promise<void> {
  const bench = await EngineHarness.open({ ...slow, seed })
  const trace = new Trace(bench)
  await bench.deploy(landscapeOf(of), LONG)
  await use(bench, trace)
  trace.close()
  await bench.close()
}

const BEGINS = new Set(['ensure', 'boot', 'launch'])
const ENDS = new Set(['stop-command', 'end-run', 'halt'])

/** Nothing of a part is made or launched before everything that it starts after is up. */
function expectStartOrder(of: readonly Part[], announced: readonly Announced[]): void {
  for (const { path, step, shown } of announced) {
    const part = BEGINS.has(step.kind) ? partOf(of, path) : undefined
    if (part === undefined) continue
    for (const before of beforeOf(part, of))
      expect([path, step.kind, before.name, isUp(before, shown)]).toEqual([
        path,
        step.kind,
        before.name,
        true,
      ])
  }
}

/** Nothing of a part is ended while something that starts after it may run. */
function expectStopOrder(of: readonly Part[], announced: readonly Announced[]): void {
  for (const { path, step, shown } of announced) {
    const part = ENDS.has(step.kind) ? partOf(of, path) : undefined
    if (part === undefined) continue
    for (const after of of.filter((one) => beforeOf(one, of).includes(part)))
      expect([path, step.kind, ...stillRunning(after, shown)]).toEqual([path, step.kind])
  }
}

function expectRemovalOrder(of: readonly Part[], announced: readonly Announced[]): void {
  for (const { path, step, slots } of announced) {
    const part = step.kind === 'destroy' ? partOf(of, path) : undefined
    if (part === undefined) continue
    const later = of.filter((one) => beforeOf(one, of).includes(part)).map((one) => one.name)
    const left = [...slots].filter(
      (slot) => later.some((name) => isWithin(slot, name)) || isBelow(slot, path),
    )
    expect([path, left]).toEqual([path, []])
  }
}

function isUp(part: Part, shown: ReadonlyMap<string, Shown>): boolean {
  const up = (path: string): boolean => shown.get(path)?.up === true
  const { name, kind } = part
  if (kind !== 'role' && kind !== 'group') return up(name)
  const role = kind === 'group' ? `${name}/b` : name
  const members = [...shown.keys()].filter(
    (path) => /^\/\d+$/.test(path.slice(role.length)) && isWithin(path, role),
  )
  return members.filter(up).length >= neededOf(part) && (kind === 'role' || up(`${name}/a`))
}

const QUIET = new Set(['stopped', 'completed', 'created', 'removing', 'gone'])

function stillRunning(part: Part, shown: ReadonlyMap<string, Shown>): readonly string[] {
  return [...shown]
    .filter(([path, { state }]) => isWithin(path, part.name) && !QUIET.has(state))
    .map(([path, { state }]) => `${path} is ${state}`)
}

function partOf(of: readonly Part[], path: string): Part | undefined {
  return of.find((part) => isWithin(path, part.name))
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || isBelow(path, ancestor)
}

function isBelow(path: string, ancestor: string): boolean {
  return path.startsWith(`${ancestor}/`)
}
