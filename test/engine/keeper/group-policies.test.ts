import { afterEach, describe, expect, it } from 'vitest'
import { literal, type EntitySpec, type Json, type Predicate } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity, role, service } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const value = (path: string, name: string): Json | undefined =>
  accepted(bench.engine.sensors(ann, 'shop', path)).find((one) => one.name === name)?.value

const BLUE: Predicate = {
  kind: 'select',
  from: { kind: 'tags' },
  of: { kind: 'has-element', of: { kind: 'equals', value: 'blue' } },
}

function group(
  more: Partial<EntitySpec> = {},
  of: NonNullable<EntitySpec['group']> = { filter: BLUE },
): EntitySpec {
  return entity('blues', { type: 'group', group: of, ...more })
}

const said = (number: number): EntitySpec['sensors'] => [
  { name: 'said', type: 'number', source: { kind: 'static', value: literal(number) } },
]

const sum = (config: EntitySpec['config'] = {}): Partial<EntitySpec> => ({
  enrichers: [
    {
      name: 'sum',
      type: 'aggregate',
      config: { sensor: literal('said'), target: literal('total'), by: literal('sum'), ...config },
    },
  ],
})

async function deploy(...children: readonly EntitySpec[]): Promise<void> {
  bench = await EngineHarness.open({ policyKinds: stockKinds })
  await bench.deploy(application(children), 20_000)
}

describe('an enricher at a group', () => {
  it.each([{}, { of: literal('members') }])('puts values of its members together (%j)', async (config) => {
    const far = entity('far', { children: [service('b', { tags: ['blue'], sensors: said(4) })] })
    await deploy(
      service('a', { tags: ['blue'], sensors: said(3) }),
      service('c', { sensors: said(90) }),
      far,
      group(sum(config)),
    )
    expect(value('blues', 'total')).toBe(7)
    await bench.restart()
    await bench.settle(5_000)
    expect(value('blues', 'total')).toBe(7)
  })

  it('follows who comes to the group and who goes', async () => {
    await deploy(role('web', 2, { member: { tags: ['blue'], sensors: said(5) } }), group(sum()))
    expect(value('blues', 'total')).toBe(10)
    for (const [desiredSize, total] of [[4, 20] as const, [1, 5] as const]) {
      const resize = { effector: 'resize', parameters: { desiredSize } }
      await bench.after(bench.engine.invoke('shop', 'web', resize, by), 60_000)
      expect(value('blues', 'total')).toBe(total)
    }
  })

  it('knows no more of one that is taken out by hand and runs on', async () => {
    const member = { name: 'member', type: 'string', required: true, constraints: [] }
    const out: EntitySpec['effectors'][number] = {
      ...{ name: 'out', parameters: [member], command: literal(''), timeout: 1_000 },
      keeps: { kind: 'leave', parameter: 'member' },
    }
    await deploy(
      service('a', { sensors: said(1) }),
      service('b', { sensors: said(2) }),
      group({ ...sum(), effectors: [out] }, { chosen: [literal('a'), literal('b')] }),
    )
    expect(value('blues', 'total')).toBe(3)
    await bench.after(
      bench.engine.invoke('shop', 'blues', { effector: 'out', parameters: { member: 'a' } }, by),
    )
    expect([value('blues', 'total'), bench.entity('a').up]).toEqual([2, true])
  })
})

describe('a policy at a group', () => {
  const acting = (type: string): EntitySpec =>
    group({ policies: [{ name: 'mend', type, config: { attempts: literal(5) } }] })

  it('restarts members that fail, wherever they are, and nobody else', async () => {
    await deploy(
      service('a', { tags: ['blue'] }),
      role('web', 1, { member: { tags: ['blue'] } }),
      acting('restart'),
    )
    for (const path of ['a', 'web/1']) await bench.place().crash(bench.token(path))
    await bench.settle(60_000)
    expect([bench.entity('a'), bench.entity('web/1')]).toMatchObject([
      { run: 2, up: true },
      { run: 2, up: true },
    ])
    const asked = accepted(bench.engine.decisions(ann, 'shop')).filter(
      ({ policyType }) => policyType === 'restart',
    )
    expect(asked.map(({ entity: path }) => path).sort()).toEqual(['a', 'web/1'])
  })
})

describe('an entity', () => {
  it('is shown with the groups that it is a member of', async () => {
    await deploy(service('a', { tags: ['blue'] }), service('b'), group())
    expect([bench.entity('a').memberOf, bench.entity('b').memberOf]).toEqual([['blues'], undefined])
    const views = accepted(bench.engine.entities(ann, 'shop'))
    expect(views.filter(({ memberOf }) => memberOf !== undefined).map(({ path }) => path)).toEqual(['a'])
  })
})
