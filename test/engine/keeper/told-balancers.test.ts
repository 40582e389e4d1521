import { afterEach, describe, expect, it } from 'vitest'
import { literal, required, type BalanceSpec, type EntitySpec } from '../../../engine/index.js'
import { EngineHarness, by, type HarnessOptions, type PortCall } from '../../support/engine-harness.js'
import { application, entity, machine, operation, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const http = { name: 'http', number: 8080, protocol: 'tcp', published: false } as const
const metrics = { ...http, name: 'metrics', number: 9100 }

/** Software that spreads traffic by a file of addresses, and takes a changed one in two seconds. */
function door(of: BalanceSpec['of'], more: Partial<EntitySpec> = {}): EntitySpec {
  const set = {
    kind: 'sensor',
    of: { scope: 'self' },
    sensor: 'backends',
    whenReady: false,
  } as const
  const content = { kind: 'template', text: '{{ set }}', bindings: { set } } as const
  return service('door', {
    machine: machine({ ports: [{ ...http, number: 80 }] }),
    software: software(
      { launch: 'balance' },
      { files: [{ path: 'members', content, mode: 0o644 }], reload: operation('sleep 2') },
    ),
    balance: { of, algorithm: 'round-robin', by: 'software' },
    ...more,
  })
}

function web(count: number, more: Parameters<typeof role>[2] = {}): EntitySpec {
  return role('web', count, { member: { machine: machine({ ports: [metrics, http] }) }, ...more })
}

async function open(children: readonly EntitySpec[], options: HarnessOptions = {}): Promise<void> {
  bench = await EngineHarness.open(options)
  await bench.deploy(application(children))
}

/** Addresses that the door goes by. */
async function told(): Promise<readonly string[]> {
  const machines = await bench.inventory()
  const files = machines.flatMap((one) => one.files).filter(({ path }) => path.endsWith('/members'))
  const { members } = JSON.parse(required(files[0], 'the file of the door').content) as Told
  return members.map(({ address, port }) => `${address}:${port}`).sort()
}

interface Told {
  readonly members: readonly { readonly address: string; readonly port: number }[]
}

/** Where the members of the role that are up are reached. */
function up(): readonly string[] {
  return Object.entries(bench.tree)
    .filter(([path, state]) => /^web\/\d+$/.test(path) && state === 'running')
    .map(([path]) => `${bench.entity(path).address}:8080`)
    .sort()
}

/** When a machine was first asked to end. */
function endOf(name: string): number {
  const ends = bench.calls.filter(
    ({ verb, about }) => ['endRun', 'stop', 'destroy'].includes(verb) && about.join().includes(name),
  )
  return required(ends[0], `the end of ${name}`).at
}

/** When the door was last told of a change. */
function lastTold(): number {
  const isTold = ({ verb, about }: PortCall): boolean => verb === 'copy' && about.join().includes('door')
  return required(bench.calls.findLast(isTold), 'a change').at
}

describe('software that spreads traffic', () => {
  it('goes by the members that are up, at their port called http', async () => {
    await open([door('web'), web(2)])
    expect(await told()).toEqual(up())
    await bench.after(bench.engine.scale('shop', 'web', 4, by), 20_000)
    expect(await told()).toEqual(up())
    expect(await told()).toHaveLength(4)
  })

  it('has taken a set without a member before that is ended', async () => {
    await open([door('web'), web(3)])
    await bench.after(bench.engine.scale('shop', 'web', 2, by), 20_000)
    expect(await told()).toEqual(up())
    expect(endOf('web-3') - lastTold()).toBeGreaterThanOrEqual(2000)
  })

  it('has taken a set without a member that is replaced before that is ended', async () => {
    await open([door('web'), web(2)])
    await bench.after(bench.engine.replace('shop', 'web/1', by), 30_000)
    expect(await told()).toEqual(up())
    expect(endOf('web-1') - lastTold()).toBeGreaterThanOrEqual(2000)
  })

  it('holds nobody up while it cannot be told', async () => {
    await open([door('web'), web(2)])
    bench.place().arm({ verbs: ['copy'], name: '*door*', effect: 'refuse', cause: 'denied' })
    await bench.after(bench.engine.scale('shop', 'web', 1, by), 60_000)
    expect(await bench.machines()).toEqual(['door', 'web/1'])
  })

  it('holds nobody up when all is stopped or removed', async () => {
    await open([door('web'), web(2)])
    await bench.after(bench.engine.stop('shop', by))
    expect(bench.shop.state).toBe('stopped')
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('goes by whoever is in a group', async () => {
    const chosen = [{ kind: 'entity-id', of: { scope: 'global', id: 'web' } } as const]
    await open([door({ scope: 'global', id: 'pool' }), entity('pool', { group: { chosen } }), web(2)])
    expect(await told()).toEqual(up())
    await bench.after(bench.engine.scale('shop', 'web', 1, by), 20_000)
    expect(await told()).toEqual(up())
    expect(endOf('web-2') - lastTold()).toBeGreaterThanOrEqual(2000)
  })

  it('goes by the members of the cluster that it is inside of, which it is none of', async () => {
    await open([web(2, { children: [door({ scope: 'parent' })] })])
    expect(await told()).toEqual(up())
    expect(bench.entity('web/door')).toMatchObject({ state: 'running', isMember: false })
    expect(bench.shop.roles[0]).toMatchObject({ path: 'web', present: 2, up: 2 })
    await bench.after(bench.engine.scale('shop', 'web', 3, by), 20_000)
    expect(await bench.machines()).toEqual(['web/1', 'web/2', 'web/3', 'web/door'])
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('goes by whom its config names, where a config above says so', async () => {
    const of = { scope: 'value', of: { kind: 'config', of: { scope: 'self' }, key: 'pool' } } as const
    const pool = { kind: 'entity-id', of: { scope: 'global', id: 'web' } } as const
    const group = entity('front', { type: 'group', config: { pool }, children: [door(of)] })
    await open([group, web(2)])
    expect(await told()).toEqual(up())
  })

  it('goes by nobody where nobody is named', async () => {
    await open([door({ scope: 'value', of: literal(null) }), web(1)])
    expect(await told()).toEqual([])
    expect(bench.shop.state).toBe('running')
  })
})
