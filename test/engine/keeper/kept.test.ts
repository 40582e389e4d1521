import { afterEach, describe, expect, it } from 'vitest'
import type { Json, SensorSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const password: SensorSpec = {
  name: 'password',
  type: 'string',
  source: { kind: 'made', what: { kind: 'password', length: 12, groups: ['abc', '012'] } },
}
const born: SensorSpec = { name: 'born', type: 'number', source: { kind: 'made', what: { kind: 'moment' } } }
const sensors = [password, born]

function value(path: string, name: string): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

/** What the store holds of a kept value, as it stands there. */
async function stored(path: string, sensor = 'password'): Promise<string> {
  const { entries } = await bench.store.load(`kept/shop/${path}#${sensor}`)
  return entries.map((entry) => JSON.stringify(entry.value)).join('\n')
}

describe('a password that is made', () => {
  const withIt = service('web', {
    sensors,
    software: software({ launch: 'serve' }, { environment: { PASSWORD: sensorOf('web', 'password') } }),
  })

  it('is shown by its name alone, and sealed in the store', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([withIt]))
    expect(value('web', 'password')).toBe('<secret password>')
    expect(await stored('web')).toMatch(/"kind":"secret".*"sealed":"[abc012]{12}".*"secret":true/)
  })

  it('is known to what waits for it', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([withIt]))
    expect(bench.tree).toEqual({ web: 'running' })
  })

  it('is the same after a restart, and after its machine was replaced', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([withIt]))
    const before = await stored('web')
    await bench.restart()
    await bench.after(bench.engine.replace('shop', 'web', by), 60_000)
    expect(bench.tree).toEqual({ web: 'running' })
    expect(await stored('web')).toBe(before)
  })

  it('is made for an entity that nothing runs for, too', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('vault', { sensors, children: [service('web')] })]))
    expect(value('vault', 'password')).toBe('<secret password>')
    expect(value('vault', 'born')).toBe(bench.clock.now() - 10_000)
  })

  it('is another one for each member, and erased with it', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2, { member: { sensors } })]))
    const [first, second] = [await stored('web/1'), await stored('web/2')]
    expect(first).not.toBe('')
    expect(second).not.toBe('')
    expect(/"sealed":"(.*?)"/.exec(first)?.[1]).not.toBe(/"sealed":"(.*?)"/.exec(second)?.[1])
    await bench.after(bench.engine.scale('shop', 'web', 1, by), 60_000)
    expect([await stored('web/1'), await stored('web/2')]).toEqual([first, ''])
  })

  it("is its first member's where a role is asked", async () => {
    bench = await EngineHarness.open()
    const environment = { PASSWORD: sensorOf('web', 'password') }
    const client = service('client', { software: software({ launch: 'serve' }, { environment }) })
    await bench.deploy(application([role('web', 1, { member: { sensors } }), client]))
    expect(bench.tree).toEqual({ 'web/1': 'running', client: 'running' })
  })

  it('is made when a new document asks for it', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    await bench.after(bench.engine.update('shop', application([withIt]), by), 60_000)
    expect(value('web', 'password')).toBe('<secret password>')
  })

  it('is gone with its application', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([withIt]))
    await bench.after(bench.engine.remove('shop', by), 60_000)
    expect(await stored('')).toBe('')
    const { entries } = await bench.store.load('kept/')
    expect(entries).toEqual([])
  })
})
