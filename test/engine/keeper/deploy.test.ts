import { afterEach, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import {
  application,
  entity,
  machine,
  role,
  sensorOf,
  service,
  software,
  startsAfter,
} from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('starts roles in order of their priority, those of one priority together', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  const children = [
    role('web', 2, { priority: 20 }),
    role('db', 1, { priority: 10 }),
    service('cache', { priority: 20 }),
  ]
  await bench.deploy(application(children))
  expect(bench.shop.state).toBe('running')
  expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'running', 'db/1': 'running', cache: 'running' })
  const made = bench.calls.filter((call) => call.verb === 'ensure' && !call.about.join().includes('default'))
  expect(made.map((call) => call.about.length)).toEqual([1, 3])
  expect(made[0]?.about[0]).toContain('-db-1-')
})

it('goes through its life in the order of the table', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  await bench.deploy(application([service('web')]))
  expect(bench.life.states).toEqual(['created', 'starting', 'running'])
})

it('counts a role as started as soon as its quorum is up', async () => {
  const rules = { calls: [{ verbs: ['ensure'], name: '*db-3*', effect: 'refuse', cause: 'capacity' }] }
  bench = await EngineHarness.open({ place: { script: rules } })
  const db = role('db', 3, { priority: 10, rules: { startQuorum: { kind: 'number', count: 2 } } })
  await bench.deploy(application([db, service('web', { priority: 20 })]))
  expect(bench.tree).toMatchObject({ 'db/1': 'running', 'db/2': 'running', 'db/3': 'failed', web: 'running' })
})

it('waits for the whole of a role where its quorum is all of it', async () => {
  const rules = { calls: [{ verbs: ['ensure'], name: '*db-3*', effect: 'refuse', cause: 'capacity' }] }
  bench = await EngineHarness.open({ place: { script: rules } })
  await bench.deploy(application([role('db', 3, { priority: 10 }), service('web', { priority: 20 })]))
  expect(bench.tree['web']).toBe('waiting')
  expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits).toEqual(['db is not up'])
})

it('begins an entity only after the one that its relation names is up', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  await bench.deploy(application([service('web', { relations: [startsAfter('db')] }), service('db')]))
  expect(bench.order('running')).toEqual(['db', 'web'])
})

it('tells an entity what another one answers, once it does', async () => {
  bench = await EngineHarness.open({ place: { boot: 1000 } })
  const port = { name: 'sql', number: 5432, protocol: 'tcp', published: false, scheme: 'sql' } as const
  const environment = { DB: sensorOf('db', 'endpoint') }
  await bench.deploy(
    application([
      service('web', { software: software({ launch: 'printenv DB\nsleep 1d' }, { environment }) }),
      service('db', { machine: machine({ ports: [port] }) }),
    ]),
  )
  const logs = accepted(await bench.engine.logs('shop', 'web', { ...by, lines: 10 }))
  expect(logs).toMatch(/^sql:\/\/.*:5432\n$/)
})

it('says what it waits for while a sensor of another entity is missing', async () => {
  bench = await EngineHarness.open()
  const environment = { DB: sensorOf('db', 'schema') }
  await bench.deploy(
    application([
      service('web', { software: software({ launch: 'serve' }, { environment }) }),
      service('db'),
    ]),
  )
  expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits).toContain('db: sensor schema has not been set')
  expect(bench.tree['web']).toBe('starting')
})

it('realises a group by its children alone', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([entity('back', { children: [service('db'), service('cache')] })]))
  expect(bench.tree).toMatchObject({ 'back/db': 'running', 'back/cache': 'running' })
  expect(await bench.machines()).toEqual(['back/cache', 'back/db'])
})

it('makes what members hold inside of them, once for each member', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('node', 2, { member: { children: [service('agent')] } })]))
  expect(await bench.machines()).toEqual(['node/1', 'node/1/agent', 'node/2', 'node/2/agent'])
  await bench.after(bench.engine.scale('shop', 'node', 1, by))
  expect(await bench.machines()).toEqual(['node/1', 'node/1/agent'])
})

it('refuses a second application of the same name', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([service('web')]))
  expect(await bench.engine.deploy(application([service('web')]), by)).toMatchObject({ kind: 'conflict' })
})

it('records without starting when it is asked to', async () => {
  bench = await EngineHarness.open()
  await bench.engine.deploy(application([service('web')]), { ...by, id: 'shop', start: false })
  await bench.settle(10_000)
  expect(bench.shop).toMatchObject({ state: 'stopped', wish: 'stopped' })
  expect(await bench.machines()).toEqual([])
  await bench.after(bench.engine.start('shop', by))
  expect(bench.shop.state).toBe('running')
})

it('waits for a location that is not there, and goes on when it is added', async () => {
  bench = await EngineHarness.open()
  const elsewhere = { placement: { locations: ['later'], zones: [] } }
  await bench.deploy(application([service('web', elsewhere)]))
  expect(bench.tree['web']).toBe('waiting')
  expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits).toEqual(['location later is not there'])
  const record = { kind: 'location', tenant: 'main', name: 'later', driver: 'simulated', config: {} } as const
  await bench.after(bench.engine.addLocation(record, by))
  expect(bench.shop.state).toBe('running')
  expect(await bench.machines('later')).toEqual(['web'])
})

it('is what it was after the engine is restarted, and makes nothing twice', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 3), service('db')]))
  const before = { tree: bench.tree, inventory: await bench.inventory() }
  await bench.restart()
  await bench.settle(30_000)
  expect({ tree: bench.tree, inventory: await bench.inventory() }).toEqual(before)
  expect(bench.shop.state).toBe('running')
})
