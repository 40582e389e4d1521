import { describe, expect, it } from 'vitest'
import type { WorkflowSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role } from '../../support/specs.js'
import { does, fails, lit, plus, setSensor, workflow } from '../../support/workflows.js'

const now = { kind: 'sensor', of: { scope: 'self' }, sensor: 'n', whenReady: false } as const
const counts: WorkflowSpec = workflow([
  setSensor('n', plus({ kind: 'first-known', of: [now, lit(0)] }, lit(1))),
])

function sensor(shop: EngineHarness, path: string): unknown {
  return accepted(shop.engine.sensors(ann, 'shop', path)).find(({ name }) => name === 'n')?.value
}

const runs = async (shop: EngineHarness): Promise<number> =>
  (await shop.store.load('workflow/')).entries.filter(({ key }) => !key.endsWith('/spec')).length

describe('workflows for when an entity comes to be', () => {
  it('are run once each, one after the other', async () => {
    const shop = await EngineHarness.open()
    await shop.deploy(application([entity('group', { initial: [counts, counts] })]))
    await shop.settle(1000)
    expect(sensor(shop, 'group')).toBe(2)
    await shop.close()
  })

  it('are not run again by a restart, a new version or another wish', async () => {
    const shop = await EngineHarness.open()
    await shop.deploy(application([entity('group', { initial: [counts] })]))
    await shop.restart()
    const other = application([entity('group', { initial: [counts], displayName: 'Group' })])
    await shop.after(shop.engine.update('shop', other, by))
    await shop.after(shop.engine.stop('shop', by))
    await shop.after(shop.engine.start('shop', by))
    expect([sensor(shop, 'group'), await runs(shop)]).toEqual([1, 1])
    await shop.close()
  })

  it('are run for each member, and go on over a restart', async () => {
    const naps = workflow([does({ kind: 'sleep', duration: lit(5000) }), ...counts.steps])
    const shop = await EngineHarness.open()
    await shop.deploy(application([role('web', 2, { member: { initial: [naps] } })]))
    await shop.restart()
    await shop.settle(6000)
    expect([sensor(shop, 'web/1'), sensor(shop, 'web/2')]).toEqual([1, 1])
    await shop.close()
  })

  it('tell of their failure by a task, and leave the entity as it is', async () => {
    const shop = await EngineHarness.open()
    await shop.deploy(application([entity('group', { initial: [workflow([fails('no')])] })]))
    await shop.settle(100)
    const [task] = accepted(shop.engine.tasks(ann, 'shop', 'group'))
    expect([task?.state, task?.failure?.message]).toEqual(['failed', 'no'])
    await shop.close()
  })

  it('are run again for another entity of the same path, and forgotten with the first', async () => {
    const shop = await EngineHarness.open()
    const whole = application([entity('group', { initial: [counts] }), entity('other')])
    await shop.deploy(whole)
    await shop.settle(100)
    await shop.after(shop.engine.update('shop', application([entity('other')]), by))
    expect(await runs(shop)).toBe(0)
    await shop.after(shop.engine.update('shop', whole, by))
    await shop.settle(100)
    expect(await runs(shop)).toBe(1)
    await shop.close()
  })
})
