import { afterEach, describe, expect, it } from 'vitest'
import {
  literal,
  type EffectorSpec,
  type EntitySpec,
  type Expression,
  type Json,
  type ParameterSpec,
  type Predicate,
  type ProbeAnswer,
  type SensorSpec,
} from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service, software } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

function value(name: string, path: string): Json | undefined {
  return accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value
}

function members(path = 'group'): readonly string[] {
  return (value('members', path) as readonly { path: string }[]).map((member) => member.path)
}

const equal = (value: Json): Predicate => ({ kind: 'equals', value })
const tagged = (tag: string): Predicate => ({
  kind: 'select',
  from: { kind: 'tags' },
  of: { kind: 'has-element', of: equal(tag) },
})
const named = (scope: 'global' | 'descendant', id: string): Expression => ({
  kind: 'entity-id',
  of: { scope, id },
})
const group = (spec: EntitySpec['group'] & object, more: Partial<EntitySpec> = {}): EntitySpec =>
  entity('group', { type: 'group', group: spec, ...more })

describe('a group by a filter', () => {
  const kind = (of: Json): Predicate => ({
    kind: 'select',
    from: { kind: 'config', name: 'kind' },
    of: equal(of),
  })
  const with_ = (name: string, more: Partial<EntitySpec> = {}): EntitySpec => service(name, more)

  it.each<[what: string, filter: Predicate, expected: readonly string[]]>([
    ['a tag', tagged('blue'), ['a', 'far/b']],
    ['config', kind('x'), ['far', 'far/b', 'far/deep']],
    ['the type', { kind: 'type', of: equal('software') }, ['a', 'far', 'far/b', 'far/deep']],
    ['the name', equal('a'), ['a']],
    ['a sensor', { kind: 'select', from: { kind: 'sensor', name: 'said' }, of: equal('so') }, ['far/b']],
    ['nothing', { kind: 'constant', holds: false }, []],
  ])('has those of which it holds, wherever they are, by %s', async (_what, filter, expected) => {
    const said: SensorSpec = {
      name: 'said',
      type: 'string',
      source: { kind: 'static', value: literal('so') },
    }
    const b = with_('b', { tags: ['blue'], sensors: [said] })
    const far = entity('far', { config: { kind: literal('x') }, children: [b, with_('deep')] })
    bench = await EngineHarness.open()
    await bench.deploy(application([with_('a', { tags: ['blue'] }), far, group({ filter })]))
    expect(members()).toEqual(expected)
    expect([value('members.count', 'group'), value('members.up', 'group')]).toEqual([
      expected.length,
      expected.length,
    ])
  })

  it('looks below one entity where it says so', async () => {
    const far = entity('far', { children: [service('b', { tags: ['blue'] })] })
    bench = await EngineHarness.open()
    const spec = group({ filter: tagged('blue'), within: { scope: 'global', id: 'far' } })
    await bench.deploy(application([service('a', { tags: ['blue'] }), far, spec]))
    expect(members()).toEqual(['far/b'])
  })

  it('has members of a role as they come and go', async () => {
    const web = role('web', 2, { member: { tags: ['blue'] } })
    bench = await EngineHarness.open()
    await bench.deploy(application([web, group({ filter: tagged('blue') })]))
    expect(members()).toEqual(['web/1', 'web/2'])
    await bench.after(bench.engine.scale('shop', 'web', 3, by))
    expect(members()).toEqual(['web/1', 'web/2', 'web/3'])
    await bench.after(bench.engine.scale('shop', 'web', 1, by))
    expect(members()).toEqual(['web/1'])
  })

  it('follows what its members say, and tells whoever waits for that', async () => {
    const said: { state: string } = { state: 'cold' }
    const web = (_url: string): ProbeAnswer => ({ kind: 'answered', status: 200, body: said.state })
    const source = { kind: 'http', url: literal('http://a/'), period: 1_000 } as const
    const filter: Predicate = { kind: 'select', from: { kind: 'sensor', name: 'state' }, of: equal('hot') }
    const follows: SensorSpec = {
      name: 'size',
      type: 'number',
      source: {
        kind: 'static',
        value: {
          kind: 'sensor',
          of: { scope: 'global', id: 'group' },
          sensor: 'members.count',
          whenReady: false,
        },
      },
    }
    bench = await EngineHarness.open({ web })
    const a = service('a', { sensors: [{ name: 'state', type: 'string', source }] })
    await bench.deploy(application([a, group({ filter }), entity('watcher', { sensors: [follows] })]))
    expect([members(), value('size', 'watcher')]).toEqual([[], 0])
    said.state = 'hot'
    await bench.settle(2_000)
    expect([members(), value('size', 'watcher')]).toEqual([['a'], 1])
    said.state = 'cold'
    await bench.settle(2_000)
    expect([members(), value('size', 'watcher')]).toEqual([[], 0])
  })

  it('has nobody for a filter that asks about the group itself', async () => {
    const filter: Predicate = {
      kind: 'select',
      from: { kind: 'children' },
      of: {
        kind: 'has-element',
        of: { kind: 'select', from: { kind: 'sensor', name: 'members.count' }, of: equal(7) },
      },
    }
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('far', { children: [group({ filter })] }), service('a')]))
    expect(members('far/group')).toEqual([])
  })

  it('gives its members to expressions by their ids', async () => {
    const member: SensorSpec = {
      name: 'which',
      type: 'string',
      source: {
        kind: 'static',
        value: {
          kind: 'entity-id',
          of: { scope: 'member', id: 'b', from: { scope: 'global', id: 'group' } },
        },
      },
    }
    const far = entity('far', { children: [service('b', { tags: ['blue'] })] })
    bench = await EngineHarness.open()
    await bench.deploy(
      application([far, group({ filter: tagged('blue') }), entity('asks', { sensors: [member] })]),
    )
    expect(value('which', 'asks')).toBe('far/b')
  })
})

describe('a group whose members count towards it', () => {
  it.each<[what: string, quorum: NonNullable<EntitySpec['group']>['quorum'], up: boolean]>([
    ['is up whatever they do by itself', undefined, true],
    ['is not up while one of them is not, where all must be', { kind: 'all' }, false],
    ['is up with the one that is enough', { kind: 'at-least-one' }, true],
  ])('%s', async (_what, quorum, up) => {
    const health = {
      http: { url: literal('http://b/') },
      period: 1_000,
      timeout: 1_000,
      failures: 1,
      grace: 0,
    }
    const blue = { tags: ['blue'] }
    bench = await EngineHarness.open()
    const spec = group({ filter: tagged('blue'), ...(quorum === undefined ? {} : { quorum }) })
    await bench.deploy(application([service('a', blue), service('b', { ...blue, health }), spec]))
    expect(bench.entity('group').up).toBe(up)
  })
})

describe('a group by names', () => {
  const parameter: ParameterSpec = { name: 'entity', type: 'string', required: true, constraints: [] }
  const effector = (name: string, kind: 'join' | 'leave'): EffectorSpec => ({
    name,
    parameters: [parameter],
    command: literal(''),
    keeps: { kind, parameter: 'entity' },
    timeout: 1_000,
  })
  const effectors = [effector('addMember', 'join'), effector('removeMember', 'leave')]
  const call = (effector: string, entity: string) =>
    bench.engine.invoke('shop', 'group', { effector, parameters: { entity } }, by)

  it('has those, and what is inside of it where it says so', async () => {
    bench = await EngineHarness.open()
    const spec = group({ chosen: [named('global', 'a')], children: true }, { children: [service('in')] })
    await bench.deploy(application([service('a'), service('b'), spec]))
    expect(members()).toEqual(['a', 'group/in'])
  })

  it('takes others in and out, and knows them after a restart', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(
      application([
        service('a'),
        service('b'),
        role('web', 1),
        group({ chosen: [named('global', 'a')] }, { effectors }),
      ]),
    )
    await bench.after(call('addMember', 'b'))
    await bench.after(call('addMember', 'web/1'))
    const task = await bench.after(call('removeMember', 'a'))
    expect(task.state).toBe('succeeded')
    expect(members()).toEqual(['b', 'web/1'])
    await bench.restart()
    expect(members()).toEqual(['b', 'web/1'])
  })

  it('refuses what is no entity', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([service('a'), group({}, { effectors })]))
    const task = await bench.after(call('addMember', 'nobody'))
    expect([task.state, task.failure?.message]).toEqual(['failed', 'there is no entity "nobody"'])
  })
})

describe('a sequence', () => {
  const sequence = { start: 5, increment: 2, format: 'node%03d' }
  const reset: EffectorSpec = {
    name: 'reset',
    parameters: [],
    command: literal(''),
    keeps: { kind: 'renumber' },
    timeout: 1_000,
  }

  it('numbers its members in the order in which they come, and never one twice', async () => {
    const web = role('web', 2, { member: { tags: ['blue'] } })
    bench = await EngineHarness.open()
    await bench.deploy(
      application([web, group({ filter: tagged('blue'), sequence }, { effectors: [reset] })]),
    )
    expect(['web/1', 'web/2'].map((path) => value('sequence.value', path))).toEqual([5, 7])
    expect(value('sequence.string', 'web/2')).toBe('node007')
    await bench.after(bench.engine.scale('shop', 'web', 1, by))
    await bench.restart()
    await bench.after(bench.engine.scale('shop', 'web', 2, by))
    expect(value('sequence.value', 'web/3')).toBe(9)
    expect(value('sequence.next', 'group')).toBe(11)

    await bench.after(bench.engine.invoke('shop', 'group', { effector: 'reset', parameters: {} }, by))
    expect(['web/1', 'web/3'].map((path) => value('sequence.value', path))).toEqual([5, 7])
  })

  it('tells its members their numbers before they are launched', async () => {
    const environment = {
      NUMBER: { kind: 'sensor', of: { scope: 'self' }, sensor: 'sequence.value', whenReady: true },
    } as const
    const phases = software({ launch: 'serve' }, { environment })
    const web = service('web', { tags: ['blue'], software: phases })
    bench = await EngineHarness.open()
    await bench.deploy(application([web, group({ filter: tagged('blue'), sequence })]))
    expect(bench.tree).toMatchObject({ web: 'running' })
  })
})

describe('a group with buckets', () => {
  it('tells its members apart by a value of each', async () => {
    const bucket = (name: string): Partial<EntitySpec> => ({
      tags: ['blue'],
      config: { zone: literal(name) },
    })
    const buckets: Expression = { kind: 'config', of: { scope: 'self' }, key: 'zone' }
    bench = await EngineHarness.open()
    await bench.deploy(
      application([
        service('a', bucket('x')),
        service('b', bucket('y')),
        service('c', bucket('x')),
        service('d', { tags: ['blue'] }),
        group({ filter: tagged('blue'), buckets }),
      ]),
    )
    expect(value('members.buckets', 'group')).toEqual({ x: ['a', 'c'], y: ['b'] })
  })
})

describe('a counter', () => {
  const number = literal(3)
  const act = (name: string, keeps: NonNullable<EffectorSpec['keeps']>): EffectorSpec => ({
    name,
    parameters: [],
    command: literal(''),
    keeps,
    timeout: 1_000,
  })
  const effectors = [
    act('next', { kind: 'advance', sensor: 'count', begin: number, by: literal(2) }),
    act('get', { kind: 'get', sensor: 'count', begin: number }),
    act('reset', { kind: 'set', sensor: 'count', value: number }),
    act('broken', { kind: 'advance', sensor: 'count', begin: literal('x'), by: literal(2) }),
  ]
  const call = async (effector: string): Promise<string | undefined> => {
    const task = accepted(await bench.engine.invoke('shop', 'counter', { effector, parameters: {} }, by))
    return task.streams?.stdout ?? task.failure?.message
  }

  it('goes on from where it was, over a restart too', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('counter', { effectors }), service('web')]))
    expect([await call('get'), await call('next'), await call('next')]).toEqual(['3', '5', '7'])
    await bench.restart()
    expect([await call('get'), await call('next')]).toEqual(['7', '9'])
    expect([await call('reset'), value('count', 'counter')]).toEqual(['3', 3])
  })

  it('gives everybody another number, however many ask at once', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('counter', { effectors }), service('web')]))
    const numbers = await Promise.all(Array.from({ length: 20 }, () => call('next')))
    expect(new Set(numbers).size).toBe(20)
    expect(value('count', 'counter')).toBe(43)
  })

  it('says what is wrong with its numbers', async () => {
    bench = await EngineHarness.open()
    await bench.deploy(application([entity('counter', { effectors }), service('web')]))
    expect(await call('broken')).toBe('"x" is no number')
  })
})
