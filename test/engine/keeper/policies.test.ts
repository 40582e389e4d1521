import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type DecisionView,
  type EffectorSpec,
  type EntitySpec,
  type PolicySpec,
  type ProbeAnswer,
} from '../../../engine/index.js'
import { autoscale, replace, restart, stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, machine, role, service } from '../../support/specs.js'
import { setSensor, workflow } from '../../support/workflows.js'

let bench: EngineHarness
afterEach(() => bench.close())

const policyKinds = [autoscale, restart, replace]
const load = { name: 'load', type: 'number', source: { kind: 'metric', metric: 'requests' } } as const

/** Webs that are kept between 20 and 60 requests a second each. */
function scaled(config: EntitySpec['config'] = {}): EntitySpec {
  const band = { lower: literal(20), upper: literal(60), ...config }
  return role('web', 2, {
    rules: { min: 1, max: 6 },
    member: { sensors: [load] },
    policies: [{ name: 'size', type: 'autoscale', config: band }],
  })
}

function loads(requests: number): NonNullable<HarnessOptions['place']> {
  return { loads: { web: { requests: { kind: 'constant', value: requests } } }, boot: 1000 }
}

function setLoad(requests: number): Promise<void> {
  return bench.place().setLoad('web', { requests: { kind: 'constant', value: requests } })
}

function decisions(kind?: DecisionView['kind']): readonly DecisionView[] {
  return accepted(bench.engine.decisions(ann, 'shop')).filter(
    (one) => kind === undefined || one.kind === kind,
  )
}

describe('autoscale', () => {
  it('grows under load until each member has its share, and shrinks when there is little to do', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(80) })
    await bench.deploy(application([scaled()]), 60_000)
    expect(bench.shop.roles[0]).toMatchObject({ wanted: 2, up: 2 })
    await setLoad(240)
    await bench.settle(120_000)
    const { wanted = 0, up = 0 } = bench.shop.roles[0] ?? {}
    expect(up).toBe(wanted)
    expect(wanted).toBeGreaterThanOrEqual(4)
    expect(240 / wanted).toBeGreaterThanOrEqual(20)
    await setLoad(10)
    await bench.settle(600_000)
    expect(bench.shop.roles[0]).toMatchObject({ wanted: 1, up: 1 })
    expect(await bench.machines()).toHaveLength(1)
    expect(bench.shop.state).toBe('running')
  })

  it('never asks beyond the bounds of the role', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(5000) })
    await bench.deploy(application([scaled()]), 300_000)
    expect(bench.shop.roles[0]).toMatchObject({ wanted: 6, up: 6 })
    expect(bench.life.most.get('web')).toBeLessThanOrEqual(7)
  })

  it('records each decision with the readings, the rule and the reason that it follows from', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(400) })
    await bench.deploy(application([scaled()]), 60_000)
    const decided = decisions('decided')
    expect(decided.length).toBeGreaterThan(0)
    for (const one of decided) {
      expect(one).toMatchObject({ entity: 'web', by: 'size', policyType: 'autoscale' })
      expect(one.rule).not.toBe('')
      expect(one.reason).not.toBe('')
      expect(one.inputs.length).toBeGreaterThan(0)
    }
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).decisions).toEqual(decisions())
  })

  it('decides the same with restarts of the engine as without', async () => {
    const ended = async (restarts: number) => {
      const one = await EngineHarness.open({ policyKinds, place: loads(300) })
      await one.engine.deploy(application([scaled({ scaleOutAfter: literal(20_000) })]), {
        ...by,
        id: 'shop',
      })
      for (let time = 0; time < 12; time += 1) {
        await one.settle(10_000)
        if (time < restarts) await one.restart()
      }
      await one.settle(200_000)
      const { wanted, up } = one.shop.roles[0] ?? {}
      await one.close()
      return { wanted, up }
    }
    bench = await EngineHarness.open()
    expect(await ended(6)).toEqual(await ended(0))
  })

  it('remembers over a restart that it has only just changed the count', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(5000) })
    const slow = scaled({ cooldown: literal(300_000), scaleOutAfter: literal(1000) })
    await bench.deploy(application([slow]), 30_000)
    const { wanted } = bench.shop.roles[0] ?? {}
    expect(wanted).toBeGreaterThan(2)
    await bench.restart()
    await bench.settle(200_000)
    expect(bench.shop.roles[0]?.wanted).toBe(wanted)
  })

  it('leaves behind what its members had to do together, which goes on while they come and go', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(240) })
    await bench.deploy(application([scaled()]), 60_000)
    await setLoad(60)
    await bench.settle(300_000)
    const of = { sensor: 'load', since: 0, together: true }
    const recorded = accepted(bench.engine.history(ann, 'shop', 'web', of))
    expect(bench.shop.roles[0]?.wanted).toBeLessThan(4)
    expect(recorded.length).toBeGreaterThan(20)
    expect(recorded.at(-1)?.value).toBeCloseTo(60, 6)
    expect(recorded[2]?.value).toBeCloseTo(240, 6)
    expect(accepted(bench.engine.history(ann, 'shop', 'web', { sensor: 'load', since: 0 }))).toEqual([])
  })

  it('leaves a stopped application alone', async () => {
    bench = await EngineHarness.open({ policyKinds, place: loads(5000) })
    await bench.deploy(application([scaled()]), 2000)
    await bench.after(bench.engine.stop('shop', by), 1000)
    const { generation } = bench.shop
    await bench.settle(300_000)
    expect(bench.shop).toMatchObject({ state: 'stopped', generation })
  })
})

describe('restart', () => {
  const keep = (config: EntitySpec['config'] = {}) => [{ name: 'keep', type: 'restart', config }]

  it('launches a crashed service anew on its machine, later each time', async () => {
    bench = await EngineHarness.open({ policyKinds, place: { hints: true } })
    await bench.deploy(application([service('web', { policies: keep({ attempts: literal(4) }) })]))
    const waits: number[] = []
    for (let run = 2; run <= 4; run += 1) {
      const since = bench.clock.now()
      await bench.place().crash(bench.token('web'))
      await bench.clock.settleUntil(() => bench.entity('web').run === run && bench.entity('web').up, 60_000)
      waits.push(bench.clock.now() - since)
    }
    expect(waits).toEqual([500, 1000, 2000])
    expect(bench.entity('web').incarnation).toBe(1)
  })

  it('holds when its attempts are spent, says so, and a person may restart all the same', async () => {
    bench = await EngineHarness.open({ policyKinds })
    await bench.deploy(application([service('web', { policies: keep({ attempts: literal(1) }) })]))
    for (let time = 0; time < 2; time += 1) {
      await bench.place().crash(bench.token('web'))
      await bench.settle(10_000)
    }
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 2 })
    expect(decisions('held').map(({ by: who }) => who)).toContain('keep')
    await bench.after(bench.engine.restart('shop', 'web', by))
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 3, incarnation: 1 })
  })

  it('works for each member of a role on its own', async () => {
    bench = await EngineHarness.open({ policyKinds })
    await bench.deploy(application([role('web', 3, { member: { policies: keep() } })]))
    await bench.place().crash(bench.token('web/2'))
    await bench.settle(20_000)
    expect(['web/1', 'web/2', 'web/3'].map((path) => bench.entity(path).run)).toEqual([1, 2, 1])
  })
})

describe('replace', () => {
  const swap = (config: EntitySpec['config'] = {}) => [{ name: 'swap', type: 'replace', config }]
  const keep = { name: 'keep', type: 'restart', config: { attempts: literal(2) } }

  it('gives a member another machine when restarting it has not helped', async () => {
    const calls = [{ verbs: ['run'], name: '*-web-2-1-*', from: 2, effect: 'fail', exitCode: 7 }]
    bench = await EngineHarness.open({ policyKinds, place: { script: { calls } } })
    const policies = [keep, ...swap({ afterFailures: literal(2) })]
    await bench.deploy(application([role('web', 3, { member: { policies } })]))
    await bench.place().crash(bench.token('web/2'))
    await bench.settle(120_000)
    expect(bench.entity('web/2')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.entity('web/1').incarnation).toBe(1)
    expect(decisions('decided').map(({ intent }) => intent.split(' ')[0])).toContain('replace')
  })

  it('gives a member another machine that lives and answers badly', async () => {
    let sick = ''
    const web = (url: string): ProbeAnswer =>
      sick !== '' && url.includes(sick)
        ? { kind: 'answered', status: 500, body: '' }
        : { kind: 'answered', status: 200, body: '' }
    bench = await EngineHarness.open({ policyKinds, web })
    const port = { name: 'http', number: 80, protocol: 'tcp', published: false, scheme: 'http' } as const
    const url = { kind: 'sensor', of: { scope: 'self' }, sensor: 'endpoint', whenReady: true } as const
    const health = { http: { url }, period: 1000, timeout: 1000, failures: 3, grace: 0 }
    const member = {
      machine: machine({ ports: [port] }),
      health,
      policies: swap({ unhealthyFor: literal(5000) }),
    }
    await bench.deploy(application([role('web', 2, { member })]))
    expect(bench.shop.state).toBe('running')
    sick = bench.entity('web/1').address
    expect(sick).not.toBe('')
    await bench.settle(6000)
    expect(bench.entity('web/1')).toMatchObject({ up: false })
    await bench.settle(60_000)
    expect(bench.entity('web/1')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.entity('web/2').incarnation).toBe(1)
  })

  it('is refused, with the reason, while bounds do not allow it, and the refusals are counted', async () => {
    const calls = [{ verbs: ['run'], name: '*-web-*', from: 3, effect: 'fail', exitCode: 7 }]
    bench = await EngineHarness.open({ policyKinds, place: { script: { calls } } })
    const policies = swap({ afterFailures: literal(1), attempts: literal(2) })
    const web = role('web', 2, { rules: { min: 2, max: 2 }, member: { policies } })
    await bench.deploy(application([web]))
    await bench.place().crash(bench.token('web/1'))
    await bench.place().crash(bench.token('web/2'))
    await bench.settle(120_000)
    const refused = decisions().filter((one) => one.kind !== 'decided')
    expect(refused.length).toBeGreaterThan(0)
    for (const one of refused) {
      expect(one.reason).not.toBe('')
      expect(one.count).toBeGreaterThanOrEqual(1)
    }
    expect(bench.life.most.get('web')).toBeLessThanOrEqual(3)
  })
})

describe('a policy that a person suspends', () => {
  const keep = [{ name: 'keep', type: 'restart', config: {} }]
  const policy = { path: 'web', name: 'keep' }
  const views = () => accepted(bench.engine.policies.list(ann, 'shop', 'web'))

  it('does nothing until it is resumed, also over a restart of the engine', async () => {
    bench = await EngineHarness.open({ policyKinds })
    await bench.deploy(application([service('web', { policies: keep })]))
    expect(views()).toMatchObject([{ name: 'keep', role: 'policy', state: 'acting', reason: '' }])
    accepted(await bench.engine.policies.suspend('shop', policy, { ...by, reason: 'to look at it' }))
    const reason = 'by ann: to look at it'
    expect(views()).toMatchObject([{ state: 'suspended', reason, since: bench.clock.now() }])
    const { next } = accepted(bench.engine.why(ann, 'shop', 'web'))
    expect(next).toEqual(['keep is suspended by ann: to look at it'])
    await bench.place().crash(bench.token('web'))
    await bench.settle(60_000)
    await bench.restart()
    await bench.settle(60_000)
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 1 })
    expect(views()).toMatchObject([{ state: 'suspended', reason }])
    accepted(await bench.engine.policies.resume('shop', policy, by))
    await bench.settle(10_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 2, incarnation: 1 })
    expect(views()).toMatchObject([{ state: 'acting' }])
  })

  it('keeps what it remembers', async () => {
    bench = await EngineHarness.open({ policyKinds })
    const once = [{ name: 'keep', type: 'restart', config: { attempts: literal(1) } }]
    await bench.deploy(application([service('web', { policies: once })]))
    await bench.place().crash(bench.token('web'))
    await bench.settle(10_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 2 })
    accepted(await bench.engine.policies.suspend('shop', policy, by))
    accepted(await bench.engine.policies.resume('shop', policy, by))
    await bench.place().crash(bench.token('web'))
    await bench.settle(10_000)
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 2 })
  })

  it('that is not there is not found, and the wish for what is so already changes nothing', async () => {
    bench = await EngineHarness.open({ policyKinds })
    await bench.deploy(application([service('web', { policies: keep })]))
    const nobody = await bench.engine.policies.suspend('shop', { path: 'web', name: 'other' }, by)
    expect(nobody).toEqual({ kind: 'not-found', what: 'policy other of web' })
    const { generation } = bench.shop
    accepted(await bench.engine.policies.resume('shop', policy, by))
    expect(bench.shop.generation).toBe(generation)
    const stale = await bench.engine.policies.suspend('shop', policy, {
      ...by,
      expectGeneration: generation - 1,
    })
    expect(stale).toMatchObject({ kind: 'conflict' })
  })
})

describe('a policy that another one suspends', () => {
  const rests = workflow([setSensor('work', { kind: 'variable', of: 'input', path: ['on'] })])
  const work: EffectorSpec = {
    ...{ name: 'work', command: literal(''), environment: {}, timeout: 0, workflow: rests },
    parameters: [{ name: 'on', type: 'any', required: true, constraints: [] }],
  }
  const keep = { name: 'keep', type: 'restart', config: {} }
  const guard = {
    ...{ name: 'guard', type: 'conditional-suspend' },
    config: { policies: literal('keep'), sensor: literal('work') },
  }
  const policy = { path: 'web', name: 'keep' }
  const open = async (...policies: readonly PolicySpec[]) => {
    bench = await EngineHarness.open({ policyKinds: stockKinds })
    await bench.deploy(application([service('web', { policies, effectors: [work] })]))
  }
  const set = (on: boolean) =>
    bench.after(bench.engine.invoke('shop', 'web', { effector: 'work', parameters: { on } }, by), 1_000)
  const state = () =>
    accepted(bench.engine.policies.list(ann, 'shop', 'web')).find(({ name }) => name === 'keep')
  const crash = async () => {
    await bench.place().crash(bench.token('web'))
    await bench.settle(60_000)
  }

  it('does nothing while the other says so, also over a restart of the engine', async () => {
    await open(keep, guard)
    await set(true)
    expect(state()).toMatchObject({ state: 'suspended', reason: 'by policy web/guard: work of web is true' })
    await crash()
    await bench.restart()
    await bench.settle(60_000)
    expect(bench.entity('web')).toMatchObject({ state: 'failed', run: 1 })
    expect(accepted(bench.engine.why(ann, 'shop', 'web')).next).toContain(
      'keep is suspended by policy web/guard: work of web is true',
    )
    await set(false)
    await bench.settle(10_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', run: 2, incarnation: 1 })
  })

  it('stays suspended where a person has suspended it', async () => {
    await open(keep, guard)
    await set(true)
    accepted(await bench.engine.policies.suspend('shop', policy, { ...by, reason: 'to look at it' }))
    await set(false)
    expect(state()).toMatchObject({ state: 'suspended', reason: 'by ann: to look at it' })
  })

  it('acts where a person resumes it, until the other says so anew', async () => {
    await open(keep, guard)
    await set(true)
    accepted(await bench.engine.policies.resume('shop', policy, by))
    await bench.restart()
    await bench.settle(10_000)
    expect(state()).toMatchObject({ state: 'acting' })
    await set(false)
    await set(true)
    expect(state()).toMatchObject({ state: 'suspended' })
  })

  it('acts when the other is taken out of the document', async () => {
    await open(keep, guard)
    await set(true)
    const without = application([service('web', { policies: [keep], effectors: [work] })])
    await bench.after(bench.engine.update('shop', without, by))
    expect(state()).toMatchObject({ state: 'acting' })
  })
})
