import { expect, it } from 'vitest'
import { MemoryStore, literal, type Actor, type Json, type StepSpec } from '../../engine/index.js'
import { FarEnd } from '../kill/far-end.js'
import { mortalEngine } from '../kill/mortal-engine.js'
import { Mortal, SIDES, type Moment, type Tally } from '../kill/mortal.js'
import { accepted } from '../support/engine-harness.js'
import { application, entity, machine } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { does, forEach, gives, lit, setSensor, variable, workflow } from '../support/workflows.js'

const ann: Actor = { tenant: 'main', name: 'ann' }

const container: StepSpec = does({
  ...{ kind: 'container', image: lit('tool'), script: lit('work'), environment: {} },
})
/** Takes longer than it may: what it leaves is removed. */
const late: StepSpec = does(container.does, {
  timeout: lit(20),
  onError: { steps: [setSensor('late', lit(true))] },
})

/** Milliseconds in which all is done by who does not die, and between two looks whether it has: the next life begins at once. */
const LIFE = 20_000
const STEP = 10

/** Milliseconds in which whatever a death left is certainly collected. */
const COLLECTED = 900_000

interface Ending {
  readonly ended: Json
  readonly made: { readonly [what: string]: number }
  readonly left: readonly string[]
  readonly lives: { readonly before: Tally; readonly after: Tally }
}

async function live(steps: readonly StepSpec[], moment?: Moment, lateBy?: number): Promise<Ending> {
  const clock = new VirtualClock()
  const store = new MemoryStore()
  const farEnd = new FarEnd(() => clock.now())
  const first = new Mortal(clock, moment, lateBy)
  const engine = mortalEngine({ mortal: first, store, farEnd, number: 0 })
  const work = { name: 'work', parameters: [], command: literal(''), timeout: 0, workflow: workflow(steps) }
  const opened = engine.open().then(async () => {
    await engine.deploy(application([entity('web', { machine: machine(), effectors: [work] })]), {
      ...{ by: ann, id: 'shop' },
    })
  })
  await clock.settle(10_000)
  await opened
  let before = first.tally
  void engine.invoke('shop', 'web', { effector: 'work', parameters: {} }, { by: ann }).then((outcome) => {
    accepted(outcome)
    before = first.tally
  })
  for (let waited = 0; waited < LIFE && !first.dead; waited += STEP) await clock.settle(STEP)
  const after = first.tally
  if (first.dead) void mortalEngine({ mortal: new Mortal(clock), store, farEnd, number: 1 }).open()
  await clock.settle(COLLECTED)
  const made = Object.entries(farEnd.counts).filter(([what]) => /machine .*#0$/.test(what))
  const runs = (await store.load('workflow/')).entries.filter(({ value }) => value['state'] !== undefined)
  const ended = runs.map(({ value }) => [value['state'] ?? null, value['output'] ?? null])
  const left = farEnd.inventory.filter((line) => line.startsWith('machine') && line.includes('#0'))
  return { ended, made: Object.fromEntries(made), left, lives: { before, after } }
}

/** The ends of all lives that die once: at every commit and effect, on both of its sides, and with a call that comes late. */
async function* endings(
  steps: readonly StepSpec[],
  { before, after }: Ending['lives'],
): AsyncIterable<{
  readonly death: Json
  readonly ending: Ending
}> {
  for (const side of SIDES) {
    const of = side.endsWith('commit') ? 'commits' : 'effects'
    for (let ordinal = before[of] + 1; ordinal <= after[of]; ordinal += 1)
      for (const lateBy of side === 'before-effect' ? [0, 100] : [0]) {
        const ending = await live(steps, { side, ordinal }, lateBy === 0 ? undefined : lateBy)
        yield { death: { side, ordinal, lateBy }, ending }
      }
  }
}

it.each([
  ['one after another', [container, container, gives(variable('stdout'))]],
  ['several at once', [forEach([1, 2], [container]), gives(lit('all'))]],
])(
  'runs each container once through a death at any moment, and leaves none: %s',
  async (_what, steps) => {
    const peaceful = await live(steps)
    expect(peaceful.made).toEqual({
      'create machine web#0': 2,
      'boot machine web#0': 2,
      'destroy machine web#0': 2,
    })
    expect(peaceful.left).toEqual([])
    for await (const { death, ending } of endings(steps, peaceful.lives)) {
      const { ended, made, left } = ending
      const { ended: well, made: once } = peaceful
      expect({ death, ended, made, left }).toEqual({ death, ended: well, made: once, left: [] })
    }
  },
  120_000,
)

it('removes a container that takes too long, through a death at any moment, and never starts it twice', async () => {
  const steps = [late]
  const peaceful = await live(steps)
  expect(peaceful.made).toEqual({
    'create machine web#0': 1,
    'boot machine web#0': 1,
    'destroy machine web#0': 1,
  })
  for await (const { death, ending } of endings(steps, peaceful.lives)) {
    const { ended, made, left } = ending
    const isTwice = (made['boot machine web#0'] ?? 0) > 1
    const isOver = made['create machine web#0'] === made['destroy machine web#0']
    expect({ death, ended, left, isTwice, isOver }).toMatchObject({
      ...{ death, ended: [['succeeded', null]], left: [], isTwice: false, isOver: true },
    })
  }
}, 120_000)
