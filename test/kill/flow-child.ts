// One life of an engine, to be killed while it runs workflows: goes on where the books of its store are, says what has come
// of the runs and its end on its output, a line of JSON each, and dies at the moment that its orders name.
import { writeSync } from 'node:fs'
import { compile, runtimeCompiler } from '../../blueprints/index.js'
import {
  type Alteration,
  Engine,
  type Entry,
  Failure,
  type Graft,
  required,
  silentLog,
} from '../../engine/index.js'
import { openSqliteStore } from '../../server/storage/index.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { type ChildOrders, type ChildWord, ENGINE_ID, PLACE } from './child-orders.js'
import { openChildPlace } from './child-place.js'
import { flowDocument } from './flow-document.js'
import { CHAPTERS, FlowWorkload } from './flow-workload.js'
import { Perils } from './perils.js'

/** Milliseconds after the end in which nothing more must come of it. */
const REST = 500

const orders = JSON.parse(required(process.argv[2], 'orders')) as ChildOrders
if (orders.far.kind !== 'local') throw new Error('workflows are run on this host')
const perils = new Perils(orders.moment)
const store = openSqliteStore({
  path: orders.store,
  onPoint: ({ when }) => {
    perils.point(when)
  },
})
const { clock, location, factory, record, untilDone } = openChildPlace(orders, perils)
const seal = { seal: noSecrets, open: noSecrets }
const COMPILED = { locations: [PLACE], policyKinds: [], deploying: true, seal } as const
const engine = new Engine({
  clock,
  ids: new SequenceIds(`life${orders.life}id`),
  random: { next: () => 0 },
  log: silentLog,
  seal,
  renderer: { render: (_text, values) => ({ text: JSON.stringify(values) }) },
  prober: {
    get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
    connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
  },
  compiler: runtimeCompiler((sources, { tenant: _tenant, ...inputs }) =>
    Promise.resolve(compile(sources, { ...COMPILED, ...inputs })),
  ),
  factories: [factory],
  policyKinds: [],
  store: perils.around(store),
  engineId: ENGINE_ID,
  holder: 'kill suite',
  locations: [{ record, origin: 'built-in' }],
})
await engine.open()
const compiled = compile(
  { main: { file: 'flow.yaml', text: flowDocument(orders.far.marks) }, files: {} },
  COMPILED,
)
if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled))
const workload = new FlowWorkload(engine, compiled.spec, tellChapter)
await untilDone(() => {
  workload.look()
  return workload.done
})
const end = clock.now() + REST
await untilDone(() => clock.now() >= end)
say({ kind: 'end', tally: perils.tally, now: clock.now() })
process.exit(0)

async function tellChapter(generation: number): Promise<void> {
  const { entries } = await store.load('')
  const owned = await location.listOwned(ENGINE_ID, { signal: new AbortController().signal })
  const there = owned.map((one) => `there ${one.kind} ${one.name} ${one.state}`)
  // Versions of what is gone are forgotten when their time comes.
  const books = generation === CHAPTERS.gone ? [] : entries.flatMap(lineOf)
  say({ kind: 'chapter', generation, lines: [...workload.runs, ...books, ...there].sort() })
}

/** What was set and added, without times. */
function lineOf({ key, value }: Entry): readonly string[] {
  if (key.startsWith('kept/')) return [`${key} ${JSON.stringify(value['value'] ?? null)}`]
  if (!key.startsWith('version/')) return []
  const { grafts = [], alterations = [] } = value as { grafts?: unknown; alterations?: unknown }
  const added = (grafts as readonly Graft[]).map(({ parent, name }) => [parent, name])
  const parts = (alterations as readonly Alteration[]).flatMap((one) =>
    one.added.map(({ parts: { policies } }) => [one.entity, policies.map(({ name }) => name)]),
  )
  return [`${key} ${JSON.stringify([added, parts])}`]
}

function say(word: ChildWord): void {
  writeSync(1, `${JSON.stringify(word)}\n`)
}

function noSecrets(): never {
  throw new Failure({ cause: 'unsupported', retry: 'never', message: 'there are no secrets here' })
}
