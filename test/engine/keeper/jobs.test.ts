import { afterEach, expect, it } from 'vitest'
import type { EntitySpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, machine, role, service, software, startsAfter } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** Something that runs once: 5 s of work, unless told otherwise. */
function job(name: string, more: Partial<EntitySpec> = {}, script = 'sleep 5'): EntitySpec {
  return entity(name, {
    machine: machine(),
    software: software({ launch: script }),
    job: { attempts: 3 },
    ...more,
  })
}

/** How often the work of an entity was begun at the far end. */
async function runsOf(path: string): Promise<number> {
  const entries = await bench.place().inventory()
  const own = entries.filter((one) => one.marks?.entity === path)
  return own.flatMap((one) => one.runs.filter((run) => run.label === 'launch')).length
}

it('is not up while it runs: what starts after it waits until it is done', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed'), service('web', { relations: [startsAfter('seed')] })]), 4_000)
  expect(bench.entity('seed')).toMatchObject({ state: 'starting', up: false, reason: 'its job runs' })
  expect(bench.tree['web']).toBe('waiting')
  expect(bench.shop.state).toBe('starting')
  await bench.settle(6_000)
  expect(bench.tree).toEqual({ seed: 'completed', web: 'running' })
  expect(bench.shop.state).toBe('running')
})

it('may run after others, and gives its machine back when it is done', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([service('db'), job('report', { relations: [startsAfter('db')] })]))
  expect(bench.order('running')).toEqual(['db'])
  expect(bench.entity('report')).toMatchObject({ state: 'completed', up: true, incarnation: 0 })
  expect(await bench.machines()).toEqual(['db'])
})

it('orders by priority as everything else does', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([service('web', { priority: 20 }), job('seed', { priority: 10 })]), 4_000)
  expect(bench.tree['web']).toBe('waiting')
  await bench.settle(6_000)
  expect(bench.tree).toEqual({ web: 'running', seed: 'completed' })
})

it('is tried again when it fails, and what waits for it goes on waiting', async () => {
  bench = await EngineHarness.open({
    place: {
      script: { calls: [{ verbs: ['run'], effect: 'fail', exitCode: 3, times: 2, name: '*-seed-*' }] },
    },
  })
  await bench.deploy(application([job('seed'), service('web', { relations: [startsAfter('seed')] })]), 1_000)
  expect(accepted(bench.engine.why(ann, 'shop', 'seed')).trouble).toMatchObject({
    failure: { message: 'run 1 exited with code 3' },
  })
  expect(bench.tree['web']).toBe('waiting')
  await bench.settle(30_000)
  expect(bench.tree).toEqual({ seed: 'completed', web: 'running' })
  expect(await runsOf('seed')).toBe(3)
})

it('is never run twice for one document, whatever else is wished', async () => {
  bench = await EngineHarness.open()
  const shop = (count: number) => application([job('seed'), role('web', count)])
  await bench.deploy(shop(1))
  await bench.after(bench.engine.scale('shop', 'web', 3, by))
  await bench.after(bench.engine.stop('shop', by))
  expect(bench.shop.state).toBe('stopped')
  await bench.after(bench.engine.start('shop', by))
  await bench.restart()
  await bench.after(bench.engine.update('shop', shop(2), by))
  expect(bench.shop.state).toBe('running')
  expect(bench.tree['seed']).toBe('completed')
  expect(await runsOf('seed')).toBe(1)
})

it('runs once more for a changed document', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed')]))
  const changed = application([job('seed', {}, 'sleep 6')])
  await bench.after(bench.engine.update('shop', changed, by), 20_000)
  expect(bench.tree['seed']).toBe('completed')
  expect(await runsOf('seed')).toBe(2)
  expect(await bench.machines()).toEqual([])
})

it('goes on where it was when the engine is restarted in the middle of it', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed')]), 2_000)
  await bench.restart()
  await bench.settle(10_000)
  expect(bench.tree['seed']).toBe('completed')
  expect(await runsOf('seed')).toBe(1)
})

it('is begun again when its machine is lost before it is done', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed')]), 2_000)
  await bench.place().vanish(bench.token('seed'))
  await bench.settle(20_000)
  expect(bench.tree['seed']).toBe('completed')
  expect(await runsOf('seed')).toBe(2)
})

it('can be the own command of a machine, which ends with it', async () => {
  bench = await EngineHarness.open()
  const command = { kind: 'literal', value: ['sh', '-c', 'sleep 5'] } as const
  const seed = entity('seed', { machine: machine({ command }), job: { attempts: 3 } })
  await bench.deploy(application([seed, service('web', { relations: [startsAfter('seed')] })]), 4_000)
  expect(bench.tree).toEqual({ seed: 'starting', web: 'waiting' })
  await bench.settle(10_000)
  expect(bench.tree).toEqual({ seed: 'completed', web: 'running' })
  expect(await bench.machines()).toEqual(['web'])
})

it('is ended by a stop, and begun anew with the next start', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed')]), 2_000)
  await bench.after(bench.engine.stop('shop', by), 2_000)
  expect(bench.shop.state).toBe('stopped')
  expect(bench.tree['seed']).toBe('stopped')
  await bench.after(bench.engine.start('shop', by), 20_000)
  expect(bench.tree['seed']).toBe('completed')
  expect(await runsOf('seed')).toBe(2)
})

it('is forgotten with its application, done or not', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([job('seed'), job('long', {}, 'sleep 1h')]))
  await bench.after(bench.engine.remove('shop', by))
  expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
  expect(await bench.inventory()).toEqual([])
})
