import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type EntitySpec,
  type Expression,
  type GateSpec,
  type GateStage,
  type SensorSpec,
  type SlotRecord,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, machine, role, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const why = (path = 'web') => accepted(bench.engine.why(ann, 'shop', path))

const gate = (stage: GateStage, condition: Expression, more: Partial<GateSpec> = {}): GateSpec => ({
  name: `latch.${stage}`,
  stage,
  condition,
  ...more,
})

const pool = (most: number): SensorSpec => ({
  name: 'slots',
  type: 'json',
  source: { kind: 'permits', most },
})

const phases = software({
  install: 'install web',
  customize: 'customize web',
  launch: 'serve web',
  stop: 'end web',
})

/** What of web had been done, by the labels of its runs and whether its machine is there. */
async function doneOf(path: string): Promise<readonly string[]> {
  const made = (await bench.machines()).includes(path) ? ['machine'] : []
  const runs = bench.callsOf('run').filter((one) => one.includes(path))
  return [...made, ...runs]
}

/** Every state of a slot's record that was ever committed, in order. */
function committed(): SlotRecord[][] {
  const slots = new Map<string, SlotRecord>()
  const states: SlotRecord[][] = []
  bench.store.watch(0).subscribe((event) => {
    if (event.kind !== 'commit') return
    for (const change of event.commit.changes)
      if (change.key.startsWith('slot/')) {
        if (change.kind === 'put') slots.set(change.key, change.value as unknown as SlotRecord)
        else slots.delete(change.key)
      }
    states.push([...slots.values()])
  })
  return states
}

describe('a gate', () => {
  it.each<[stage: GateStage, isMade: boolean, progress: string]>([
    ['make', false, 'waiting'],
    ['start', true, 'starting'],
    ['install', true, 'starting'],
    ['customize', true, 'starting'],
    ['launch', true, 'starting'],
  ])('of the stage %s holds it back until its condition is truthy', async (stage, isMade, progress) => {
    let open = false
    bench = await EngineHarness.open({
      web: () => ({ kind: 'answered', status: 200, body: open ? 'true' : 'false' }),
    })
    const source = { kind: 'http', url: literal('http://db'), period: 1_000 } as const
    const db = service('db', { sensors: [{ name: 'open', type: 'boolean', source }] })
    const web = service('web', { software: phases, gates: [gate(stage, sensorOf('db', 'open'))] })
    await bench.deploy(application([web, db]), 30_000)
    expect(why().waits).toEqual([`latch.${stage}: db: sensor open is false, which is not truthy`])
    expect(bench.entity('web').state).toBe(progress)
    expect((await bench.machines()).includes('web')).toBe(isMade)
    open = true
    await bench.settle(20_000)
    expect(bench.entity('web').state).toBe('running')
  })

  it.each<[what: string, condition: Expression, isHeld: boolean]>([
    ['true', literal(true), false],
    ['a text', literal('yes'), false],
    ['false', literal(false), true],
    ['nothing', literal(null), false],
    ['an empty text', literal(''), true],
  ])('with %s for a condition holds back: %s', async (_what, condition, isHeld) => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('web', { gates: [gate('launch', condition)] })]), 30_000)
    expect(bench.entity('web').state === 'running').toBe(!isHeld)
  })

  it('of a group holds back what is inside it, unless that has one of the same name', async () => {
    bench = await EngineHarness.open()
    const inside = [service('a'), service('b', { gates: [gate('start', literal(true))] })]
    const group = entity('g', { type: 'group', children: inside, gates: [gate('start', literal(false))] })
    await bench.deploy(application([group]), 30_000)
    expect(bench.tree).toMatchObject({ 'g/a': 'starting', 'g/b': 'running' })
    expect(why('g/a').waits).toEqual(['latch.start is false, which is not truthy'])
  })

  it('of a machine that is its own service holds its making back', async () => {
    bench = await EngineHarness.open()
    const box = entity('box', { machine: machine(), gates: [gate('start', literal(false))] })
    await bench.deploy(application([box]), 30_000)
    expect(await doneOf('box')).toEqual([])
  })

  it('of the end holds for as long as it says, over a restart, and not when it goes by force', async () => {
    bench = await EngineHarness.open()
    const web = service('web', {
      software: phases,
      gates: [gate('stop', literal(false), { within: 60_000 })],
    })
    await bench.deploy(application([web]), 30_000)
    await bench.after(bench.engine.stop('shop', by), 40_000)
    expect([bench.entity('web').state, why().waits]).toEqual([
      'stopping',
      ['latch.stop is false, which is not truthy'],
    ])
    await bench.restart()
    await bench.settle(30_000)
    expect(bench.entity('web').state).toBe('stopped')
    await bench.after(bench.engine.start('shop', by), 20_000)
    await bench.after(bench.engine.remove('shop', { ...by, force: true }), 20_000)
    expect(await bench.inventory()).toEqual([])
  })
})

describe('a pool of permits', () => {
  const COUNT = 7

  function landscape(stage: GateStage, most: number, member: Partial<EntitySpec> = {}) {
    const condition: Expression = { kind: 'sensor', of: { scope: 'root' }, sensor: 'slots', whenReady: true }
    const spec = application([
      role('web', COUNT, { member: { software: phases, gates: [gate(stage, condition)], ...member } }),
    ])
    return { ...spec, root: { ...spec.root, sensors: [pool(most)] } }
  }

  const holders = (records: readonly SlotRecord[]): number =>
    records
      .flatMap(({ current, leaving }) => [current, ...leaving])
      .filter((one) => one?.permits !== undefined).length

  it.each<[stage: GateStage, most: number]>([
    ['make', 2],
    ['start', 3],
    ['install', 2],
    ['customize', 1],
    ['launch', 2],
  ])('lets to the stage %s so many at once, and all in the end', async (stage, most) => {
    bench = await EngineHarness.open()
    const states = committed()
    await bench.deploy(landscape(stage, most), 120_000)
    expect(Object.values(bench.tree)).toEqual(Array.from({ length: COUNT }, () => 'running'))
    expect(Math.max(...states.map(holders))).toBe(most)
    expect(holders(states.at(-1) ?? [])).toBe(0)
  })

  it('says who waits, and for how many', async () => {
    bench = await EngineHarness.open({ place: { delays: { run: 60_000 } } })
    await bench.deploy(landscape('install', 2), 20_000)
    const waits = ['1', '2', '3', '4'].flatMap((number) => why(`web/${number}`).waits)
    expect(waits).toContain('latch.install: 2 have a permit of slots; 2 may have one at once')
  })

  it('keeps its count over an engine that ends at any moment, and gets each permit back', async () => {
    for (let moment = 0; moment < 12; moment += 1) {
      bench = await EngineHarness.open({ seed: moment + 1 })
      const states = committed()
      await bench.deploy(landscape('start', 2), moment * 300)
      await bench.restart()
      await bench.settle(1_700)
      await bench.restart()
      await bench.settle(120_000)
      expect(Object.values(bench.tree)).toEqual(Array.from({ length: COUNT }, () => 'running'))
      expect(Math.max(...states.map(holders))).toBeLessThanOrEqual(2)
      expect(holders(states.at(-1) ?? [])).toBe(0)
      if (moment < 11) await bench.close()
    }
  })

  it('gets back what one had that fails', async () => {
    bench = await EngineHarness.open({
      place: { script: { calls: [{ verbs: ['run'], effect: 'refuse', times: 3 }] } },
    })
    const states = committed()
    await bench.deploy(landscape('install', 1), 180_000)
    expect(Object.values(bench.tree)).toEqual(Array.from({ length: COUNT }, () => 'running'))
    expect(holders(states.at(-1) ?? [])).toBe(0)
  })
})
