import { afterEach, expect, it } from 'vitest'
import { required } from '../../../engine/index.js'
import { EngineHarness, by } from '../../support/engine-harness.js'
import { application, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** What was made of one kind: how often, and whether it is there. */
async function made(kind: string): Promise<readonly { creates: number; state: string }[]> {
  const entries = (await bench.place().inventory()).filter((one) => one.kind === kind)
  return entries.map(({ creates, state }) => ({ creates, state }))
}

async function tokenOf(kind: string): Promise<string> {
  return required(
    (await bench.inventory()).find((one) => one.kind === kind),
    kind,
  ).token
}

const db = service('db', { volumes: [{ name: 'data', path: '/data' }] })

it.each(['network', 'volume'])('a %s that was removed by others is seen and made anew', async (kind) => {
  bench = await EngineHarness.open()
  await bench.deploy(application([db]))
  await bench.place().vanish(await tokenOf(kind))
  await bench.settle(60_000)
  expect(await made(kind)).toEqual([{ creates: 2, state: 'running' }])
  expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
  await bench.after(bench.engine.remove('shop', by), 60_000)
  expect(await bench.inventory()).toEqual([])
})

it('a network that is being removed anyway is not made again', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([db]))
  const token = await tokenOf('network')
  bench.place().arm({ verbs: ['destroy'], token, effect: 'refuse', cause: 'internal', times: 3 })
  await bench.after(bench.engine.remove('shop', by), 5_000)
  await bench.place().vanish(token)
  await bench.settle(60_000)
  expect(await bench.inventory()).toEqual([])
  expect(await made('network')).toEqual([{ creates: 1, state: 'absent' }])
})
