import { afterEach, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by, placeRecord } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

function add(name: string, config: JsonObject = {}) {
  return bench.engine.addLocation(placeRecord(name, config), by)
}

function names(): readonly string[] {
  return bench.engine.locations().map((location) => location.name)
}

const there = { placement: { locations: ['later'], zones: [] } }

it('lists locations with where they are configured and how many are there', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([service('web')]))
  accepted(await add('later'))
  expect(bench.engine.locations()).toMatchObject([
    { name: 'sim', driver: 'simulated', origin: 'built-in', inUse: 1, circuit: 'closed', silent: false },
    { name: 'later', driver: 'simulated', origin: 'rest', inUse: 0, circuit: 'closed', silent: false },
  ])
})

it('has a location that was added after the engine was restarted too', async () => {
  bench = await EngineHarness.open()
  accepted(await add('later', { boot: 1000 }))
  await bench.restart()
  expect(bench.engine.locations()).toContainEqual(
    expect.objectContaining({ name: 'later', config: { boot: 1000 } }),
  )
})

it('changes a location that was added, for those who are there', async () => {
  bench = await EngineHarness.open()
  accepted(await add('later'))
  await bench.deploy(application([service('web', there)]))
  accepted(await add('later', { observePeriod: 1000 }))
  await bench.settle(30_000)
  expect(bench.shop.state).toBe('running')
  expect(names()).toEqual(['sim', 'later'])
})

it('refuses a configuration that is at fault, and changes nothing', async () => {
  bench = await EngineHarness.open()
  accepted(await add('later', { boot: 1000 }))
  expect(await add('later', { bot: 1 })).toMatchObject({
    kind: 'invalid',
    reason: expect.stringContaining('bot') as string,
  })
  expect(await add('other', { boot: 'soon' })).toMatchObject({ kind: 'invalid' })
  expect(bench.engine.locations().map(({ name, config }) => [name, config])).toEqual([
    ['sim', {}],
    ['later', { boot: 1000 }],
  ])
})

it('refuses a driver that it does not have', async () => {
  bench = await EngineHarness.open()
  const record = { ...placeRecord('later', {}), driver: 'moon' }
  expect(await bench.engine.addLocation(record, by)).toMatchObject({ kind: 'invalid' })
  expect(names()).toEqual(['sim'])
})

it('lets nobody change or remove what is configured elsewhere', async () => {
  bench = await EngineHarness.open()
  const refused = { kind: 'conflict', reason: 'location sim is configured by the product', moved: [] }
  expect(await add('sim')).toEqual(refused)
  expect(await bench.engine.removeLocation('sim', by)).toEqual(refused)
})

it('removes a location once nobody is there', async () => {
  bench = await EngineHarness.open()
  accepted(await add('later'))
  await bench.deploy(application([service('web', there)]))
  expect(await bench.engine.removeLocation('later', by)).toMatchObject({
    kind: 'conflict',
    reason: '1 entities are there, and 1 networks and volumes of ours',
  })
  await bench.after(bench.engine.remove('shop', by))
  accepted(await bench.engine.removeLocation('later', by))
  expect(names()).toEqual(['sim'])
  await bench.restart()
  expect(names()).toEqual(['sim'])
  expect(await bench.engine.removeLocation('later', by)).toEqual({
    kind: 'not-found',
    what: 'location later',
  })
})

it('keeps a location while anything of ours is left there', async () => {
  const calls = [{ verbs: ['destroy'], name: '*web*', effect: 'refuse', cause: 'unreachable' }]
  bench = await EngineHarness.open()
  accepted(await add('later', { script: { calls } }))
  await bench.deploy(application([service('web', there)]))
  await bench.after(bench.engine.update('shop', application([service('web')]), by))
  expect(bench.entity('web')).toMatchObject({ location: 'sim', leaving: 1 })
  expect(await bench.engine.removeLocation('later', by)).toMatchObject({
    kind: 'conflict',
    reason: expect.stringMatching(/^1 entities are there/) as string,
  })
})

it('keeps a location while a volume is kept there', async () => {
  bench = await EngineHarness.open()
  accepted(await add('later'))
  const volumes = [{ name: 'data', path: '/data' }]
  const settings = { keepMachines: false }
  await bench.deploy(application([service('db', { ...there, volumes })], { settings }))
  await bench.after(bench.engine.stop('shop', by))
  expect(await bench.machines('later')).toEqual([])
  expect(await bench.engine.removeLocation('later', by)).toMatchObject({
    kind: 'conflict',
    reason: expect.stringMatching(/^0 entities are there, and \d networks and volumes of ours$/) as string,
  })
})

it('tests a location line by line', async () => {
  bench = await EngineHarness.open()
  const lines = accepted(await bench.engine.testLocation('sim', ann))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.every((line) => line.ok)).toBe(true)
  expect(await bench.engine.testLocation('later', ann)).toEqual({ kind: 'not-found', what: 'location later' })
})
