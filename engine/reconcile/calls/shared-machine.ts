import type { HostMachine, Incarnation } from '../../entity/allocation.js'
import { guestsOf, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import type { MachineShape, ResourceRef } from '../../ports/location.js'
import { generationIn, machineRef } from '../facts/shared-machine.js'
import type { World } from '../facts/world.js'
import { portsOf, type Evaluate, type Shaped } from './shape.js'

/** How the machine is named that an incarnation works on, for a command of this generation. */
export function refAt(incarnation: Incarnation, generation: number, world: World): ResourceRef {
  const generationOf = (on: HostMachine): number => generationIn(world.slot(on.path)?.record, on)
  return machineRef({ ...incarnation, generation }, { generationOf })
}

/** Ports of those that work on the machine of an entity, each as its own expressions say. */
export function guestPorts(
  host: SpecNode,
  path: string,
  evaluatorAt: (path: string) => Evaluate,
): Shaped<MachineShape['ports']> {
  const made: MachineShape['ports'][number][] = []
  for (const { node, ports: before } of guestsOf(host)) {
    const ports = portsOf(node.spec.machine?.ports ?? [], evaluatorAt(pathSeenFrom(node, path)))
    if (ports.kind !== 'ready') return ports
    made.push(...ports.value.map((port) => ({ ...port, name: `${before}${port.name}` })))
  }
  return { kind: 'ready', value: made }
}
