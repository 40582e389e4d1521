import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject, MembersSpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

async function open(count: number, rules: Partial<MembersSpec>, place: JsonObject = {}): Promise<void> {
  const zones = Object.keys((place['zones'] ?? {}) as JsonObject)
  bench = await EngineHarness.open({ place })
  const parts = { rules, placement: { locations: ['sim'], zones } }
  await bench.deploy(application([role('web', count, parts)]))
}

async function ask(effector: string, parameters: JsonObject = {}): Promise<void> {
  await bench.after(bench.engine.invoke('shop', 'web', { effector, parameters }, by), 30_000)
}

const sensor = (name: string): unknown =>
  accepted(bench.engine.sensors(ann, 'shop', 'web')).find((one) => one.name === name)?.value

/** Zones of the machines that were made of each member, in order. */
function zonesMade(): { readonly [member: string]: readonly unknown[] } {
  const made: { [member: string]: unknown[] } = {}
  for (const { verb, about, shapes = [] } of bench.calls)
    for (const [at, shape] of verb === 'ensure' ? shapes.entries() : []) {
      const member = /web-(\d+)/.exec(about[at] ?? '')?.[1]
      if (shape.kind === 'machine' && member !== undefined) (made[member] ??= []).push(shape.zone)
    }
  return made
}

describe('who goes when there are too many', () => {
  it('are those first of whom a sensor has a value, then by the strategy', async () => {
    const victimsFirst = [
      { sensor: 'member.number', value: 2 },
      { sensor: 'member.number', value: 9 },
    ]
    await open(4, { victims: 'newest', victimsFirst })
    await ask('resize', { desiredSize: 3 })
    expect(Object.keys(bench.tree)).toEqual(['web/1', 'web/3', 'web/4'])
    await ask('resize', { desiredSize: 2 })
    expect(Object.keys(bench.tree)).toEqual(['web/1', 'web/3'])
  })
})

describe('restarting a cluster', () => {
  it.each([
    ['one after another', 'sequential', 3],
    ['all at once', 'parallel', 1],
  ] as const)('goes %s', async (_how, restart, times) => {
    await open(3, { restart }, { delays: { run: 500 } })
    const before = bench.clock.now()
    await ask('restart')
    expect(['web/1', 'web/2', 'web/3'].map((path) => bench.entity(path).run)).toEqual([2, 2, 2])
    const ends = bench.calls.filter(({ at, verb }) => at >= before && verb === 'endRun').map(({ at }) => at)
    expect(new Set(ends).size).toBe(times)
  })

  it('is refused where its document says so', async () => {
    await open(1, { restart: 'off' })
    const outcome = await bench.engine.invoke('shop', 'web', { effector: 'restart', parameters: {} }, by)
    expect(outcome).toMatchObject({ kind: 'invalid' })
  })
})

describe('a cluster with fewer members up than are to be', () => {
  it('is up and has failed, until they are there again', async () => {
    await open(2, { healthyQuorum: { kind: 'all' } })
    expect([sensor('service.isUp'), sensor('service.state')]).toEqual([true, 'running'])
    bench.place().arm({ verbs: ['run'], effect: 'fail', exitCode: 3, times: 4 })
    await bench.place().crash(bench.token('web/1'))
    await bench.clock.settleUntil(() => sensor('service.state') === 'failed', 60_000)
    expect(sensor('service.isUp')).toBe(true)
    expect(sensor('service.problems')).toMatchObject({ quorum: '1 of 2 members are up, 2 are to be' })
    await bench.settle(120_000)
    expect([sensor('service.state'), sensor('service.problems')]).toEqual(['running', {}])
  })
})

describe('a member in a zone', () => {
  it('is replaced in its zone, as long as there is room', async () => {
    await open(3, {}, { zones: { x: { machines: 9 }, y: { machines: 9 } } })
    const spread = Object.values(zonesMade()).map(([zone]) => zone)
    expect(spread.sort()).toEqual(['x', 'x', 'y'])
    for (const memberId of [1, 2, 3]) await ask('replaceMember', { memberId })
    for (const zones of Object.values(zonesMade())) expect(zones).toEqual([zones[0], zones[0]])
  })
})
