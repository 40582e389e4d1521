import { afterEach, describe, expect, it } from 'vitest'
import type { ApplicationSpec } from '../../../engine/index.js'
import { literal } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, machine, role, service, type RoleParts } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const oldFirst = { replacement: { order: 'old-first', surge: 0, unavailable: 1 } } as const

/** Three webs of an image. */
function webs(image: string, rules: RoleParts['rules'] = {}): ApplicationSpec {
  return application([
    role('web', 3, { rules: { max: 3, ...rules }, member: { machine: machine({ image: literal(image) }) } }),
  ])
}

describe('replacing one member', () => {
  it('makes the new one first and ends the old one only when that is up', async () => {
    bench = await EngineHarness.open({ place: { boot: 1000 } })
    await bench.deploy(webs('one'))
    bench.calls.length = 0
    await bench.after(bench.engine.replace('shop', 'web/2', by), 500)
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', up: true, incarnation: 2, leaving: 1 })
    await bench.settle(10_000)
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    const verbs = bench.calls
      .map((call) => call.verb)
      .filter((verb) => verb !== 'observe' && verb !== 'output')
    expect(verbs).toEqual(['ensure', 'run', 'endRun', 'destroy'])
    expect(bench.life.most.get('web')).toBe(4)
  })

  it('ends the old one first where the role says so', async () => {
    bench = await EngineHarness.open({ place: { boot: 1000 } })
    await bench.deploy(webs('one', oldFirst))
    bench.calls.length = 0
    await bench.after(bench.engine.replace('shop', 'web/2', by))
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    const verbs = bench.calls
      .map((call) => call.verb)
      .filter((verb) => verb !== 'observe' && verb !== 'output')
    expect(verbs).toEqual(['endRun', 'destroy', 'ensure', 'run'])
    expect(bench.life.most.get('web')).toBe(3)
  })

  it('takes the order that was asked for before the order of the role', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    bench.calls.length = 0
    await bench.after(bench.engine.replace('shop', 'web/1', { ...by, order: 'old-first' }))
    const verbs = bench.calls
      .map((call) => call.verb)
      .filter((verb) => verb === 'ensure' || verb === 'destroy')
    expect(verbs).toEqual(['destroy', 'ensure'])
  })

  it('takes an order that was asked for only as far as the bounds allow', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one', oldFirst))
    await bench.after(bench.engine.replace('shop', 'web/1', { ...by, order: 'new-first' }))
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.life.most.get('web')).toBe(3)
  })

  it('makes the new one first where that was asked for and there is room', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one', { ...oldFirst, max: 4 }))
    await bench.after(bench.engine.replace('shop', 'web/1', { ...by, order: 'new-first' }))
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.life.most.get('web')).toBe(4)
  })

  it('does it once however often it is asked for of one incarnation', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    const again = { ...by, incarnation: 1 }
    await bench.after(bench.engine.replace('shop', 'web/1', again))
    await bench.after(bench.engine.replace('shop', 'web/1', again))
    expect(bench.entity('web/1').incarnation).toBe(2)
  })

  it('refuses what there is no incarnation of', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    expect(await bench.engine.replace('shop', 'web/9', by)).toMatchObject({ kind: 'invalid' })
  })

  it.each(['new-first', 'old-first'] as const)(
    'leaves what is inside of the member alone, %s',
    async (order) => {
      bench = await EngineHarness.open()
      await bench.deploy(application([role('web', 2, { member: { children: [service('agent')] } })]))
      const agent = bench.token('web/1/agent')
      await bench.after(bench.engine.replace('shop', 'web/1', { ...by, order }))
      expect(bench.shop.state).toBe('running')
      expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
      expect(bench.token('web/1/agent')).toBe(agent)
    },
  )

  it('ends the old one too when its member goes before the new one is up', async () => {
    bench = await EngineHarness.open({ place: { boot: 5000 } })
    await bench.deploy(application([role('web', 2)]))
    await bench.after(bench.engine.replace('shop', 'web/2', by), 1000)
    expect(bench.entity('web/2')).toMatchObject({ incarnation: 2, leaving: 1, up: true })
    await bench.after(bench.engine.scale('shop', 'web', 1, by), 20_000)
    expect(await bench.machines()).toEqual(['web/1'])
    expect(bench.shop.state).toBe('running')
  })

  it('keeps a member that serves while its successor does not come up', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    bench.place().arm({ verbs: ['run'], effect: 'fail', exitCode: 3 })
    await bench.after(bench.engine.replace('shop', 'web/1', by), 60_000)
    expect(bench.entity('web/1')).toMatchObject({ up: true, leaving: 1 })
    expect(bench.shop.roles[0]).toMatchObject({ up: 3 })
  })
})

describe('a restart', () => {
  it('launches the service anew on the machine that it has', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    await bench.after(bench.engine.restart('shop', 'web/3', by))
    expect(bench.entity('web/3')).toMatchObject({ state: 'running', incarnation: 1, run: 2 })
    const entry = (await bench.inventory()).find((one) => one.marks?.entity === 'web/3')
    expect(entry).toMatchObject({ creates: 1, runs: [{ state: 'exited' }, { state: 'running' }] })
  })
})

describe('an update', () => {
  it.each([
    ['new first', {}, 4, 3],
    ['old first', oldFirst, 3, 2],
  ])('replaces one member at a time, %s', async (_order, rules, most, least) => {
    bench = await EngineHarness.open({ place: { boot: 1000 } })
    await bench.deploy(webs('one', rules))
    const seen = bench.life.shown.length
    await bench.after(bench.engine.update('shop', webs('two', rules), by), 30_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 2 })
    expect(bench.shop.roles[0]?.image).toBe('two')
    expect(bench.life.most.get('web')).toBe(most)
    const up = new Map(['web/1', 'web/2', 'web/3'].map((path) => [path, true]))
    const ups = bench.life.shown.slice(seen).map((one) => {
      up.set(one.path, one.up)
      return [...up.values()].filter(Boolean).length
    })
    expect(Math.min(...ups)).toBe(least)
    expect((await bench.inventory()).filter((one) => one.kind === 'machine')).toHaveLength(3)
  })

  it('is undone by a rollback, which says what it restores', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    await bench.after(bench.engine.update('shop', webs('two'), by), 30_000)
    await bench.after(bench.engine.rollback('shop', 1, by), 30_000)
    expect(bench.shop).toMatchObject({ state: 'running', version: 3 })
    expect(bench.shop.roles[0]?.image).toBe('one')
    const versions = accepted(await bench.engine.versions(ann, 'shop'))
    expect(versions.map(({ version, current, restored }) => ({ version, current, restored }))).toEqual([
      { version: 1, current: false, restored: undefined },
      { version: 2, current: false, restored: undefined },
      { version: 3, current: true, restored: 1 },
    ])
    expect(versions[0]?.specDigest).toBe(versions[2]?.specDigest)
  })

  it('says where two versions differ', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one'))
    await bench.after(bench.engine.update('shop', webs('two'), by))
    expect(accepted(await bench.engine.diff(ann, 'shop', 1, 2))).toEqual([
      { path: 'root.children.web.members.spec.machine.image', from: 'one', to: 'two' },
    ])
    expect(await bench.engine.diff(ann, 'shop', 1, 7)).toEqual({ kind: 'not-found', what: 'version 7' })
  })

  it('can be overtaken by a rollback half way, and leaves nothing behind', async () => {
    bench = await EngineHarness.open({ place: { boot: 3000 } })
    await bench.deploy(webs('one'))
    await bench.after(bench.engine.update('shop', webs('two'), by), 4000)
    await bench.after(bench.engine.rollback('shop', 1, by), 60_000)
    expect(bench.shop.state).toBe('running')
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.life.most.get('web')).toBe(4)
  })

  it('adds what the new document has and removes what it has no more', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web'), service('old'), role('worker', 2)]))
    await bench.after(bench.engine.update('shop', application([service('web'), role('queue', 1)]), by))
    expect(bench.tree).toEqual({ web: 'running', 'queue/1': 'running' })
    expect(await bench.machines()).toEqual(['queue/1', 'web'])
    expect(bench.entity('web').incarnation).toBe(1)
  })

  it('brings back what a former document had, as something new', async () => {
    bench = await EngineHarness.open()
    const db = service('db', { volumes: [{ name: 'data', path: '/data' }] })
    await bench.deploy(application([service('web'), db]))
    const before = [bench.token('db'), bench.token('db', 'volume')]
    await bench.after(bench.engine.update('shop', application([service('web')]), by))
    expect(await bench.machines()).toEqual(['web'])
    await bench.after(bench.engine.rollback('shop', 1, by))
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
    expect(before).not.toContain(bench.token('db'))
    expect(before).not.toContain(bench.token('db', 'volume'))
  })

  it('keeps a count that was scaled by hand, within the new bounds', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs('one', { max: 6 }))
    await bench.after(bench.engine.scale('shop', 'web', 6, by))
    await bench.after(bench.engine.update('shop', webs('one', { max: 5 }), by))
    expect(bench.shop.roles[0]).toMatchObject({ wanted: 5, up: 5 })
  })

  it('moves what is placed elsewhere, the new one first', async () => {
    bench = await EngineHarness.open({ places: { other: {} } })
    await bench.deploy(application([service('web')]))
    const moved = application([service('web', { placement: { locations: ['other'], zones: [] } })])
    const plan = accepted(await bench.engine.plan(moved, { ...by, application: 'shop' }))
    expect(plan.steps).toMatchObject([{ action: 'move', entity: 'web' }])
    await bench.after(bench.engine.update('shop', moved, by))
    expect(await bench.machines('other')).toEqual(['web'])
    expect(await bench.machines()).toEqual([])
    expect(bench.entity('web')).toMatchObject({ state: 'running', location: 'other', incarnation: 2 })
  })
})
