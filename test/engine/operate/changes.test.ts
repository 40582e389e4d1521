import { afterEach, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

it('records one of two applications of one name that are deployed at the same moment', async () => {
  bench = await EngineHarness.open()
  const shop = application([service('db')])
  const [first, second] = await Promise.all([bench.engine.deploy(shop, by), bench.engine.deploy(shop, by)])
  expect([first.kind, second.kind]).toEqual(['accepted', 'conflict'])
  expect(second).toMatchObject({ reason: 'an application named shop exists already' })
  expect(bench.engine.applications(ann)).toHaveLength(1)
})

it('lets no update take the name of another application', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([service('db')]))
  const bank = accepted(await bench.engine.deploy(application([service('db')], { name: 'bank' }), by))
  const taken = await bench.engine.update(bank.id, application([service('db')], { name: 'Shop' }), by)
  expect(taken).toMatchObject({ kind: 'conflict', reason: 'an application named Shop exists already' })
  const other = application([service('db')], { name: 'mill' })
  const [renamed, late] = await Promise.all([
    bench.engine.update(bank.id, other, by),
    bench.engine.deploy(other, by),
  ])
  expect([renamed.kind, late.kind]).toEqual(['accepted', 'conflict'])
  expect(accepted(await bench.engine.update(bank.id, other, by)).name).toBe('mill')
})

it('applies no plan when something is changed while its document is written', async () => {
  bench = await EngineHarness.open()
  const shop = (count: number) => application([role('web', count)])
  await bench.deploy(shop(1))
  const plan = accepted(await bench.engine.plan(shop(3), { ...by, application: 'shop' }))
  const [late, scaled] = await Promise.all([
    bench.engine.update('shop', shop(3), { ...by, planDigest: plan.digest }),
    bench.engine.scale('shop', 'web', 2, { ...by, reason: 'a rush' }),
  ])
  expect(scaled.kind).toBe('accepted')
  expect(late).toMatchObject({ kind: 'conflict', moved: ['a rush'] })
  expect(bench.shop.version).toBe(1)
})

it('says what a new plan would do where the one for a deployment is stale', async () => {
  bench = await EngineHarness.open()
  const plan = accepted(await bench.engine.plan(application([service('db')]), by))
  const two = application([service('db'), service('web')])
  const stale = await bench.engine.deploy(two, { ...by, planDigest: plan.digest })
  expect(stale).toMatchObject({ kind: 'conflict', moved: ['now: create db', 'now: create web'] })
  expect(bench.engine.applications(ann)).toEqual([])
})

const stranger = { by: { tenant: 'elsewhere', name: 'eve' } }

it('lets no deployment take the id of another application, whoever has it, nor of one that is gone', async () => {
  bench = await EngineHarness.open()
  const chosen = { id: 'bank' }
  const bank = application([service('db')], { name: 'bank' })
  const first = accepted(await bench.engine.deploy(bank, { ...by, ...chosen }))
  expect(first.id).toBe('bank')
  const mill = application([service('db'), service('web')], { name: 'mill' })
  const taken = { kind: 'conflict', reason: 'the id bank is taken' }
  expect(await bench.engine.deploy(mill, { ...by, ...chosen })).toMatchObject(taken)
  expect(await bench.engine.deploy(mill, { ...stranger, ...chosen })).toMatchObject(taken)
  const { spec } = accepted(await bench.engine.version(ann, 'bank', 1))
  expect(spec.name).toBe('bank')
  await bench.after(bench.engine.remove('bank', by), 60_000)
  expect(bench.engine.application(ann, 'bank').kind).toBe('gone')
  expect(await bench.engine.deploy(mill, { ...by, ...chosen })).toMatchObject(taken)
})

it('lets two deployments of one id at the same moment be one', async () => {
  bench = await EngineHarness.open()
  const named = (name: string) => application([service('db')], { name })
  const [first, second] = await Promise.all([
    bench.engine.deploy(named('bank'), { ...by, id: 'one' }),
    bench.engine.deploy(named('mill'), { ...stranger, id: 'one' }),
  ])
  expect([first.kind, second.kind]).toEqual(['accepted', 'conflict'])
})

it('keeps ids apart from the names of other applications', async () => {
  bench = await EngineHarness.open()
  const named = (name: string) => application([service('db')], { name })
  accepted(await bench.engine.deploy(named('bank'), { ...by, id: 'vault' }))
  expect(await bench.engine.deploy(named('mill'), { ...by, id: 'bank' })).toMatchObject({
    kind: 'conflict',
    reason: 'the id bank is taken',
  })
  expect(await bench.engine.deploy(named('Vault'), by)).toMatchObject({ kind: 'conflict' })
  accepted(await bench.engine.deploy(named('vault'), stranger))
  expect(accepted(bench.engine.application(stranger.by, 'vault')).name).toBe('vault')
  expect(accepted(bench.engine.application(ann, 'vault')).name).toBe('bank')
})
