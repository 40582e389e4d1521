import { afterEach, describe, expect, it } from 'vitest'
import { required, type EntitySpec } from '../../../engine/index.js'
import type { LedgerEntry } from '../../../locations/simulated/index.js'
import { EngineHarness, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, balancer, machine, role, service, startsAfter } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const http = { name: 'http', number: 8080, protocol: 'tcp', published: false } as const
const web = (count: number, more: Parameters<typeof role>[2] = {}): EntitySpec =>
  role('web', count, { ...more, member: { machine: machine({ ports: [http] }), ...more.member } })

async function open(children: readonly EntitySpec[], options: HarnessOptions = {}): Promise<void> {
  bench = await EngineHarness.open(options)
  await bench.deploy(application(children))
}

async function sets(): Promise<readonly LedgerEntry[]> {
  return (await bench.inventory()).filter((one) => one.kind === 'backends')
}

async function set(): Promise<LedgerEntry> {
  return required((await sets())[0], 'the set')
}

/** Addresses that the set spreads over, and those of the members that are up: sorted. */
async function spreadAndUp(): Promise<readonly [readonly string[], readonly string[]]> {
  const { backends = [] } = await set()
  const up = Object.entries(bench.tree).filter(
    ([path, state]) => path.startsWith('web/') && state === 'running',
  )
  return [
    backends.map(({ address }) => address).sort(),
    up.map(([path]) => bench.entity(path).address).sort(),
  ]
}

/** Of each call about the set: how many members it asked for. */
function asked(): readonly number[] {
  return bench.calls.flatMap(({ verb, shapes = [] }) =>
    verb === 'ensure'
      ? shapes.flatMap((shape) => (shape.kind === 'backends' ? [shape.members.length] : []))
      : [],
  )
}

describe('an entity whose place spreads its traffic', () => {
  it('has no machine, is up with its set, and is reached where the place says', async () => {
    await open([balancer('door', 'web'), web(3)])
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3'])
    expect(bench.entity('door')).toMatchObject({ state: 'running', up: true, incarnation: 0 })
    const { address } = bench.entity('door')
    expect(address).toMatch(/^10\./)
    expect(bench.entity('door').endpoint).toBe(`tcp://${address}:80`)
    const [spread, up] = await spreadAndUp()
    expect([spread.length, spread]).toEqual([3, up])
    expect(bench.shop.state).toBe('running')
  })

  it('is changed in place as members come and go', async () => {
    await open([balancer('door', 'web'), web(2)])
    const before = await set()
    for (const count of [5, 1]) {
      await bench.after(bench.engine.scale('shop', 'web', count, by))
      const [spread, up] = await spreadAndUp()
      expect([spread.length, spread]).toEqual([count, up])
    }
    expect(await set()).toMatchObject({ token: before.token, creates: 1 })
    expect(bench.shop.state).toBe('running')
  })

  it.each([
    ['is replaced', () => bench.engine.replace('shop', 'web/1', by)],
    ['vanishes', () => bench.place().vanish(bench.token('web/1'))],
    ['is stopped by hand', () => bench.place().kill(bench.token('web/1'))],
  ])('has the members that are up after one %s', async (_why, happens) => {
    await open([balancer('door', 'web'), web(2)])
    await happens()
    await bench.settle(30_000)
    const [spread, up] = await spreadAndUp()
    expect([spread.length, spread]).toEqual([2, up])
    expect(bench.shop.state).toBe('running')
  })

  it('takes a member out before that is ended', async () => {
    await open([balancer('door', 'web'), web(3)], { place: { delays: { ensure: 700 } } })
    const { address } = bench.entity('web/3')
    await bench.after(bench.engine.scale('shop', 'web', 2, by))
    const calls = bench.calls.map(({ verb, about, shapes: [shape] = [] }) => ({
      verb,
      about: about.join(),
      shape,
    }))
    const without = calls.findLastIndex(
      ({ verb, shape }) =>
        verb === 'ensure' &&
        shape?.kind === 'backends' &&
        !shape.members.some((member) => member.address === address),
    )
    const ended = calls.findIndex(
      ({ verb, about }) => ['endRun', 'stop', 'destroy'].includes(verb) && about.includes('web-3'),
    )
    expect(without).toBeGreaterThan(0)
    expect(ended).toBeGreaterThan(without)
    const at = (index: number): number => required(bench.calls[index], 'a call').at
    expect(at(ended) - at(without)).toBeGreaterThanOrEqual(700)
  })

  it('does not hold up the end of members while the set cannot be changed', async () => {
    await open([balancer('door', 'web'), web(2)])
    bench.place().arm({ verbs: ['ensure'], name: '*door*', effect: 'refuse', cause: 'denied' })
    await bench.after(bench.engine.scale('shop', 'web', 1, by), 60_000)
    expect(await bench.machines()).toEqual(['web/1'])
  })

  it('sends nobody to what is lost with its host', async () => {
    await open(
      [balancer('door', 'web'), web(2, { placement: { locations: [], zones: [], lostAfter: 5000 } })],
      {
        place: {
          observePeriod: 1000,
          script: { events: [{ at: 12_000, what: 'unreachable', name: '*web-1*', for: 60_000 }] },
        },
      },
    )
    const { address } = bench.entity('web/1')
    await bench.settle(30_000)
    expect((await set()).backends?.map((one) => one.address)).not.toContain(address)
    await bench.settle(60_000)
    const [spread, up] = await spreadAndUp()
    expect([spread.length, spread]).toEqual([2, up])
  })

  it('is made anew when it was removed by hand', async () => {
    await open([balancer('door', 'web'), web(2)])
    await bench.place().vanish((await set()).token)
    await bench.settle(20_000)
    expect(await set()).toMatchObject({ creates: 2, backends: [{}, {}] })
    expect(bench.entity('door').up).toBe(true)
  })

  it('asks for nothing when the engine is begun anew', async () => {
    await open([balancer('door', 'web'), web(12, { rules: { max: 20 } })])
    const before = asked().length
    await bench.restart()
    await bench.settle(20_000)
    expect(asked().length).toBe(before)
    expect(bench.entity('door')).toMatchObject({ state: 'running', up: true })
    expect(bench.shop.state).toBe('running')
  })

  it('spreads over nobody while all is stopped, and over all again after', async () => {
    await open([balancer('door', 'web'), web(2)])
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop.state).toBe('stopped')
    expect(bench.tree).toMatchObject({ door: 'stopped' })
    expect((await set()).backends).toEqual([])
    await bench.after(bench.engine.start('shop', by))
    const [spread, up] = await spreadAndUp()
    expect([spread.length, spread]).toEqual([2, up])
  })

  it.each([
    ['the set came first', [balancer('door', 'web'), web(2, { relations: [startsAfter('door')] })]],
    ['the members came first', [balancer('door', 'web', { relations: [startsAfter('web')] }), web(2)]],
  ])('leaves nothing behind where %s', async (_which, children) => {
    await open(children)
    expect(bench.shop.state).toBe('running')
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('goes with its entity, and comes back under another token', async () => {
    await open([balancer('door', 'web'), web(2)])
    const { token } = await set()
    await bench.after(bench.engine.update('shop', application([web(2)]), by))
    expect(await sets()).toEqual([])
    await bench.after(bench.engine.update('shop', application([balancer('door', 'web'), web(2)]), by))
    expect((await set()).token).not.toBe(token)
    expect(bench.shop.state).toBe('running')
  })

  it('takes over from a machine, and gives back to one', async () => {
    const own = service('door', { machine: machine({ ports: [http] }) })
    await open([own, web(2)])
    await bench.after(bench.engine.update('shop', application([balancer('door', 'web'), web(2)]), by), 20_000)
    expect(await bench.machines()).toEqual(['web/1', 'web/2'])
    expect(bench.entity('door')).toMatchObject({ state: 'running', leaving: 0 })
    await bench.after(bench.engine.update('shop', application([own, web(2)]), by), 20_000)
    expect(await sets()).toEqual([])
    expect(await bench.machines()).toEqual(['door', 'web/1', 'web/2'])
  })

  it('moves with its entity to another place', async () => {
    await open([balancer('door', 'web'), web(2)], { places: { other: {} } })
    const there = balancer('door', 'web', { placement: { locations: ['other'], zones: [] } })
    await bench.after(bench.engine.update('shop', application([there, web(2)]), by), 20_000)
    expect(await sets()).toEqual([])
    expect((await bench.inventory('other')).map(({ kind }) => kind)).toEqual(['backends'])
    expect(bench.entity('door').up).toBe(true)
  })

  it('listens at the address that follows it', async () => {
    await open([balancer('door', 'web', { addresses: [{ name: 'public' }] }), web(2)])
    const given = (await bench.inventory()).find(({ kind }) => kind === 'address')
    expect(bench.entity('door').address).toBe(given?.address)
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('is refused, with the reason, by a place that spreads nothing', async () => {
    await open([balancer('door', 'web'), web(1)], { place: { kinds: ['machine', 'network'] } })
    expect(bench.entity('door').problems.join()).toContain('sim has nothing of kind backends')
    expect(bench.entity('web/1').state).toBe('running')
  })

  it('spreads over a single entity too', async () => {
    await open([balancer('door', 'api'), service('api', { machine: machine({ ports: [http] }) })])
    expect((await set()).backends).toMatchObject([{ address: bench.entity('api').address, port: 8080 }])
  })
})
