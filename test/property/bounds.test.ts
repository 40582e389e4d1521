import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RoleRecord, SlotRecord } from '../../engine/index.js'
import { EngineHarness, ann, by, type HarnessOptions } from '../support/engine-harness.js'
import { application, role } from '../support/specs.js'
import { PATIENCE, boundsOf, landscapeOf, parts, type Part } from './landscapes.js'

const LONG = 300_000

const slow: HarnessOptions = {
  place: {
    boot: { min: 0, max: 3000 },
    delays: { destroy: { min: 0, max: 900 }, endRun: { min: 0, max: 900 } },
  },
}

/** What somebody wishes, or what befalls a machine, after so many milliseconds. */
const happening = fc.record({
  after: fc.integer({ min: 0, max: 4000 }),
  part: fc.nat(4),
  member: fc.nat(5),
  what: fc.constantFrom(
    'scale',
    'scale',
    'replace',
    'new-first',
    'old-first',
    'image',
    'vanish',
    'crash',
    'fail',
  ),
})

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

it('never has more incarnations of a role than max and surge allow, whatever is wished and whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.array(happening, { maxLength: 12 }),
      fc.nat(1_000_000),
      async (of, happenings, seed) => {
        const bench = await EngineHarness.open({ ...slow, seed })
        await bench.deploy(landscapeOf(of), 5000)
        for (const one of happenings) {
          await happen(bench, of, one)
          await bench.settle(one.after)
        }
        await bench.settle(LONG)
        const over = [...bench.life.most].filter(
          ([path, most]) => most > (boundsOf(of).get(path) ?? Infinity),
        )
        expect(over).toEqual([])
        expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
        for (const one of bench.shop.roles) expect([one.path, one.up]).toEqual([one.path, one.wanted])
        await bench.close()
      },
    ),
    { numRuns: 40, ...PATIENCE },
  )
})

it('meets a thousand wishes in a second with two changes of a number at most, the last one among them', async () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(counts, fc.nat(8), async (wished, first) => {
      const bench = await EngineHarness.open(slow)
      await bench.deploy(application([role('web', first), role('other', 1)]), LONG)
      const changes = watchCounts(bench)
      for (let wish = 0; wish < 1000; wish += 1) {
        await bench.engine.scale('shop', 'web', wished[wish % wished.length] ?? 0, by)
        if (wish % 10 === 0) await bench.settle(9)
      }
      await bench.settle(LONG)
      const last = wished[999 % wished.length]
      expect(bench.shop).toMatchObject({ state: 'running', roles: [{ wanted: last, up: last }, { up: 1 }] })
      expect(changes.size).toBeLessThanOrEqual(2)
      expect(bench.callsOf('destroy').filter((name) => name.includes('-other-'))).toEqual([])
      await bench.close()
    }),
    { numRuns: 6, ...PATIENCE },
  )
})

/** Moments at which members were added or retired. */
function watchCounts(bench: EngineHarness): ReadonlySet<number> {
  const moments = new Set<number>()
  const retired = new Set<string>()
  bench.store.watch(bench.engine.health().revision).subscribe((event) => {
    if (event.kind !== 'commit') return
    for (const change of event.commit.changes) {
      if (change.kind === 'delete') continue
      const record = change.value as unknown as SlotRecord | RoleRecord
      if (record.kind === 'role') moments.add(bench.clock.now())
      if (record.kind !== 'slot' || record.retired === undefined || retired.has(record.path)) continue
      retired.add(record.path)
      moments.add(bench.clock.now())
    }
  })
  return moments
}

async function happen(bench: EngineHarness, of: readonly Part[], one: Happening): Promise<void> {
  const { engine } = bench
  const part = of[one.part % of.length]
  if (part === undefined) return
  const path = part.kind === 'group' ? `${part.name}/b` : part.name
  const isRole = part.kind === 'group' || part.kind === 'role'
  const members = Object.keys(bench.tree).filter(
    (slot) => slot.startsWith(`${path}/`) && !slot.endsWith('agent'),
  )
  const slot = isRole ? members[one.member % Math.max(1, members.length)] : path
  if (one.what === 'scale') {
    if (isRole) await engine.scale('shop', path, one.member % (part.count + part.room + 1), by)
  } else if (one.what === 'image') {
    const changed = of.map((other) => (other === part ? { ...other, image: 2 + (one.member % 2) } : other))
    await engine.update('shop', landscapeOf(changed), by)
  } else if (slot !== undefined) await befall(bench, slot, one.what)
}

async function befall(bench: EngineHarness, slot: string, what: Happening['what']): Promise<void> {
  const order = what === 'new-first' || what === 'old-first' ? { order: what } : {}
  if (what === 'replace' || 'order' in order) {
    await bench.engine.replace('shop', slot, { ...by, ...order })
    return
  }
  const view = bench.engine.entity(ann, 'shop', slot)
  const machine =
    view.kind === 'accepted' ? view.value.resources.find((one) => one.kind === 'machine') : undefined
  if (machine === undefined) return
  if (what === 'vanish') await bench.place().vanish(machine.token)
  else if (what === 'crash') await bench.place().crash(machine.token)
  else await bench.place().fail(machine.token)
}
