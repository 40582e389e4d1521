import { afterEach, beforeEach, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service } from '../../support/specs.js'

const shop = application([entity('data', { children: [service('db')] }), role('web', 1)])
const cache = { parent: 'data', key: 'cache', spec: service('cache') }

let bench: EngineHarness
beforeEach(async () => {
  bench = await EngineHarness.open()
  await bench.deploy(shop)
})
afterEach(() => bench.close())

it('makes what is added to a running application, and touches nothing else', async () => {
  const before = bench.token('data/db')
  await bench.after(bench.engine.graft('shop', cache, by))
  expect(bench.tree).toMatchObject({ 'data/db': 'running', 'web/1': 'running', 'data/cache': 'running' })
  expect(bench.shop).toMatchObject({ state: 'running', version: 2 })
  expect(bench.token('data/db')).toBe(before)
})

it('adds one thing once by one key, however often and however much at once it is asked for', async () => {
  const asked = [1, 2, 3].map(() => bench.engine.graft('shop', cache, by))
  const kinds = (await Promise.all(asked)).map((one) => [one.kind, 'task' in one])
  await bench.settle(10_000)
  expect(kinds).toEqual([
    ['accepted', true],
    ['accepted', false],
    ['accepted', false],
  ])
  expect(await bench.machines()).toEqual(['data/cache', 'data/db', 'web/1'])
  expect(bench.shop.version).toBe(2)
})

it('ends and removes what is taken away again', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  await bench.after(bench.engine.prune('shop', 'data/cache', by))
  expect(bench.tree).not.toHaveProperty('data/cache')
  expect(await bench.machines()).toEqual(['data/db', 'web/1'])
  const again = await bench.engine.prune('shop', 'data/cache', by)
  expect(again).toMatchObject({ kind: 'accepted' })
  expect(again).not.toHaveProperty('task')
})

it('keeps what was added when another document is applied, and the plan says so', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  const token = bench.token('data/cache')
  const next = application([entity('data', { children: [service('db')] }), role('web', 2)])
  const plan = accepted(await bench.engine.plan(next, { ...by, application: 'shop' }))
  expect(plan.grafts).toEqual([{ entity: 'data/cache' }])
  expect(plan.steps.map(({ action, entity }) => `${action} ${entity}`)).toEqual(['create web/2'])
  await bench.after(bench.engine.update('shop', next, { ...by, planDigest: plan.digest }))
  expect(bench.token('data/cache')).toBe(token)
  expect(bench.tree['web/2']).toBe('running')
})

it('removes what was added to something that the next document has no more, and the plan says so', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  const next = application([role('web', 1)])
  const plan = accepted(await bench.engine.plan(next, { ...by, application: 'shop' }))
  expect(plan.grafts).toEqual([{ entity: 'data/cache', lost: 'there is no entity data' }])
  expect(plan.summary).toEqual({ destroy: 2 })
  await bench.after(bench.engine.update('shop', next, { ...by, planDigest: plan.digest }))
  expect(await bench.machines()).toEqual(['web/1'])
})

it('goes back to what a version had added, and to nothing where that had nothing', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  await bench.after(bench.engine.rollback('shop', 1, by))
  expect(await bench.machines()).toEqual(['data/db', 'web/1'])
  await bench.after(bench.engine.rollback('shop', 2, by))
  expect(await bench.machines()).toEqual(['data/cache', 'data/db', 'web/1'])
  await bench.after(bench.engine.prune('shop', 'data/cache', by))
  expect(await bench.machines()).toEqual(['data/db', 'web/1'])
})

it('is the same after a restart, and can still be taken away', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  const token = bench.token('data/cache')
  await bench.restart()
  await bench.settle(10_000)
  expect(bench.tree['data/cache']).toBe('running')
  expect(bench.token('data/cache')).toBe(token)
  await bench.after(bench.engine.prune('shop', 'data/cache', by))
  expect(await bench.machines()).toEqual(['data/db', 'web/1'])
})

it('shows beforehand what adding would do, and does nothing', async () => {
  const plan = accepted(await bench.engine.planGraft('shop', cache, ann))
  expect(plan.steps.map(({ action, entity }) => `${action} ${entity}`)).toEqual(['create data/cache'])
  expect(plan.capacity).toMatchObject([{ asked: 1, enough: true }])
  expect(bench.shop.version).toBe(1)
})

it('keeps the text of the document beside the version that has more', async () => {
  const text = 'name: shop'
  await bench.after(bench.engine.update('shop', shop, { ...by, source: text }))
  await bench.after(bench.engine.graft('shop', cache, by))
  const { source, view } = accepted(await bench.engine.version(ann, 'shop', 3))
  expect(source).toBe(text)
  expect(view.grafts).toEqual([{ key: 'cache', parent: 'data', name: 'cache' }])
})

it('adds to no application of another tenant', async () => {
  const eve = { by: { tenant: 'elsewhere', name: 'eve' } }
  expect(await bench.engine.graft('shop', cache, eve)).toMatchObject({ kind: 'not-found' })
  expect(await bench.engine.prune('shop', 'data/db', eve)).toMatchObject({ kind: 'not-found' })
})

it('adds nothing to what is being removed', async () => {
  accepted(await bench.engine.remove('shop', by))
  expect(await bench.engine.graft('shop', cache, by)).toMatchObject({ kind: 'invalid' })
  await bench.settle(10_000)
  expect(await bench.machines()).toEqual([])
})

it('removes with the application what was added to it', async () => {
  await bench.after(bench.engine.graft('shop', cache, by))
  await bench.after(bench.engine.remove('shop', by), 20_000)
  expect(await bench.machines()).toEqual([])
})

it('does not go over the quota of an application', async () => {
  await bench.close()
  bench = await EngineHarness.open({ engine: { quota: 2 } })
  await bench.deploy(shop)
  expect(await bench.engine.graft('shop', cache, by)).toMatchObject({ kind: 'quota' })
  expect(bench.shop.version).toBe(1)
})
