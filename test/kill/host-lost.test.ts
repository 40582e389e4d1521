import { describe, expect, it } from 'vitest'
import {
  Engine,
  MemoryStore,
  required,
  silentLog,
  type HostLossRule,
  type Location,
  type LocationRecord,
} from '../../engine/index.js'
import {
  simulatedLocations,
  type LedgerEntry,
  type SimulatedHandle,
} from '../../locations/simulated/index.js'
import { TEST_RENDERER, TEST_SEAL, ann, by, placeRecord } from '../support/engine-harness.js'
import { SeededRandom } from '../support/seeded-random.js'
import { SequenceIds } from '../support/sequence-ids.js'
import { application, role } from '../support/specs.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { Mortal, SIDES, type Moment } from './mortal.js'

const MINUTE = 60_000

/** How long the host is lost, and until everything has come of it that comes. */
const LOSS = 6 * MINUTE
const REST = 12 * MINUTE

const EFFECTS: ReadonlySet<string> = new Set(['ensure', 'start', 'stop', 'fence', 'destroy', 'run', 'endRun'])

/** A far end and a store that outlive their engines. */
class World {
  readonly clock: VirtualClock = new VirtualClock()
  readonly #store = new MemoryStore()
  readonly #factory = simulatedLocations({ clock: this.clock, random: new SeededRandom(1) })
  #lives = 0
  #handle: SimulatedHandle | undefined

  get place(): SimulatedHandle {
    return required(this.#handle, 'a place that was opened')
  }

  /** One life of an engine. */
  async live(mortal: Mortal): Promise<Engine> {
    this.#lives += 1
    const engine = new Engine({
      clock: mortal.clock(),
      ids: new SequenceIds(`life${this.#lives}id`),
      random: { next: () => 0 },
      log: silentLog,
      seal: TEST_SEAL,
      renderer: TEST_RENDERER,
      prober: {
        get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
        connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
      },
      factories: [{ driver: 'simulated', open: (record) => this.#open(record, mortal) }],
      policyKinds: [],
      store: mortal.store(this.#store),
      engineId: 'engine1',
      holder: 'kill suite',
      locations: [{ record: placeRecord('sim', {}), origin: 'built-in' }],
    })
    void engine.open()
    await this.clock.settle(1_000)
    return engine
  }

  /** Machines of the role, as the far end has them, whether they can be seen or not. */
  async machines(): Promise<readonly LedgerEntry[]> {
    return (await this.place.inventory()).filter((entry) => entry.kind === 'machine')
  }

  #open(record: LocationRecord, mortal: Mortal): Location {
    const location = this.#factory.open(record)
    this.#handle = location.handle
    return new Proxy<Location>(location, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function' || typeof name === 'symbol' || name === 'watch') return member
        const call = (given: unknown[]): unknown => Reflect.apply(member, target, given)
        return (...given: unknown[]): unknown =>
          EFFECTS.has(name) ? mortal.carry(() => call(given)) : mortal.ask(() => call(given))
      },
    })
  }
}

interface Ending {
  readonly machines: readonly (readonly [string, string, number])[]
  readonly states: readonly (readonly [string, string, number])[]
  readonly most: number
  readonly reached: boolean
  readonly tally: Mortal['tally']
}

/** Three machines, the host of one of which is lost; the engine dies at the moment, and another one goes on. */
async function loseOne(rule: HostLossRule, moment: Moment | undefined): Promise<Ending> {
  const world = new World()
  const placement = { locations: [], zones: [], onHostLost: rule }
  const spec = application([role('web', 3, { placement, rules: { max: 3 } })])
  const first = new Mortal(world.clock)
  const engine = await world.live(first)
  void engine.deploy(spec, { ...by, id: 'shop' })
  await world.clock.settle(10_000)
  first.kill()
  await world.clock.settle(MINUTE)
  const token = required((await world.machines())[0], 'a machine').token
  await world.place.loseHost(token, LOSS)
  const mortal = new Mortal(world.clock, moment)
  let last = await world.live(mortal)
  let successor: Mortal | undefined
  let most = 0
  for (let passed = 0; passed < REST; passed += MINUTE / 4) {
    if (mortal.dead && successor === undefined) {
      successor = new Mortal(world.clock)
      last = await world.live(successor)
    }
    await world.clock.settle(MINUTE / 4)
    most = Math.max(most, (await world.machines()).filter(({ state }) => state === 'running').length)
  }
  const views = last.entities(ann, 'shop')
  const slots = views.kind === 'accepted' ? views.value.filter((view) => view.isMember) : []
  return {
    machines: (await world.machines()).map(({ name, state, creates, deletes }) => [
      name,
      state,
      creates - deletes,
    ]),
    states: slots.map(({ path, state, incarnation }) => [path, state, incarnation]),
    most,
    reached: mortal.dead,
    tally: mortal.tally,
  }
}

describe.each<HostLossRule>(['wait', 'fence', 'recreate'])(
  'an engine that dies while a host is lost, under %s,',
  (rule) => {
    it('leaves the same behind at whatever commit or effect it dies', async () => {
      const peaceful = await loseOne(rule, undefined)
      const { commits, effects } = peaceful.tally
      expect(commits + effects).toBeGreaterThanOrEqual(3)
      expect(peaceful.states[0]).toEqual(['web/1', 'running', rule === 'wait' ? 1 : 2])
      let deaths = 0
      for (const side of SIDES) {
        const all = side.endsWith('commit') ? commits : effects
        for (let ordinal = 1; ordinal <= all; ordinal += 1) {
          const ending = await loseOne(rule, { side, ordinal })
          deaths += Number(ending.reached)
          const { machines, states } = ending
          expect({ side, ordinal, machines, states }).toEqual({
            side,
            ordinal,
            machines: peaceful.machines,
            states: peaceful.states,
          })
          expect(ending.most).toBeLessThanOrEqual(rule === 'recreate' ? 4 : 3)
        }
      }
      expect(deaths).toBe(2 * (commits + effects))
      process.stdout.write(`lost host, ${rule}: ${deaths} deaths\n`)
    })
  },
)
