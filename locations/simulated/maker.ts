import type { EnsureAnswer } from '../../engine/index.js'
import { Item, NO_RUNS, stateOf } from './item.js'
import type { LedgerShape, LedgerWant, Zones } from './ledger.js'
import { finishMaking, type FarEnd } from './power.js'
import { conflict, missing, type Refused } from './simulated-failures.js'

type Machine = Extract<LedgerShape, { readonly kind: 'machine' }>

/** Makes what is not there, when its name is free and there is room for it. */
export function makeItem(end: FarEnd, want: LedgerWant, zones: Zones, at: number): EnsureAnswer {
  const holder = end.registry.holder(want.shape.kind, want.name)
  if (holder !== undefined) return conflict(holder)
  const fitting = want.shape.kind === 'machine' ? fit(end, want.shape, zones, at) : NO_FITTING
  if (fitting.kind !== 'fits') return fitting
  const item = itemFor(end, want, at)
  if (want.shape.kind === 'machine') fitOut(end, item, want.shape, fitting)
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
}

const NO_FITTING: Fitting = Object.freeze({ kind: 'fits', zone: '', networks: [], mounts: [] })

type NotReady = Extract<EnsureAnswer, { readonly kind: 'not-ready' }>
type Mounts = Fitting['mounts']

function fit(end: FarEnd, shape: Machine, zones: Zones, at: number): Fitting | Refused | NotReady {
  const networks = networksFor(end, shape)
  if ('kind' in networks) return networks
  const mounts = mountsFor(end, shape)
  if ('kind' in mounts) return mounts
  const zone = end.zones.choose(shape, zones, at)
  return typeof zone === 'string' ? { kind: 'fits', zone, networks, mounts } : zone
}

/** Brought ones need not be known here. */
function networksFor({ registry }: FarEnd, shape: Machine): readonly Item[] | Refused {
  const networks: Item[] = []
  for (const { token, brought } of shape.networks) {
    const network = brought ? registry.holder('network', token) : registry.tryFind(token)
    if (network !== undefined) networks.push(network)
    else if (!brought) return missing(`network ${token}`)
  }
  return shared(networks)
}

function shared(networks: readonly Item[]): readonly Item[] {
  const [first, second] = networks
  if (first === undefined || second !== undefined) return networks
  const extra = first.more()
  extra.alone ??= [first]
  return extra.alone
}

/** A volume is attached to one machine at a time. */
function mountsFor({ registry }: FarEnd, shape: Machine): Mounts | Refused | NotReady {
  const mounts: Mounts[number][] = []
  for (const { token, brought, path } of shape.volumes) {
    const volume = brought ? registry.holder('volume', token) : registry.tryFind(token)
    if (volume === undefined && !brought) return missing(`volume ${token}`)
    if ((volume?.extra?.users ?? 0) > 0) {
      return {
        kind: 'not-ready',
        retryAfter: AGAIN,
        reason: `volume ${token} is attached to another machine`,
      }
    }
    if (volume !== undefined) mounts.push({ path, volume })
  }
  return mounts
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

function fitOut(end: FarEnd, item: Item, shape: Machine, { zone, networks, mounts }: Fitting): void {
  item.form = end.registry.formOf(shape)
  item.group = end.registry.groupOf(item.marks?.application ?? '', shape.role)
  item.zone = zone
  end.zones.take(item)
  if (shape.own !== undefined) item.more().own = shape.own
  item.networks = networks
  if (mounts.length > 0) item.more().mounts = mounts
  for (const used of [...networks, ...mounts.map(({ volume }) => volume)]) {
    const extra = used.more()
    extra.users = (extra.users ?? 0) + 1
  }
}
