import { afterEach, describe, expect, it } from 'vitest'
import type { RoleRecord } from '../../../engine/entity/allocation.js'
import type { ConfigMap, JsonObject, PolicySpec } from '../../../engine/index.js'
import { hasZoneFailed, withTry } from '../../../engine/reconcile/facts/zone-tries.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, role } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const zones = { x: { machines: 99 }, y: { machines: 99 } }
const placement = { locations: ['sim'], zones: ['x', 'y'] }

/** Machines that come to nothing, of members with these numbers. */
const broken = (...numbers: readonly number[]): readonly JsonObject[] =>
  numbers.map((number) => ({ verbs: ['ensure'], name: `*-web-${number}-*`, effect: 'fail' }))

async function open(count: number, calls: readonly JsonObject[], rules: object = {}): Promise<void> {
  bench = await EngineHarness.open({ place: { zones, script: { calls } } })
  await bench.deploy(application([role('web', count, { placement, rules })]), 2 * MINUTE)
}

/** Zones that a member was asked for in, one after another. */
function zonesOf(member: number): readonly string[] {
  return bench.calls.flatMap(({ verb, about, shapes = [] }) =>
    (verb === 'ensure' ? shapes : []).flatMap((shape, at) =>
      shape.kind === 'machine' && about[at]?.includes(`-web-${member}-`) === true ? [shape.zone ?? ''] : [],
    ),
  )
}

async function grown(count: number): Promise<void> {
  await bench.after(bench.engine.scale('shop', 'web', count, by), MINUTE)
}

describe('a zone in which members come to nothing', () => {
  it('is left out once two incarnations have failed there, though it has the fewest', async () => {
    await open(2, broken(1))
    expect(zonesOf(1).slice(0, 3)).toEqual(['x', 'x', 'y'])
    await grown(4)
    expect([zonesOf(4), zonesOf(5)]).toEqual([['y'], ['y']])
  })

  it('is left out after a restart of the engine, and is one like any other after an hour', async () => {
    await open(2, broken(1), { quarantine: false })
    await bench.restart()
    await grown(4)
    expect([zonesOf(3), zonesOf(4)]).toEqual([['y'], ['y']])
    await bench.after(bench.engine.scale('shop', 'web', 1, by), HOUR)
    await grown(3)
    expect([...zonesOf(5), ...zonesOf(6)]).toContain('x')
  })

  it('counts as the document says', async () => {
    await open(2, broken(1), { zoneFailure: { attempts: 9, within: HOUR, share: 0.9 } })
    await grown(3)
    expect(zonesOf(4)).toEqual(['x'])
  })

  it('is one of those that are left where all have failed', async () => {
    await open(4, broken(1, 2, 3, 4))
    expect(new Set([...zonesOf(1), ...zonesOf(2)])).toEqual(new Set(['x', 'y']))
    bench.place().arm({ verbs: ['ensure'], name: '*-web-9-*', effect: 'fail' })
    await grown(5)
    expect(zonesOf(5)).toHaveLength(1)
  })
})

describe('attempts in a zone', () => {
  type Tried = readonly [of: string, at: number, failed: boolean]
  const role_: RoleRecord = { kind: 'role', path: 'web', next: 1 }
  const after = (...all: readonly Tried[]): RoleRecord =>
    all.reduce(
      (record, [of, at, failed]) => withTry(record, { site: 'sim/x', one: { of, at, failed } }, HOUR),
      role_,
    )
  const many = (count: number, failed: boolean): readonly Tried[] =>
    Array.from({ length: count }, (_, at) => [`${failed}${at}`, 0, failed])

  it.each<[what: string, tries: readonly Tried[], failed: boolean]>([
    ['none', [], false],
    ['one that failed', [['a', 0, true]], false],
    ['two that failed', many(2, true), true],
    ['one that failed twice', [...many(1, true), ...many(1, true)], false],
    ['two of which one came up in the end', [...many(2, true), ['true1', 5, false]], false],
    ['nine in ten that failed', [...many(9, true), ...many(1, false)], true],
    ['eight in nine that failed', [...many(8, true), ...many(1, false)], false],
    [
      'one that failed an hour before the other',
      [
        ['a', -HOUR, true],
        ['b', 0, true],
      ],
      false,
    ],
  ])('%s', (_what, tries, failed) => {
    expect(hasZoneFailed(after(...tries), 'sim/x', 10)).toBe(failed)
    expect(hasZoneFailed(after(...tries), 'sim/y', 10)).toBe(false)
  })

  it('are kept of the last hour, fifty of a zone at most', () => {
    expect(after(...many(80, true)).tries?.['sim/x']).toHaveLength(50)
    expect(after(['a', 0, true], ['b', HOUR, true]).tries?.['sim/x']).toHaveLength(1)
  })
})

describe('a role that is rebalanced', () => {
  const balanced = (config: ConfigMap = {}): PolicySpec => ({ name: 'even', type: 'rebalance', config })
  const shop = (zoned: readonly string[], policies: readonly PolicySpec[]) =>
    application([role('web', 4, { placement: { locations: ['sim'], zones: zoned }, policies })])
  const where = () => [1, 2, 3, 4].map((number) => zonesOf(number).at(-1) ?? '').join('')

  it('comes to be even when there is another zone, with nobody missing meanwhile', async () => {
    bench = await EngineHarness.open({ place: { zones }, policyKinds: stockKinds })
    await bench.deploy(shop(['x'], [balanced()]), MINUTE)
    expect(where()).toBe('xxxx')
    await bench.after(bench.engine.update('shop', shop(['x', 'y'], [balanced()]), by), 20 * MINUTE)
    expect(where()).toBe('xxyy')
    expect(bench.life.most.get('web')).toBe(5)
    expect(accepted(bench.engine.entity(ann, 'shop', 'web/3'))).toMatchObject({
      state: 'running',
      incarnation: 2,
    })
  })

  it('stays as it is where there is no room elsewhere, and is tried again but now and then', async () => {
    const full = { x: { machines: 99 }, y: { machines: 0 } }
    bench = await EngineHarness.open({ place: { zones: full }, policyKinds: stockKinds })
    await bench.deploy(shop(['x'], [balanced()]), MINUTE)
    await bench.after(bench.engine.update('shop', shop(['x', 'y'], [balanced()]), by), 25 * MINUTE)
    const states = Object.values(bench.tree)
    expect(states).toEqual(['running', 'running', 'running', 'running'])
    const replaced = accepted(bench.engine.decisions(ann, 'shop')).filter(
      ({ kind, intent }) => kind === 'decided' && intent.startsWith('replace'),
    )
    expect(replaced).toHaveLength(1)
  })
})
