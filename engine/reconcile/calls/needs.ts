import type { HoldingRecord } from '../../entity/allocation.js'
import type { HeldRef, HoldingShape, ResourceKind } from '../../entity/resource.js'
import type { SpecNode, SpecTree } from '../../entity/spec-tree.js'
import type { MachineSpec } from '../../spec/entity-spec.js'
import type { Expression } from '../../spec/expression.js'
import type { AddressSpec, VolumeSpec } from '../../spec/resource-spec.js'
import type { Spread } from '../facts/backends.js'
import { referredConfig } from '../facts/digests.js'
import { ownedId, setId, sharedId } from '../facts/naming.js'
import { sitesOf } from '../facts/placement.js'
import { versionAt } from '../facts/rollout.js'
import type { World } from '../facts/world.js'

/** What an entity's machine needs beside itself: made, or known to be there, before the machine is. */
export interface Need {
  /** Id of its holding. */
  readonly id: string
  readonly kind: Exclude<ResourceKind, 'machine'>
  readonly name: string
  /** Slot path that it follows; '' for what all share. */
  readonly owner: string
  /** Id of what must be there before it is. */
  readonly after?: string
}

/** Everything that a slot needs at a location beside its machine, in the order in which it is made. */
export function needsOf(node: SpecNode, path: string, location: string, world: World): readonly Need[] {
  if (isSpreadByPlace(node)) return setNeeds(node, path, location)
  const { volumes, addresses = [] } = node.spec
  const tree = world.tree(versionAt(world.desired, path))
  const shared = sharedNeeds(node, tree, location, world)
  if (volumes.length === 0 && addresses.length === 0) return shared
  return [
    ...shared,
    ...volumes.map((one) => ownNeed('volume', one, path)),
    ...addresses.map((one) => addressNeed(one, path, location)),
  ]
}

/** Whether an entity is a set of back ends of its place, and has no machine. */
export function isSpreadByPlace(node: SpecNode | undefined): boolean {
  return node?.spec.balance?.by === 'place'
}

/** Whether anything follows an entity, so that it is one machine's at a time. */
export function holdsOwn({ spec }: SpecNode): boolean {
  return spec.volumes.length > 0 || (spec.addresses ?? []).length > 0
}

/** Kinds that are needed and that a place does not have. Networks are not asked for: a place without them has one for all. */
export function kindsLacking(
  needs: readonly Need[],
  location: string,
  world: World,
): readonly ResourceKind[] {
  const kinds = world.capabilities(location)?.kinds ?? []
  return [...new Set(needs.map(({ kind }) => kind))].filter((kind) => !kinds.includes(kind))
}

/** Ids of all that the entities of a document share, wherever they may be put. */
export function sharedIds(tree: SpecTree): ReadonlySet<string> {
  const known = SHARED.get(tree)
  if (known !== undefined) return known
  const ids = tree.nodes
    .filter((node) => node.hasFootprint && !node.isNowhere)
    .flatMap((node) => sitesOf(node).map(({ location }) => ({ node, location })))
    .flatMap(({ node, location }) =>
      namesOf(tree, node).map(([kind, name]) => sharedId(kind, name, location)),
    )
  const all = new Set(ids)
  SHARED.set(tree, all)
  return all
}

const SHARED = new WeakMap<SpecTree, ReadonlySet<string>>()

/** The name at the far end of a declared image or key; what is not declared is a name there already. */
export function farName(kind: 'image' | 'key', name: string, location: string, world: World): string {
  return world.holding(sharedId(kind, name, location))?.name ?? name
}

/** How machines name what was made for them, or brought. */
export function heldRef({ brought, name, token }: HoldingRecord): HeldRef {
  return { token: brought ? name : token, brought }
}

/** What a need is made from, and its name at the far end where it is brought. */
export function declarationOf(
  need: Need,
  node: SpecNode,
  world: World,
): { readonly shape: HoldingShape; readonly brought?: string } {
  const { brought, ...shape } = declared(need, node, world)
  return brought === undefined ? { shape } : { shape, brought }
}

type Declared = HoldingShape & { readonly brought?: string }

function declared({ kind, name, owner, after }: Need, { spec }: SpecNode, world: World): Declared {
  const { application } = world.tree(world.desired.version)
  const among = <T extends { readonly name: string }>(all: readonly T[] = []): Partial<Omit<T, 'name'>> => {
    const { name: _name, ...rest } = all.find((one) => one.name === name) ?? { name }
    return rest
  }
  switch (kind) {
    case 'network':
      return { kind, ...among(application.networks) }
    case 'rule':
      return { kind, allow: [], ...among(application.rules) }
    case 'key':
      return { kind, publicKey: '', ...among(application.keys) }
    case 'image':
      return { kind, source: '', ...among(application.images) }
    case 'volume': {
      const { path: _path, ...volume } = among(spec.volumes)
      return { kind, ...volume }
    }
    case 'backends':
      return setShape(owner, world)
    case 'address': {
      const { network: _network, ...address } = among(spec.addresses)
      const network = after === undefined ? undefined : world.holding(after)
      return { kind, ...address, ...(network === undefined ? {} : { network: heldRef(network) }) }
    }
  }
}

/** The set of back ends of a slot as it is to be now. */
export function setShape(path: string, world: World): Extract<HoldingShape, { readonly kind: 'backends' }> {
  const node = world.tree(world.desired.version).at(path)
  const [own] = node?.spec.addresses ?? []
  const held = own === undefined ? undefined : world.holding(ownedId('address', path, own.name))
  return {
    kind: 'backends',
    ...(world.spread(path) ?? NOBODY),
    ...(held === undefined ? {} : { address: heldRef(held) }),
  }
}

/** What is spread over an entity that does not exist. */
const NOBODY: Spread = { algorithm: 'round-robin', port: 0, protocol: 'tcp', members: [] }

/** What a set of back ends needs: its address, with the network of that, and itself. */
function setNeeds({ spec }: SpecNode, path: string, location: string): readonly Need[] {
  const addresses = (spec.addresses ?? []).map((one) => addressNeed(one, path, location))
  const networks = (spec.addresses ?? []).flatMap(({ network: name, brought }) =>
    name === undefined || brought !== undefined
      ? []
      : [{ id: sharedId('network', name, location), kind: 'network', name, owner: '' } as const],
  )
  const [address] = addresses
  const set = { id: setId(path), kind: 'backends', name: 'set', owner: path } as const
  return [...networks, ...addresses, address === undefined ? set : { ...set, after: address.id }]
}

function sharedNeeds(node: SpecNode, tree: SpecTree, location: string, world: World): readonly Need[] {
  // What has nothing at a place joins no network there: one made for it would be nobody's, and go and come for ever.
  if (!node.hasFootprint || node.isNowhere) return []
  const hasNetworks = world.capabilities(location)?.kinds.includes('network') === true
  const known = NEEDS.get(node)
  if (known?.tree === tree && known.location === location && known.hasNetworks === hasNetworks)
    return known.needs
  const needs = namesOf(tree, node)
    .filter(([kind]) => kind !== 'network' || hasNetworks)
    .map(([kind, name]) => ({ id: sharedId(kind, name, location), kind, name, owner: '' }))
  NEEDS.set(node, { tree, location, hasNetworks, needs })
  return needs
}

/** What an entity shares with others at the place where it was last asked for: members of a role ask in a row. */
const NEEDS = new WeakMap<
  SpecNode,
  {
    readonly tree: SpecTree
    readonly location: string
    readonly hasNetworks: boolean
    readonly needs: readonly Need[]
  }
>()

type SharedName = readonly [kind: 'network' | 'rule' | 'key' | 'image', name: string]

/** By kind and name, what of the application an entity's machine needs. */
function namesOf(tree: SpecTree, node: SpecNode): readonly SharedName[] {
  const { networks: joined = [], rules = [], keyPair, image } = node.spec.machine ?? NOTHING_SHARED
  const { keys = [], images = [], ...application } = tree.application
  const networks = joined.length > 0 ? joined : [application.networks[0]?.name ?? 'default']
  const key = keyPair ?? application.keyPair
  const from = knownText(tree, node, image)
  return [
    ...networks.map((name) => ['network', name] as const),
    ...rules.map((name) => ['rule', name] as const),
    ...keys.filter(({ name }) => name === key).map(({ name }) => ['key', name] as const),
    ...images.filter(({ name }) => name === from).map(({ name }) => ['image', name] as const),
  ]
}

const NOTHING_SHARED: Partial<MachineSpec> = {}

const MAX_HOPS = 16

/** A text that needs nothing running to be known: written where it is, or in config that it refers to. */
function knownText(tree: SpecTree, node: SpecNode, expression: Expression | undefined): string | undefined {
  let at: { readonly expression: Expression; readonly node: SpecNode } | undefined =
    expression === undefined ? undefined : { expression, node }
  for (let hop = 0; at?.expression.kind === 'config' && hop < MAX_HOPS; hop += 1) {
    at = referredConfig(tree, at.node, at.expression)
  }
  const found = at?.expression
  return found?.kind === 'literal' && typeof found.value === 'string' ? found.value : undefined
}

function ownNeed(kind: 'volume', { name }: VolumeSpec, path: string): Need {
  return { id: ownedId(kind, path, name), kind, name, owner: path }
}

function addressNeed({ name, network, brought }: AddressSpec, path: string, location: string): Need {
  const id = ownedId('address', path, name)
  const need = { id, kind: 'address', name, owner: path } as const
  return network === undefined || brought !== undefined
    ? need
    : { ...need, after: sharedId('network', network, location) }
}
