import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canCause, EXCEPTIONS, FAULT_POINTS, type PointName } from './fault-points.js'
import { faultContract } from './location-contract-faults.js'
import { machineContract } from './location-contract-machines.js'
import { resourceContract } from './location-contract-resources.js'
import { runContract } from './location-contract-runs.js'
import { LocationSubject, present, type LocationHarness } from './location-harness.js'

export type { LocationHarness } from './location-harness.js'

/**
 * What every driver promises, in graded levels. Level 1 holds everywhere; level 2 needs a harness that can cause faults
 * and holds where it can. What a place cannot do is skipped by name, with the reason in the test's output.
 */
export function locationContract(name: string, open: () => Promise<LocationHarness>): void {
  describe(`${name} keeps the contract of locations`, () => {
    let subject: LocationSubject | undefined

    beforeAll(async () => {
      subject = new LocationSubject(await open())
    })
    afterAll(async () => {
      await subject?.harness.dispose()
    })

    const current = (): LocationSubject => present(subject, 'an open harness')
    describe('level 1: resources', () => {
      resourceContract(current)
    })
    describe('level 1: machines', () => {
      machineContract(current)
    })
    describe('level 1: runs', () => {
      runContract(current)
    })
    describe('level 2: faults', () => {
      it('meets every fault that it is said to meet, and none is missing without a reason', () => {
        const { harness, location } = current()
        const exceptions = EXCEPTIONS[location.kind] ?? {}
        const points = Object.keys(FAULT_POINTS) as PointName[]
        expect(points.filter((point) => canCause(harness, point))).toEqual(
          points.filter((point) => exceptions[point] === undefined),
        )
      })
      faultContract(current)
    })
  })
}
