import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HostLossRule } from '../../engine/index.js'
import { EngineHarness, by } from '../support/engine-harness.js'
import { application, role, service } from '../support/specs.js'
import { PATIENCE } from './landscapes.js'

const MINUTE = 60_000

/** Longer than any loss, any back-off, and than the collector needs to be certain of an orphan. */
const CALM = 60 * MINUTE

const PLACES = ['sim', 'other'] as const

/** What befalls a landscape after so many milliseconds: losses end by themselves. */
const happening = fc.record({
  after: fc.integer({ min: 0, max: 4 * MINUTE }),
  what: fc.constantFrom('host', 'host', 'host', 'zone', 'place', 'vanish', 'scale', 'replace', 'restart'),
  place: fc.constantFrom(...PLACES),
  which: fc.nat(20),
  lasts: fc.integer({ min: 1_000, max: 10 * MINUTE }),
})

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

const landscape = fc.record({
  rule: fc.constantFrom<HostLossRule>('wait', 'fence', 'recreate'),
  count: fc.integer({ min: 1, max: 4 }),
  room: fc.integer({ min: 0, max: 2 }),
  surge: fc.integer({ min: 0, max: 2 }),
  locations: fc.constantFrom(['sim'], ['sim', 'other']),
  zones: fc.constantFrom([], ['a', 'b']),
  fences: fc.boolean(),
  volume: fc.boolean(),
})

type Landscape = typeof landscape extends fc.Arbitrary<infer T> ? T : never

it('makes no more of a role than its bounds allow, whatever is lost and found again, and in the end has each once', async () => {
  await fc.assert(
    fc.asyncProperty(
      landscape,
      fc.array(happening, { maxLength: 8 }),
      fc.nat(1_000_000),
      async (of, happenings, seed) => {
        const place = { fences: of.fences, zones: of.zones.length === 0 ? {} : { a: {}, b: {} } }
        const bench = await EngineHarness.open({ seed, place, places: { other: place } })
        await bench.deploy(specOf(of), MINUTE)
        for (const one of happenings) {
          await befall(bench, of, one)
          await bench.settle(one.after)
          await expectBounds(bench, of)
        }
        await bench.settle(CALM)
        await expectBounds(bench, of)
        expect(bench.life.most.get('web') ?? 0).toBeLessThanOrEqual(mostOf(of))
        expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
        await expectEachOnce(bench)
        await bench.after(bench.engine.remove('shop', by), CALM)
        for (const name of PLACES) expect(await bench.inventory(name)).toEqual([])
        await bench.close()
      },
    ),
    { numRuns: 60, ...PATIENCE },
  )
})

function specOf({ rule, count, room, surge, locations, zones, volume }: Landscape) {
  const placement = { locations, zones, onHostLost: rule }
  const replacement = { order: 'new-first', surge, unavailable: 1 } as const
  const volumes = volume ? [{ name: 'data', path: '/data' }] : []
  return application([
    role('web', count, { placement, rules: { max: count + room, replacement } }),
    service('db', { placement, volumes }),
  ])
}

function mostOf({ count, room, surge }: Landscape): number {
  return count + room + surge
}

/** By the far ends' own count; at most one machine ever has the volume. */
async function expectBounds(bench: EngineHarness, of: Landscape): Promise<void> {
  const on = await machinesOn(bench)
  const web = on.filter((path) => path.startsWith('web/'))
  expect(web.length).toBeLessThanOrEqual(mostOf(of))
  if (of.volume) expect(on.filter((path) => path === 'db').length).toBeLessThanOrEqual(1)
}

async function expectEachOnce(bench: EngineHarness): Promise<void> {
  const wanted = Object.keys(bench.tree).sort()
  expect((await machinesOn(bench)).sort()).toEqual(wanted)
  const there = await Promise.all(PLACES.map((name) => bench.machines(name)))
  expect(there.flat().sort()).toEqual(wanted)
}

async function machinesOn(bench: EngineHarness): Promise<string[]> {
  const entries = await Promise.all(PLACES.map((name) => bench.inventory(name)))
  const on = entries.flat().filter(({ kind, state }) => kind === 'machine' && state === 'running')
  return on.map((entry) => entry.marks?.entity ?? '')
}

/** Who replaces what is lost sees to it first that it does not run: by that word another one is made. */
async function replaceByHand(bench: EngineHarness, path: string): Promise<void> {
  if (bench.tree[path] === 'failed')
    for (const name of PLACES)
      for (const { kind, marks, token } of await bench.inventory(name))
        if (kind === 'machine' && marks?.entity === path) await bench.place(name).vanish(token)
  await bench.engine.replace('shop', path, by)
}

async function befall(bench: EngineHarness, of: Landscape, one: Happening): Promise<void> {
  const place = bench.place(one.place)
  const machines = (await bench.inventory(one.place)).filter(({ kind }) => kind === 'machine')
  const token = machines[one.which % Math.max(1, machines.length)]?.token
  switch (one.what) {
    case 'zone':
      await place.loseHosts(one.which % 2 === 0 ? 'a' : 'b', one.lasts)
      return
    case 'place':
      await place.cutOff(one.lasts)
      return
    case 'restart':
      await bench.restart()
      return
    case 'scale':
      await bench.engine.scale('shop', 'web', one.which % (of.count + of.room + 1), by)
      return
    case 'replace':
      await replaceByHand(bench, `web/${1 + (one.which % of.count)}`)
      return
    default:
      if (token === undefined) return
      if (one.what === 'host') await place.loseHost(token, one.lasts)
      else await place.vanish(token)
  }
}
