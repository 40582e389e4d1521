import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type EntitySpec,
  type Expression,
  type Json,
  type ProbeAnswer,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, sensorOf, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

function value(name: string, path: string): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

/** An engine in which `http://state/` says what `said.state` has, and nobody answers while that is nothing. */
async function open(said: { state?: string }): Promise<void> {
  const web = (): ProbeAnswer =>
    said.state === undefined
      ? { kind: 'failed', reason: 'nobody' }
      : { kind: 'answered', status: 200, body: said.state }
  bench = await EngineHarness.open({ web })
}

const state: EntitySpec['sensors'][number] = {
  name: 'state',
  type: 'boolean',
  source: { kind: 'http', url: literal('http://state/'), period: 1_000 },
}

const maker = (when: Expression, child: EntitySpec = service('extra')): EntitySpec =>
  entity('maker', { conditional: [{ when, spec: child }] })

describe('a child on a condition', () => {
  it.each<[what: string, when: Json, tree: { [path: string]: string }]>([
    ['is there where it holds', true, { web: 'running', maker: 'running', 'maker/extra': 'running' }],
    ['is not there where it does not', false, { web: 'running', maker: 'running' }],
    ['is not there for an empty text', '', { web: 'running', maker: 'running' }],
  ])('%s', async (_what, when, tree) => {
    await open({})
    await bench.deploy(application([service('web'), maker(literal(when))]))
    expect(bench.tree).toEqual(tree)
    expect(bench.shop.state).toBe('running')
  })

  it('comes and goes with a sensor, with its machine', async () => {
    const said: { state?: string } = { state: 'false' }
    await open(said)
    const web = service('web', { sensors: [state] })
    await bench.deploy(application([web, maker(sensorOf('web', 'state', false))]))
    expect(await bench.machines()).toEqual(['web'])
    said.state = 'true'
    await bench.settle(10_000)
    expect(await bench.machines()).toEqual(['maker/extra', 'web'])
    said.state = 'false'
    await bench.settle(10_000)
    expect(await bench.machines()).toEqual(['web'])
    expect(bench.shop.state).toBe('running')
  })

  it('stays as it is over a restart after which nothing is known', async () => {
    const said: { state?: string } = { state: 'true' }
    await open(said)
    const web = service('web', { sensors: [state] })
    await bench.deploy(application([web, maker(sensorOf('web', 'state', false))]))
    const before = bench.token('maker/extra')
    delete said.state
    await bench.restart()
    await bench.settle(30_000)
    expect(bench.token('maker/extra')).toBe(before)
    expect(bench.callsOf('destroy')).toEqual([])
  })

  it('stays the one that it is when another document says the same of it', async () => {
    await open({})
    await bench.deploy(application([service('web'), maker(literal(true))]))
    const before = bench.token('maker/extra')
    const next = application([service('web'), service('more'), maker(literal(true))])
    await bench.after(bench.engine.update('shop', next, by), 20_000)
    expect(bench.token('maker/extra')).toBe(before)
    expect(Object.keys(bench.tree)).toContain('more')
  })

  it('becomes what another document says of it', async () => {
    await open({})
    await bench.deploy(application([service('web'), maker(literal(true))]))
    const tagged = service('extra', { tags: ['new'], config: { a: literal(1) } })
    await bench.after(
      bench.engine.update('shop', application([service('web'), maker(literal(true), tagged)]), by),
      20_000,
    )
    expect(bench.entity('maker/extra').config).toEqual({ a: 1 })
  })

  it('is gone with its application', async () => {
    await open({})
    await bench.deploy(application([service('web'), maker(literal(true))]))
    await bench.after(bench.engine.remove('shop', by), 30_000)
    expect(await bench.machines()).toEqual([])
  })
})

describe('a group of groups', () => {
  const zoned = (zone: string): Partial<EntitySpec> => ({ tags: ['blue'], config: { zone: literal(zone) } })
  const zones = entity('zones', {
    group: {
      filter: {
        kind: 'select',
        from: { kind: 'tags' },
        of: { kind: 'has-element', of: { kind: 'equals', value: 'blue' } },
      },
      buckets: { kind: 'config', of: { scope: 'self' }, key: 'zone' },
      bucketSpec: entity('bucket', { type: 'basic-group', group: {} }),
    },
  })
  const members = (path: string): readonly string[] =>
    (value('members', path) as readonly { path: string }[]).map((member) => member.path)

  it('has a group for each bucket, and no more of one that is empty', async () => {
    await open({})
    const y = role('y', 1, { member: zoned('Y 1') })
    await bench.deploy(application([service('a', zoned('x')), service('b', zoned('x')), y, zones]))
    expect(Object.keys(bench.tree)).toEqual(['a', 'b', 'y/1', 'zones', 'zones/x', 'zones/y-1'])
    expect([members('zones/x'), members('zones/y-1')]).toEqual([['a', 'b'], ['y/1']])
    await bench.after(bench.engine.scale('shop', 'y', 0, by), 20_000)
    expect(Object.keys(bench.tree)).toEqual(['a', 'b', 'zones', 'zones/x'])
  })
})
