import { afterEach, describe, expect, it } from 'vitest'
import { literal, type EntitySpec } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, machine, role, service, software } from '../../support/specs.js'
import { does, lit, workflow } from '../../support/workflows.js'

let shop: EngineHarness
afterEach(() => shop.close())

const port = (number: number) => ({ name: 'http', number, protocol: 'tcp', published: false }) as const

/** Software that is installed, launched and stopped, with a port. */
const tenant = (name: string, number: number, more: Partial<EntitySpec> = {}): EntitySpec =>
  service(name, {
    machine: machine({ ports: [port(number)] }),
    software: software({ install: `get ${name}`, launch: `serve ${name}`, stop: `end ${name}` }),
    ...more,
  })

const house = (children: readonly EntitySpec[], more: Partial<EntitySpec> = {}): EntitySpec =>
  entity('house', { type: 'same-server', machine: machine(), sharesMachine: true, children, ...more })

const two = () => house([tenant('a', 8001, { priority: 10 }), tenant('b', 8002, { priority: 20 })])

async function open(children: readonly EntitySpec[], place = {}): Promise<void> {
  shop = await EngineHarness.open({ place })
  await shop.deploy(application(children))
}

const runsOf = async (): Promise<readonly string[]> => {
  const machines = (await shop.inventory()).filter(({ kind }) => kind === 'machine')
  return machines.flatMap(({ runs }) => runs.map(({ label, state }) => `${label} ${state}`))
}

const sensor = (path: string, name: string): unknown =>
  accepted(shop.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value

describe('what is inside of an entity that shares its machine', () => {
  it('is installed and launched there, in its order, and there is one machine', async () => {
    await open([two()])
    expect(await shop.machines()).toEqual(['house'])
    expect(shop.tree).toEqual({ house: 'running', 'house/a': 'running', 'house/b': 'running' })
    expect(shop.order('running')).toEqual(['house', 'house/a', 'house/b'])
    expect(shop.callsOf('ensure').filter((name) => name.includes('house'))).toHaveLength(1)
    expect(shop.callsOf('run').filter((word) => word === 'install')).toHaveLength(2)
    expect(shop.shop.state).toBe('running')
  })

  it('has its own ports there, by its own names', async () => {
    await open([two()])
    expect([sensor('house/a', 'port'), sensor('house/b', 'port')]).toEqual([8001, 8002])
    expect(sensor('house/a', 'host.address')).toBe(sensor('house/b', 'host.address'))
  })

  it('runs its effectors, its sensors and what people ask for where its software works', async () => {
    const effector = { name: 'say', parameters: [], command: literal('cat said'), timeout: 1_000 }
    const source = { kind: 'command', command: literal('cat count'), period: 1_000 } as const
    const own = { effectors: [effector], sensors: [{ name: 'count', type: 'string', source } as const] }
    await open([house([tenant('a', 8001, own)], own)])
    const asked = (path: string) => shop.engine.invoke('shop', path, { effector: 'say', parameters: {} }, by)
    await shop.after(asked('house/a'))
    await shop.after(asked('house'))
    await shop.after(shop.engine.exec('shop', 'house/a', ['ls'], { ...by, timeout: 1_000 }))
    const execs = shop.calls.flatMap(({ verb, runs = '' }) => (verb === 'exec' ? [runs] : []))
    const places = (what: string) =>
      new Set(execs.filter((one) => one.includes(what)).map((one) => one.includes('cd "$RUN_DIR"')))
    expect(places('cat said')).toEqual(new Set([true, false]))
    expect(places('cat count')).toEqual(new Set([true, false]))
    expect(places('ls')).toEqual(new Set([true]))
    expect(execs.find((one) => one.includes('cat said'))).toContain('RUN_DIR="$RUN_DIR"/\'house-a\'')
  })

  it('runs the commands of its workflows there too, and the one whose machine it is where that does', async () => {
    const script = lit('cat said')
    const steps = [does({ kind: 'command', script, environment: {} })]
    const plain = { name: 'say', parameters: [], command: literal(''), timeout: 0 }
    const own = { effectors: [{ ...plain, workflow: workflow(steps) }] }
    await open([house([tenant('a', 8001, own), tenant('b', 8002, own)], own)])
    for (const path of ['house/a', 'house/b', 'house'])
      await shop.after(shop.engine.invoke('shop', path, { effector: 'say', parameters: {} }, by))
    const runs = shop.calls.flatMap(({ verb, runs: one = '' }) => (verb === 'run' ? [one] : []))
    const said = runs.filter((one) => one.includes('cat said'))
    const begins = (name: string) => [
      `export INSTALL_DIR="$RUN_DIR"/'house-${name}/install'`,
      `export RUN_DIR="$RUN_DIR"/'house-${name}'`,
    ]
    expect(said.map((one) => one.split('\n').filter((line) => !line.startsWith('mkdir')))).toEqual([
      [...begins('a'), 'cd "$RUN_DIR"', 'cat said'],
      [...begins('b'), 'cd "$RUN_DIR"', 'cat said'],
      ['cat said'],
    ])
  })

  it('works in a directory of its own', async () => {
    const file = { path: 'conf', mode: 0o644 }
    const with1 = (name: string) =>
      service(name, {
        software: software(
          { launch: 'serve' },
          { files: [{ ...file, content: { kind: 'literal', value: name } }] },
        ),
      })
    await open([house([with1('a'), with1('b')])])
    const read = async (path: string): Promise<string> =>
      accepted(await shop.engine.exec('shop', 'house', ['cat', path], { ...by, timeout: 1000 })).stdout
    expect([await read('house-a/conf'), await read('house-b/conf')]).toEqual(['a', 'b'])
  })

  it('is stopped before the machine is, and begins on it again', async () => {
    await open([two()])
    shop.calls.length = 0
    await shop.after(shop.engine.stop('shop', by))
    expect(shop.tree).toEqual({ house: 'stopped', 'house/a': 'stopped', 'house/b': 'stopped' })
    const verbs = shop.calls.map(({ verb }) => verb).filter((verb) => verb === 'endRun' || verb === 'stop')
    expect(verbs).toEqual(['endRun', 'endRun', 'stop'])
    await shop.after(shop.engine.start('shop', by))
    expect(shop.shop.state).toBe('running')
    expect(shop.callsOf('run').filter((word) => word === 'install')).toEqual([])
    expect([shop.entity('house/a').run, shop.entity('house/b').run]).toEqual([2, 2])
  })

  it('can be stopped and restarted alone, and leaves the machine to the others', async () => {
    await open([two()])
    const ask = async (path: string, effector: string, parameters = {}): Promise<string> => {
      const task = accepted(await shop.engine.invoke('shop', path, { effector, parameters }, by))
      await shop.settle(20_000)
      return accepted(shop.engine.task(ann, task.id)).state
    }
    expect(await ask('house/a', 'stop', { stopMachineMode: 'always' })).toBe('succeeded')
    expect(shop.tree).toEqual({ house: 'running', 'house/a': 'stopped', 'house/b': 'running' })
    expect(await shop.machines()).toEqual(['house'])
    expect(await ask('house/a', 'start')).toBe('succeeded')
    expect(await ask('house/b', 'restart')).toBe('succeeded')
    expect(shop.entity('house/b')).toMatchObject({ state: 'running', incarnation: 1, run: 2 })
    expect(await ask('house', 'stop', { stopMachineMode: 'always' })).toBe('succeeded')
    expect(await shop.machines()).toEqual([])
    expect(await ask('house', 'start')).toBe('succeeded')
    expect(shop.tree).toEqual({ house: 'running', 'house/a': 'running', 'house/b': 'running' })
  })

  it('goes over to a new machine before the old one goes', async () => {
    await open([two()], { boot: 1000 })
    const seen: string[] = []
    accepted(await shop.engine.replace('shop', 'house', by))
    for (let step = 0; step < 60; step += 1) {
      await shop.settle(500)
      seen.push(shop.entity('house/a').up ? 'up' : 'down')
    }
    expect(new Set(seen)).toEqual(new Set(['up']))
    expect(await shop.machines()).toEqual(['house'])
    expect(shop.entity('house').incarnation).toBe(2)
    expect(shop.entity('house/a')).toMatchObject({ incarnation: 2, state: 'running' })
    expect(shop.entity('house/b')).toMatchObject({ incarnation: 2, state: 'running' })
    expect(await runsOf()).toEqual(expect.arrayContaining(['install exited', 'launch running']))
  })

  it('goes with a machine that leaves first where that is asked for', async () => {
    await open([two()])
    accepted(await shop.engine.replace('shop', 'house', { ...by, order: 'old-first' }))
    await shop.settle(30_000)
    expect(await shop.machines()).toEqual(['house'])
    expect(shop.tree).toEqual({ house: 'running', 'house/a': 'running', 'house/b': 'running' })
    expect(shop.entity('house/a').incarnation).toBe(2)
  })

  it('begins anew on another machine when that is gone', async () => {
    await open([two()])
    await shop.place().vanish(shop.token('house'))
    await shop.settle(60_000)
    expect(await shop.machines()).toEqual(['house'])
    expect(shop.tree).toEqual({ house: 'running', 'house/a': 'running', 'house/b': 'running' })
    expect(shop.entity('house/a').incarnation).toBe(2)
  })

  it('is removed before the machine is, and nothing is left', async () => {
    await open([two()])
    shop.calls.length = 0
    await shop.after(shop.engine.remove('shop', by))
    expect(await shop.machines()).toEqual([])
    const verbs = shop.calls.map(({ verb }) => verb).filter((verb) => verb === 'endRun' || verb === 'destroy')
    expect(verbs.slice(0, 3)).toEqual(['endRun', 'endRun', 'destroy'])
  })

  it('stays as it is when the engine begins anew', async () => {
    await open([two()])
    shop.calls.length = 0
    await shop.restart()
    await shop.settle(20_000)
    expect(shop.calls.map(({ verb }) => verb).filter((verb) => verb === 'run' || verb === 'ensure')).toEqual(
      [],
    )
    expect(shop.shop.state).toBe('running')
  })

  it('may be there or not by another document', async () => {
    await open([two()])
    const more = house([tenant('a', 8001), tenant('b', 8002), service('c')])
    await shop.after(shop.engine.update('shop', application([more]), by), 20_000)
    expect(shop.entity('house').incarnation).toBe(1)
    expect(shop.tree).toMatchObject({ 'house/c': 'running' })
    await shop.after(
      shop.engine.update('shop', application([house([tenant('b', 8002), service('c')])]), by),
      30_000,
    )
    expect(Object.keys(shop.tree)).toEqual(['house', 'house/b', 'house/c'])
    expect(await shop.machines()).toEqual(['house'])
  })

  it('may be a machine of a member', async () => {
    const member = { type: 'same-server', machine: machine(), sharesMachine: true, children: [service('in')] }
    await open([role('block', 2, { rules: { spec: entity('block', member) } })])
    expect(await shop.machines()).toEqual(['block/1', 'block/2'])
    expect(shop.tree).toEqual({
      'block/1': 'running',
      'block/1/in': 'running',
      'block/2': 'running',
      'block/2/in': 'running',
    })
    await shop.after(shop.engine.scale('shop', 'block', 1, by), 20_000)
    expect(await shop.machines()).toEqual(['block/1'])
  })

  it('has nothing to launch where it says so', async () => {
    await open([house([entity('bare', { machine: machine(), software: software({ install: 'get bare' }) })])])
    expect(shop.tree).toEqual({ house: 'running', 'house/bare': 'running' })
    await shop.after(shop.engine.stop('shop', by))
    expect(shop.tree).toEqual({ house: 'stopped', 'house/bare': 'stopped' })
    await shop.after(shop.engine.start('shop', by))
    expect(shop.tree).toEqual({ house: 'running', 'house/bare': 'running' })
  })

  it('that fails is tried again on the machine that there is', async () => {
    await open([house([tenant('a', 8001)])])
    shop.place().arm({ verbs: ['run'], label: 'launch', effect: 'fail', exitCode: 3, times: 1 })
    await shop.after(shop.engine.restart('shop', 'house/a', by), 60_000)
    expect(shop.entity('house/a')).toMatchObject({ state: 'running', incarnation: 1 })
    expect(shop.entity('house').incarnation).toBe(1)
  })
})

it('makes what waits for a shared machine wait for all that is on it', async () => {
  await open([
    house([tenant('a', 8001)]),
    service('late', {
      relations: [{ kind: 'relation', type: 'uses', target: 'house', ordering: 'starts-after', config: {} }],
    }),
  ])
  expect(shop.order('running')).toEqual(['house', 'house/a', 'late'])
})
