import { afterEach, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('scales by hand from three to seven to two, and shows updating meanwhile', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  await bench.deploy(application([role('web', 3)]))
  await bench.after(bench.engine.scale('shop', 'web', 7, by), 500)
  expect(bench.shop.state).toBe('updating')
  await bench.settle(10_000)
  expect(bench.shop).toMatchObject({ state: 'running', roles: [{ wanted: 7, present: 7, up: 7 }] })
  await bench.after(bench.engine.scale('shop', 'web', 2, by))
  expect(bench.shop).toMatchObject({ state: 'running', roles: [{ wanted: 2, present: 2, up: 2 }] })
  expect(await bench.machines()).toEqual(['web/1', 'web/2'])
})

it('never uses the number of a member again', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 2)]))
  await bench.after(bench.engine.scale('shop', 'web', 1, by))
  await bench.after(bench.engine.scale('shop', 'web', 2, by))
  expect(await bench.machines()).toEqual(['web/1', 'web/3'])
})

it('does not add two when growing by one is repeated for the same count', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 3)]))
  const grow = () => bench.engine.resize('shop', 'web', 1, { ...by, from: 3 })
  const answers = await Promise.all([grow(), grow(), grow()])
  expect(answers.map((answer) => answer.kind)).toEqual(['accepted', 'accepted', 'accepted'])
  expect(answers.filter((answer) => 'task' in answer)).toHaveLength(1)
  await bench.after(grow())
  expect(bench.shop.roles[0]).toMatchObject({ wanted: 4, up: 4 })
})

it('refuses to grow from a count that is not the present one', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 3)]))
  expect(await bench.engine.resize('shop', 'web', 1, { ...by, from: 5 })).toEqual({
    kind: 'invalid',
    reason: 'web has 3 members, not 5',
  })
})

it('adds one with each call that names no count', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 1)]))
  await bench.after(bench.engine.resize('shop', 'web', 1, by))
  await bench.after(bench.engine.resize('shop', 'web', 1, by))
  expect(bench.shop.roles[0]).toMatchObject({ wanted: 3, up: 3 })
})

it.each([
  [11, 'web may have 1 to 4 members, not 11'],
  [0, 'web may have 1 to 4 members, not 0'],
  [1.5, '1.5 is not a whole number'],
])('refuses %s members, which are outside of the bounds', async (count, reason) => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 2, { rules: { min: 1, max: 4 } })]))
  expect(await bench.engine.scale('shop', 'web', count, by)).toEqual({ kind: 'invalid', reason })
})

it('causes two effects at most for a thousand wishes in a second', async () => {
  bench = await EngineHarness.open({ place: { delays: { ensure: 20 } } })
  await bench.deploy(application([role('web', 1)]))
  const before = { ensure: bench.callsOf('ensure').length, destroy: bench.callsOf('destroy').length }
  for (let wish = 1; wish <= 1000; wish += 1) {
    accepted(await bench.engine.scale('shop', 'web', 1 + (wish % 9), by))
    await bench.settle(1)
  }
  await bench.settle(10_000)
  expect(bench.shop).toMatchObject({ state: 'running', roles: [{ wanted: 2, up: 2 }] })
  // First two are wanted, which is done at once; of all the others only the last counts.
  expect(bench.callsOf('ensure').length - before.ensure).toBe(1)
  expect(bench.callsOf('destroy').length - before.destroy).toBe(0)
})

it('meets the first and the last of many wishes that come at once', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 1)]))
  const counts = Array.from({ length: 1000 }, (_, wish) => 2 + (wish % 7))
  await Promise.all(counts.map((count) => bench.engine.scale('shop', 'web', count, by)))
  await bench.settle(10_000)
  expect(bench.shop.roles[0]).toMatchObject({ wanted: 7, up: 7 })
  expect(bench.callsOf('ensure').filter((name) => name.includes('-web-')).length).toBeLessThanOrEqual(8)
  expect(bench.callsOf('destroy')).toEqual([])
})

it('overtakes a wish with a later one, whose task alone succeeds', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  await bench.deploy(application([role('web', 1)]))
  await bench.engine.scale('shop', 'web', 8, by)
  await bench.settle(100)
  await bench.after(bench.engine.scale('shop', 'web', 2, by))
  const tasks = accepted(bench.engine.tasks(ann, 'shop', 'web')).filter((task) => task.name === 'scale')
  expect(tasks.map((task) => task.state)).toEqual(['succeeded', 'superseded'])
  expect(await bench.machines()).toEqual(['web/1', 'web/2'])
})

it('makes no more members at once than the role allows', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  await bench.deploy(application([role('web', 6, { rules: { concurrency: 2 } })]), 20_000)
  expect(bench.shop.roles[0]?.up).toBe(6)
  const made = bench.calls.filter((call) => call.verb === 'ensure' && call.about.join().includes('web'))
  expect(Math.max(...made.map((call) => call.about.length))).toBe(2)
})

it('takes the members that are not up first, where the role says so', async () => {
  const rules = { calls: [{ verbs: ['ensure'], name: '*web-1-*', effect: 'refuse', cause: 'capacity' }] }
  bench = await EngineHarness.open({ place: { script: rules } })
  const web = role('web', 3, { rules: { victims: 'unhealthy-first' } })
  await bench.deploy(application([web]))
  await bench.after(bench.engine.scale('shop', 'web', 2, by))
  expect(await bench.machines()).toEqual(['web/2', 'web/3'])
})

it('joins members that declare no machine to no network', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('group', 2, { rules: { spec: entity('one') } })]))
  expect(bench.tree).toEqual({ 'group/1': 'running', 'group/2': 'running' })
  expect((await bench.inventory()).filter(({ kind }) => kind === 'network')).toEqual([])
})
