import { afterEach, describe, expect, it } from 'vitest'
import type { WhyView } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const MINUTE = 60_000

/** Refuses to make what has such a name. */
function refused(name: string, cause: 'capacity' | 'invalid' | 'denied' | 'internal', times?: number) {
  return {
    verbs: ['ensure' as const],
    name,
    effect: 'refuse' as const,
    cause,
    ...(times === undefined ? {} : { times }),
  }
}

function why(path: string): WhyView {
  return accepted(bench.engine.why(ann, 'shop', path))
}

/** Times of the calls that would make something of such a name, after the first one. */
function attemptsAt(name: string): readonly number[] {
  const made = bench.calls.filter((call) => call.verb === 'ensure' && call.about.join().includes(name))
  const [first] = made
  return made.slice(1).map((call) => call.at - (first?.at ?? 0))
}

describe('what fails', () => {
  it('is tried again after a delay that doubles up to a minute and is spread by a fifth', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'capacity')] } } })
    await bench.deploy(application([service('web')]), 5 * MINUTE)
    const at = [0, ...attemptsAt('-web-')]
    const delays = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    for (const [index, delay] of delays.entries()) {
      const least = Math.min(60_000, 1000 * 2 ** index)
      expect(delay).toBeGreaterThanOrEqual(least)
      expect(delay).toBeLessThanOrEqual(least * 1.2)
    }
    expect(delays.length).toBeGreaterThan(7)
  })

  it('says how often it was tried, why it failed, when it is tried next and when it becomes an alert', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'capacity')] } } })
    await bench.deploy(application([service('web')]), 10_000)
    const { trouble, waits, state } = why('web')
    expect(state).toBe('failed')
    expect(trouble).toMatchObject({ attempts: 4, failure: { cause: 'capacity', retry: 'soon' }, verdict: '' })
    expect(trouble?.retryAt).toBeGreaterThan(bench.clock.now())
    expect((trouble?.alertAt ?? 0) - (trouble?.since ?? 0)).toBe(10 * MINUTE)
    expect(waits).toEqual(['attempt 5 is due later: capacity, by script'])
  })

  it('never uses the number of an incarnation that was refused again', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'internal', 2)] } } })
    await bench.deploy(application([service('web')]))
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 3 })
  })

  it('is not asked for all the time while the removal of its old machine is not ready', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    bench.place().arm({ verbs: ['destroy'], effect: 'not-ready', delay: 3000, times: 1 })
    const before = bench.engine.health().counters['turns'] ?? 0
    await bench.place().fail(bench.token('web'))
    await bench.settle(30_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2 })
    expect((bench.engine.health().counters['turns'] ?? 0) - before).toBeLessThan(30)
  })

  it('in its installation is repeated on the same machine', async () => {
    const rule = { verbs: ['run' as const], label: 'install', effect: 'fail' as const, exitCode: 9, times: 2 }
    bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    await bench.deploy(
      application([service('web', { software: software({ install: 'get', launch: 'serve' }) })]),
      1500,
    )
    expect(why('web').trouble).toMatchObject({ failure: { message: 'install ended with exit code 9' } })
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1 })
    const [entry] = (await bench.inventory()).filter((one) => one.kind === 'machine')
    expect(entry?.runs.map((run) => run.label)).toEqual(['install', 'install', 'install', 'launch'])
  })

  it('by taking too long is ended, counted and repeated', async () => {
    const slow = { command: literalOf('sleep 1h'), files: [], environment: {}, timeout: 5000, outputs: [] }
    bench = await EngineHarness.open()
    await bench.deploy(
      application([service('web', { software: software({ install: slow, launch: 'serve' }) })]),
      8000,
    )
    expect(why('web').trouble).toMatchObject({ failure: { message: 'install took longer than its limit' } })
    expect(bench.tree['web']).not.toBe('running')
  })
})

describe('an alert', () => {
  it('comes when retrying has lasted ten minutes, names the cause, and leaves by itself', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'capacity', 20)] } } })
    await bench.deploy(application([service('web')]), 9 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'starting', alerts: [] })
    await bench.settle(2 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'alert', wish: 'running' })
    expect(bench.shop.alerts).toEqual([expect.stringContaining('capacity, by script')])
    await bench.settle(15 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
    expect(bench.life.states).toEqual(['created', 'starting', 'alert', 'running'])
  })

  it('comes at once for what retrying cannot mend, which is then probed slowly', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid')] } } })
    await bench.deploy(application([service('web')]), 1000)
    expect(bench.shop).toMatchObject({ state: 'alert', alerts: ['web: invalid, by script'] })
    expect(why('web').trouble).toMatchObject({ attempts: 1, verdict: 'alert', failure: { retry: 'never' } })
    await bench.settle(11 * MINUTE)
    const times = attemptsAt('-web-')
    expect(times).toHaveLength(2)
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual((index + 1) * 5 * MINUTE)
  })

  it('groups those who fail of the same cause into one line', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'denied')] } } })
    await bench.deploy(application([role('web', 5), service('db')]), 1000)
    expect(bench.shop.alerts).toEqual(['web/1, web/2, web/3 and 2 more: denied, by script'])
    expect(bench.tree['db']).toBe('running')
  })

  it('is cleared by a document that changes what fails, at once', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid', 1)] } } })
    await bench.deploy(application([service('web')]), 1000)
    expect(bench.shop.state).toBe('alert')
    const other = application([service('web', { software: software({ launch: 'serve otherwise' }) })])
    await bench.after(bench.engine.update('shop', other, by), 2000)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
  })

  it('is cleared by recover, at once', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid', 1)] } } })
    await bench.deploy(application([service('web')]), 1000)
    await bench.after(bench.engine.recover('shop', by), 1000)
    expect(bench.shop).toMatchObject({ state: 'running', alerts: [] })
    expect(why('web')).not.toHaveProperty('trouble')
  })

  it('comes back when recovering has not helped', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid')] } } })
    await bench.deploy(application([service('web')]), 1000)
    await bench.after(bench.engine.recover('shop', by), 1000)
    expect(bench.shop).toMatchObject({ state: 'alert', alerts: ['web: invalid, by script'] })
    expect(why('web').trouble).toMatchObject({ attempts: 1 })
  })

  it('is the same after the engine was restarted, and does not try sooner', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid')] } } })
    await bench.deploy(application([service('web')]), 1000)
    const before = why('web').trouble
    await bench.restart()
    await bench.settle(4 * MINUTE)
    expect(why('web').trouble).toEqual(before)
    expect(bench.shop.state).toBe('alert')
    expect(attemptsAt('-web-')).toEqual([])
  })

  it('expunges an application that was to be expunged when its start fails', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid')] } } })
    const spec = application([service('db'), service('web')], { settings: { onStartFailure: 'expunge' } })
    const { task } = (await bench.engine.deploy(spec, { ...by, id: 'shop' })) as { task?: { id: string } }
    await bench.settle(30_000)
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await bench.inventory()).toEqual([])
    expect(accepted(bench.engine.task(ann, task?.id ?? ''))).toMatchObject({
      state: 'failed',
      failure: { message: expect.stringContaining('start failed: web') as string },
    })
  })

  it('expunges nothing that has been running', async () => {
    bench = await EngineHarness.open()
    const spec = application([service('web')], { settings: { onStartFailure: 'expunge' } })
    await bench.deploy(spec)
    bench.place().arm(refused('*-web-*', 'invalid'))
    await bench.place().vanish(bench.token('web'))
    await bench.settle(30_000)
    expect(bench.shop).toMatchObject({ state: 'alert', wish: 'running' })
  })
})

describe('a repair', () => {
  it('shows running and degraded within its grace, alert after it, running when it is through', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2)]))
    bench.place().arm(refused('*-web-*', 'capacity', 9))
    await bench.place().vanish(bench.token('web/1'))
    await bench.settle(MINUTE)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: true, alerts: [] })
    await bench.settle(2 * MINUTE)
    expect(bench.shop).toMatchObject({
      state: 'alert',
      degraded: false,
      alerts: ['it takes longer than it should'],
    })
    await bench.settle(10 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'running', degraded: false, alerts: [] })
  })

  it('that fits into its grace is never an alert', async () => {
    bench = await EngineHarness.open({ place: { boot: 20_000 } })
    await bench.deploy(application([role('web', 2)]), MINUTE)
    await bench.place().vanish(bench.token('web/2'))
    await bench.settle(10 * MINUTE)
    expect(bench.life.states).toEqual(['created', 'starting', 'running'])
  })

  it('does not hold back a wish: what fails can be stopped and removed', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'capacity')] } } })
    await bench.deploy(application([role('web', 2), service('db')]), 30_000)
    await bench.after(bench.engine.stop('shop', by), 5000)
    expect(bench.shop).toMatchObject({ state: 'stopped', alerts: [] })
    await bench.after(bench.engine.start('shop', by), 5000)
    expect(bench.tree['web/1']).toBe('failed')
    await bench.after(bench.engine.remove('shop', by), 5000)
    expect(await bench.inventory()).toEqual([])
  })
})

describe('a member that never came up although others did', () => {
  const broken = { verbs: ['run' as const], name: '*-web-2-*', effect: 'fail' as const, exitCode: 4 }

  it('is set aside after five attempts, and another one takes its place', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [broken] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    expect(bench.tree).toMatchObject({
      'web/1': 'running',
      'web/2': 'quarantined',
      'web/3': 'running',
      'web/4': 'running',
    })
    expect(bench.shop).toMatchObject({ state: 'running', roles: [{ wanted: 3, up: 3 }] })
  })

  it('is kept for inspection with nothing running on it', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [broken] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    const kept = (await bench.inventory()).find((one) => one.marks?.entity === 'web/2')
    expect(kept?.state).toBe('stopped')
    expect(kept?.runs.filter((run) => run.state === 'running')).toEqual([])
  })

  it('stays set aside over a restart of the engine', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [broken] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    const before = bench.tree
    await bench.restart()
    await bench.settle(2 * MINUTE)
    expect(bench.tree).toEqual(before)
  })

  it('is tried again by recover, and one of those that are too many then goes', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [{ ...broken, times: 5 }] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    await bench.after(bench.engine.recover('shop', by), MINUTE)
    expect(Object.values(bench.tree)).toEqual(['running', 'running', 'running'])
    expect(await bench.machines()).toHaveLength(3)
    expect(bench.shop.state).toBe('running')
  })

  it('goes with its application', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [broken] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('is not set aside where the role does not want it', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [broken] } } })
    await bench.deploy(application([role('web', 3, { rules: { quarantine: false } })]), 2 * MINUTE)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'failed', 'web/3': 'running' })
  })

  it('is not set aside for what its place lacks', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-2-*', 'capacity')] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    expect(bench.tree).toEqual({ 'web/1': 'running', 'web/2': 'failed', 'web/3': 'running' })
  })

  it('is not set aside when none of them comes up', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [{ ...broken, name: '*-web-*' }] } } })
    await bench.deploy(application([role('web', 3)]), 2 * MINUTE)
    expect(Object.values(bench.tree)).toEqual(['failed', 'failed', 'failed'])
  })

  it('finds two set aside at most of one role', async () => {
    const rules = [2, 3, 4].map((member) => ({ ...broken, name: `*-web-${member}-*` }))
    bench = await EngineHarness.open({ place: { script: { calls: rules } } })
    await bench.deploy(application([role('web', 4)]), 5 * MINUTE)
    const states = Object.values(bench.tree)
    expect(states.filter((state) => state === 'quarantined')).toHaveLength(2)
    expect(states.filter((state) => state === 'failed')).toHaveLength(1)
  })
})

describe('a stop that fails', () => {
  it('leaves something running, is an alert, and is none any more when it is through', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web')]))
    bench.place().arm({ verbs: ['endRun'], effect: 'refuse', cause: 'invalid', times: 1 })
    await bench.after(bench.engine.stop('shop', by), MINUTE)
    expect(bench.shop).toMatchObject({ state: 'alert', wish: 'stopped', alerts: ['web: invalid, by script'] })
    await bench.settle(6 * MINUTE)
    expect(bench.shop).toMatchObject({ state: 'stopped', alerts: [] })
    expect(why('web')).not.toHaveProperty('trouble')
    await bench.after(bench.engine.start('shop', by))
    expect(bench.shop.state).toBe('running')
  })

  it('stops what has failed for good', async () => {
    bench = await EngineHarness.open({ place: { script: { calls: [refused('*-web-*', 'invalid')] } } })
    await bench.deploy(application([service('web'), service('db')]))
    expect(bench.shop.state).toBe('alert')
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop).toMatchObject({ state: 'stopped', alerts: [] })
  })
})

describe('a removal that fails', () => {
  it('is tried again for ever, and shown as stuck meanwhile with what is left', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2)]))
    bench
      .place()
      .arm({ verbs: ['destroy'], name: '*-web-2-*', effect: 'refuse', cause: 'internal', times: 8 })
    await bench.after(bench.engine.remove('shop', by), MINUTE)
    expect(bench.shop).toMatchObject({ state: 'expunge', wish: 'gone' })
    expect(await bench.machines()).toEqual(['web/2'])
    expect(why('web/2').trouble).toMatchObject({ failure: { cause: 'internal' } })
    await bench.settle(10 * MINUTE)
    expect(bench.engine.application(ann, 'shop').kind).toBe('gone')
    expect(await bench.inventory()).toEqual([])
    expect(bench.life.states.slice(2)).toEqual(['running', 'expunging', 'expunge', 'expunging', 'destroyed'])
  })

  it('of one member holds back nothing else', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 3)]))
    bench
      .place()
      .arm({ verbs: ['destroy'], name: '*-web-3-*', effect: 'refuse', cause: 'internal', times: 3 })
    await bench.after(bench.engine.scale('shop', 'web', 2, by), 2000)
    expect(bench.shop.roles[0]).toMatchObject({ wanted: 2, up: 2 })
    await bench.after(bench.engine.scale('shop', 'web', 4, by), MINUTE)
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/4', 'web/5'])
    expect(bench.shop.state).toBe('running')
  })
})

function literalOf(text: string) {
  return { kind: 'literal', value: text } as const
}
