import { incarnations } from '../reconcile/facts/condition.js'
import type { Landscape, SlotState } from '../reconcile/facts/landscape.js'
import { NOWHERE } from '../reconcile/facts/placement.js'
import { servingMachine } from '../reconcile/facts/sensors.js'

/** The machine of an entity that does not work on another's. */
function ownMachine(slot: SlotState): ReturnType<typeof servingMachine> {
  return slot.record.current?.on === undefined ? servingMachine(slot, slot.observed) : undefined
}

/** Cores and bytes of all machines of an application, and where they are, or may be while there are none. */
export function totalsOf(landscape: Landscape): {
  readonly cores: number
  readonly memory: number
  readonly locations: readonly string[]
} {
  let cores = 0
  let memory = 0
  const locations = new Set<string>()
  for (const slot of landscape.slots.values()) {
    const machine = ownMachine(slot)
    cores += machine?.cores ?? 0
    memory += machine?.memory ?? 0
    for (const one of incarnations(slot.record)) locations.add(one.location)
  }
  locations.delete(NOWHERE)
  if (locations.size === 0)
    for (const node of landscape.tree.nodes)
      for (const name of node.spec.placement.locations) locations.add(name)
  return { cores, memory, locations: [...locations] }
}
