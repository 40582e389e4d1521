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

function group(more: Partial<EntitySpec>): EntitySpec {
  return entity('blues', { type: 'group', group: { filter: BLUE }, ...more })
}

async function deploy(...children: readonly EntitySpec[]): Promise<void> {
  bench = await EngineHarness.open({ policyKinds: stockKinds })
  await bench.deploy(application(children), 20_000)
}

/** The first incarnation of an entity fails from now on, whenever it is launched. */
async function spoil(path: string): Promise<void> {
  const name = `*-${path.replaceAll('/', '-')}-1-*`
  bench.place().arm({ verbs: ['run'], name, effect: 'fail', exitCode: 3 })
  await bench.place().crash(bench.token(path))
}

const blue: Partial<EntitySpec> = { tags: ['blue'] }

it('a policy that replaces, at a group, replaces members that fail, wherever they are', async () => {
  await deploy(
    role('web', 2, { member: blue }),
    role('api', 1),
    group({ policies: [{ name: 'mend', type: 'replace', config: { afterFailures: literal(1) } }] }),
  )
  const mended = () => ['web/1', 'web/2', 'api/1'].map((path) => bench.entity(path).incarnation)
  await spoil('web/1')
  await bench.settle(60_000)
  expect(mended()).toEqual([2, 1, 1])
  await spoil('api/1')
  await bench.settle(60_000)
  expect(mended()).toEqual([2, 1, 1])
})

describe('a group for each bucket', () => {
  const zoned = (zone: string): Partial<EntitySpec> => ({ ...blue, config: { zone: literal(zone) } })

  it('has the policies of its specification, which act on its members', async () => {
    const bucketSpec = entity('bucket', {
      type: 'basic-group',
      group: {},
      policies: [{ name: 'mend', type: 'replace', config: { afterFailures: literal(1) } }],
    })
    const zones = entity('zones', {
      group: { filter: BLUE, buckets: { kind: 'config', of: { scope: 'self' }, key: 'zone' }, bucketSpec },
    })
    bench = await EngineHarness.open({ policyKinds: stockKinds })
    await bench.deploy(
      application([role('a', 1, { member: zoned('x') }), role('b', 1, { member: blue }), zones]),
      20_000,
    )
    await spoil('a/1')
    await spoil('b/1')
    await bench.settle(60_000)
    expect(['a/1', 'b/1'].map((path) => bench.entity(path).incarnation)).toEqual([2, 1])
  })
})

it('an enricher at a group shows a sensor of it at members, those that come later too', async () => {
  const set: EntitySpec['effectors'][number] = {
    ...{ name: 'set', parameters: [], command: literal(''), timeout: 1_000 },
    keeps: { kind: 'set', sensor: 'mood', value: literal('calm') },
  }
  const hand = { sensors: literal(['mood']), to: literal('members') }
  await deploy(
    role('web', 1, { member: blue }),
    role('api', 1),
    group({ effectors: [set], enrichers: [{ name: 'hand', type: 'propagate', config: hand }] }),
  )
  await bench.after(bench.engine.invoke('shop', 'blues', { effector: 'set', parameters: {} }, by))
  const resize = { effector: 'resize', parameters: { desiredSize: 2 } }
  await bench.after(bench.engine.invoke('shop', 'web', resize, by), 20_000)
  expect(['web/1', 'web/2', 'api/1'].map((path) => value(path, 'mood'))).toEqual(['calm', 'calm', undefined])
})

it('rules at a group act on its members alone', async () => {
  const said = (load: number): EntitySpec['sensors'] => [
    { name: 'load', type: 'number', source: { kind: 'static', value: literal(load) } },
  ]
  const config = {
    readings: literal({ load: { sensor: 'load' } }),
    rules: literal([
      { name: 'hot', each: 'member', when: 'load > 5', act: 'restart', for: '5s', cooldown: '10m' },
    ]),
  }
  await deploy(
    service('a', { ...blue, sensors: said(9) }),
    service('b', { ...blue, sensors: said(1) }),
    service('c', { sensors: said(9) }),
    group({ policies: [{ name: 'cool', type: 'rules', config }] }),
  )
  await bench.settle(60_000)
  expect(['a', 'b', 'c'].map((path) => bench.entity(path).run)).toEqual([2, 1, 1])
})
