import { Engine, Failure, MemoryStore, silentLog, type Seal } from '../../engine/index.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { booksOf } from './books.js'
import type { Ending } from './ending.js'
import { FarEnd, farEndLocation } from './far-end.js'
import { type Moment, Mortal, type Tally } from './mortal.js'
import { ACTS, Workload } from './workload.js'

/** How the place behaves, and how deaths come about. */
export interface Circumstances {
  readonly bulk: boolean
  readonly concurrency: number
  /** Milliseconds by which a command that was on its way at a death arrives all the same; absent: it is lost. */
  readonly lateBy?: number
  /** Whether the place makes anew what it made already: the fault that the suite is there to catch. @default false */
  readonly forgetful?: boolean
}

/** Virtual milliseconds in which a life must come to its end or its death. */
const LONGEST = 600_000

/** Virtual milliseconds after the end, in which nothing more must come of it. */
const REST = 60_000

const PLACE = {
  location: 'place',
  volume: '/data',
  install: 'install the store',
  launch: { store: 'serve the store', web: 'serve the web', balancer: 'serve the balancer' },
}

/** Leads the workload through a death at each of the moments, one life after another, and one more life to its end. */
export async function runThrough(moments: readonly Moment[], how: Circumstances): Promise<Ending> {
  const clock = new VirtualClock()
  const world: World = {
    clock,
    store: new MemoryStore(),
    farEnd: new FarEnd(() => clock.now(), how.forgetful),
    chapters: new Map(),
  }
  const lives: Tally[] = []
  const notReached: Moment[] = []
  for (const moment of [...moments, undefined]) {
    const mortal = new Mortal(clock, moment, how.lateBy)
    await live(mortal, world, { how, number: lives.length })
    lives.push(mortal.tally)
    if (!mortal.dead && moment !== undefined) notReached.push(moment)
    mortal.kill()
  }
  const { counts, doubles, inventory: orphans } = world.farEnd
  return { chapters: world.chapters, counts, doubles, orphans, lives, notReached }
}

interface World {
  readonly clock: VirtualClock
  readonly store: MemoryStore
  readonly farEnd: FarEnd
  readonly chapters: Map<number, readonly string[]>
}

async function live(
  mortal: Mortal,
  world: World,
  life: { readonly how: Circumstances; readonly number: number },
): Promise<void> {
  const engine = engineOf(mortal, world, life)
  const tell = async (generation: number): Promise<void> => {
    const { entries } = await world.store.load('')
    world.chapters.set(generation, [...booksOf(entries, { sameAddresses: true }), ...world.farEnd.inventory])
  }
  const workload = new Workload(engine, PLACE, { settled: tell })
  let open = false
  void engine.open().then(() => {
    open = true
  })
  const isOver = (): boolean => {
    if (mortal.dead) return true
    if (open) workload.look()
    return workload.done
  }
  await world.clock.settleUntil(isOver, LONGEST, 'the end of the workload')
  if (mortal.dead) return
  await world.clock.settle(REST)
  await tell(ACTS.length)
}

function engineOf(
  mortal: Mortal,
  world: World,
  life: { readonly how: Circumstances; readonly number: number },
): Engine {
  const location = farEndLocation(world.farEnd, mortal, { ...life.how, name: 'place' })
  const record = {
    kind: 'location',
    tenant: 'default',
    name: 'place',
    driver: 'far-end',
    config: {},
  } as const
  return new Engine({
    clock: mortal.clock(),
    ids: new SequenceIds(`life${life.number}id`),
    random: { next: () => 0 },
    log: silentLog,
    seal: NO_SEAL,
    renderer: { render: (_text, values) => ({ text: JSON.stringify(values) }) },
    prober: {
      get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
      connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
    },
    factories: [{ driver: 'far-end', open: () => location }],
    policyKinds: [],
    store: mortal.store(world.store),
    engineId: 'engine1',
    holder: 'kill suite',
    locations: [{ record, origin: 'built-in' }],
  })
}

const NO_SEAL: Seal = {
  seal: () => {
    throw new Failure({ cause: 'unsupported', retry: 'never', message: 'there are no secrets here' })
  },
  open: () => {
    throw new Failure({ cause: 'unsupported', retry: 'never', message: 'there are no secrets here' })
  },
}
