import { afterEach, describe, expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { entitiesWanted } from '../../../engine/operate/changes/quota.js'
import { autoscale } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role, service } from '../../support/specs.js'

let bench: EngineHarness

const web = (initial: number) => role('web', initial)
const webs = () => bench.shop.roles.find(({ name }) => name === 'web')
const over = (wanted: number, quota: number) => ({
  kind: 'quota',
  reason: `the application would have ${wanted} entities; the quota is ${quota}`,
})

it.each<[string, { readonly [role: string]: number }, number]>([
  ['as the document begins', {}, 1 + 2 * 3],
  ['with a role of another size', { rack: 4 }, 1 + 4 * 3],
  ['with one role inside a member of another size', { 'rack/1/disk': 5 }, 1 + 2 * 3 + 3],
  ['with roles that are there no more', { web: 9, db: 4 }, 1 + 2 * 3],
])('counts the entities of nested roles: %s', (_what, counts, expected) => {
  const rack = role('rack', 2, { member: { children: [role('disk', 2)] } })
  expect(entitiesWanted(indexSpec(application([service('db'), rack])), { counts })).toBe(expected)
})

describe('an engine with a quota', () => {
  afterEach(() => bench.close())

  it('refuses more members than the quota allows, however they are asked for', async () => {
    bench = await EngineHarness.open({ engine: { quota: 4 } })
    await bench.deploy(application([service('db'), web(2)]))
    expect(await bench.engine.scale('shop', 'web', 4, by)).toEqual(over(5, 4))
    await bench.after(bench.engine.scale('shop', 'web', 3, by))
    expect(await bench.engine.resize('shop', 'web', 1, by)).toEqual(over(5, 4))
    expect(webs()).toMatchObject({ wanted: 3, up: 3 })
    expect(await bench.machines()).toHaveLength(4)
  })

  it('refuses a document that has too many at the counts of now', async () => {
    bench = await EngineHarness.open({ engine: { quota: 4 } })
    await bench.deploy(application([service('db'), web(2)]))
    await bench.after(bench.engine.scale('shop', 'web', 3, by))
    const more = application([service('db'), service('cache'), web(2)])
    expect(await bench.engine.update('shop', more, by)).toEqual(over(5, 4))
    expect(bench.shop.version).toBe(1)
  })

  it('lets an application that has too many shrink', async () => {
    const given = { quota: 9 }
    bench = await EngineHarness.open({ engine: given })
    await bench.deploy(application([web(6)]))
    given.quota = 2
    await bench.restart()
    await bench.after(bench.engine.scale('shop', 'web', 4, by))
    expect(webs()).toMatchObject({ wanted: 4, up: 4 })
  })

  it('lets a policy grow as far as the quota goes', async () => {
    const load = { name: 'load', type: 'number', source: { kind: 'metric', metric: 'requests' } } as const
    const config = { lower: literal(20), upper: literal(60) }
    const place = { loads: { web: { requests: { kind: 'constant', value: 5000 } } } }
    bench = await EngineHarness.open({ policyKinds: [autoscale], place, engine: { quota: 5 } })
    const policies = [{ name: 'size', type: 'autoscale', config }]
    const scaled = role('web', 2, { member: { sensors: [load] }, policies })
    await bench.deploy(application([service('db'), scaled]), 300_000)
    expect(webs()).toMatchObject({ wanted: 4, up: 4 })
    const reasons = accepted(bench.engine.decisions(ann, 'shop')).map(({ reason }) => reason)
    expect(reasons.join('\n')).toContain('the quota leaves room for 4')
  })
})
