import { afterEach, describe, expect, it } from 'vitest'
import { literal, required } from '../../../engine/index.js'
import { restart as restartPolicy } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, machine, role, service, software, startsAfter } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

/** How often each machine that ever was has been made. */
async function made(): Promise<readonly number[]> {
  const entries = await bench.place().inventory()
  return entries.filter((one) => one.kind === 'machine').map((one) => one.creates)
}

describe('what happens out of band', () => {
  it('replaces a machine that vanished, at once', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 3)]))
    await bench.place().vanish(bench.token('web/2'))
    await bench.settle(10_000)
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', incarnation: 2 })
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
  })

  it('removes a machine that was thought lost and returns', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    await bench.place().vanish(bench.token('web'), 400_000)
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
    await bench.settle(1_200_000)
    expect(await bench.machines()).toEqual(['web'])
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
  })

  it('replaces a machine that has failed', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    await bench.place().fail(bench.token('web'))
    await bench.settle(10_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
    expect((await bench.inventory()).filter((one) => one.kind === 'machine')).toHaveLength(1)
  })

  it('boots a machine that was stopped by others', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    await bench.place().kill(bench.token('web'))
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1, run: 2 })
  })

  it('launches anew after the provider was restarted, without making anything', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 3)]))
    await bench.place().restartProvider()
    await bench.settle(20_000)
    expect(bench.shop).toMatchObject({ state: 'running', roles: [{ up: 3 }] })
    expect(await made()).toEqual([1, 1, 1])
  })

  it('keeps everything while the place cannot be reached, and shows it as it was', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 3)]))
    await bench.place().cutOff(60_000)
    await bench.settle(60_000)
    expect(bench.shop.state).toBe('running')
    await bench.settle(20_000)
    expect(await made()).toEqual([1, 1, 1])
    expect(bench.shop).toMatchObject({ state: 'running', roles: [{ up: 3 }] })
  })

  it('goes on with what was asked for when the place can be reached again', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 1)]))
    await bench.place().cutOff(30_000)
    await bench.after(bench.engine.scale('shop', 'web', 8, by), 20_000)
    expect(bench.shop.state).toBe('updating')
    expect(bench.engine.locations()[0]?.circuit).toBe('open')
    await bench.settle(120_000)
    expect(bench.shop).toMatchObject({ state: 'running', roles: [{ up: 8 }] })
    expect(bench.engine.locations()[0]?.circuit).toBe('closed')
    expect(await bench.machines()).toHaveLength(8)
    expect(Math.max(...(await made()))).toBe(1)
  })
})

it.each(['install', 'launch'])(
  'begins to %s anew on a machine that others turned off meanwhile',
  async (label) => {
    const rule = { verbs: ['run'], label, effect: 'not-ready', delay: 1000, times: 3 }
    bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    const phases = { install: 'install', launch: 'serve' }
    await bench.deploy(application([service('web', { software: software(phases) })]), 500)
    await bench.place().kill(bench.token('web'))
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1 })
  },
)

it('installs once on a machine that others turned off before the answer came', async () => {
  const rule = { verbs: ['run'], label: 'install', effect: 'lost-after', times: 1 }
  bench = await EngineHarness.open({
    place: { script: { calls: [rule] } },
    // Nobody gets to see what was run before the machine was turned off.
    seen: (state) => (state.instance?.endsWith('-1') === true ? { ...state, runs: [] } : state),
  })
  const phases = { install: 'install', launch: 'serve' }
  await bench.deploy(application([service('web', { software: software(phases) })]), 0)
  await bench.clock.settleUntil(() => bench.callsOf('run').includes('install'), 1_000)
  await bench.place().kill(bench.token('web'))
  await bench.settle(30_000)
  expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1 })
  const runs = (await bench.inventory()).flatMap((one) => one.runs)
  expect(runs.filter((run) => run.label === 'install')).toHaveLength(1)
})

describe('a process that dies', () => {
  it('is launched again at once the first time, then after a growing delay', async () => {
    bench = await EngineHarness.open({ place: { hints: true } })
    await bench.deploy(application([service('web')]))
    const waits: number[] = []
    for (let run = 2; run <= 5; run += 1) {
      const since = bench.clock.now()
      await bench.place().crash(bench.token('web'))
      await bench.clock.settleUntil(() => bench.entity('web').run === run && bench.entity('web').up, 60_000)
      waits.push((bench.clock.now() - since) / 1000)
    }
    expect(waits[0]).toBe(0)
    // Twice as long each time, and spread by up to a fifth.
    for (const [index, least] of [2, 4, 8].entries()) {
      expect(waits[index + 1]).toBeGreaterThanOrEqual(least)
      expect(waits[index + 1]).toBeLessThanOrEqual(least * 1.2)
    }
    expect(bench.entity('web').incarnation).toBe(1)
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).trouble).toMatchObject({ attempts: 4 })
  })

  it('is forgotten after a calm while', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    await bench.place().crash(bench.token('web'))
    await bench.settle(60_000)
    expect(accepted(bench.engine.why(ann, 'shop', 'web'))).not.toHaveProperty('trouble')
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false })
  })

  it('is launched again as its restart policy decides, when it has one', async () => {
    bench = await EngineHarness.open({ policyKinds: [restartPolicy] })
    const policy = { name: 'keep', type: 'restart', config: { attempts: literal(2) } }
    await bench.deploy(application([service('web', { policies: [policy] })]))
    for (let time = 0; time < 2; time += 1) {
      await bench.place().crash(bench.token('web'), 9)
      await bench.settle(10_000)
    }
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 3 })
    const decisions = accepted(bench.engine.decisions(ann, 'shop')).map(({ kind, intent }) => [kind, intent])
    expect(decisions).toContainEqual(['decided', expect.stringContaining('restart')])
    await bench.place().crash(bench.token('web'), 9)
    await bench.settle(15_000)
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 3 })
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits.join()).toContain('restart policy decides')
  })

  it('is launched again without waiting for what it once started after', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('db'), service('web', { relations: [startsAfter('db')] })]))
    bench.place().arm({ verbs: ['run'], name: '*-db-*', effect: 'refuse', cause: 'internal' })
    await bench.place().crash(bench.token('db'))
    await bench.place().crash(bench.token('web'))
    await bench.settle(20_000)
    expect(bench.tree).toMatchObject({ db: 'failed', web: 'running' })
  })

  it('may be the own command of a machine', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('web', { machine: machine() })]))
    await bench.place().kill(bench.token('web'))
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1, run: 2 })
  })
})

describe('answers that are lost', () => {
  const verbs = ['ensure', 'run', 'start', 'stop', 'endRun', 'destroy'] as const
  it.each(verbs.flatMap((verb) => [[verb, 'lost-before'] as const, [verb, 'lost-after'] as const]))(
    'to %s, %s the effect, cause nothing twice',
    async (verb, effect) => {
      bench = await EngineHarness.open({
        place: { script: { calls: [{ verbs: [verb], effect, times: 3 }] } },
      })
      const phases = { install: 'install', launch: 'serve', stop: 'drain' }
      const spec = application([
        role('web', 2, { member: { software: software(phases) } }),
        service('db', { volumes: [{ name: 'data', path: '/data' }] }),
      ])
      await bench.deploy(spec, 60_000)
      expect(bench.shop.state).toBe('running')
      await bench.after(bench.engine.stop('shop', by), 60_000)
      expect(bench.shop.state).toBe('stopped')
      await bench.after(bench.engine.start('shop', by), 60_000)
      expect(bench.shop.state).toBe('running')
      const entries = await bench.place().inventory()
      expect(entries.map((one) => one.creates)).toEqual(entries.map(() => 1))
      const labels = entries.flatMap((one) => one.runs.map((run) => run.label))
      expect(labels.filter((label) => label === 'install')).toHaveLength(2)
      await bench.after(bench.engine.remove('shop', by), 60_000)
      expect(await bench.inventory()).toEqual([])
    },
  )
})

describe('a place that is not ready', () => {
  it('is asked again when it says', async () => {
    const rule = { verbs: ['ensure'], name: '*-web-*', effect: 'not-ready', delay: 3000, times: 2 }
    bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    await bench.deploy(application([service('web')]))
    expect(bench.tree['web']).toBe('running')
    const asked = bench.calls.filter((call) => call.verb === 'ensure' && call.about.join().includes('-web-'))
    const [first = 0, ...later] = asked.map((call) => call.at)
    expect(later.map((at) => at - first)).toEqual([3000, 6000])
    expect(accepted(bench.engine.why(ann, 'shop', 'web'))).not.toHaveProperty('trouble')
  })

  it('begins what takes its time once, and is looked at until that is there', async () => {
    bench = await EngineHarness.open({ place: { boot: 20_000 } })
    await bench.deploy(application([service('web')]), 19_000)
    expect(bench.tree['web']).toBe('starting')
    await bench.settle(10_000)
    expect(bench.tree['web']).toBe('running')
    expect(bench.callsOf('ensure').filter((name) => name.includes('-web-'))).toHaveLength(1)
  })

  it('gives another name to what cannot have its own, and theirs to nobody', async () => {
    bench = await EngineHarness.open()
    bench.place().arm({ verbs: ['ensure'], name: '*-web-*', effect: 'lost-before', times: 1 })
    await bench.deploy(application([service('web')]), 100)
    const name = required(bench.callsOf('ensure').at(-1), 'a call')
    await bench.place().makeStranger(name)
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
    const stranger = (await bench.inventory()).find((one) => one.name === name)
    expect(stranger).toMatchObject({ creates: 1, deletes: 0 })
  })

  it('makes an alert at once while the name of a network is held by others, names the holder, and tries again soon', async () => {
    bench = await EngineHarness.open()
    bench.place().arm({ verbs: ['ensure'], name: '*-default-*', effect: 'lost-before', times: 1 })
    await bench.deploy(application([service('web')]), 100)
    const name = required(bench.callsOf('ensure').at(-1), 'a call')
    await bench.place().makeStranger(name, 'network')
    await bench.settle(20_000)
    expect(bench.shop).toMatchObject({
      state: 'alert',
      alerts: [expect.stringContaining(`its name is held by network ${name}`)],
    })
    expect(bench.tree['web']).toBe('waiting')
    const tries = bench.callsOf('ensure').filter((one) => one === name).length
    await bench.settle(20_000)
    expect(bench.callsOf('ensure').filter((one) => one === name).length).toBeGreaterThan(tries)
  })
})
