import type { HostMachine, Incarnation, SlotRecord } from '../../entity/allocation.js'
import type { ResourceState } from '../../entity/resource.js'
import type { ResourceRef } from '../../ports/location.js'
import { incarnations } from './condition.js'

/** Tells which generation the machine of another is at. */
export interface Hosts {
  generationOf(host: HostMachine): number
}

type Standing = Pick<Incarnation, 'token' | 'name' | 'generation' | 'on'>

/** Token of the machine that an incarnation works on. */
export function machineToken({ token, on }: Pick<Standing, 'token' | 'on'>): string {
  return on?.token ?? token
}

/**
 * How the machine that an incarnation works on is named at its location. On another's machine its commands carry the
 * generation of that, so that guests do not refuse each other's.
 */
export function machineRef({ token, name, generation, on }: Standing, hosts: Hosts): ResourceRef {
  if (on === undefined) return { token, kind: 'machine', name, generation }
  return { token: on.token, kind: 'machine', name: on.name, generation: hosts.generationOf(on) }
}

/** Whose machines others work on, by the records of those. */
export function hostsIn(slots: ReadonlyMap<string, { readonly record: SlotRecord }>): Hosts {
  return { generationOf: (on) => generationIn(slots.get(on.path)?.record, on) }
}

/** Generation of the machine of an incarnation; 0 where it is no more. */
export function generationIn(record: SlotRecord | undefined, { token }: Pick<HostMachine, 'token'>): number {
  const host = record === undefined ? undefined : incarnations(record).find((one) => one.token === token)
  return host?.generation ?? 0
}

/** The ports of a machine that are an incarnation's own, under its own names for them. */
export function ownPorts(
  { on }: Pick<Incarnation, 'on'>,
  machine: Pick<ResourceState, 'ports'> | undefined,
): NonNullable<ResourceState['ports']> {
  const { ports = {} } = machine ?? {}
  if (on === undefined) return ports
  const own = Object.entries(ports).filter(([name]) => name.startsWith(on.ports))
  return Object.fromEntries(own.map(([name, port]) => [name.slice(on.ports.length), port]))
}
