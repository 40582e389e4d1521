import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** A store below a web: the web starts after it and ends before it. */
const shop = (settings: Parameters<typeof application>[1] = {}) =>
  application([service('db', { priority: 10 }), role('web', 2, { priority: 20 })], settings)

describe('stop and start', () => {
  it('ends what runs in the reverse order and keeps the machines', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    bench.calls.length = 0
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop).toMatchObject({ state: 'stopped', wish: 'stopped' })
    expect(bench.tree).toEqual({ db: 'stopped', 'web/1': 'stopped', 'web/2': 'stopped' })
    expect(bench.order('stopped')).toEqual(['web/1', 'web/2', 'db'])
    expect(await bench.machines()).toEqual(['db', 'web/1', 'web/2'])
    const ends = bench.callsOf('endRun')
    expect(ends.at(-1)).toContain('-db-')
    expect(bench.life.states.slice(-2)).toEqual(['stopping', 'stopped'])
  })

  it('starts on the machines that were kept, in order', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    await bench.after(bench.engine.stop('shop', by))
    bench.life.shown.length = 0
    await bench.after(bench.engine.start('shop', by))
    expect(bench.shop.state).toBe('running')
    expect(bench.order('running')[0]).toBe('db')
    expect(bench.entity('web/1')).toMatchObject({ incarnation: 1, run: 2 })
    expect(bench.life.states.slice(-3)).toEqual(['stopped', 'starting', 'running'])
  })

  it('gives the machines back where they are not kept, and makes them anew', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop({ settings: { keepMachines: false } }))
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop.state).toBe('stopped')
    expect(await bench.machines()).toEqual([])
    await bench.after(bench.engine.start('shop', by))
    expect(bench.shop.state).toBe('running')
    expect(bench.entity('db').incarnation).toBe(2)
  })

  it('runs the stop command before it ends the run', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(
      application([service('db', { software: software({ launch: 'serve', stop: 'drain' }) })]),
    )
    bench.calls.length = 0
    await bench.after(bench.engine.stop('shop', by))
    const verbs = bench.calls.filter((call) => call.verb === 'run' || call.verb === 'endRun')
    expect(verbs.map((call) => call.about.at(-1))).toEqual(['stop', expect.stringContaining('-db-')])
    expect(bench.shop.state).toBe('stopped')
  })

  it.each([
    ['the changed stop command on what it found running', {}, 'drain now'],
    ['the stop command of what makes way for another machine', { install: 'get' }, 'drain'],
  ])('runs %s', async (_what, install, expected) => {
    bench = await EngineHarness.open()
    const shop = (phases: Parameters<typeof software>[0]) =>
      application([service('db', { software: software({ launch: 'serve', ...phases }) })])
    await bench.deploy(shop({ stop: 'drain' }))
    await bench.after(bench.engine.update('shop', shop({ stop: 'drain now', ...install }), by))
    await bench.after(bench.engine.stop('shop', by))
    const tasks = accepted(bench.engine.tasks(ann, 'shop', 'db')).filter(({ name }) => name === 'stop')
    expect(tasks.at(-1)?.streams?.stdin.trim().split('\n').at(-1)).toBe(expected)
  })

  it('ends a run that makes way for another by the stop command that it was launched with, one member after another', async () => {
    const slow = { verbs: ['run'], label: 'stop', effect: 'answer', delay: 2000 }
    bench = await EngineHarness.open({ place: { script: { calls: [slow] } } })
    const shop = (launch: string, stop: string) =>
      application([role('web', 2, { member: { software: software({ launch, stop }) } })])
    await bench.deploy(shop('serve', 'drain'))
    bench.calls.length = 0
    await bench.after(bench.engine.update('shop', shop('serve better', 'drain better'), by), 20_000)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'running' })
    expect([bench.entity('web/1').run, bench.entity('web/1').incarnation]).toEqual([2, 1])
    const verbs = bench.calls.filter(({ verb }) => verb === 'run' || verb === 'endRun')
    const about = verbs.map(({ verb, about: words }) =>
      `${verb} ${words.join(' ')}`.replace(/ .*(stop|launch)$/, ' $1'),
    )
    const each = ['run stop', expect.stringMatching(/^endRun /), 'run launch']
    expect(about).toEqual([...each, ...each])
    const stops = accepted(bench.engine.tasks(ann, 'shop', 'web/1')).filter(({ name }) => name === 'stop')
    expect(stops.map(({ streams }) => streams?.stdin.trim().split('\n').at(-1))).toEqual(['drain'])
  })

  it('ends a run by its stop command before a restart that somebody asks for, and after a kill of the engine too', async () => {
    const slow = { verbs: ['run'], label: 'stop', effect: 'answer', delay: 2000 }
    bench = await EngineHarness.open({ place: { script: { calls: [slow] } } })
    await bench.deploy(
      application([service('db', { software: software({ launch: 'serve', stop: 'drain' }) })]),
    )
    bench.calls.length = 0
    await bench.after(bench.engine.restart('shop', 'db', by), 500)
    expect(bench.entity('db')).toMatchObject({ up: false, run: 1 })
    await bench.restart()
    await bench.settle(20_000)
    expect(bench.entity('db')).toMatchObject({ up: true, run: 2, incarnation: 1 })
    expect(bench.calls.map(({ verb }) => verb).filter((verb) => /^(run|endRun)$/.test(verb))).toEqual([
      'run',
      'endRun',
      'run',
    ])
  })

  it('does not wait for a stop command that fails', async () => {
    bench = await EngineHarness.open({
      place: { script: { calls: [{ verbs: ['run'], label: 'stop', effect: 'answer', exitCode: 7 }] } },
    })
    await bench.deploy(
      application([service('db', { software: software({ launch: 'serve', stop: 'drain' }) })]),
    )
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop.state).toBe('stopped')
  })

  it('stops what is only starting', async () => {
    bench = await EngineHarness.open({ place: { boot: 5000 } })
    await bench.deploy(shop(), 1000)
    expect(bench.shop.state).toBe('starting')
    await bench.after(bench.engine.stop('shop', by), 20_000)
    expect(bench.shop.state).toBe('stopped')
    expect(bench.entity('web/1').incarnation).toBe(0)
  })

  it('may be wished for again while the other is not done', async () => {
    bench = await EngineHarness.open({ place: { delays: { endRun: 2000 } } })
    await bench.deploy(shop())
    await bench.after(bench.engine.stop('shop', by), 1000)
    expect(bench.shop.state).toBe('stopping')
    await bench.after(bench.engine.start('shop', by), 20_000)
    expect(bench.shop.state).toBe('running')
    expect(bench.tree).toEqual({ db: 'running', 'web/1': 'running', 'web/2': 'running' })
  })

  it('asks for nothing when it is so already', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    const { generation } = bench.shop
    expect(await bench.engine.start('shop', by)).not.toHaveProperty('task')
    expect(bench.shop.generation).toBe(generation)
  })
})

describe('removal', () => {
  it('ends what runs in the reverse order, removes it, and leaves nothing', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    bench.calls.length = 0
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
    const removed = bench.callsOf('destroy')
    expect(removed).toHaveLength(4)
    expect(removed.at(-2)).toContain('-db-')
    expect(removed.at(-1)).toContain('default')
    expect(bench.life.states.slice(-2)).toEqual(['expunging', 'destroyed'])
  })

  it('answers every operation on what is destroyed with gone, until the tombstone falls', async () => {
    bench = await EngineHarness.open({ engine: { tombstoneFor: 60_000 } })
    await bench.deploy(shop())
    const { task } = (await bench.engine.remove('shop', by)) as { task?: { id: string } }
    await bench.settle(10_000)
    const gone = { kind: 'gone', what: 'application shop' }
    expect(bench.engine.application(ann, 'shop')).toEqual(gone)
    expect(await bench.engine.stop('shop', by)).toEqual(gone)
    expect(await bench.engine.scale('shop', 'web', 2, by)).toEqual(gone)
    expect(await bench.engine.update('shop', shop(), by)).toEqual(gone)
    expect(bench.engine.entities(ann, 'shop')).toEqual(gone)
    expect(accepted(bench.engine.task(ann, task?.id ?? '')).state).toBe('succeeded')
    await bench.restart()
    expect(bench.engine.application(ann, 'shop')).toEqual(gone)
    await bench.settle(60_000)
    expect(bench.engine.application(ann, 'shop')).toEqual({ kind: 'not-found', what: 'application shop' })
    expect((await bench.store.load('')).entries).toEqual([])
  })

  it('may come while it is starting', async () => {
    bench = await EngineHarness.open({ place: { boot: 5000 } })
    await bench.deploy(shop(), 1000)
    await bench.after(bench.engine.remove('shop', by), 20_000)
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await bench.inventory()).toEqual([])
  })

  it('may come when it is stopped', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    await bench.after(bench.engine.stop('shop', by))
    await bench.after(bench.engine.remove('shop', by))
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await bench.inventory()).toEqual([])
  })

  it('skips the graceful part with force', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(
      application([service('db', { software: software({ launch: 'serve', stop: 'drain' }) })]),
    )
    bench.calls.length = 0
    await bench.after(bench.engine.remove('shop', { ...by, force: true }))
    expect(bench.callsOf('run')).toEqual([])
    expect(bench.callsOf('endRun')).toEqual([])
    expect(await bench.inventory()).toEqual([])
  })

  it('can be forced while its graceful part hangs', async () => {
    bench = await EngineHarness.open({
      place: { script: { calls: [{ verbs: ['run'], label: 'stop', effect: 'answer', delay: 250_000 }] } },
    })
    await bench.deploy(
      application([service('db', { software: software({ launch: 'serve', stop: 'drain' }) })]),
    )
    await bench.after(bench.engine.remove('shop', by), 5000)
    expect(bench.shop.state).toBe('expunging')
    await bench.after(bench.engine.remove('shop', { ...by, force: true }))
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
  })

  it('cannot be taken back', async () => {
    bench = await EngineHarness.open({ place: { delays: { destroy: 2000 } } })
    await bench.deploy(shop())
    await bench.after(bench.engine.remove('shop', by), 500)
    expect(await bench.engine.start('shop', by)).toEqual({ kind: 'invalid', reason: 'it is being removed' })
    expect(await bench.engine.update('shop', shop(), by)).toMatchObject({ kind: 'conflict' })
    await bench.settle(30_000)
    expect(await bench.inventory()).toEqual([])
  })

  it('leaves the name free for another', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    await bench.after(bench.engine.remove('shop', by))
    accepted(await bench.engine.deploy(shop(), { ...by, id: 'shop2' }))
    await bench.settle(10_000)
    expect(accepted(bench.engine.application(ann, 'shop2')).state).toBe('running')
  })
})

describe('what is asked of an application', () => {
  it('is refused with what is so now when it was made from another generation', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    await bench.after(bench.engine.scale('shop', 'web', 3, { ...by, reason: 'a rush' }))
    const late = await bench.engine.scale('shop', 'web', 5, { ...by, expectGeneration: 1 })
    expect(late).toEqual({ kind: 'conflict', reason: 'it is at generation 2 now', moved: ['a rush'] })
  })

  it('is not found by another tenant', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(shop())
    const stranger = { tenant: 'other', name: 'eve' }
    expect(bench.engine.application(stranger, 'shop')).toEqual({
      kind: 'not-found',
      what: 'application shop',
    })
    expect(bench.engine.applications(stranger)).toEqual([])
    expect(await bench.engine.remove('shop', { by: stranger })).toMatchObject({ kind: 'not-found' })
  })
})

describe('a thousand wishes in a second', () => {
  it.each<[string, (engine: Engine, turn: number) => Promise<unknown>]>([
    [
      'stop and start',
      (engine, turn) => (turn % 2 === 0 ? engine.stop('shop', by) : engine.start('shop', by)),
    ],
    ['restart', (engine) => engine.restart('shop', 'web', by)],
    ['replace', (engine) => engine.replace('shop', 'web', by)],
  ])('to %s cause two effects at most', async (_what, wish) => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    const before = { run: bench.callsOf('run').length, ensure: bench.callsOf('ensure').length }
    for (let turn = 0; turn < 1000; turn += 1) {
      await wish(bench.engine, turn)
      await bench.settle(1)
    }
    await bench.settle(10_000)
    expect(bench.callsOf('ensure').length - before.ensure).toBeLessThanOrEqual(2)
    expect((bench.callsOf('run').length - before.run) / 2).toBeLessThanOrEqual(2)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
  })
})
