import { describe, expect, it } from 'vitest'
import {
  literal,
  type EffectorSpec,
  type EntitySpec,
  type Json,
  type StepSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service } from '../../support/specs.js'
import { does, lit, setSensor, workflow } from '../../support/workflows.js'

type Health = 'service.problems' | 'service.notUp.indicators'

const effector = (name: string, ...steps: readonly StepSpec[]): EffectorSpec => ({
  name,
  parameters: [],
  command: literal(''),
  timeout: 0,
  workflow: workflow(steps),
})

const says = (sensor: Health, reason: Json): StepSpec =>
  does({ kind: 'set-sensor', sensor, path: ['check'], value: lit(reason) })
const takesBack = (sensor: Health): StepSpec => does({ kind: 'clear-sensor', sensor, path: ['check'] })

/** What says that something is wrong with its entity, and takes that back. */
const effectors: readonly EffectorSpec[] = [
  effector('ail', says('service.problems', 'slow')),
  effector('heal', takesBack('service.problems')),
  effector('down', says('service.notUp.indicators', 'no answer')),
  effector('up', takesBack('service.notUp.indicators')),
  effector('spoil', setSensor('service.problems', lit('no map'))),
]

async function shopWith(...children: readonly EntitySpec[]): Promise<EngineHarness> {
  const shop = await EngineHarness.open()
  await shop.deploy(application(children))
  await shop.settle(60_000)
  return shop
}

async function call(shop: EngineHarness, path: string, name: string): Promise<void> {
  accepted(await shop.engine.invoke('shop', path, { effector: name, parameters: {} }, by))
  await shop.settle(1_000)
}

/** State, whether it is up, and both maps, as sensors say. */
function health(shop: EngineHarness, path: string): readonly unknown[] {
  const sensors = accepted(shop.engine.sensors(ann, 'shop', path))
  const names = ['service.state', 'service.isUp', 'service.problems', 'service.notUp.indicators']
  return names.map((name) => {
    const [value, second] = sensors.filter((one) => one.name === name)
    expect(second).toBeUndefined()
    return value?.value
  })
}

const WELL = ['running', true, {}, {}]

describe('how an entity does, as somebody says', () => {
  it.each([
    ['with a machine', service('web', { effectors })],
    ['of which nothing runs', entity('web', { effectors })],
  ])('has failed with a problem, and is well without it: one %s', async (_what, web) => {
    const shop = await shopWith(web)
    expect(health(shop, 'web')).toEqual(WELL)
    await call(shop, 'web', 'ail')
    expect(health(shop, 'web')).toEqual(['failed', true, { check: 'slow' }, {}])
    expect(shop.entity('web')).toMatchObject({ state: 'failed', up: true, problems: ['check: slow'] })
    await call(shop, 'web', 'heal')
    expect(health(shop, 'web')).toEqual(WELL)
    await shop.close()
  })

  it.each([
    ['with a machine', service('web', { effectors })],
    ['of which nothing runs', entity('web', { effectors })],
  ])('is not up, and has failed, while something keeps it from that: one %s', async (_what, web) => {
    const shop = await shopWith(web)
    await call(shop, 'web', 'down')
    expect(health(shop, 'web')).toEqual(['failed', false, {}, { check: 'no answer' }])
    expect(shop.entity('web')).toMatchObject({ state: 'failed', up: false })
    await call(shop, 'web', 'up')
    expect(health(shop, 'web')).toEqual(WELL)
    await shop.close()
  })

  it('counts for what it is inside of', async () => {
    const shop = await shopWith(entity('group', { children: [entity('web', { effectors })] }))
    await call(shop, 'group/web', 'ail')
    expect([health(shop, 'group')[0], health(shop, '')[0]]).toEqual(['failed', 'failed'])
    await call(shop, 'group/web', 'heal')
    await call(shop, 'group/web', 'down')
    expect([health(shop, 'group').slice(0, 2), health(shop, '').slice(0, 2)]).toEqual([
      ['failed', false],
      ['failed', false],
    ])
    await call(shop, 'group/web', 'up')
    expect([health(shop, 'group'), health(shop, '')]).toEqual([WELL, WELL])
    await shop.close()
  })

  it('counts for a cluster by its quorum', async () => {
    const rules = { runningQuorum: { kind: 'all' } } as const
    const shop = await shopWith(role('webs', 2, { member: { effectors }, rules }))
    await call(shop, 'webs/1', 'down')
    expect(health(shop, 'webs').slice(0, 2)).toEqual(['failed', false])
    await call(shop, 'webs/1', 'up')
    expect(health(shop, 'webs').slice(0, 2)).toEqual(['running', true])
    await shop.close()
  })

  it.each([
    ['machines', role('webs', 2, { member: { effectors }, rules: { healthyQuorum: { kind: 'all' } } })],
    [
      'no machines',
      entity('webs', {
        children: [entity('1', { effectors }), entity('2', { effectors })],
        group: { children: true, healthyQuorum: { kind: 'all' } },
      }),
    ],
  ])(
    'counts for those that are to be well, of %s: one that is up with a problem is not',
    async (_what, webs) => {
      const shop = await shopWith(webs)
      expect(health(shop, 'webs')).toEqual(WELL)
      await call(shop, 'webs/1', 'ail')
      expect(health(shop, 'webs')).toEqual([
        ...['failed', true],
        { quorum: '1 of 2 members are up, 2 are to be' },
        {},
      ])
      await call(shop, 'webs/1', 'heal')
      expect(health(shop, 'webs')).toEqual(WELL)
      await shop.close()
    },
  )

  it('is kept over a restart', async () => {
    const shop = await shopWith(service('web', { effectors }))
    await call(shop, 'web', 'ail')
    await shop.restart()
    await shop.settle(1_000)
    expect(health(shop, 'web').slice(0, 3)).toEqual(['failed', true, { check: 'slow' }])
    await shop.close()
  })

  it('is told once where a built-in sensor has another value', async () => {
    const sets = effector('at', setSensor('endpoint', lit('http://x')))
    const shop = await shopWith(service('web', { effectors: [sets] }))
    await call(shop, 'web', 'at')
    const sensors = accepted(shop.engine.sensors(ann, 'shop', 'web'))
    expect(sensors.filter(({ name }) => name === 'endpoint').map(({ value }) => value)).toEqual(['http://x'])
    await shop.close()
  })

  it('is nothing where it is no map', async () => {
    const shop = await shopWith(service('web', { effectors }))
    await call(shop, 'web', 'spoil')
    expect(health(shop, 'web')).toEqual(WELL)
    await shop.close()
  })

  it('says nothing of an entity that is wanted stopped', async () => {
    const shop = await shopWith(service('web', { effectors }))
    await call(shop, 'web', 'ail')
    await shop.engine.stop('shop', by)
    await shop.settle(60_000)
    expect(health(shop, 'web').slice(0, 2)).toEqual(['stopped', false])
    await shop.close()
  })
})
