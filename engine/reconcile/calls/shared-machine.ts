import type { HostMachine, Incarnation } from '../../entity/allocation.js'
import { guestsOf, hostOf, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import type { MachineShape, ResourceRef } from '../../ports/location.js'
import type { SoftwareSpec } from '../../spec/operation-spec.js'
import { slug } from '../facts/naming.js'
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

type Directories = Pick<SoftwareSpec, 'installDirectory' | 'runDirectory'>

/** Where software works: on the machine of another in a directory of its own, unless its author names one. */
export function directoriesOf(software: Directories, node: SpecNode | undefined, path: string): Directories {
  const { installDirectory, runDirectory } = software
  if (node === undefined || hostOf(node) === undefined) return software
  const own = slug(path)
  return { installDirectory: installDirectory ?? `${own}/install`, runDirectory: runDirectory ?? own }
}
