import { expect, it } from 'vitest'
import { type Actor, type Engine, type EffectorSpec, MemoryStore, literal } from '../../engine/index.js'
import { stockKinds } from '../../policies/index.js'
import { FarEnd } from '../kill/far-end.js'
import { mortalEngine } from '../kill/mortal-engine.js'
import { Mortal, SIDES, type Moment } from '../kill/mortal.js'
import { application, entity } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { lit, plus, setSensor, workflow } from '../support/workflows.js'

const ann: Actor = { tenant: 'main', name: 'ann' }
const now = { kind: 'sensor', of: { scope: 'self' }, sensor: 'calls', whenReady: false } as const
const count: EffectorSpec = {
  ...{ name: 'count', parameters: [], command: literal(''), timeout: 0 },
  workflow: workflow([setSensor('calls', plus({ kind: 'first-known', of: [now, lit(0)] }, lit(1)))]),
}
const each = (name: string, type: string, config: { readonly [key: string]: string }) => ({
  ...{ name, type },
  config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, literal(value)])),
})
const SHOP = application([
  entity('group', {
    effectors: [count],
    policies: [
      each('clock', 'schedule-effector', { effector: 'count', cron: '* * * * *', lateBy: '5 min' }),
      each('echo', 'on-sensor', { effector: 'count', sensor: 'calls', when: 'value == 1 || value == 3' }),
    ],
  }),
])

/** Lives for so many seconds, through a death at a moment and another life from then on; gives how often it was called. */
async function live(
  seconds: number,
  moment?: Moment,
): Promise<{ readonly calls: unknown; readonly commits: number }> {
  const clock = new VirtualClock()
  const store = new MemoryStore()
  const farEnd = new FarEnd(() => clock.now())
  const first = new Mortal(clock, moment)
  const life = (mortal: Mortal, number: number): Engine =>
    mortalEngine({ mortal, store, farEnd, number }, { policyKinds: stockKinds })
  const engine = life(first, 0)
  void engine.open().then(() => engine.deploy(SHOP, { by: ann, id: 'shop' }))
  let lives = 1
  for (let second = 0; second < seconds; second += 1) {
    await clock.settle(1_000)
    if (!first.dead || lives > 1) continue
    lives += 1
    void life(new Mortal(clock), 1).open()
  }
  const kept = (await store.load('kept/')).entries.find(({ key }) => key.endsWith('calls'))
  return { calls: kept?.value['value'], commits: first.tally.commits }
}

it('calls each time once, whenever the engine dies', async () => {
  const peaceful = await live(400)
  expect(peaceful.calls).toBeGreaterThan(5)
  const early = (await live(20)).commits
  for (const side of SIDES.filter((one) => one.endsWith('commit')))
    for (let ordinal = early + 1; ordinal <= peaceful.commits; ordinal += 1) {
      const { calls } = await live(400, { side, ordinal })
      expect({ side, ordinal, calls }).toEqual({ side, ordinal, calls: peaceful.calls })
    }
}, 120_000)
