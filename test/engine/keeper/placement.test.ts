import { afterEach, describe, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const places = { a: {}, b: {} }

function placed(locations: readonly string[], more: object = {}) {
  return { placement: { locations, zones: [], ...more } }
}

describe('a role in several locations', () => {
  it('fills one after another, each up to its cap', async () => {
    bench = await EngineHarness.open({ places })
    await bench.deploy(application([role('web', 5, placed(['a', 'b'], { caps: { a: 2 } }))]))
    expect(bench.shop.state).toBe('running')
    expect([await bench.machines('a'), await bench.machines('b')]).toEqual([
      ['web/1', 'web/2'],
      ['web/3', 'web/4', 'web/5'],
    ])
    expect(bench.shop.locations).toEqual(['a', 'b'])
  })

  it('goes on in the next at once when one has no room, and fills the first again when it has', async () => {
    bench = await EngineHarness.open({ places })
    bench
      .place('a')
      .arm({ verbs: ['ensure'], name: '*-web-*', effect: 'refuse', cause: 'capacity', from: 3, times: 3 })
    await bench.deploy(application([role('web', 2, placed(['a', 'b']))]), 1_000)
    expect(await bench.machines('a')).toHaveLength(2)
    await bench.after(bench.engine.scale('shop', 'web', 5, by), 2_000)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
    expect(await bench.machines('b')).toHaveLength(3)
    await bench.settle(60_000)
    await bench.after(bench.engine.scale('shop', 'web', 7, by))
    expect(await bench.machines('a')).toHaveLength(4)
  })

  it('leaves out a location that cannot be reached', async () => {
    bench = await EngineHarness.open({ places })
    await bench.deploy(application([role('other', 6, placed(['a'])), role('web', 1, placed(['a', 'b']))]))
    await bench.place('a').cutOff(600_000)
    accepted(await bench.engine.scale('shop', 'other', 8, by))
    const circuit = () => bench.engine.locations().find(({ name }) => name === 'a')?.circuit
    await bench.clock.settleUntil(() => circuit() === 'open', 60_000)
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 20_000)
    expect(await bench.machines('b')).toEqual(['web/2', 'web/3'])
  })

  it('leaves out a location that has given no answer to looks, before anything was asked of it', async () => {
    bench = await EngineHarness.open({ places })
    await bench.deploy(application([role('web', 1, placed(['a', 'b']))]))
    await bench.place('a').cutOff(600_000)
    await bench.settle(10_000)
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 5_000)
    expect(await bench.machines('b')).toEqual(['web/2', 'web/3'])
    await bench.settle(700_000)
    await bench.after(bench.engine.scale('shop', 'web', 4, by))
    expect(await bench.machines('a')).toEqual(['web/1', 'web/4'])
  })

  it('says that it may have no more of them', async () => {
    bench = await EngineHarness.open({ places })
    await bench.deploy(application([role('web', 3, placed(['a', 'b'], { caps: { a: 1, b: 1 } }))]))
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits.join()).toContain(
      'a, b may take no more of them',
    )
  })
})

describe('a document that names other locations', () => {
  it('moves what may not stay, and nothing else', async () => {
    bench = await EngineHarness.open({ places })
    const rules = placed(['a', 'b'], { spread: 'round-robin' })
    await bench.deploy(application([role('web', 4, rules)]))
    const plan = accepted(
      await bench.engine.plan(application([role('web', 4, placed(['b']))]), { ...by, application: 'shop' }),
    )
    expect(plan.steps.map(({ action, entity }) => [action, entity])).toEqual([
      ['move', 'web/1'],
      ['move', 'web/3'],
    ])
    await bench.after(bench.engine.update('shop', application([role('web', 4, placed(['b']))]), by), 30_000)
    expect([await bench.machines('a'), await bench.machines('b')]).toEqual([
      [],
      ['web/1', 'web/2', 'web/3', 'web/4'],
    ])
  })

  it('keeps a slot where its volume is', async () => {
    bench = await EngineHarness.open({ places })
    const db = (locations: readonly string[]) =>
      service('db', { ...placed(locations), volumes: [{ name: 'data', path: '/data' }] })
    await bench.deploy(application([db(['b'])]))
    await bench.after(bench.engine.update('shop', application([db(['a', 'b'])]), by))
    await bench.place('b').vanish(bench.token('db'))
    await bench.settle(20_000)
    expect([await bench.machines('a'), await bench.machines('b')]).toEqual([[], ['db']])
  })
})

it('keeps to the rate of calls that a place allows, its looks among them', async () => {
  const rate = { tokens: 5, period: 1_000 }
  bench = await EngineHarness.open({ place: { rate, bulk: 1 } })
  const begun = bench.clock.now()
  await bench.deploy(application([role('web', 10)]), 60_000)
  expect(bench.shop).toMatchObject({ state: 'running', roles: [{ up: 10 }] })
  const calls = bench.calls.filter(({ verb }) => verb !== 'watch')
  const tooEarly = calls.filter(({ at }, before) => before + 1 > 5 + (at - begun) / 200)
  expect(calls.length).toBeGreaterThan(50)
  expect(tooEarly).toEqual([])
})
