import { afterEach, expect, it } from 'vitest'
import { literal, type EntitySpec } from '../../../engine/index.js'
import { autoscale } from '../../../policies/index.js'
import { EngineHarness, accepted, ann } from '../../support/engine-harness.js'
import { application, role } from '../../support/specs.js'

let bench: EngineHarness
afterEach(() => bench.close())

const load = { name: 'load', type: 'number', source: { kind: 'metric', metric: 'requests' } } as const

/** Webs of which each is to have fifty requests a second; it is told how many more are wanted than there may be. */
function webs(): EntitySpec {
  return role('web', 2, {
    rules: { min: 1, max: 6 },
    member: { sensors: [load] },
    policies: [
      {
        name: 'size',
        type: 'autoscale',
        config: { target: literal(50), excess: literal('short'), excessAfter: literal('10s') },
      },
    ],
  })
}

it('is content with as many members as its place has room for, tells of the others, and tries again', async () => {
  bench = await EngineHarness.open({
    policyKinds: [autoscale],
    place: {
      ...{ boot: 1_000, zones: { one: { machines: 3 } } },
      loads: { web: { requests: { kind: 'constant', value: 250 } } },
    },
  })
  await bench.deploy(application([webs()]), 30_000)
  await bench.settle(90_000)
  expect(bench.shop.roles[0]).toMatchObject({ wanted: 3, up: 3 })
  const reasons = accepted(bench.engine.decisions(ann, 'shop')).map(({ reason }) => reason)
  expect(reasons.some((reason) => reason.includes('there was room for no more than 3'))).toBe(true)
  await bench.settle(20_000)
  const sensors = accepted(bench.engine.sensors(ann, 'shop', 'web'))
  expect(sensors.find(({ name }) => name === 'short')?.value).toBe(2)
  await bench.settle(330_000)
  expect(Math.max(...bench.life.most.values())).toBeGreaterThanOrEqual(4)
  expect(bench.shop.roles[0]?.up).toBe(3)
})
