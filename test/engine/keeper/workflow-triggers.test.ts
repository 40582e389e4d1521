import { describe, expect, it } from 'vitest'
import { type EntitySpec, type SensorSpec, type WhenSpec, type WorkflowSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity } from '../../support/specs.js'
import { does, fails, gives, lit, plus, setSensor, workflow } from '../../support/workflows.js'

const read = (sensor: string) =>
  ({ kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false }) as const
const orZero = (sensor: string) => ({ kind: 'first-known', of: [read(sensor), lit(0)] }) as const
const more = (sensor: string): WorkflowSpec => workflow([gives(plus(orZero(sensor), lit(1)))])
const sensor = (name: string, when: WhenSpec, spec: WorkflowSpec): SensorSpec => ({
  name,
  type: 'json',
  source: { kind: 'workflow', workflow: spec, ...when },
})
const change = (of: string): WhenSpec => ({ sensors: [{ of: { scope: 'self' }, sensor: of }] })

async function shopWith(...children: readonly EntitySpec[]): Promise<EngineHarness> {
  const shop = await EngineHarness.open()
  await shop.deploy(application(children), 0)
  return shop
}

function value(shop: EngineHarness, name: string): unknown {
  return accepted(shop.engine.sensors(ann, 'shop', 'group')).find((one) => one.name === name)?.value
}

describe('a workflow that nobody calls', () => {
  it('gives a sensor its value, at once and each period', async () => {
    const shop = await shopWith(
      entity('group', { sensors: [sensor('n', { sensors: [], period: 10_000 }, more('n'))] }),
    )
    await shop.settle(1_000)
    expect(value(shop, 'n')).toBe(1)
    await shop.settle(20_000)
    expect(value(shop, 'n')).toBe(3)
    await shop.close()
  })

  it('is not done sooner for a restart', async () => {
    const shop = await shopWith(
      entity('group', { sensors: [sensor('n', { sensors: [], period: 60_000 }, more('n'))] }),
    )
    await shop.settle(30_000)
    await shop.restart()
    await shop.settle(29_000)
    expect(value(shop, 'n')).toBe(1)
    await shop.settle(2_000)
    expect(value(shop, 'n')).toBe(2)
    await shop.close()
  })

  it.each([
    ['counts', {}, 1],
    ['does not count where the first run is left out', { skipFirst: true }, undefined],
  ])('whose trigger was set before its entity began: it %s, once', async (_what, said, expected) => {
    const other = entity('other', {
      sensors: [{ name: 'since', type: 'number', source: { kind: 'made', what: { kind: 'moment' } } }],
    })
    const shop = await shopWith(other)
    await shop.settle(1_000)
    const when = { sensors: [{ of: { scope: 'global', id: 'other' }, sensor: 'since' }], ...said } as const
    const group = entity('group', { sensors: [sensor('n', when, more('n'))] })
    await shop.after(shop.engine.update('shop', application([other, group]), by))
    expect(value(shop, 'n')).toBe(expected)
    await shop.restart()
    await shop.settle(10_000)
    expect(value(shop, 'n')).toBe(expected)
    await shop.close()
  })

  it('is done when a sensor changes, also one that another workflow gives', async () => {
    const period = { sensors: [], period: 10_000 }
    const double = workflow([gives(plus(read('n'), read('n')))])
    const shop = await shopWith(
      entity('group', { sensors: [sensor('n', period, more('n')), sensor('twice', change('n'), double)] }),
    )
    await shop.settle(1_000)
    expect(value(shop, 'twice')).toBe(2)
    await shop.settle(10_000)
    expect(value(shop, 'twice')).toBe(4)
    await shop.close()
  })

  it('leaves the value of its sensor where it fails', async () => {
    const once = workflow([
      fails('no', { condition: { subject: orZero('n'), predicate: lit({ kind: 'equals', value: 1 }) } }),
      gives(lit(1)),
    ])
    const shop = await shopWith(
      entity('group', { sensors: [sensor('n', { sensors: [], period: 10_000 }, once)] }),
    )
    await shop.settle(15_000)
    expect(value(shop, 'n')).toBe(1)
    await shop.close()
  })

  it('is done for a policy, and not beside itself: what changes meanwhile counts once, after it', async () => {
    const slow = workflow([
      does({ kind: 'sleep', duration: lit(5_000) }),
      setSensor('done', plus(orZero('done'), lit(1))),
    ])
    const policy = {
      name: 'slow',
      type: 'workflow',
      config: {},
      workflow: { workflow: slow, ...change('n') },
    }
    const ticks = sensor('n', { sensors: [], period: 1_000 }, more('n'))
    const shop = await shopWith(entity('group', { sensors: [ticks], policies: [policy] }))
    await shop.settle(5_500)
    expect([value(shop, 'n'), value(shop, 'done')]).toEqual([6, 1])
    await shop.settle(5_000)
    expect(value(shop, 'done')).toBe(2)
    await shop.close()
  })

  it('is done no more when its application is stopped', async () => {
    const shop = await shopWith(
      entity('group', { sensors: [sensor('n', { sensors: [], period: 10_000 }, more('n'))] }),
    )
    await shop.settle(1_000)
    await shop.after(shop.engine.stop('shop', by))
    await shop.settle(60_000)
    expect(value(shop, 'n')).toBe(1)
    await shop.close()
  })
})

describe('a policy that is a workflow', () => {
  it('is not run while it is suspended', async () => {
    const policies = [
      {
        name: 'again',
        type: 'workflow',
        config: {},
        workflow: {
          sensors: [],
          period: 10_000,
          workflow: workflow([setSensor('n', plus(orZero('n'), lit(1)))]),
        },
      },
    ]
    const shop = await shopWith(entity('group', { policies }))
    await shop.settle(1_000)
    expect(value(shop, 'n')).toBe(1)
    const policy = { path: 'group', name: 'again' }
    accepted(await shop.engine.policies.suspend('shop', policy, by))
    await shop.settle(60_000)
    expect(value(shop, 'n')).toBe(1)
    accepted(await shop.engine.policies.resume('shop', policy, by))
    await shop.settle(1_000)
    expect(value(shop, 'n')).toBe(2)
    await shop.close()
  })
})
