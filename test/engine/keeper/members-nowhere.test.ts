import { afterEach, describe, expect, it } from 'vitest'
import type { EntitySpec, Json } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const HOLLOW: Partial<EntitySpec> = { type: 'group' }

/** A role whose members ask for no machine. */
function hollow(name: string, count: number, member: Partial<EntitySpec> = {}): EntitySpec {
  const made = role(name, count)
  const spec = entity(name, { ...HOLLOW, ...member })
  return made.members === undefined ? made : { ...made, members: { ...made.members, spec } }
}

async function deploy(...children: readonly EntitySpec[]): Promise<void> {
  bench = await EngineHarness.open()
  await bench.deploy(application(children))
}

const sensor = (path: string, name: string): Json | undefined =>
  accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value

describe('members that ask for no machine', () => {
  it('get none, are up, come and go by count, and take none with them', async () => {
    await deploy(hollow('notes', 2))
    expect([await bench.machines(), bench.shop.state, bench.shop.locations]).toEqual([[], 'running', ['sim']])
    expect(bench.tree).toEqual({ 'notes/1': 'running', 'notes/2': 'running' })
    expect(bench.entity('notes/1')).toMatchObject({ location: '', resources: [], up: true })
    const resize = { effector: 'resize', parameters: { desiredSize: 3 } }
    await bench.after(bench.engine.invoke('shop', 'notes', resize, by))
    await bench.restart()
    expect(sensor('notes', 'members.up')).toBe(3)
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop.state).toBe('stopped')
    await bench.after(bench.engine.start('shop', by))
    expect(bench.shop.state).toBe('running')
    await bench.after(bench.engine.remove('shop', by))
    expect([bench.callsOf('ensure'), (await bench.machines()).length]).toEqual([[], 0])
  })

  it('are as what is inside of them is, and so is their cluster', async () => {
    await deploy(hollow('cell', 2, { children: [service('db')] }))
    expect(await bench.machines()).toEqual(['cell/1/db', 'cell/2/db'])
    expect([sensor('cell/1', 'service.state'), sensor('cell', 'members.up')]).toEqual(['running', 2])
    bench.place().arm({ verbs: ['run'], effect: 'fail', exitCode: 3, times: 4 })
    await bench.place().crash(bench.token('cell/1/db'))
    await bench.clock.settleUntil(() => sensor('cell', 'members.up') === 1, 60_000)
    expect(bench.entity('cell/1')).toMatchObject({ up: false, state: 'failed' })
    expect(bench.entity('cell')).toMatchObject({ up: true, reason: '1 of 2 up' })
    await bench.settle(120_000)
    expect([bench.entity('cell/1').up, bench.shop.state]).toEqual([true, 'running'])
  })

  it('hold back what starts after their cluster until what is inside of them is up', async () => {
    const after = {
      kind: 'relation',
      type: 'uses',
      target: 'cell',
      ordering: 'starts-after',
      config: {},
    } as const
    await deploy(hollow('cell', 1, { children: [service('db')] }), service('app', { relations: [after] }))
    expect(bench.order('running')).toEqual(['cell/1', 'cell/1/db', 'app'])
    const [db, app] = [
      bench.calls.find(({ verb }) => verb === 'run'),
      bench.calls.findLast(({ verb }) => verb === 'ensure'),
    ]
    expect(db?.at).toBeLessThanOrEqual(app?.at ?? 0)
  })

  it('may have members themselves', async () => {
    const inner = role('web', 2).members
    if (inner === undefined) throw new Error('a role has members')
    await deploy(hollow('region', 2, { members: inner }))
    expect(await bench.machines()).toEqual(['region/1/1', 'region/1/2', 'region/2/1', 'region/2/2'])
    expect([sensor('region/1', 'members.up'), sensor('region', 'members.up')]).toEqual([2, 2])
  })
})
