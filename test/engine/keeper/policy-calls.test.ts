import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type DecisionView,
  type EffectorSpec,
  type EntitySpec,
  type JsonObject,
  type PolicySpec,
  type WorkflowSpec,
} from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service } from '../../support/specs.js'
import { does, lit, plus, setSensor, workflow } from '../../support/workflows.js'

let bench: EngineHarness
afterEach(() => bench.close())

const value = (path: string, name: string): unknown =>
  accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value

const decisions = (path: string): readonly DecisionView[] =>
  accepted(bench.engine.decisions(ann, 'shop')).filter(({ entity: about }) => about === path)

function effector(name: string, spec: WorkflowSpec, ...parameters: readonly string[]): EffectorSpec {
  const declared = parameters.map((one) => ({ name: one, type: 'any', required: false, constraints: [] }))
  return { name, command: literal(''), environment: {}, timeout: 0, parameters: declared, workflow: spec }
}

const read = { kind: 'sensor', of: { scope: 'self' }, sensor: 'calls', whenReady: false } as const
const counted = setSensor('calls', plus({ kind: 'first-known', of: [read, lit(0)] }, lit(1)))
const count = effector('count', workflow([counted]))
const slow = effector('count', workflow([does({ kind: 'sleep', duration: lit(25_000) }), counted]))

function policy(type: string, settings: JsonObject): PolicySpec {
  const config = Object.entries(settings).map(([key, one]) => [key, literal(one)] as const)
  return { name: 'caller', type, config: Object.fromEntries(config) }
}

async function deploy(...children: readonly EntitySpec[]): Promise<void> {
  bench = await EngineHarness.open({ policyKinds: stockKinds })
  await bench.deploy(application(children), 0)
}

const periodic = (settings: JsonObject = {}) =>
  policy('periodic-effector', { effector: 'count', period: '10s', start: 'none', ...settings })

describe('a policy that calls effectors', () => {
  it('calls them of an entity without a machine, each period, and says so', async () => {
    await deploy(entity('group', { effectors: [count], policies: [periodic()] }))
    await bench.settle(35_000)
    expect(value('group', 'calls')).toBe(4)
    expect(decisions('group').map(({ intent, rule }) => `${intent} ${rule}`)).toEqual(
      Array<string>(4).fill('call count granted'),
    )
  })

  it('calls as often with restarts of the engine as without', async () => {
    await deploy(entity('group', { effectors: [count], policies: [periodic()] }))
    for (let restart = 0; restart < 12; restart += 1) {
      await bench.settle(5_001)
      await bench.restart()
    }
    await bench.settle(1)
    expect(value('group', 'calls')).toBe(7)
  })

  it('leaves a time out while the call before goes on', async () => {
    await deploy(entity('group', { effectors: [slow], policies: [periodic()] }))
    await bench.settle(58_000)
    expect(value('group', 'calls')).toBe(2)
    expect(decisions('group').filter(({ rule }) => rule === 'busy').length).toBeGreaterThan(0)
  })

  it('stops its application when its lease is over, and no more often', async () => {
    const lease = policy('lease', { for: '2 min', of: '.' })
    await deploy(service('db', { policies: [lease] }))
    await bench.settle(100_000)
    expect(bench.shop.state).toBe('running')
    await bench.restart()
    await bench.settle(60_000)
    expect(bench.shop.state).toBe('stopped')
    await bench.after(bench.engine.start('shop', by), 60_000)
    expect(bench.shop.state).toBe('running')
  })

  it('asks for nothing while the application rests, but for its start', async () => {
    const restart = policy('periodic-effector', {
      effector: 'start',
      period: '1 min',
      start: 'none',
      of: '.',
    })
    await deploy(
      service('db'),
      entity('group', { effectors: [count], policies: [periodic(), { ...restart, name: 'on' }] }),
    )
    await bench.settle(5_000)
    await bench.after(bench.engine.stop('shop', by), 1_000)
    const before = value('group', 'calls')
    await bench.settle(30_000)
    expect(value('group', 'calls')).toBe(before)
    expect(decisions('group').some(({ rule }) => rule === 'wish')).toBe(true)
    await bench.settle(30_000)
    expect(bench.shop.state).toBe('running')
  })

  it.each<[string, JsonObject, string]>([
    ['has no such effector', { effector: 'none-such' }, 'unknown-effector'],
    ['is not there', { effector: 'count', of: 'nowhere' }, 'unknown-entity'],
    ['is of another application', { effector: 'count', of: '../other' }, 'unknown-entity'],
  ])('is told so where what it calls %s', async (_what, settings, rule) => {
    await deploy(entity('group', { effectors: [count], policies: [periodic(settings)] }))
    await bench.settle(1_000)
    const all = accepted(bench.engine.decisions(ann, 'shop'))
    expect(all.map((one) => [one.kind, one.rule])).toEqual([['refused', rule]])
  })

  it('hands on who has come to a cluster, one call after the other', async () => {
    const welcome = effector(
      'welcome',
      workflow([setSensor('last', { kind: 'variable', of: 'input', path: ['who'] }), counted]),
      'who',
    )
    const joined = policy('on-membership', { onJoined: 'welcome', passAs: 'who', of: 'hall' })
    await deploy(role('web', 3, { policies: [joined] }), entity('hall', { effectors: [welcome] }))
    await bench.settle(60_000)
    expect(value('hall', 'calls')).toBe(3)
    expect(value('hall', 'last')).toMatch(/^web\/[123]$/)
  })

  it('keeps one of several the primary when that fails', async () => {
    const elect = policy('elect-primary', { stoppedWait: 0 })
    const restart: PolicySpec = {
      name: 'keep',
      type: 'restart',
      config: { backoff: literal({ initial: 60_000, max: 60_000 }) },
    }
    await deploy(role('web', 2, { policies: [elect, restart] }))
    await bench.settle(60_000)
    expect(value('web', 'primary')).toBe('web/1')
    await bench.restart()
    await bench.settle(1_000)
    expect(value('web', 'primary')).toBe('web/1')
    await bench.place().crash(bench.token('web/1'))
    await bench.settle(10_000)
    expect(value('web', 'primary')).toBe('web/2')
  })
})

describe('a supervisor', () => {
  const supervise = (settings: JsonObject): PolicySpec => ({ ...policy('supervise', settings), name: 'boss' })
  const run = (path: string): number => bench.entity(path).run

  it('restarts children with the one that has failed', async () => {
    const pair = entity('pair', {
      children: [service('a'), service('b')],
      policies: [supervise({ strategy: 'one-for-all' })],
    })
    await deploy(pair)
    await bench.settle(30_000)
    await bench.place().crash(bench.token('pair/a'))
    await bench.settle(30_000)
    expect([run('pair/a'), run('pair/b')]).toEqual([2, 2])
    expect(value('pair/a', 'service.isUp')).toBe(true)
  })

  it('has the application restarted when that mends nothing', async () => {
    const failing = role('web', 1, { policies: [supervise({ attempts: 1, escalate: '.' })] })
    await deploy(failing, service('db'))
    await bench.settle(30_000)
    for (let failure = 0; failure < 2; failure += 1) {
      await bench.place().crash(bench.token('web/1'))
      await bench.settle(10_000)
    }
    await bench.settle(30_000)
    expect(run('db')).toBe(2)
    expect(value('web/1', 'service.isUp')).toBe(true)
  })
})
