import { type DesiredRecord, type Suspensions, policyAt } from '../entity/desired.js'
import type { Landscape } from '../reconcile/facts/landscape.js'

/** The same without what is reached, or is about what is no more. */
export function withOpenWishes(desired: DesiredRecord, landscape: Landscape): DesiredRecord {
  const { rests, removals, suspendedByPolicies } = desired
  return {
    ...desired,
    floors: openFloors(desired, landscape),
    ...(rests === undefined ? {} : { rests: openRests(desired, landscape) }),
    ...(removals === undefined ? {} : { removals: openRemovals(removals, landscape) }),
    ...(suspendedByPolicies === undefined
      ? {}
      : { suspendedByPolicies: openSuspensions(desired, landscape) }),
  }
}

/** The removals of what is still there: a path is never used again. */
function openRemovals(
  removals: NonNullable<DesiredRecord['removals']>,
  { slots }: Landscape,
): NonNullable<DesiredRecord['removals']> {
  return Object.fromEntries(Object.entries(removals).filter(([path]) => slots.has(path)))
}

/** The rests of what there still is. */
function openRests(
  { rests = {}, version }: DesiredRecord,
  landscape: Landscape,
): NonNullable<DesiredRecord['rests']> {
  const tree = landscape.trees.get(version) ?? landscape.tree
  const isThere = (path: string): boolean => tree.at(path)?.isMember === false || landscape.slots.has(path)
  return Object.fromEntries(Object.entries(rests).filter(([path]) => isThere(path)))
}

/** The suspensions by policies that are still there; the same map where all are. */
function openSuspensions(
  { suspendedByPolicies = {}, version }: DesiredRecord,
  landscape: Landscape,
): NonNullable<DesiredRecord['suspendedByPolicies']> {
  const tree = landscape.trees.get(version) ?? landscape.tree
  const isThere = (asker: string): boolean => {
    const { path, name } = policyAt(asker)
    const node = tree.at(path)
    const isPolicy = node?.spec.policies.some((one) => one.name === name) === true
    return isPolicy && (!node.isMember || landscape.slots.has(path))
  }
  const askers = Object.values(suspendedByPolicies).flatMap((by) => Object.keys(by))
  if (askers.every(isThere)) return suspendedByPolicies
  const open = Object.entries(suspendedByPolicies).flatMap(([policy, by]) => {
    const left: Suspensions = Object.fromEntries(Object.entries(by).filter(([asker]) => isThere(asker)))
    return Object.keys(left).length === 0 ? [] : [[policy, left] as const]
  })
  return Object.fromEntries(open)
}

/** The floors that still ask for something: numbers only grow, so what is reached stays reached. */
function openFloors(desired: DesiredRecord, landscape: Landscape): DesiredRecord['floors'] {
  const open = Object.entries(desired.floors).filter(([path, floor]) => {
    const current = landscape.slots.get(path)?.record.current
    if (current === undefined) return landscape.slots.has(path)
    const replaced = floor.incarnation === undefined || current.number >= floor.incarnation
    const restarted =
      floor.run === undefined || floor.runOf !== current.number || (current.run?.number ?? 0) >= floor.run
    return !replaced || !restarted
  })
  return Object.fromEntries(open)
}
