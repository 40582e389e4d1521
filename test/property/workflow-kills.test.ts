import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Engine,
  MemoryStore,
  literal,
  type Actor,
  type Alteration,
  type EffectorSpec,
  type Graft,
  type Json,
  type StepSpec,
} from '../../engine/index.js'
import { FarEnd } from '../kill/far-end.js'
import { mortalEngine } from '../kill/mortal-engine.js'
import { Mortal, SIDES, type Moment } from '../kill/mortal.js'
import { accepted } from '../support/engine-harness.js'
import { testCompiler } from '../support/runtime-compiler.js'
import { application, entity, machine, operation, software } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { does, fails, forEach, lit, plus, setSensor, workflow } from '../support/workflows.js'

const ann: Actor = { tenant: 'main', name: 'ann' }

/** Adds one to a sensor: done twice, its value tells. */
const counts = (sensor: string, more: Partial<StepSpec> = {}): StepSpec => {
  const now = { kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false } as const
  return setSensor(sensor, plus({ kind: 'first-known', of: [now, lit(0)] }, lit(1)), more)
}
const command = (script: string): StepSpec =>
  does({ kind: 'command', script: lit(script), environment: { N: lit('1') } })
/** A container is removed once its answer is recorded; what a death leaves is the orphan collector's. */
const container: StepSpec = does({
  ...{ kind: 'container', image: lit('tool'), script: lit('count'), environment: { N: lit('1') } },
})
/** Adds an entity, or several at once. */
const adds = (...names: readonly string[]): StepSpec =>
  does({
    kind: 'add-entity',
    blueprint: lit(names.map((name) => ({ type: 'group', name }))),
    start: 'begin',
  })
/** Adds a policy that is a workflow, which nothing ever calls. */
const guards: StepSpec = does({
  kind: 'add-policy',
  blueprint: lit({ type: 'workflow-policy', name: 'guard', triggers: ['never'], steps: ['log hello'] }),
})
/** Adds an effector and a workflow for the beginning, which counts itself. */
const begins: StepSpec = does({
  kind: 'initialise',
  blueprint: lit({
    type: 'workflow-initializer',
    steps: ['let integer n = ${entity.sensor.begun} ?? 0', 'let n = ${n} + 1', 'set-sensor begun = ${n}'],
  }),
})
const unguards = does({ kind: 'remove-policy', name: lit('guard') }, { onError: { steps: [counts('none')] } })
const removes = does({ kind: 'remove-entity', entity: lit('one') }, { onError: { steps: [counts('none')] } })
const deploys = does(
  { kind: 'deploy', blueprint: lit({ name: 'other', services: [{ type: 'group' }] }), start: 'begin' },
  { onError: { steps: [counts('taken')] } },
)
/** Makes two children, or has only the first of them left; what is made counts itself. */
const updates = (...items: readonly string[]): StepSpec =>
  does({
    kind: 'update-children',
    items: lit(items),
    identifier: { kind: 'variable', of: 'any', path: ['item'] },
    blueprint: lit({ type: 'group' }),
    onCreate: workflow([counts('made')]),
    onUpdate: workflow([counts('updated')]),
    onDelete: workflow([setSensor('gone', lit(1))]),
  })
const calls: StepSpec = does({ kind: 'invoke', effector: 'inner', arguments: {}, await: true })
const sleeps: StepSpec = does({ kind: 'sleep', duration: lit(300) })
const handled: StepSpec = fails('no', { onError: { steps: [counts('handled'), command('mend')] } })
const retried: StepSpec = does(
  { kind: 'run', scope: 'shared', workflow: workflow([counts('tries'), command('try'), fails('again')]) },
  {
    onError: {
      steps: [does({ kind: 'retry', limits: [{ count: 1 }] }, { onError: { steps: [counts('gaveUp')] } })],
    },
  },
)
const both = (steps: readonly StepSpec[]): StepSpec =>
  forEach([1, 2, 3], steps, { concurrency: { kind: 'number', count: 2 } })

const leaf = fc.constantFrom(
  counts('a'),
  counts('b'),
  command('one'),
  command('two'),
  calls,
  sleeps,
  handled,
  retried,
  adds('one'),
  adds('two', 'three'),
  guards,
)
/** What comes of these depends on who is first; a container takes longer in another life, so that others are announced before it. */
const alone = fc.constantFrom(container, removes, unguards, begins, deploys, updates('x', 'y'), updates('x'))
const steps = fc.array(
  fc.oneof(
    leaf,
    alone,
    fc.array(leaf, { minLength: 1, maxLength: 2 }).map(both),
    fc
      .array(leaf, { minLength: 1, maxLength: 2 })
      .map((inside) => does({ kind: 'run', scope: 'shared', workflow: workflow(inside) })),
  ),
  { minLength: 1, maxLength: 4 },
)

interface Ending {
  readonly books: readonly Json[]
  readonly counts: unknown
  readonly before: { readonly commits: number; readonly effects: number }
  readonly after: { readonly commits: number; readonly effects: number }
}

/** What is in the books of workflows at the end, without times and without the ids of lives. */
async function booksOf(store: MemoryStore): Promise<readonly Json[]> {
  const kept = (await store.load('kept/')).entries.map(({ key, value }) => [key, value['value'] ?? null])
  const runs = (await store.load('workflow/')).entries.map(({ key, value }) => [
    key,
    value['state'] ?? null,
    value['output'] ?? null,
    value['effects'] ?? null,
    value['error'] ?? null,
  ])
  const versions = (await store.load('version/')).entries.map(({ key, value }) => [key, treeOf(value)])
  return [...kept, ...runs, ...versions]
}

/** What was added to a version, by whom it is inside of. */
function treeOf(version: { readonly grafts?: unknown; readonly alterations?: unknown }): Json {
  const { grafts = [], alterations = [] } = version
  const entities = (grafts as readonly Graft[]).map(({ parent, name }) => [parent, name])
  const parts = (alterations as readonly Alteration[]).flatMap(({ entity, added }) =>
    added.map((one) => [entity, one.parts.policies.map(({ name }) => name), one.initial?.length ?? 0]),
  )
  return [...entities, ...parts]
}

/** Does a workflow through a death at a moment after it was begun, and to its end in another life. */
async function live(work: readonly StepSpec[], moment?: Moment): Promise<Ending> {
  const clock = new VirtualClock()
  const store = new MemoryStore()
  const farEnd = new FarEnd(() => clock.now())
  const first = new Mortal(clock, moment)
  const engine = mortalEngine({ mortal: first, store, farEnd, number: 0 }, { compiler: testCompiler() })
  const before = await begun(engine, work, clock, first)
  await clock.settle(30_000)
  const after = first.tally
  first.kill()
  if (first.dead && moment !== undefined) {
    void mortalEngine(
      { mortal: new Mortal(clock), store, farEnd, number: 1 },
      { compiler: testCompiler() },
    ).open()
    await clock.settle(60_000)
  }
  const counts = Object.entries(farEnd.counts).filter(([what]) => !/^destroy machine .*#0$/.test(what))
  return { books: await booksOf(store), counts: Object.fromEntries(counts), before, after }
}

async function begun(
  engine: Engine,
  work: readonly StepSpec[],
  clock: VirtualClock,
  mortal: Mortal,
): Promise<Ending['before']> {
  const effector = (name: string, does: readonly StepSpec[]): EffectorSpec => ({
    ...{ name, parameters: [], command: literal(''), timeout: 0 },
    workflow: workflow(does),
  })
  const effectors = [
    effector('outer', work),
    effector('inner', [setSensor('inner', lit(1)), command('inner')]),
  ]
  const web = entity('web', {
    machine: machine(),
    software: software({ launch: operation('serve') }),
    effectors,
  })
  const spec = application([web])
  const asked = engine.open().then(async () => {
    await engine.deploy(spec, { by: ann, id: 'shop' })
  })
  await clock.settle(10_000)
  await asked
  let before = mortal.tally
  void engine.invoke('shop', 'web', { effector: 'outer', parameters: {} }, { by: ann }).then((outcome) => {
    accepted(outcome)
    before = mortal.tally
  })
  await clock.settle(2)
  return before
}

it('comes to the same end through a death at any commit or effect, and does each thing once', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (work) => {
      const peaceful = await live(work)
      for (const side of SIDES) {
        const of = side.endsWith('commit') ? 'commits' : 'effects'
        for (let at = peaceful.before[of] + 1; at <= peaceful.after[of]; at += 1) {
          const { books, counts: done } = await live(work, { side, ordinal: at })
          expect({ side, at, books, done }).toEqual({
            side,
            at,
            books: peaceful.books,
            done: peaceful.counts,
          })
        }
      }
    }),
    { numRuns: 20, seed: 7 },
  )
}, 120_000)
