// One life of an engine, to be killed: goes on with the shop's workload where the books of its store are, says each
// settled wish and its end on its output, a line of JSON each, and dies at the moment that its orders name.
import { writeSync } from 'node:fs'
import {
  type Clock,
  Engine,
  Failure,
  type Location,
  type LocationFactory,
  type LocationRecord,
  required,
  silentLog,
} from '../../engine/index.js'
import { simulatedConfig, simulatedLocation } from '../../locations/simulated/index.js'
import { externalLedger } from '../../locations/simulated/external-ledger.js'
import { openSqliteStore } from '../../server/storage/index.js'
import { SeededRandom } from '../support/seeded-random.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { booksOf } from './books.js'
import { type ChildOrders, type ChildWord, ENGINE_ID, PLACES } from './child-orders.js'
import { Perils } from './perils.js'
import { ACTS, Workload } from './workload.js'

/** Time begins anew an hour later in each life: the far end's clock never goes back. */
const LIFE = 3_600_000

/** Milliseconds of virtual time after the end in which nothing more must come of it. */
const REST = 10_000

const orders = JSON.parse(required(process.argv[2], 'orders')) as ChildOrders
const perils = new Perils(orders.moment)
const clock = new VirtualClock({ start: 1_767_225_600_000 + orders.life * LIFE })
const store = openSqliteStore({
  path: orders.store,
  onPoint: ({ when }) => {
    perils.point(when)
  },
})
const watched = perils.around(store)
const { location, factory } = placeFor()
const engine = new Engine({
  clock,
  ids: new SequenceIds(`life${orders.life}id`),
  random: { next: () => 0 },
  log: silentLog,
  seal: { seal: noSecrets, open: noSecrets },
  renderer: { render: (_text, values) => ({ text: JSON.stringify(values) }) },
  prober: { get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }) },
  factories: [factory],
  policyKinds: [],
  store: watched,
  engineId: ENGINE_ID,
  holder: 'kill suite',
  locations: [{ record: recordOf(), origin: 'built-in' }],
})
await engine.open()
const workload = new Workload(engine, PLACES[orders.place], { settled: tellChapter })
await untilDone(() => {
  workload.look()
  return workload.done
})
const end = clock.now() + REST
await untilDone(() => clock.now() >= end)
await tellChapter(ACTS.length)
say({ kind: 'end', tally: perils.tally, now: clock.now() })
process.exit(0)

/** Lets time pass as fast as nothing outside of the process is waited for, so that a life takes no longer than its work. */
async function untilDone(isOver: () => boolean): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if (perils.busy > 0) {
      await perils.change()
      continue
    }
    if (isOver()) return
    clock.advanceTo(required(clock.nextAt(), 'something that is due'))
  }
}

async function tellChapter(generation: number): Promise<void> {
  const { entries } = await store.load('')
  const owned = await location.listOwned(ENGINE_ID, { signal: new AbortController().signal })
  const there = owned.map((one) => `there ${one.kind} ${one.name} ${one.state}`)
  say({ kind: 'chapter', generation, lines: [...booksOf(entries), ...there].sort() })
}

function placeFor(): { readonly location: Location; readonly factory: LocationFactory } {
  const config = simulatedConfig({ seed: 1, bulk: orders.bulk, concurrency: orders.concurrency })
  const ports = { clock: clock as Clock, random: new SeededRandom(1) }
  const ledger = perils.around(externalLedger({ socket: orders.socket }))
  const made = simulatedLocation(recordOf().name, config, ports, ledger)
  return { location: made, factory: { driver: recordOf().driver, open: () => made } }
}

function recordOf(): LocationRecord {
  return {
    kind: 'location',
    tenant: 'default',
    name: PLACES[orders.place].location,
    driver: orders.place,
    config: {},
  }
}

function say(word: ChildWord): void {
  writeSync(1, `${JSON.stringify(word)}\n`)
}

function noSecrets(): never {
  throw new Failure({ cause: 'unsupported', retry: 'never', message: 'there are no secrets here' })
}
