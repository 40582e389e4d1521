import { afterEach, describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import type { ApplicationSpec, JsonObject } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { testCompiler } from '../../support/runtime-compiler.js'

let bench: EngineHarness
afterEach(() => bench.close())

const places = { london: {}, paris: {}, rome: {} }

async function open(): Promise<void> {
  bench = await EngineHarness.open({ places, policyKinds: stockKinds, engine: { compiler: testCompiler() } })
}

function blueprint(type: string, locations: string, ...lines: readonly string[]): ApplicationSpec {
  const text = ['services:', `- type: ${type}`, '  name: web', `  locations: ${locations}`, ...lines].join(
    '\n',
  )
  const result = compile(
    { main: { file: 'shop.yaml', text }, files: {} },
    { deploying: true, policyKinds: stockKinds },
  )
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec
}

const POOL = [
  '  memberSpec:',
  '    $brooklyn:entitySpec:',
  '      type: DynamicCluster',
  '      id: pool',
  '      brooklyn.config:',
  '        initialSize: 2',
  '        memberSpec: { type: machine }',
]

async function machines(): Promise<{ readonly [place: string]: readonly string[] }> {
  const all = Object.keys(places).map(async (name) => [name, await bench.machines(name)] as const)
  return Object.fromEntries(await Promise.all(all))
}

function values(path: string): { readonly [sensor: string]: unknown } {
  const sensors = accepted(bench.engine.sensors(ann, 'shop', path))
  return Object.fromEntries(sensors.map(({ name, value }) => [name, value]))
}

function members(): readonly string[] {
  const all = values('web')['members'] as readonly { readonly path: string }[]
  return all.map(({ path }) => path)
}

async function ask(effector: string, parameters: JsonObject, ms = 20_000): Promise<void> {
  const { id } = await bench.after(bench.engine.invoke('shop', 'web', { effector, parameters }, by), ms)
  const { state, failure } = accepted(bench.engine.task(ann, id))
  expect([state, failure?.message]).toEqual(['succeeded', undefined])
}

describe('a fabric that runs', () => {
  it('has a cluster in each location, all begun at once, and tells of them', async () => {
    await open()
    await bench.deploy(blueprint('DynamicFabric', '[london, paris]', ...POOL))
    expect(bench.shop.state).toBe('running')
    expect(await machines()).toEqual({
      london: ['web/london/1', 'web/london/2'],
      paris: ['web/paris/1', 'web/paris/2'],
      rome: [],
    })
    expect(members()).toEqual(['web/london', 'web/paris'])
    expect(values('web')).toMatchObject({
      'members.count': 2,
      'fabric.size': 4,
    })
    const begun = bench.calls.filter(({ verb, about }) => verb === 'ensure' && about.join().includes('web'))
    expect(new Set(begun.map(({ at }) => at)).size).toBe(1)
  })

  it('gains and loses what is in a location with the locations of its document', async () => {
    await open()
    await bench.deploy(blueprint('DynamicFabric', '[london, paris]', ...POOL))
    const next = blueprint('DynamicFabric', '[paris, rome]', ...POOL)
    await bench.after(bench.engine.update('shop', next, by), 20_000)
    expect(await machines()).toEqual({
      london: [],
      paris: ['web/paris/1', 'web/paris/2'],
      rome: ['web/rome/1', 'web/rome/2'],
    })
  })

  it('is up with the quorum of its members that it names', async () => {
    await open()
    bench.place('paris').arm({ verbs: ['ensure'], effect: 'refuse', cause: 'capacity', times: 1_000 })
    await bench.deploy(blueprint('DynamicFabric', '[london, paris]', '  quorum.up: atLeastOne', ...POOL))
    expect(bench.entity('web').state).toBe('running')
    expect(bench.entity('web/paris').state).toBe('starting')
  })

  it('is stopped and started as a whole', async () => {
    await open()
    await bench.deploy(blueprint('DynamicFabric', '[london]', '  memberSpec: { type: machine }'))
    await ask('stop', {})
    expect(bench.entity('web').state).toBe('stopped')
    await ask('start', {})
    expect(bench.entity('web').state).toBe('running')
  })
})

describe('a fabric of regions', () => {
  const regions = (): ApplicationSpec =>
    blueprint('DynamicRegionsFabric', '[london]', '  displayNamePrefix: "pool-"', ...POOL)

  it('takes a location in while it runs, once, also when the engine is killed, and lets go of it', async () => {
    await open()
    await bench.deploy(regions())
    accepted(
      await bench.engine.invoke(
        'shop',
        'web',
        { effector: 'addRegion', parameters: { location: 'rome' } },
        by,
      ),
    )
    await bench.restart()
    await bench.settle(20_000)
    expect((await machines())['rome']).toEqual(['web/pool-rome/1', 'web/pool-rome/2'])
    expect(members()).toEqual(['web/pool-london', 'web/pool-rome'])
    await ask('removeRegion', { id: 'web/pool-rome' })
    expect((await machines())['rome']).toEqual([])
    expect(members()).toEqual(['web/pool-london'])
  })

  it('ends what its document says of a location, without its machines, when that is to go', async () => {
    await open()
    await bench.deploy(regions())
    await ask('addRegion', { location: 'rome' })
    await ask('removeRegion', { id: 'web/pool-london' })
    expect((await machines())['london']).toEqual([])
    expect(bench.entity('web/pool-london').state).toBe('stopped')
    expect(bench.entity('web').state).toBe('running')
  })

  it('refuses a location that is not there', async () => {
    await open()
    await bench.deploy(regions())
    const asked = { effector: 'addRegion', parameters: { location: 'atlantis' } }
    const { id } = await bench.after(bench.engine.invoke('shop', 'web', asked, by))
    expect(accepted(bench.engine.task(ann, id)).failure?.message).toContain('there is no location "atlantis"')
  })
})
