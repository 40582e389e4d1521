import { afterEach, describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { countEntities, literal, type Quorum } from '../../../engine/index.js'
import { quorumCount } from '../../../engine/reconcile/facts/aggregate.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, balancer, machine, role, service } from '../../support/specs.js'

let bench: EngineHarness | undefined
afterEach(() => bench?.close())

const image = (name: string) => ({ machine: machine({ image: literal(name) }) })
const first = service('web-first', { ...image('seed'), children: [service('seeder')] })

async function imagesOf(place: EngineHarness): Promise<readonly (string | undefined)[]> {
  const shapes = place.calls.filter(({ verb }) => verb === 'ensure').flatMap(({ shapes = [] }) => shapes)
  return shapes.map((shape) => (shape.kind === 'machine' ? shape.image : undefined))
}

it('makes the first member from a spec of its own, with all that is inside of it', async () => {
  bench = await EngineHarness.open()
  const shop = application([role('web', 3, { member: image('plain'), rules: { first } })])
  expect(countEntities(shop.root)).toBe(4)
  await bench.deploy(shop)
  expect(Object.keys(bench.tree).sort()).toEqual(['web/1', 'web/1/seeder', 'web/2', 'web/3'])
  expect((await imagesOf(bench)).filter((name) => name === 'seed')).toHaveLength(1)
  await bench.restart()
  await bench.after(bench.engine.scale('shop', 'web', 1, by), 20_000)
  expect(Object.keys(bench.tree)).toEqual(['web/1', 'web/1/seeder'])
})

it('replaces the first member alone when its own spec changes', async () => {
  bench = await EngineHarness.open()
  const shop = (seed: string) =>
    application([role('web', 2, { rules: { first: service('web-first', image(seed)) } })])
  await bench.deploy(shop('one'))
  const plan = accepted(await bench.engine.plan(shop('two'), { ...by, application: 'shop' }))
  expect(plan.steps.map((step) => `${step.action} ${step.entity}`)).toEqual(['replace web/1'])
})

it('tells each member its number, and the role which is the first and whether all are up', async () => {
  bench = await EngineHarness.open()
  await bench.deploy(application([role('web', 2)]))
  const { sources } = { sources: bench.engine }
  const sensors = (path: string) =>
    Object.fromEntries(accepted(sources.sensors(ann, 'shop', path)).map(({ name, value }) => [name, value]))
  expect(sensors('web')).toMatchObject({ 'members.first': 'web/1', 'members.allUp': true })
  expect(sensors('web/2')).toMatchObject({ 'member.number': 2, 'member.of': 'web' })
})

describe('a quorum of points', () => {
  const points = (...all: readonly (readonly [number, number])[]): Quorum => ({
    kind: 'points',
    points: all.map(([of, needed]) => ({ of, needed })),
  })
  const four = points([5, 5], [10, 10], [100, 70], [200, 140])

  it.each([
    ['at a point', four, 10, 10],
    ['between two', four, 55, 40],
    ['rounded up', four, 56, 41],
    ['beyond the last', four, 300, 210],
    ['before the first', four, 3, 3],
    ['never more than all', points([1, 5]), 3, 3],
    ['with one point', points([10, 2]), 30, 2],
  ])('%s', (_case, quorum, wanted, needed) => {
    expect(quorumCount(quorum, wanted)).toBe(needed)
  })
})

it('reads both from a document in the words of Brooklyn', () => {
  const text = `
services:
  - type: org.apache.brooklyn.entity.group.DynamicCluster
    id: web
    brooklyn.config:
      cluster.initial.size: 2
      quorum.running: [[10, 7], [5, 5]]
      dynamiccluster.memberspec:
        $brooklyn:entitySpec: { type: software, launch.command: plain }
      dynamiccluster.firstmemberspec:
        $brooklyn:entitySpec:
          type: software
          launch.command: seed
          shell.env: { NUMBER: '$brooklyn:attributeWhenReady("cluster.member.id")' }
`
  const result = compile({ main: { file: 'a.yaml', text }, files: {} })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const members = result.spec.root.children[0]?.members
  expect(members?.first?.software?.phases.launch?.command).toEqual(literal('seed'))
  expect(members?.spec.software?.phases.launch?.command).toEqual(literal('plain'))
  expect(members?.first?.software?.environment['NUMBER']).toMatchObject({ sensor: 'member.number' })
  expect(members?.healthyQuorum).toEqual({
    kind: 'points',
    points: [
      { of: 5, needed: 5 },
      { of: 10, needed: 7 },
    ],
  })
})

it('says beforehand that a place cannot spread traffic', async () => {
  const lacking = { kinds: ['machine', 'network'] }
  bench = await EngineHarness.open({ place: lacking })
  const ports = [{ name: 'http', protocol: 'tcp', published: false }] as const
  const shop = application([
    role('web', 1, { member: { machine: machine({ ports }) } }),
    balancer('lb', 'web'),
  ])
  const plan = accepted(await bench.engine.plan(shop, by))
  expect(plan.capacity.filter(({ enough }) => !enough).map(({ detail }) => detail)).toEqual([
    'lb: sim has nothing of kind backends',
  ])
})
