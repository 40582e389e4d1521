// One life of an engine, to be killed: goes on with the shop's workload where the books of its store are, says each
// settled wish and its end on its output, a line of JSON each, and dies at the moment that its orders name.
import { writeSync } from 'node:fs'
import { Engine, type Entry, Failure, type OwnedResource, required, silentLog } from '../../engine/index.js'
import { openSqliteStore } from '../../server/storage/index.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { booksOf } from './books.js'
import { type ChildOrders, type ChildWord, ENGINE_ID, shopPlaceOf } from './child-orders.js'
import { openChildPlace } from './child-place.js'
import { Perils } from './perils.js'
import { ACTS, Workload } from './workload.js'

/** Milliseconds after the end in which nothing more must come of it. */
const REST = 500

const orders = JSON.parse(required(process.argv[2], 'orders')) as ChildOrders
const perils = new Perils(orders.moment)
const store = openSqliteStore({
  path: orders.store,
  onPoint: ({ when }) => {
    perils.point(when)
  },
})
const { clock, location, factory, record, untilDone } = openChildPlace(orders, perils)
const engine = new Engine({
  clock,
  ids: new SequenceIds(`life${orders.life}id`),
  random: { next: () => 0 },
  log: silentLog,
  seal: { seal: noSecrets, open: noSecrets },
  renderer: { render: (_text, values) => ({ text: JSON.stringify(values) }) },
  prober: {
    get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
    connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
  },
  factories: [factory],
  policyKinds: [],
  store: perils.around(store),
  engineId: ENGINE_ID,
  holder: 'kill suite',
  locations: [{ record, origin: 'built-in' }],
})
await engine.open()
const workload = new Workload(engine, shopPlaceOf(orders.far), { settled: tellChapter })
await untilDone(() => {
  workload.look()
  return workload.done
})
const end = clock.now() + REST
await untilDone(() => clock.now() >= end)
await tellChapter(ACTS.length)
say({ kind: 'end', tally: perils.tally, now: clock.now() })
process.exit(0)

async function tellChapter(generation: number): Promise<void> {
  const entries = await settledEntries()
  const signal = new AbortController().signal
  const owned = await location.listOwned(ENGINE_ID, { signal })
  const marks = orders.far.kind === 'docker' ? await marksOnVolume(owned) : []
  const there = owned.map((one) => `there ${one.kind} ${one.name} ${one.state}`)
  say({
    kind: 'chapter',
    generation,
    lines: [...booksOf(entries, { sameAddresses: false }), ...there, ...marks].sort(),
  })
}

/** The books when the tasks that ended have been written, which is done beside everything else. */
async function settledEntries(): Promise<readonly Entry[]> {
  for (;;) {
    const { entries } = await store.load('')
    const open = entries.some(
      ({ value }) => value['kind'] === 'task' && 'generation' in value && value['state'] === 'running',
    )
    if (!open) return entries
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What commands in containers left on the store's volume, as long as the store runs. */
async function marksOnVolume(owned: readonly OwnedResource[]): Promise<readonly string[]> {
  const machine = owned.find(
    (one) => one.marks?.entity === 'store/1' && one.state === 'running' && one.kind === 'machine',
  )
  if (machine === undefined) return []
  const ref = {
    token: machine.token,
    kind: machine.kind,
    name: machine.name,
    generation: Number.MAX_SAFE_INTEGER,
  }
  const options = { signal: new AbortController().signal, timeout: 10_000, limit: 65_536 }
  const { stdout } = await location.exec(
    ref,
    ['/bin/sh', '-c', 'cd /data && wc -l install* launch*'],
    options,
  )
  return stdout.split('\n').map((line) => `mark ${line.trim()}`)
}

function say(word: ChildWord): void {
  writeSync(1, `${JSON.stringify(word)}\n`)
}

function noSecrets(): never {
  throw new Failure({ cause: 'unsupported', retry: 'never', message: 'there are no secrets here' })
}
