import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '../../engine/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../support/engine-harness.js'
import { PATIENCE, changes, landscapeOf, parts, type Part } from './landscapes.js'

const LONG = 200_000

const slow: HarnessOptions = {
  place: { boot: 1500, delays: { destroy: 400, endRun: 300, run: 200 } },
}

/** What may be asked of an application, with the time that passes after it. */
const wish = fc.record({
  what: fc.constantFrom('stop', 'start', 'scale', 'replace', 'update', 'recover', 'rollback'),
  after: fc.integer({ min: 0, max: 5000 }),
  part: fc.nat(4),
})

type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never

it('gives the same entries when all commits are replayed as when they are loaded', async () => {
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(wish, { maxLength: 5 }),
      fc.boolean(),
      async ([before, after], wishes, ends) => {
        const bench = await EngineHarness.open(slow)
        const replayed = replayOf(bench)
        await bench.deploy(landscapeOf(before), 3000)
        for (const one of wishes) await ask(bench, one, [before, after])
        if (ends) await bench.after(bench.engine.remove('shop', by), LONG)
        const { entries } = await bench.store.load('')
        expect(new Map(entries.map((entry) => [entry.key, entry.value]))).toEqual(replayed)
        await bench.close()
      },
    ),
    { numRuns: 25, ...PATIENCE },
  )
})

it('shows the same after its books were loaded again as before', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.array(wish, { maxLength: 5 }), async ([before, after], wishes) => {
      const bench = await EngineHarness.open(slow)
      await bench.deploy(landscapeOf(before), 2000)
      for (const one of wishes) {
        await ask(bench, one, [before, after])
        await bench.settle(LONG)
        const shown = views(bench)
        await bench.engine.close()
        const stored = await bench.store.load('')
        await bench.restart()
        expect(views(bench)).toEqual(shown)
        // What was so already is not written again.
        expect(keysOf(stored.entries)).toEqual(keysOf((await bench.store.load('')).entries))
      }
      await bench.close()
    }),
    { numRuns: 25, ...PATIENCE },
  )
})

it('ends as it would have without being restarted again and again', async () => {
  const moments = fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(parts, moments, async (of, restarts) => {
      const [peaceful, troubled] = [await ended(of, []), await ended(of, restarts)]
      expect(troubled).toEqual(peaceful)
    }),
    { numRuns: 25, ...PATIENCE },
  )
})

it('leaves nothing in the store of what is gone and whose tombstone has fallen', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.array(wish, { maxLength: 4 }), async ([before, after], wishes) => {
      const bench = await EngineHarness.open({ ...slow, engine: { tombstoneFor: 60_000 } })
      await bench.deploy(landscapeOf(before), 2000)
      for (const one of wishes) await ask(bench, one, [before, after])
      await bench.after(bench.engine.remove('shop', by), LONG + 60_000)
      expect((await bench.store.load('')).entries).toEqual([])
      expect(await bench.inventory()).toEqual([])
      await bench.close()
    }),
    { numRuns: 30, ...PATIENCE },
  )
})

/** Everything that a store would hold by its commits alone. */
function replayOf(bench: EngineHarness): ReadonlyMap<string, Json> {
  const entries = new Map<string, Json>()
  bench.store.watch(0).subscribe((event) => {
    if (event.kind !== 'commit') throw new Error('a gap in the commits')
    for (const change of event.commit.changes)
      if (change.kind === 'put') entries.set(change.key, change.value)
      else entries.delete(change.key)
  })
  return entries
}

/** What faces show, but for what follows from the time of a look: reasons, and since when nothing was begun. */
function views(bench: EngineHarness): unknown {
  const entities = accepted(bench.engine.entities(ann, 'shop')).map(
    ({ reason: _reason, since, ...view }) => ({
      ...view,
      state: view.state === 'waiting' ? 'created' : view.state,
      since: view.observedAt === undefined ? 0 : since,
    }),
  )
  const { observedGeneration: _generation, ...application } = bench.shop
  return {
    entities: entities.sort((a, b) => (a.path < b.path ? -1 : 1)),
    application,
    tasks: taskStates(bench),
  }
}

function taskStates(bench: EngineHarness): readonly unknown[] {
  const tasks = accepted(bench.engine.tasks(ann, 'shop')).filter((task) => task.parent === undefined)
  return tasks.map(({ id, name, state }) => [id, name, state]).sort()
}

function keysOf(entries: readonly { readonly key: string }[]): readonly string[] {
  return entries
    .map((entry) => entry.key)
    .filter((key) => !key.startsWith('task/') && !key.startsWith('decision/'))
}

/** How a deployment, a scaling and a change end, with restarts of the engine at these distances. */
async function ended(of: readonly Part[], restarts: readonly number[]): Promise<unknown> {
  const bench = await EngineHarness.open(slow)
  await bench.engine.deploy(landscapeOf(of), { ...by, id: 'shop' })
  for (const after of restarts) {
    await bench.settle(after)
    await bench.restart()
  }
  await bench.settle(LONG)
  const changed = of.map((part, at) => (at === 0 ? { ...part, image: 2 } : part))
  await bench.engine.update('shop', landscapeOf(changed), by)
  for (const after of restarts) {
    await bench.settle(after)
    await bench.restart()
  }
  await bench.settle(LONG)
  const entries = await bench.place().inventory()
  const things = entries.map(({ token, state, creates, deletes, runs }) =>
    [token, state, creates, deletes, ...runs.map((run) => `${run.label} ${run.state}`)].join(' '),
  )
  const end = { tree: bench.tree, state: bench.shop.state, things: things.sort() }
  await bench.close()
  return end
}

async function ask(
  bench: EngineHarness,
  { what, after, part: at }: Wish,
  [before, changed]: readonly [readonly Part[], readonly Part[]],
): Promise<void> {
  const { engine } = bench
  const part = before[at % before.length]
  const role = part?.kind === 'group' ? `${part.name}/b` : (part?.name ?? '')
  if (what === 'stop') await engine.stop('shop', by)
  else if (what === 'start') await engine.start('shop', by)
  else if (what === 'recover') await engine.recover('shop', by)
  else if (what === 'rollback') await engine.rollback('shop', 1, by)
  else if (what === 'update') await engine.update('shop', landscapeOf(changed), by)
  else if (what === 'scale') await engine.scale('shop', role, at, by)
  else await engine.replace('shop', part?.kind === 'role' ? `${role}/1` : role, by)
  await bench.settle(after)
}
