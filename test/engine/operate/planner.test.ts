import { afterEach, describe, expect, it } from 'vitest'
import { literal, type ApplicationSpec, type EntitySpec, type PlanView } from '../../../engine/index.js'
import { EngineHarness, accepted, by } from '../../support/engine-harness.js'
import { application, machine, operation, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

async function planned(document: ApplicationSpec): Promise<PlanView> {
  return accepted(await bench.engine.plan(document, { ...by, application: 'shop' }))
}

const image = (name: string): Partial<EntitySpec> => ({ machine: machine({ image: literal(name) }) })
const zone = (machines: number) => ({ zones: { z: { machines } } })

describe('a plan shows what a document changes without any step:', () => {
  const webs = (more: Partial<EntitySpec>) => application([service('web', more)])
  const health = { period: 1000, timeout: 1000, failures: 1, grace: 0 }

  it.each<[string, ApplicationSpec, readonly string[]]>([
    [
      'a stop command',
      webs({ software: software({ launch: 'serve web', stop: operation('drain') }) }),
      ['web: software.phases.stop: added ("drain")'],
    ],
    ['health', webs({ health }), ['web: health: added']],
    ['details', application([service('web')], { details: { a: 'b' } }), ['details.a: null → "b"']],
    [
      'a policy',
      webs({ policies: [{ name: 'size', type: 'autoscale', config: { upper: literal(80) } }] }),
      ['web: policies.size: added'],
    ],
    ['a grace', application([service('web')], { settings: { grace: 1 } }), ['settings.grace: 120000 → 1']],
    ['nothing', webs({}), []],
    ['what causes steps', webs(image('two')), []],
  ])('%s', async (_what, document, settings) => {
    bench = await EngineHarness.open()
    await bench.deploy(webs({}))
    expect((await planned(document)).settings).toEqual(settings)
  })

  it('bounds of a role, whose members are left alone', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([role('web', 2)]))
    const plan = await planned(application([role('web', 2, { rules: { max: 20 } })]))
    expect(plan).toMatchObject({ steps: [], settings: ['web: members.max: 10 → 20'] })
  })

  it('and is another plan where these are others', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(webs({}))
    const digests = [webs({ health }), webs({})].map(async (document) => (await planned(document)).digest)
    expect(new Set(await Promise.all(digests)).size).toBe(2)
  })
})

describe('a preflight', () => {
  it('counts the room that a replacement takes before the old one goes', async () => {
    bench = await EngineHarness.open({ place: zone(3) })
    await bench.deploy(application([role('web', 3)]))
    const plan = await planned(application([role('web', 3, { member: image('two') })]))
    expect(plan.summary).toEqual({ replace: 3 })
    expect(plan.capacity).toMatchObject([{ location: 'sim', asked: 1, fits: 0, enough: false }])
  })

  it('asks for no room where the old one goes first', async () => {
    bench = await EngineHarness.open({ place: zone(3) })
    const replacement = { order: 'old-first', surge: 0, unavailable: 1 } as const
    const web = (name: string) => role('web', 3, { rules: { replacement }, member: image(name) })
    await bench.deploy(application([web('one')]))
    expect((await planned(application([web('two')]))).capacity).toEqual([])
  })

  it('says what a place lacks that is needed, and goes on to the next', async () => {
    bench = await EngineHarness.open({ places: { bare: { kinds: ['machine'] }, full: {} } })
    const plan = async (...locations: readonly string[]): Promise<PlanView> =>
      accepted(
        await bench.engine.plan(
          application([
            role('web', 2, {
              member: { addresses: [{ name: 'main' }], placement: { locations, zones: [] } },
            }),
          ]),
          by,
        ),
      )
    expect((await plan('bare')).capacity).toMatchObject([
      { fits: 0, enough: false, detail: '0 of 2 fit: bare has nothing of kind address' },
    ])
    expect((await plan('bare', 'full')).capacity).toMatchObject([{ fits: 2, enough: true }])
  })

  it('adds up what fits in several locations, and gives no room twice', async () => {
    bench = await EngineHarness.open({ places: { a: zone(2), b: zone(3) } })
    const placed = (locations: readonly string[]) => ({ placement: { locations, zones: [] } })
    const both = role('web', 10, placed(['a', 'b']))
    const plan = accepted(await bench.engine.plan(application([service('db', placed(['a'])), both]), by))
    expect(plan.capacity).toMatchObject([
      { location: 'a', asked: 1, fits: 1, enough: true },
      { location: 'a, b', asked: 10, fits: 4, enough: false },
    ])
    expect(plan.capacity[1]?.detail).toContain('4 of 10 fit in a, b')
  })

  it('counts what the caps of a role leave, with those that are there already', async () => {
    bench = await EngineHarness.open({ places: { a: zone(9), b: zone(9) } })
    const web = (count: number) =>
      application([
        role('web', count, { placement: { locations: ['a', 'b'], zones: [], caps: { a: 3, b: 2 } } }),
      ])
    await bench.deploy(web(2))
    const { capacity } = await planned(web(10))
    expect(capacity).toMatchObject([{ location: 'a, b', asked: 8, fits: 3, enough: false }])
    expect(capacity[0]?.detail).toBe('3 of 8 fit in a, b: at most 3 may be in a: at most 2 may be in b')
    expect((await planned(web(5))).capacity).toMatchObject([{ asked: 3, fits: 3, enough: true }])
  })

  it('counts each zone by itself, and what its cap leaves', async () => {
    bench = await EngineHarness.open({
      place: { zones: { x: { machines: 2 }, y: { machines: 9 }, z: { machines: 9 } } },
    })
    const web = (caps: { readonly [site: string]: number }) =>
      application([role('web', 8, { placement: { locations: ['sim'], zones: ['x', 'y'], caps } })])
    const asked = async (caps = {}) => accepted(await bench.engine.plan(web(caps), by)).capacity
    expect(await asked()).toMatchObject([{ location: 'sim', asked: 8, fits: 8 }])
    expect(await asked({ 'sim/y': 3 })).toMatchObject([{ asked: 8, fits: 5, enough: false }])
    const [line] = await asked({ sim: 4 })
    expect(line).toMatchObject({ asked: 8, fits: 4, enough: false })
    expect(line?.detail).toContain('4 of 8 fit in sim/x, sim/y')
  })

  it('lets the members that go make room below a cap', async () => {
    bench = await EngineHarness.open({ places: { a: zone(9), b: zone(9) } })
    const web = (count: number, locations: readonly string[]) =>
      application([role('web', count, { placement: { locations, zones: [], caps: { a: 2 } } })])
    await bench.deploy(web(4, ['a', 'b']))
    expect((await planned(web(2, ['a']))).capacity).toEqual([])
    expect((await planned(web(4, ['a']))).capacity).toMatchObject([{ location: 'a', asked: 2, fits: 0 }])
  })
})

it('deploys by a plan that still holds, without asking any place again', async () => {
  bench = await EngineHarness.open()
  const shop = application([service('web')])
  const { digest } = accepted(await bench.engine.plan(shop, by))
  const asked = bench.calls.filter(({ verb }) => verb === 'capacity').length
  accepted(await bench.engine.deploy(shop, { ...by, planDigest: digest }))
  expect(asked).toBe(1)
  expect(bench.calls.filter(({ verb }) => verb === 'capacity')).toHaveLength(asked)
})
