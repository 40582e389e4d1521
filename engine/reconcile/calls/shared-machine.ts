import type { HostMachine, Incarnation } from '../../entity/allocation.js'
import { guestsOf, hostOf, pathSeenFrom, type SpecNode } from '../../entity/spec-tree.js'
import type { MachineShape, ResourceRef } from '../../ports/location.js'
import { directoriesOf } from '../facts/directories.js'
import { generationIn, machineRef } from '../facts/shared-machine.js'
import type { World } from '../facts/world.js'
import { workplaceOf } from './workplace.js'
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

/** A script that is run once at an entity: on the machine of another it works where its software does. */
export function scriptAt(script: string, node: SpecNode | undefined, path: string): string {
  if (node === undefined || hostOf(node) === undefined) return script
  const { lines } = workplaceOf(directoriesOf(node.spec.software ?? {}, node, path), 'launch')
  return [...lines, script].join('\n')
}

/** A command, by its words, that is run once at an entity; it works where its scripts do. */
export function commandAt(
  command: readonly string[],
  node: SpecNode | undefined,
  path: string,
): readonly string[] {
  const script = scriptAt('exec "$@"', node, path)
  return script === 'exec "$@"' ? command : ['/bin/sh', '-c', script, 'sh', ...command]
}
