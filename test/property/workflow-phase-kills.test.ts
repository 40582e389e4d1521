import { expect, it } from 'vitest'
import {
  type Engine,
  MemoryStore,
  literal,
  type Actor,
  type Json,
  type StepSpec,
} from '../../engine/index.js'
import { FarEnd } from '../kill/far-end.js'
import { mortalEngine } from '../kill/mortal-engine.js'
import { Mortal, SIDES, type Moment } from '../kill/mortal.js'
import { application, entity, machine, operation, software } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { does, lit, plus, setSensor, workflow } from '../support/workflows.js'

const ann: Actor = { tenant: 'main', name: 'ann' }
/** Deaths of each kind that are tried, spread over the whole. */
const SAMPLES = 12

/** Adds one to a sensor: done twice, its value tells. */
const counts = (sensor: string): StepSpec => {
  const now = { kind: 'sensor', of: { scope: 'self' }, sensor, whenReady: false } as const
  return setSensor(sensor, plus({ kind: 'first-known', of: [now, lit(0)] }, lit(1)))
}
const command = (script: string): StepSpec => does({ kind: 'command', script: lit(script), environment: {} })
const sleeps: StepSpec = does({ kind: 'sleep', duration: lit(300) })
const phase = (steps: readonly StepSpec[]) =>
  operation('', { workflow: workflow(steps, { lock: { name: 'all' } }) })

const LAUNCHED = { kind: 'sensor', of: { scope: 'self' }, sensor: 'launched', whenReady: true } as const
const UNDER_LOCK = workflow([counts('worked'), sleeps, command('work'), counts('worked')], {
  lock: { name: 'all' },
})

/** Software by workflows, a workflow for its beginning, and an effector: all under one lock. */
const SPEC = application([
  entity('web', {
    machine: machine(),
    software: software({
      install: phase([counts('installed'), command('install')]),
      launch: phase([counts('launched'), sleeps, command('launch')]),
    }),
    initial: [workflow([counts('born')])],
    effectors: [
      {
        ...{ name: 'work', parameters: [], command: literal(''), timeout: 0 },
        workflow: workflow([
          does({ kind: 'wait', for: 'value', value: LAUNCHED }),
          does({ kind: 'run', scope: 'shared', workflow: UNDER_LOCK }),
        ]),
      },
    ],
  }),
])

interface Ending {
  readonly kept: Json
  readonly runs: Json
  readonly done: unknown
  readonly tally: { readonly commits: number; readonly effects: number }
}

/** Deploys and works through a death at a moment, and to the end in another life, which asks again for what was not accepted. */
async function live(moment?: Moment): Promise<Ending> {
  const clock = new VirtualClock()
  const store = new MemoryStore()
  const farEnd = new FarEnd(() => clock.now())
  const first = new Mortal(clock, moment)
  void work(mortalEngine({ mortal: first, store, farEnd, number: 0 })).catch(() => undefined)
  await clock.settle(30_000)
  const { tally } = first
  first.kill()
  if (first.dead && moment !== undefined) {
    void work(mortalEngine({ mortal: new Mortal(clock), store, farEnd, number: 1 })).catch(() => undefined)
    await clock.settle(60_000)
  }
  const kept = (await store.load('kept/')).entries.map(({ key, value }) => [key, value['value'] ?? null])
  const all = (await store.load('workflow/')).entries.filter(({ key }) => !key.endsWith('/spec'))
  const runs = all.map(({ value }) => [value['origin'] ?? null, value['state'] ?? null])
  return { kept, runs: runs.sort(), done: farEnd.counts, tally }
}

/** What was accepted before is not asked for again. */
async function work(engine: Engine): Promise<void> {
  await engine.open()
  if (engine.application(ann, 'shop').kind !== 'accepted') await engine.deploy(SPEC, { by: ann, id: 'shop' })
  const known = engine.runs.list(ann, 'shop', 'web')
  const isAsked = known.kind === 'accepted' && known.value.some(({ origin }) => origin === 'effector work')
  if (!isAsked) await engine.invoke('shop', 'web', { effector: 'work', parameters: {} }, { by: ann })
}

it('does phases, beginnings and effectors by workflows once each through a death, under their lock', async () => {
  const peaceful = await live()
  expect(peaceful.runs).toEqual([
    ['effector work', 'succeeded'],
    ['initial 1', 'succeeded'],
    ['phase install', 'succeeded'],
    ['phase launch', 'succeeded'],
  ])
  for (const side of SIDES) {
    const total = peaceful.tally[side.endsWith('commit') ? 'commits' : 'effects']
    const step = Math.max(1, Math.floor(total / SAMPLES))
    for (let ordinal = 1; ordinal <= total; ordinal += step) {
      const { kept, runs, done } = await live({ side, ordinal })
      expect({ side, ordinal, kept, runs, done }).toEqual({
        ...{ side, ordinal, kept: peaceful.kept, runs: peaceful.runs },
        done: peaceful.done,
      })
    }
  }
}, 120_000)
