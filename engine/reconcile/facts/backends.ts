import type { Incarnation } from '../../entity/allocation.js'
import type { Backend, BackendHealth, HoldingShape } from '../../entity/resource.js'
import { pathSeenFrom, roleOf, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'
import type { PortSpec } from '../../spec/entity-spec.js'
import type { BalanceSpec } from '../../spec/resource-spec.js'
import { incarnations, isServing, machineOf } from './condition.js'
import type { Landscape, SlotState } from './landscape.js'
import { nodeMeant } from './meant-node.js'
import { restOf, wishAt } from './rest.js'
import { machineToken, ownPorts } from './shared-machine.js'

/** How an entity's traffic is spread: its set of back ends without where that listens. */
export type Spread = Omit<Extract<HoldingShape, { readonly kind: 'backends' }>, 'kind' | 'address'>

/** How the traffic to an entity is to be spread now; undefined where it spreads none. */
export function spreadOf(landscape: Landscape, path: string): Spread | undefined {
  const node = landscape.tree.at(path)
  const balance = node?.spec.balance
  if (node === undefined || balance === undefined) return undefined
  const { algorithm, listen } = balance
  const target = targetOf(landscape.tree, node, balance)
  const port = listen ?? firstPort(node)?.number ?? 0
  if (target === undefined) return { algorithm, port, protocol: 'tcp', members: [] }
  const member = target.member ?? target
  return {
    algorithm,
    port,
    protocol: protocolOf(member, balance),
    members: backendsAt(landscape, { path, from: pathSeenFrom(target, path) }, balance),
    ...healthOf(member),
  }
}

function protocolOf({ spec }: SpecNode, { port }: BalanceSpec): PortSpec['protocol'] {
  return spec.machine?.ports.find(({ name }) => name === port)?.protocol ?? 'tcp'
}

function firstPort({ spec }: SpecNode): PortSpec | undefined {
  return spec.machine?.ports[0]
}

/** Path of whom the traffic to an entity is spread over. */
export function spreadTarget(tree: SpecTree, path: string): string | undefined {
  const node = tree.at(path)
  const balance = node?.spec.balance
  const target = node === undefined || balance === undefined ? undefined : targetOf(tree, node, balance)
  return target === undefined ? undefined : pathSeenFrom(target, path)
}

/**
 * The entities that may spread their traffic over this one, or over a role that it is in. Who is in a group is not known
 * from the document: those that spread over one are among them always.
 */
export function spreadersOf(tree: SpecTree, node: SpecNode): readonly SpecNode[] {
  const known = SPREADERS.get(tree) ?? spreadersIn(tree)
  SPREADERS.set(tree, known)
  if (known.byTarget.size === 0) return known.ofGroups
  const found = [...known.ofGroups]
  for (let at: SpecNode | undefined = node; at !== undefined; at = at.parent)
    found.push(...(known.byTarget.get(at) ?? []))
  return found
}

interface Spreaders {
  readonly byTarget: ReadonlyMap<SpecNode, readonly SpecNode[]>
  readonly ofGroups: readonly SpecNode[]
}

const SPREADERS = new WeakMap<SpecTree, Spreaders>()

function spreadersIn(tree: SpecTree): Spreaders {
  const byTarget = new Map<SpecNode, SpecNode[]>()
  const ofGroups: SpecNode[] = []
  for (const node of tree.nodes) {
    const { balance } = node.spec
    const target = balance === undefined ? undefined : targetOf(tree, node, balance)
    if (target?.spec.group !== undefined) ofGroups.push(node)
    else if (target !== undefined) byTarget.set(target, [...(byTarget.get(target) ?? []), node])
  }
  return { byTarget, ofGroups }
}

function targetOf(tree: SpecTree, from: SpecNode, { of }: BalanceSpec): SpecNode | undefined {
  const target = typeof of === 'string' ? tree.named(of)[0] : nodeMeant(tree, from, of)
  return target === undefined ? undefined : roleOf(target)
}

/**
 * Whoever does its work and is to go on doing it, in an order that a restart does not change. Nobody is left where all is
 * to be stopped: what ends is taken out first.
 */
function backendsAt(
  landscape: Landscape,
  { path: spreader, from: path }: { readonly path: string; readonly from: string },
  { port }: BalanceSpec,
): readonly Backend[] {
  const { desired, tree, groups } = landscape
  if (wishAt(desired, spreader) !== 'running') return []
  const paths = tree.at(path)?.spec.group === undefined ? [path] : groups.membersOf(path)
  const members = new Map<string, Backend>()
  for (const slot of paths.flatMap((one) => slotsAt(landscape, one)))
    if (restOf(desired, slot.path) === undefined)
      for (const backend of backendsIn(slot, port)) members.set(backend.machine, backend)
  return [...members.values()].sort((a, b) => (a.machine < b.machine ? -1 : 1))
}

/** The slot itself, or those of all members of a role, of which each may have members again. */
function slotsAt(landscape: Landscape, path: string): readonly SlotState[] {
  const single = landscape.slots.get(path)
  const inside = [...(landscape.roles.get(path)?.slots.values() ?? [])]
  return [
    ...(single === undefined ? [] : [single]),
    ...inside.flatMap((slot) => slotsAt(landscape, slot.path)),
  ]
}

function backendsIn({ node, record, observed }: SlotState, port: string | undefined): readonly Backend[] {
  if (node === undefined || record.retired !== undefined) return []
  return incarnations(record).flatMap((one) => {
    if (!isServing(one, node, observed)) return []
    const machine = machineOf(one, observed)
    const number = ownPorts(one, machine)[port ?? usualPort(node)]?.inside
    if (machine?.address === undefined || number === undefined) return []
    return [{ machine: machineToken(one), address: machine.address, port: number }]
  })
}

function usualPort(node: SpecNode): string {
  const ports = node.spec.machine?.ports ?? []
  return (ports.find(({ name }) => name === 'http') ?? firstPort(node))?.name ?? ''
}

/** As often as we ask the members ourselves. */
function healthOf({ spec: { health } }: SpecNode): { readonly health?: BackendHealth } {
  if (health === undefined) return {}
  const { period, timeout, failures } = health
  return { health: { period, timeout, failures } }
}

/** Whether a set has an incarnation among its members. */
export function isAmong({ members }: Spread, one: Incarnation): boolean {
  return members.some(({ machine }) => machine === machineToken(one))
}
