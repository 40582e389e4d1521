import type { EnsureAnswer, HeldRef, HoldingShape } from '../../engine/index.js'
import { Item, NO_NETWORKS, NO_RUNS, stateOf, type BackendSet } from './item.js'
import type { LedgerShape, LedgerWant, Zones } from './ledger.js'
import { finishMaking, usedBy, type FarEnd } from './power.js'
import { conflict, missing, type Refused } from './simulated-failures.js'

type Machine = Extract<LedgerShape, { readonly kind: 'machine' }>

/** Makes what is not there, when its name is free and there is room for it. */
export function makeItem(end: FarEnd, want: LedgerWant, zones: Zones, at: number): EnsureAnswer {
  const holder = end.registry.holder(want.shape.kind, want.name)
  if (holder !== undefined) return conflict(holder)
  const fitting = fittingFor(end, want.shape, zones, at)
  if (fitting.kind !== 'fits') return fitting
  const item = itemFor(end, want, at)
  if (want.shape.kind === 'machine') fitOut(end, item, want.shape, fitting)
  if (want.shape.kind === 'backends') item.more().set = want.shape
  attach(item, fitting)
  end.registry.add(item)
  end.touch(item)
  if (want.hidden > 0) {
    item.more().hiddenUntil = at + want.hidden
    end.timeline.add(at + want.hidden, { kind: 'shown', item })
  }
  if (want.takes > 0) {
    end.timeline.add(at + want.takes, { kind: 'made', item, serial: item.serial, fails: want.fails })
    return { kind: 'pending' }
  }
  finishMaking(end, item, want.fails, at)
  return { kind: 'created', resource: stateOf(item) }
}

interface Fitting {
  readonly kind: 'fits'
  readonly zone: string
  readonly networks: readonly Item[]
  readonly mounts: readonly { readonly path: string; readonly volume: Item }[]
  readonly addresses: readonly Item[]
  readonly rules: readonly Item[]
}

const NO_FITTING: Fitting = Object.freeze({
  kind: 'fits',
  zone: '',
  networks: NO_NETWORKS,
  mounts: [],
  addresses: [],
  rules: [],
})

type NotReady = Extract<EnsureAnswer, { readonly kind: 'not-ready' }>
type Mounts = Fitting['mounts']

function fittingFor(end: FarEnd, shape: LedgerShape, zones: Zones, at: number): Fitting | Refused | NotReady {
  if (shape.kind === 'machine') return fit(end, shape, zones, at)
  return shape.kind === 'backends' ? fitSet(end, shape) : NO_FITTING
}

/** A set of back ends needs nothing but its address, if it is given one. */
function fitSet(end: FarEnd, { address }: BackendSet): Fitting | Refused | NotReady {
  const addresses = alone(found(end, 'address', address === undefined ? [] : [address]))
  return 'kind' in addresses ? addresses : { ...NO_FITTING, addresses }
}

function fit(end: FarEnd, shape: Machine, zones: Zones, at: number): Fitting | Refused | NotReady {
  const networks = found(end, 'network', shape.networks)
  if ('kind' in networks) return networks
  const rules = found(end, 'rule', shape.rules)
  if ('kind' in rules) return rules
  const addresses = alone(found(end, 'address', shape.addresses))
  if ('kind' in addresses) return addresses
  const volumes = alone(found(end, 'volume', shape.volumes))
  if ('kind' in volumes) return volumes
  const mounts = mountsOf(shape, volumes)
  const zone = end.zones.choose(shape, zones, at)
  if (typeof zone !== 'string') return zone
  return { kind: 'fits', zone, networks: shared(networks), mounts, addresses, rules }
}

/** Brought ones need not be known here. */
function found(
  { registry }: FarEnd,
  kind: HoldingShape['kind'],
  refs: readonly HeldRef[],
): readonly Item[] | Refused {
  const items: Item[] = []
  for (const { token, brought } of refs) {
    const item = brought ? registry.holder(kind, token) : registry.tryFind(token)
    if (item !== undefined) items.push(item)
    else if (!brought) return missing(`${kind} ${token}`)
  }
  return items
}

function shared(networks: readonly Item[]): readonly Item[] {
  const [first, second] = networks
  if (first === undefined || second !== undefined) return networks
  const extra = first.more()
  extra.alone ??= [first]
  return extra.alone
}

/** What is one machine's at a time. */
function alone(items: readonly Item[] | Refused): readonly Item[] | Refused | NotReady {
  if ('kind' in items) return items
  const taken = items.find(({ extra }) => (extra?.users ?? 0) > 0)
  if (taken === undefined) return items
  const reason = `${taken.kind} ${taken.token} is attached to another machine`
  return { kind: 'not-ready', retryAfter: AGAIN, reason }
}

/** Brought volumes that are not known here are not seen on the machine. */
function mountsOf(shape: Machine, volumes: readonly Item[]): Mounts {
  return volumes.flatMap((volume) => {
    const ref = shape.volumes.find(({ token, brought }) => token === (brought ? volume.name : volume.token))
    return ref === undefined ? [] : [{ path: ref.path, volume }]
  })
}

/** Milliseconds after which what is in use is worth another try. */
const AGAIN = 1000

/** The token's item, which keeps its counts when it was there before. */
function itemFor(end: FarEnd, want: LedgerWant, at: number): Item {
  const known = end.registry.tryRemember(want.token)
  const item =
    known?.name === want.name ? known : new Item(want.token, want.name, want.shape.kind, want.generation)
  item.creates = (known?.creates ?? 0) + 1
  item.deletes = known?.deletes ?? 0
  item.marks = want.marks
  item.state = 'creating'
  item.createdAt = at
  item.boot = 0
  item.runs = NO_RUNS
  return item
}

function fitOut(end: FarEnd, item: Item, shape: Machine, { zone }: Fitting): void {
  item.form = end.registry.formOf(shape)
  item.group = end.registry.groupOf(item.marks?.application ?? '', shape.role)
  item.zone = zone
  end.zones.take(item)
  if (shape.own !== undefined) item.more().own = shape.own
}

function attach(item: Item, { networks, mounts, addresses, rules }: Fitting): void {
  item.networks = networks
  if (mounts.length > 0) item.more().mounts = mounts
  if (addresses.length > 0) item.more().addresses = addresses
  if (rules.length > 0) item.more().rules = rules
  for (const used of usedBy(item)) {
    const extra = used.more()
    extra.users = (extra.users ?? 0) + 1
  }
}
