import type { DesiredRecord } from '../entity/desired.js'
import type { Landscape } from '../reconcile/facts/landscape.js'

/** The floors that still ask for something: numbers only grow, so what is reached stays reached. */
export function openFloors(desired: DesiredRecord, landscape: Landscape): DesiredRecord['floors'] {
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
