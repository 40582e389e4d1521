import type { Incarnation } from '../../entity/allocation.js'
import type { Backend, BackendHealth, HoldingShape } from '../../entity/resource.js'
import { pathSeenFrom, roleOf, type SpecNode, type SpecTree } from '../../entity/spec-tree.js'
import type { BalanceSpec } from '../../spec/resource-spec.js'
import { incarnations, isServing, machineOf } from './condition.js'
import type { Landscape, SlotState } from './landscape.js'
import { restOf, wishAt } from './rest.js'

/** How an entity's traffic is spread: its set of back ends without where that listens. */
export type Spread = Omit<Extract<HoldingShape, { readonly kind: 'backends' }>, 'kind' | 'address'>

/** How the traffic to an entity is to be spread now; undefined where it spreads none, or over nothing that there is. */
export function spreadOf(landscape: Landscape, path: string): Spread | undefined {
  const balance = landscape.tree.at(path)?.spec.balance
  const target = balance === undefined ? undefined : targetOf(landscape.tree, balance)
  if (balance === undefined || target === undefined) return undefined
  const member = target.member ?? target
  const health = healthOf(member)
  const from = pathSeenFrom(target, path)
  const members = backendsAt(landscape, { path, from }, balance)
  return {
    algorithm: balance.algorithm,
    port: balance.listen,
    protocol: member.spec.machine?.ports.find(({ name }) => name === balance.port)?.protocol ?? 'tcp',
    members,
    ...(health === undefined ? {} : { health }),
  }
}

/** Path of whom the traffic to an entity is spread over. */
export function spreadTarget(tree: SpecTree, path: string): string | undefined {
  const balance = tree.at(path)?.spec.balance
  const target = balance === undefined ? undefined : targetOf(tree, balance)
  return target === undefined ? undefined : pathSeenFrom(target, path)
}

/** The entities whose places spread their traffic over this one, or over the role that it is a member of. */
export function spreadersOf(tree: SpecTree, node: SpecNode): readonly SpecNode[] {
  const known = SPREADERS.get(tree) ?? spreadersByTarget(tree)
  SPREADERS.set(tree, known)
  return known.get(roleOf(node)) ?? NONE
}

const SPREADERS = new WeakMap<SpecTree, ReadonlyMap<SpecNode, readonly SpecNode[]>>()

const NONE: readonly SpecNode[] = []

function spreadersByTarget(tree: SpecTree): ReadonlyMap<SpecNode, readonly SpecNode[]> {
  const found = new Map<SpecNode, SpecNode[]>()
  for (const node of tree.nodes) {
    const { balance } = node.spec
    const target = balance?.by === 'place' ? targetOf(tree, balance) : undefined
    if (target !== undefined) found.set(target, [...(found.get(target) ?? []), node])
  }
  return found
}

function targetOf(tree: SpecTree, { of }: BalanceSpec): SpecNode | undefined {
  const [target] = tree.named(of)
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
  if (wishAt(landscape.desired, spreader) !== 'running') return []
  const single = landscape.slots.get(path)
  const slots = landscape.roles.get(path)?.slots.values() ?? (single === undefined ? [] : [single])
  const members: Backend[] = []
  for (const slot of slots)
    if (restOf(landscape.desired, slot.path) === undefined) members.push(...backendsIn(slot, port))
  return members.sort((a, b) => (a.machine < b.machine ? -1 : 1))
}

function backendsIn({ node, record, observed }: SlotState, port: string): readonly Backend[] {
  if (node === undefined || record.retired !== undefined) return []
  return incarnations(record).flatMap((one) => {
    if (!isServing(one, node, observed)) return []
    const machine = machineOf(one, observed)
    const number = machine?.ports?.[port]?.inside
    if (machine?.address === undefined || number === undefined) return []
    return [{ machine: one.token, address: machine.address, port: number }]
  })
}

/** As often as we ask the members ourselves. */
function healthOf({ spec: { health } }: SpecNode): BackendHealth | undefined {
  if (health === undefined) return undefined
  const { period, timeout, failures } = health
  return { period, timeout, failures }
}

/** Whether a set has an incarnation among its members. */
export function isAmong({ members }: Spread, { token }: Incarnation): boolean {
  return members.some(({ machine }) => machine === token)
}
