import type { Subscription } from 'rxjs'
import { expect } from 'vitest'
import {
  Engine,
  MemoryStore,
  Secret,
  digestOfText,
  required,
  silentLog,
  type Actor,
  type ApplicationSpec,
  type ApplicationView,
  type ConnectAnswer,
  type EngineOptions,
  type EntityView,
  type JsonObject,
  type Location,
  type LocationRecord,
  type Outcome,
  type PolicyKind,
  type ProbeAnswer,
  type Refusal,
  type ResourceShape,
  type ResourceState,
  type Seal,
} from '../../engine/index.js'
import {
  simulatedLocations,
  type LedgerEntry,
  type SimulatedHandle,
} from '../../locations/simulated/index.js'
import { LifeWatch } from './life-watch.js'
import { SeededRandom } from './seeded-random.js'
import { SequenceIds } from './sequence-ids.js'
import { VirtualClock } from './virtual-clock.js'

/** Who asks in tests. */
export const ann: Actor = { tenant: 'main', name: 'ann' }
export const by: { readonly by: Actor } = { by: ann }

/** What a test engine is made of, where it is not the usual. */
export interface HarnessOptions {
  /** Configuration of the simulated place 'sim'. */
  readonly place?: JsonObject
  /** Other simulated places, by name. */
  readonly places?: { readonly [name: string]: JsonObject }
  readonly policyKinds?: readonly PolicyKind[]
  /** Answers of endpoints by URL; 'failed' for others. */
  readonly web?: (url: string, headers?: { readonly [name: string]: string }) => ProbeAnswer
  /** Whether ports take a connection, by 'host:port'; none does otherwise. */
  readonly ports?: (address: string) => ConnectAnswer
  /** What the place shows of a resource, where it shows less than the simulated one. */
  readonly seen?: (state: ResourceState) => ResourceState
  readonly seed?: number
  readonly engine?: Partial<EngineOptions>
}

/** One call of a place's port, as the engine made it. */
export interface PortCall {
  readonly at: number
  readonly verb: string
  /** Names of what it is about, and of the run. */
  readonly about: readonly string[]
  /** What it is to be like, where it is about making. */
  readonly shapes?: readonly ResourceShape[]
  /** The script, or the words of the command, that it is to run. */
  readonly runs?: string
}

/**
 * An engine over a memory store and simulated places in virtual time. Everything that it commits is watched; `close`
 * fails the test when a life cycle made a move that its table does not allow, or when the engine logged an error.
 */
export class EngineHarness {
  readonly clock: VirtualClock
  readonly store: MemoryStore
  readonly life: LifeWatch
  readonly calls: PortCall[] = []
  /** What the engine logged as its own error. */
  readonly errors: JsonObject[] = []
  engine: Engine
  readonly #options: HarnessOptions
  readonly #handles = new Map<string, SimulatedHandle>()
  readonly #factory: EngineOptions['factories'][number]
  readonly #ids: SequenceIds
  readonly #random: SeededRandom
  readonly #watch: Subscription

  private constructor(options: HarnessOptions) {
    const clock = new VirtualClock()
    const random = new SeededRandom(options.seed ?? 1)
    const simulated = simulatedLocations({ clock, random })
    this.#options = options
    this.clock = clock
    this.#random = random
    this.#ids = new SequenceIds()
    this.store = new MemoryStore()
    this.life = new LifeWatch()
    this.#watch = this.store.watch(0).subscribe((event) => {
      if (event.kind === 'commit') this.life.see(event.commit.changes)
    })
    this.#factory = {
      driver: simulated.driver,
      open: (record) => {
        const location = simulated.open(record)
        this.#handles.set(record.name, location.handle)
        return this.#recorded(location)
      },
    }
    this.engine = this.#newEngine()
  }

  static async open(options: HarnessOptions = {}): Promise<EngineHarness> {
    const harness = new EngineHarness(options)
    await harness.engine.open()
    return harness
  }

  /** The hand behind a place. */
  place(name = 'sim'): SimulatedHandle {
    return required(this.#handles.get(name), `place ${name}`)
  }

  /** Lets everything happen that happens within so many milliseconds. */
  async settle(ms = 0): Promise<void> {
    await this.clock.settle(ms)
  }

  /** Deploys, and lets the first 10 s pass. Gives the application's id. */
  async deploy(spec: ApplicationSpec, ms = 10_000): Promise<string> {
    const { id } = accepted(await this.engine.deploy(spec, { ...by, id: 'shop' }))
    await this.settle(ms)
    return id
  }

  /** Does what is asked for, sees it accepted, and lets so much time pass. */
  async after<T>(asked: Promise<Outcome<T>>, ms = 10_000): Promise<T> {
    const value = accepted(await asked)
    await this.settle(ms)
    return value
  }

  /** The application called shop. */
  get shop(): ApplicationView {
    return accepted(this.engine.application(ann, 'shop'))
  }

  /** States by path of all entities with a footprint. */
  get tree(): { readonly [path: string]: string } {
    const views = accepted(this.engine.entities(ann, 'shop'))
    const slots = views.filter((view) => view.path !== '' && !view.isRole)
    return Object.fromEntries(slots.map((view) => [view.path, view.state]))
  }

  entity(path: string): EntityView {
    return accepted(this.engine.entity(ann, 'shop', path))
  }

  /** Token of the first resource of a kind that an entity has: of its current machine unless told otherwise. */
  token(path: string, kind = 'machine'): string {
    const resource = this.entity(path).resources.find((one) => one.kind === kind)
    return required(resource, `${kind} of ${path}`).token
  }

  /** What is there at a place, by name; with what was there when asked for. */
  async inventory(name = 'sim'): Promise<readonly LedgerEntry[]> {
    return (await this.place(name).inventory()).filter((entry) => entry.state !== 'absent')
  }

  /** Paths of the entities whose machines are there, sorted. */
  async machines(name = 'sim'): Promise<readonly string[]> {
    const entries = await this.inventory(name)
    const own = entries.filter((entry) => entry.kind === 'machine')
    return own.map((entry) => entry.marks?.entity ?? entry.name).sort()
  }

  /** Calls of one verb: what they were about, in order. */
  callsOf(verb: string): readonly string[] {
    return this.calls.filter((call) => call.verb === verb).flatMap((call) => call.about)
  }

  /** Paths in the order in which they were first shown so. */
  order(state: string): readonly string[] {
    return [...new Set(this.life.shown.filter((one) => one.state === state).map((one) => one.path))]
  }

  /** Ends this engine and begins another over the same store and places. */
  async restart(): Promise<void> {
    await this.engine.close()
    this.engine = this.#newEngine()
    await this.engine.open()
    await this.settle()
  }

  async close(): Promise<void> {
    this.#watch.unsubscribe()
    await this.engine.close()
    expect([...new Set(this.life.breaches)]).toEqual([])
    expect(this.errors).toEqual([])
  }

  #newEngine(): Engine {
    const {
      place = {},
      places = {},
      policyKinds = [],
      engine = {},
      web = nobody,
      ports = closed,
    } = this.#options
    const configured = Object.entries({ sim: place, ...places })
    return new Engine({
      clock: this.clock,
      ids: this.#ids,
      random: this.#random,
      log: { ...silentLog, error: (message, fields) => this.errors.push({ message, ...fields }) },
      seal: TEST_SEAL,
      renderer: TEST_RENDERER,
      prober: {
        get: (url, { headers }) => Promise.resolve(web(url, headers)),
        connect: (host, port) => Promise.resolve(ports(`${host}:${port}`)),
      },
      factories: [this.#factory],
      policyKinds,
      store: this.store,
      engineId: 'engine1',
      holder: 'tests',
      locations: configured.map(([name, config]) => ({
        record: placeRecord(name, config),
        origin: 'built-in',
      })),
      ...engine,
    })
  }

  /** The same place, its calls noted; nothing that realises its slot may be destroyed. */
  #recorded(location: Location): Location {
    const note = (verb: string, given: readonly unknown[]): void => {
      const about = namesIn(given)
      const shapes = shapesIn(given)
      const runs = commandIn(given)
      this.calls.push({
        at: this.clock.now(),
        verb,
        about,
        ...(shapes.length === 0 ? {} : { shapes }),
        ...(runs === undefined ? {} : { runs }),
      })
      if (verb !== 'destroy') return
      for (const ref of given.flat() as readonly { readonly token?: string }[])
        if (ref.token !== undefined && this.life.isCurrent(ref.token))
          this.life.breaches.push(`${about.join()} was destroyed while it was wanted`)
    }
    const { seen } = this.#options
    const observe: Location['observe'] = async (...given) => {
      note('observe', given)
      const states = await location.observe(...given)
      return seen === undefined ? states : states.map((state) => (state === undefined ? state : seen(state)))
    }
    return new Proxy(location, {
      get: (target, name) => {
        if (name === 'observe') return observe
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function' || typeof name === 'symbol') return value
        return (...given: readonly unknown[]): unknown => {
          note(name, given)
          return Reflect.apply(value, target, given)
        }
      },
    })
  }
}

/** The value of an accepted outcome; fails the test otherwise. */
export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'accepted') return outcome.value
  throw new Error(`not accepted: ${JSON.stringify(outcome satisfies Refusal)}`)
}

/** The record of a simulated place. */
export function placeRecord(name: string, config: JsonObject): LocationRecord {
  return { kind: 'location', tenant: 'main', name, driver: 'simulated', config }
}

/** Seals by writing backwards: enough to see that clear text appears nowhere. */
export const TEST_SEAL: Seal = {
  seal: (name, clear) => ({ kind: 'secret', name, sealed: backwards(clear) }),
  open: ({ name, sealed }) =>
    new Secret(name, backwards(sealed), (clear) => digestOfText(`a key, and ${clear}`)),
}

/** Puts values in the place of {{ name }}. */
export const TEST_RENDERER: EngineOptions['renderer'] = {
  render: (text, values) => ({
    text: text.replaceAll(/\{\{ *(\w+) *\}\}/g, (_all, name: string) => JSON.stringify(values[name] ?? null)),
  }),
}

function backwards(text: string): string {
  return Array.from(text).reverse().join('')
}

const closed = (): ConnectAnswer => ({ kind: 'failed', reason: 'connect ECONNREFUSED' })
function nobody(): ProbeAnswer {
  return { kind: 'failed', reason: 'nobody is there' }
}

function namesIn(given: readonly unknown[]): readonly string[] {
  return (given.flat() as readonly { readonly name?: unknown; readonly label?: unknown }[])
    .flatMap(({ name, label }) => [name, label])
    .filter((text) => typeof text === 'string')
}

function commandIn(given: readonly unknown[]): string | undefined {
  const words = given.flat().filter((one) => typeof one === 'string')
  const scripts = (given.flat() as readonly { readonly script?: string }[]).flatMap(
    ({ script }) => script ?? [],
  )
  return words.length + scripts.length === 0 ? undefined : [...words, ...scripts].join(' ')
}

function shapesIn(given: readonly unknown[]): readonly ResourceShape[] {
  return (given.flat() as readonly { readonly shape?: ResourceShape }[]).flatMap(({ shape }) => shape ?? [])
}
