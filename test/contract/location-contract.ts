import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canCause, EXCEPTIONS, FAULT_POINTS, type PointName } from './fault-points.js'
import { faultContract } from './location-contract-faults.js'
import { halfOpenContract } from './location-contract-half-open.js'
import { abilityContract, machineContract } from './location-contract-machines.js'
import { kindsContract, outsideContract, resourceContract } from './location-contract-resources.js'
import { runContract } from './location-contract-runs.js'
import { claimsOf, declaredClaims } from './location-levels.js'
import { LocationSubject, present, type LocationHarness } from './location-harness.js'

export type { LocationHarness } from './location-harness.js'

/**
 * What every driver promises, in graded levels: 1 is what the least driver must do, 2 what its capabilities claim, 3 what
 * holds when the far end goes wrong, as far as a harness can cause it. What is left out is skipped by name, with the
 * reason in the test's output; the lists behind it (location-levels.ts, fault-points.ts) are held against the driver.
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
    describe('level 2: claims', () => {
      it('claims what is said of it, and leaves out nothing without a reason', () => {
        const { harness, location } = current()
        expect(claimsOf(harness)).toEqual(declaredClaims(location.kind))
      })
    })
    describe('level 2: kinds', () => {
      kindsContract(current)
    })
    describe('level 2: abilities', () => {
      abilityContract(current)
    })
    describe('level 2: runs', () => {
      runContract(current)
    })
    describe('level 3: faults', () => {
      it('meets every fault that it is said to meet, and none is missing without a reason', () => {
        const { harness, location } = current()
        const exceptions = { ...EXCEPTIONS[location.kind], ...harness.exceptions }
        const points = Object.keys(FAULT_POINTS) as PointName[]
        expect(points.filter((point) => canCause(harness, point))).toEqual(
          points.filter((point) => exceptions[point] === undefined),
        )
      })
      faultContract(current)
    })
    describe('level 3: others act in the same place', () => {
      outsideContract(current)
    })
    describe('level 3: half-open connections', () => {
      halfOpenContract(current)
    })
  })
}
