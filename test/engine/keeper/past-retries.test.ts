import { afterEach, describe, expect, it } from 'vitest'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, machine, entity, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const QUICK = { initial: 1_000, factor: 1, max: 1_000 }

/** Launches of this service end at once, as often as is said. */
function failing(name: string, times?: number): void {
  const rule = {
    verbs: ['run'],
    name: `*-${name}-*`,
    label: 'launch',
    effect: 'answer',
    exitCode: 7,
  } as const
  bench.place().arm({ ...rule, ...(times === undefined ? {} : { times }) })
}

/** How often machines of this name were made. */
async function made(name: string): Promise<number> {
  const all = (await bench.place().inventory()).filter((one) => one.name.includes(`-${name}-`))
  return all.reduce((sum, one) => sum + one.creates, 0)
}

describe('when the attempts have run out', () => {
  it('with alert, people are told and it is tried on', async () => {
    bench = await EngineHarness.open()
    failing('web', 5)
    const retry = { attempts: 3, backoff: QUICK }
    await bench.deploy(application([service('web', { retry })]), 3_000)
    expect(bench.shop).toMatchObject({ state: 'alert', alerts: [expect.stringContaining('web: run')] })
    await bench.settle(20_000)
    expect(bench.shop).toMatchObject({ state: 'running' })
    expect(await made('web')).toBe(1)
  })

  it('with give-up, it is left as it is and nothing more is tried, until recover', async () => {
    bench = await EngineHarness.open()
    failing('web', 3)
    const retry = { attempts: 3, backoff: QUICK, then: 'give-up' } as const
    await bench.deploy(application([service('web', { retry })]), 600_000)
    expect(bench.shop).toMatchObject({
      state: 'alert',
      alerts: [expect.stringContaining('given up after 3 attempts')],
    })
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 3, incarnation: 1 })
    expect(await bench.machines()).toEqual(['web'])
    await bench.after(bench.engine.recover('shop', by))
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 4, incarnation: 1 })
    expect(bench.shop.state).toBe('running')
  })

  it('with give-up, another document is another chance', async () => {
    bench = await EngineHarness.open()
    failing('web', 2)
    const retry = { attempts: 2, backoff: QUICK, then: 'give-up' } as const
    await bench.deploy(application([service('web', { retry })]), 60_000)
    expect(bench.entity('web').state).toBe('failed')
    await bench.after(
      bench.engine.update('shop', application([service('web', { retry }), service('db')]), by),
    )
    expect(bench.tree).toEqual({ web: 'running', db: 'running' })
  })

  it('with expunge, what was made is removed, and not made again until recover', async () => {
    bench = await EngineHarness.open()
    failing('web', 3)
    const retry = { attempts: 3, backoff: QUICK, then: 'expunge' } as const
    await bench.deploy(application([service('web', { retry }), service('db')]), 600_000)
    expect(await bench.machines()).toEqual(['db'])
    expect(bench.shop.alerts).toEqual([expect.stringContaining('given up after 3 attempts')])
    await bench.after(bench.engine.recover('shop', by))
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
  })

  it('with replace, another incarnation takes the place; when that fails too, people are told', async () => {
    bench = await EngineHarness.open()
    failing('web', 4)
    const retry = { attempts: 2, backoff: QUICK, then: 'replace' } as const
    await bench.deploy(application([service('web', { retry })]), 0)
    await bench.clock.settleUntil(() => bench.entity('web').incarnation === 2, 20_000)
    expect(bench.shop.state).toBe('starting')
    await bench.clock.settleUntil(() => bench.shop.state === 'alert', 20_000)
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 3 })
    expect(bench.shop.state).toBe('running')
    expect(await bench.machines()).toEqual(['web'])
    expect(await made('web')).toBe(3)
  })

  it('nothing is replaced or given up for what is the fault of its place', async () => {
    bench = await EngineHarness.open()
    bench.place().arm({ verbs: ['ensure'], name: '*-web-*', effect: 'refuse', cause: 'throttled', times: 6 })
    const retry = { attempts: 2, backoff: QUICK, then: 'give-up' } as const
    await bench.deploy(application([service('web', { retry })]), 120_000)
    expect(bench.tree).toEqual({ web: 'running' })
  })
})

describe('a run-once entity', () => {
  const migrate = entity('migrate', {
    machine: machine(),
    software: software({ launch: 'migrate' }),
    job: { attempts: 3 },
    retry: { backoff: QUICK },
  })

  it('is tried as often as it says, and then given up', async () => {
    bench = await EngineHarness.open()
    failing('migrate')
    await bench.deploy(application([migrate]), 600_000)
    const runs = (await bench.place().inventory()).flatMap((one) => one.runs)
    expect(runs).toHaveLength(3)
    expect(bench.shop.alerts).toEqual([expect.stringContaining('given up after 3 attempts')])
  })
})

describe('a removal that is stuck', () => {
  it('is tried for ever, unless the application says that it is not collected', async () => {
    for (const collect of [true, false]) {
      bench = await EngineHarness.open()
      await bench.deploy(application([service('web')], { settings: { collect } }))
      const rule = { verbs: ['destroy'], name: '*-web-*', effect: 'refuse', cause: 'internal' } as const
      bench.place().arm({ ...rule, times: collect ? 6 : 3 })
      await bench.after(bench.engine.remove('shop', by), 600_000)
      const left = await bench.machines()
      expect(left).toEqual(collect ? [] : ['web'])
      if (collect) await bench.close()
    }
    expect(bench.shop.state).toBe('expunge')
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).waits.join()).toContain('before recover')
    await bench.after(bench.engine.recover('shop', by), 60_000)
    expect(await bench.inventory()).toEqual([])
  })
})

describe('a role as a whole', () => {
  it('is up by its quorum for starting first, and by the one for running then', async () => {
    bench = await EngineHarness.open({ place: { hints: true } })
    const rules = {
      startQuorum: { kind: 'number', count: 2 },
      runningQuorum: { kind: 'at-least-one' },
    } as const
    const retry = { backoff: { initial: 60_000, factor: 1, max: 60_000 } }
    await bench.deploy(application([role('web', 3, { rules, member: { retry } })]))
    expect(bench.entity('web')).toMatchObject({ state: 'running', up: true, reason: '3 of 3 up' })
    for (const member of [1, 2]) await bench.place().crash(bench.token(`web/${member}`))
    await bench.settle(1_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', up: true, reason: '1 of 3 up' })
    await bench.place().crash(bench.token('web/3'))
    const brokenAt = bench.clock.now()
    await bench.settle(1_000)
    expect(bench.entity('web')).toMatchObject({ up: false, state: 'failed' })
    expect(bench.entity('web').since).toBeGreaterThanOrEqual(brokenAt)
    const sensors = accepted(bench.engine.sensors(ann, 'shop', 'web'))
    expect(sensors).toContainEqual(expect.objectContaining({ name: 'service.state', value: 'failed' }))
    const problems = sensors.find(({ name }) => name === 'service.problems')?.value
    expect(Object.keys(problems ?? {})).toEqual(['web/1', 'web/2', 'web/3'])
    expect(sensors).toContainEqual(
      expect.objectContaining({
        name: 'service.notUp.indicators',
        value: { quorum: '0 of 3 up, 1 are needed' },
      }),
    )
    expect(bench.shop).toMatchObject({ state: 'running', degraded: true })
  })

  it('is starting, not failed, when a changed document brings it', async () => {
    bench = await EngineHarness.open({ place: { boot: 5_000 } })
    await bench.deploy(application([role('web', 1)]), 60_000)
    accepted(await bench.engine.update('shop', application([role('web', 1), role('db', 1)]), by))
    await bench.settle(10)
    expect(bench.entity('db')).toMatchObject({ state: 'starting', up: false })
    expect(bench.entity('web')).toMatchObject({ state: 'running', up: true })
    await bench.settle(60_000)
    expect(bench.entity('db')).toMatchObject({ state: 'running' })
  })

  it('tells its state as a sensor, like the group above it', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 1)]))
    const value = (path: string, name: string) =>
      accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
    for (const path of ['', 'web', 'web/1']) expect(value(path, 'service.state')).toBe('running')
    await bench.after(bench.engine.stop('shop', by))
    for (const path of ['', 'web']) expect(value(path, 'service.state')).toBe('stopped')
  })
})
