import { afterEach, describe, expect, it } from 'vitest'
import { literal, required, type EntitySpec } from '../../../engine/index.js'
import type { LedgerEntry } from '../../../locations/simulated/index.js'
import { EngineHarness, accepted, by, type HarnessOptions } from '../../support/engine-harness.js'
import { application, machine, role, sensorOf, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

async function open(options: HarnessOptions = {}): Promise<void> {
  bench = await EngineHarness.open(options)
}

async function things(kind: string): Promise<readonly LedgerEntry[]> {
  return (await bench.inventory()).filter((one) => one.kind === kind)
}

const data = { volumes: [{ name: 'data', path: '/data' }] }

/** A database that notes each of its launches on its volume. */
function db(more: Partial<EntitySpec> = {}): EntitySpec {
  return service('db', {
    ...data,
    software: software({ launch: 'echo begun >> /data/log\nsleep 1d' }),
    ...more,
  })
}

describe('a volume', () => {
  it('is made before the machine that it is attached to', async () => {
    await open()
    await bench.deploy(application([db()]))
    const made = bench.calls.filter((call) => call.verb === 'ensure').map((call) => call.about.join())
    expect(made.findIndex((name) => name.includes('db-data'))).toBeLessThan(
      made.findIndex((name) => name.includes('shop-db-1')),
    )
  })

  it.each([
    ['is replaced', () => bench.engine.replace('shop', 'db', by)],
    [
      'is changed',
      () =>
        bench.engine.update('shop', application([db({ machine: machine({ image: literal('two') }) })]), by),
    ],
  ])('follows its slot with what is on it when the machine %s', async (_why, change) => {
    await open()
    await bench.deploy(application([db()]))
    const volume = bench.token('db', 'volume')
    await bench.after(change())
    expect(bench.entity('db')).toMatchObject({ state: 'running', incarnation: 2, leaving: 0 })
    expect(bench.token('db', 'volume')).toBe(volume)
    expect((await things('volume')).map((one) => one.creates)).toEqual([1])
    const files = await bench.place().files(volume)
    expect(files.find((file) => file.path.endsWith('log'))?.content).toBe('begun\nbegun\n')
  })

  it('follows its slot when the machine vanishes', async () => {
    await open()
    await bench.deploy(application([db()]))
    const volume = bench.token('db', 'volume')
    await bench.place().vanish(bench.token('db'))
    await bench.settle(20_000)
    expect(bench.entity('db')).toMatchObject({ state: 'running', incarnation: 2 })
    expect(bench.token('db', 'volume')).toBe(volume)
  })

  it('stays over stop and start, even where machines are given back', async () => {
    await open()
    await bench.deploy(application([db()], { settings: { keepMachines: false } }))
    const volume = bench.token('db', 'volume')
    await bench.after(bench.engine.stop('shop', by))
    expect(await things('machine')).toEqual([])
    expect((await things('volume')).map((one) => one.token)).toEqual([volume])
    await bench.after(bench.engine.start('shop', by))
    expect(bench.shop.state).toBe('running')
    expect(bench.token('db', 'volume')).toBe(volume)
  })

  it('is one for each member, and goes with the member that goes', async () => {
    await open()
    await bench.deploy(application([role('db', 3, { member: data })]))
    expect(new Set((await things('volume')).map((one) => one.token)).size).toBe(3)
    await bench.after(bench.engine.scale('shop', 'db', 1, by))
    expect((await things('volume')).map((one) => one.marks?.entity)).toEqual(['db/1'])
  })

  it('of a member that goes before it began goes too', async () => {
    await open({ place: { boot: 5000 } })
    await bench.deploy(application([role('db', 3, { rules: { concurrency: 1 }, member: data })]), 1000)
    await bench.after(bench.engine.scale('shop', 'db', 1, by), 30_000)
    expect(bench.shop.state).toBe('running')
    expect((await things('volume')).map((one) => one.marks?.entity)).toEqual(['db/1'])
  })

  it('that was brought is used and never made or removed', async () => {
    await open()
    await bench.place().makeStranger('archive', 'volume')
    await bench.deploy(application([db({ volumes: [{ name: 'data', path: '/data', brought: 'archive' }] })]))
    expect(bench.shop.state).toBe('running')
    await bench.after(bench.engine.replace('shop', 'db', by))
    await bench.after(bench.engine.remove('shop', by))
    expect(bench.callsOf('destroy').filter((name) => name === 'archive')).toEqual([])
    expect((await bench.inventory()).map(({ name, creates, deletes }) => [name, creates, deletes])).toEqual([
      ['archive', 1, 0],
    ])
  })
})

describe('a network', () => {
  it('is made before its first user and removed after its last', async () => {
    await open()
    await bench.deploy(application([service('web'), service('db')]))
    expect(bench.callsOf('ensure')[0]).toContain('default')
    await bench.after(bench.engine.remove('shop', by))
    expect(bench.callsOf('destroy').at(-1)).toContain('default')
    expect(await bench.inventory()).toEqual([])
  })

  it('stays while the application is stopped', async () => {
    await open()
    await bench.deploy(application([service('web')], { settings: { keepMachines: false } }))
    await bench.after(bench.engine.stop('shop', by))
    expect((await things('network')).map((one) => one.creates)).toEqual([1])
  })

  it('is made under the name that the document gives it, and joined by those who name it', async () => {
    await open()
    const networks = [{ name: 'front' }, { name: 'back', cidr: '10.9.0.0/24' }]
    const web = service('web', { machine: machine({ networks: ['front', 'back'] }) })
    await bench.deploy(
      application([web, service('db', { machine: machine({ networks: ['back'] }) })], { networks }),
    )
    expect((await things('network')).map((one) => one.name.split('-')[1]).sort()).toEqual(['back', 'front'])
    expect(bench.shop).toMatchObject({ state: 'running', networks: ['front', 'back'] })
  })

  it('that was brought is joined and never made or removed', async () => {
    await open()
    await bench.place().makeStranger('corporate', 'network')
    await bench.deploy(application([service('web')], { networks: [{ name: 'lan', brought: 'corporate' }] }))
    expect(bench.shop.state).toBe('running')
    await bench.after(bench.engine.remove('shop', by))
    expect((await bench.inventory()).map(({ name, deletes }) => [name, deletes])).toEqual([['corporate', 0]])
  })

  it('is one in each location that something is placed in', async () => {
    await open({ places: { other: {} } })
    const there = { placement: { locations: ['other'], zones: [] } }
    await bench.deploy(application([service('web'), service('db', there)]))
    expect(await things('network')).toHaveLength(1)
    expect((await bench.inventory('other')).filter((one) => one.kind === 'network')).toHaveLength(1)
    await bench.after(bench.engine.remove('shop', by))
    expect([...(await bench.inventory()), ...(await bench.inventory('other'))]).toEqual([])
  })
})

describe('an address', () => {
  const own = { addresses: [{ name: 'main' }] }

  it('is given before the machine that is known by it, and freed with its slot', async () => {
    await open()
    await bench.deploy(application([service('web', own)]))
    const [given, machineItself] = [await things('address'), await things('machine')]
    expect([given.length, machineItself.length]).toEqual([1, 1])
    expect(bench.entity('web').address).toBe(required(given[0], 'the address').address)
    expect(bench.entity('web').resources.map(({ kind }) => kind)).toEqual(['machine', 'address'])
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it.each([
    ['is replaced', () => bench.engine.replace('shop', 'web', by)],
    ['vanishes', () => bench.place().vanish(bench.token('web'))],
  ])('follows its slot when the machine %s', async (_why, happens) => {
    await open()
    await bench.deploy(application([service('web', own)]))
    const before = bench.entity('web').address
    await happens()
    await bench.settle(20_000)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 2, address: before })
    expect((await things('address')).map((one) => one.creates)).toEqual([1])
  })

  it('of a network is made after that', async () => {
    await open()
    const addresses = [{ name: 'inner', network: 'back' }]
    const web = service('web', { addresses, machine: machine({ networks: ['back'] }) })
    await bench.deploy(application([web], { networks: [{ name: 'back' }] }))
    expect(bench.callsOf('ensure').map((name) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'shop-back-1',
      'shop-web-inner-1',
      'shop-web-1',
    ])
  })

  it('is one for each member of a role', async () => {
    await open()
    await bench.deploy(application([role('web', 3, { member: own })]))
    const addresses = ['web/1', 'web/2', 'web/3'].map((path) => bench.entity(path).address)
    expect(new Set(addresses).size).toBe(3)
    await bench.after(bench.engine.scale('shop', 'web', 1, by))
    expect((await things('address')).map((one) => one.marks?.entity)).toEqual(['web/1'])
  })

  it('is refused, with the reason, by a place that has none', async () => {
    await open({ place: { kinds: ['machine', 'network'] } })
    await bench.deploy(application([service('web', own)]))
    expect(bench.entity('web').problems.join()).toContain('sim has nothing of kind address')
    expect(await things('machine')).toEqual([])
  })
})

describe('what all of an application share', () => {
  const allow = [{ direction: 'in', protocol: 'tcp', ports: { from: 80, to: 80 }, peers: [] }] as const
  const shared = {
    rules: [{ name: 'http', allow }],
    keys: [{ name: 'team', publicKey: 'ssh-ed25519 AAAA team' }],
    images: [{ name: 'base', source: 'https://images.example/base.qcow2' }],
  }
  const using = machine({ rules: ['http'], keyPair: 'team', image: literal('base') })

  it('is made once, before the machines that use it, and removed after the last', async () => {
    await open()
    await bench.deploy(application([role('web', 3, { member: { machine: using } })], shared))
    for (const kind of ['rule', 'key', 'image'])
      expect((await things(kind)).map((one) => one.creates)).toEqual([1])
    const kinds = bench.callsOf('ensure').map((name) => name.split('-')[1])
    expect(kinds.indexOf('web')).toBe(4)
    await bench.after(bench.engine.remove('shop', by))
    expect(await bench.inventory()).toEqual([])
  })

  it('is used by its name at the far end', async () => {
    await open()
    await bench.deploy(application([service('web', { machine: using })], shared))
    const [wants] = bench.calls.filter(
      (call) => call.verb === 'ensure' && call.about.join().includes('shop-web-1'),
    )
    const [image] = await things('image')
    const [key] = await things('key')
    expect(wants?.shapes).toMatchObject([{ image: image?.name, keyPair: key?.name }])
  })

  it('goes when the document no longer has it, once nothing uses it', async () => {
    await open()
    await bench.deploy(application([service('web', { machine: using })], shared))
    const { rules, ...rest } = shared
    const without = machine({ keyPair: 'team', image: literal('base') })
    await bench.after(
      bench.engine.update('shop', application([service('web', { machine: without })], rest), by),
      30_000,
    )
    expect(rules).toHaveLength(1)
    expect(await things('rule')).toEqual([])
    expect(await things('key')).toHaveLength(1)
  })

  it('is changed in place where it is a rule', async () => {
    await open()
    await bench.deploy(application([service('web', { machine: using })], shared))
    const [before] = await things('rule')
    const wider = [{ ...allow[0], ports: { from: 80, to: 90 } }]
    const changed = { ...shared, rules: [{ name: 'http', allow: wider }] }
    await bench.after(
      bench.engine.update('shop', application([service('web', { machine: using })], changed), by),
    )
    const [after] = await things('rule')
    expect(after).toMatchObject({ token: before?.token, creates: 1 })
    expect(after?.marks?.digest).not.toBe(before?.marks?.digest)
    expect(bench.entity('web')).toMatchObject({ state: 'running', incarnation: 1 })
  })

  it('that was brought is used and never made or removed', async () => {
    await open()
    await bench.place().makeStranger('corporate', 'rule')
    const rules = [{ name: 'http', brought: 'corporate', allow: [] }]
    await bench.deploy(application([service('web', { machine: machine({ rules: ['http'] }) })], { rules }))
    expect(bench.shop.state).toBe('running')
    await bench.after(bench.engine.remove('shop', by))
    expect((await bench.inventory()).map(({ name, deletes }) => [name, deletes])).toEqual([['corporate', 0]])
  })
})

describe('addresses and ports', () => {
  const port = { name: 'http', number: 8080, protocol: 'tcp', published: true, scheme: 'http' } as const

  it('are shown with the entity and as outputs of the application', async () => {
    await open()
    const web = service('web', { machine: machine({ ports: [port], cores: 2, memory: 1 << 30 }) })
    await bench.deploy(application([web], { outputs: { endpoint: { entity: 'web' } } }))
    const { address, endpoint } = bench.entity('web')
    expect(address).not.toBe('')
    expect(endpoint).toBe(`http://${address}:8080`)
    expect(bench.shop.endpoint).toMatch(/^http:\/\/.+:\d+$/)
    expect(bench.shop).toMatchObject({ cores: 2, memory: 1 << 30 })
  })

  it('of a replaced machine are told to those who were told the old ones', async () => {
    await open()
    const environment = { DB: sensorOf('db', 'endpoint') }
    const web = service('web', { software: software({ launch: 'printenv DB\nsleep 1d' }, { environment }) })
    await bench.deploy(application([web, service('db', { machine: machine({ ports: [port] }) })]))
    const before = bench.entity('db').address
    await bench.after(bench.engine.replace('shop', 'db', by), 30_000)
    const { address } = bench.entity('db')
    expect(address).not.toBe(before)
    const logs = accepted(await bench.engine.logs('shop', 'web', { ...by, lines: 10 }))
    expect(logs.trim().split('\n')).toEqual([`http://${before}:8080`, `http://${address}:8080`])
    expect(bench.entity('web')).toMatchObject({ incarnation: 1, run: 2 })
  })

  it('of all members are a list that a file is rendered from, again when one comes or goes', async () => {
    await open()
    const of = { scope: 'global', id: 'web' } as const
    const text = 'members: {{ all }}'
    const all = { kind: 'sensor', of, sensor: 'members.endpoints', whenReady: true } as const
    const files = [
      { path: 'peers', mode: 0o644, content: { kind: 'template', text, bindings: { all } } as const },
    ]
    const door = service('door', { software: software({ launch: 'serve' }, { files, reload: reloadOf() }) })
    await bench.deploy(
      application([role('web', 2, { member: { machine: machine({ ports: [port] }) } }), door]),
    )
    const peers = async (): Promise<number> => {
      const file = (await bench.place().files(bench.token('door'))).find((one) => one.path.endsWith('peers'))
      return required(file, 'file peers').content.split('http://').length - 1
    }
    expect(await peers()).toBe(2)
    await bench.after(bench.engine.scale('shop', 'web', 4, by))
    expect(await peers()).toBe(4)
    await bench.after(bench.engine.scale('shop', 'web', 1, by))
    expect(await peers()).toBe(1)
    expect(bench.entity('door')).toMatchObject({ incarnation: 1, run: 1 })
  })
})

function reloadOf() {
  return { command: literal('reload'), files: [], environment: {}, timeout: 1000, outputs: [] }
}
