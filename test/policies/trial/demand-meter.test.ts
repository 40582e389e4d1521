import { expect, it } from 'vitest'
import { DemandMeter } from '../../../policies/trial/demand-meter.js'

const HOUR = 3_600_000

it('measures elasticity as the SPEC Research Group does', () => {
  const meter = new DemandMeter(10, 1)
  // Demand 2, 4, 4, 2; supply 2, 2, 4, 4.
  const demands = [
    [20, 2],
    [40, 2],
    [40, 4],
    [20, 4],
  ].map(([load = 0, ready = 0]) => meter.passes({ lasts: HOUR, load, ready }))
  expect(demands).toEqual([2, 4, 4, 2])
  expect(meter.measures()).toEqual({
    accuracyUnder: 12.5,
    accuracyOver: 25,
    timeUnder: 25,
    timeOver: 25,
    instability: 75,
    jitter: -0.25,
  })
})

it('never demands fewer than the pool keeps', () => {
  expect(new DemandMeter(10, 3).passes({ lasts: 1, load: 0, ready: 3 })).toBe(3)
})
