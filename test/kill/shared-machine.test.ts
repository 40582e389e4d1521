import { describe, expect, it } from 'vitest'
import { MemoryStore, type Actor } from '../../engine/index.js'
import { application, entity, machine, service, software } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { every } from './extent.js'
import { FarEnd } from './far-end.js'
import { mortalEngine } from './mortal-engine.js'
import { Mortal, SIDES, type Moment, type Tally } from './mortal.js'

const ann: Actor = { tenant: 'main', name: 'ann' }

const tenant = (name: string) =>
  service(name, {
    software: software({ install: `get ${name}`, launch: `serve ${name}`, stop: `end ${name}` }),
  })

/** Two on one machine: made, put on another machine, and removed. */
const SHOP = application([
  entity('house', {
    type: 'same-server',
    machine: machine(),
    sharesMachine: true,
    children: [tenant('a'), tenant('b')],
  }),
])

interface Story {
  readonly counts: unknown
  readonly doubles: unknown
  readonly left: readonly string[]
  readonly moved: readonly string[]
  readonly tally: Tally
}

/** Leads the landscape through its life; where a moment of death is given, another engine goes on from there. */
async function story(moment?: Moment): Promise<Story> {
  const clock = new VirtualClock()
  const store = new MemoryStore()
  const farEnd = new FarEnd(() => clock.now())
  let moved: readonly string[] = []
  let tally: Tally = { commits: 0, effects: 0 }
  for (const [number, mortal] of [new Mortal(clock, moment), new Mortal(clock)].entries()) {
    const engine = mortalEngine({ mortal, store, farEnd, number })
    const acts = [
      () => engine.open(),
      () => engine.deploy(SHOP, { by: ann, id: 'shop' }),
      () => engine.replace('shop', 'house', { by: ann, incarnation: 1 }),
      () => engine.remove('shop', { by: ann }),
    ]
    for (const act of acts) {
      if (mortal.dead) break
      void act()
      await clock.settle(60_000)
      const there = farEnd.inventory
      if (act === acts[2] && there.length > 0) moved = there
    }
    if (number === 0) tally = mortal.tally
    if (!mortal.dead) break
    mortal.kill()
  }
  return { counts: farEnd.counts, doubles: farEnd.doubles, left: farEnd.inventory, moved, tally }
}

describe('several on one machine', () => {
  it.each(SIDES)(
    'come to the same end through a death %s, with nothing twice and nothing left',
    async (side) => {
      const peaceful = await story()
      expect([peaceful.left, peaceful.moved.length > 0]).toEqual([[], true])
      const most = side.endsWith('commit') ? peaceful.tally.commits : peaceful.tally.effects
      for (let ordinal = 1; ordinal <= most; ordinal += every(3)) {
        const { counts, doubles, left, moved } = await story({ side, ordinal })
        const { counts: wanted, doubles: none, moved: wantedMoved } = peaceful
        expect({ ordinal, counts, doubles, left, moved }).toEqual({
          ordinal,
          counts: wanted,
          doubles: none,
          left: [],
          moved: moved.length === 0 ? [] : wantedMoved,
        })
      }
    },
  )
})
