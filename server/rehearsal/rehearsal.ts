import {
  type ApplicationSpec,
  type ApplicationView,
  type Change,
  type CommandOutput,
  type Compiler,
  type DataReader,
  type DecisionRecord,
  Engine,
  type EngineOptions,
  type Location,
  MemoryStore,
  type Outcome,
  type PolicyKind,
  type Renderer,
  Secret,
  SeededRandom,
  digestOfText,
  indexSpec,
  silentLog,
} from '../../engine/index.js'
import { BookWatch } from './book-watch.js'
import { HEALTH_COMMAND, imaginedSpec } from './imagined-spec.js'
import { type Effect, type Fate, Life } from './life.js'
import type { ImaginedPlace, ImaginedPlaces, PlaceHand } from './places.js'
import { policyReads } from './policy-reads.js'
import { VirtualClock } from './virtual-clock.js'

/** What a rehearsal is made of, bound by compose. */
export interface RehearsalParts {
  readonly places: ImaginedPlaces
  readonly policyKinds: readonly PolicyKind[]
  readonly renderer: Renderer
  readonly data?: DataReader
  readonly compiler?: Compiler
}

/** What is imagined about it, and who is told. */
export interface Imagination {
  /** What a machine of an entity measures now; undefined: nothing. */
  measure(path: string, metric: string): number | undefined
  /** Whether what runs for an entity answers that it is well. */
  isWell(path: string): boolean
  /** Asked before each effect of the engine. */
  befalls(effect: Effect): Fate | Promise<Fate>
  /** Told after each durable batch; the books have taken it in. */
  committed(changes: readonly Change[], decisions: readonly DecisionRecord[]): void
  /** Told what the engine logs as its own fault. */
  broke(message: string): void
}

/** The application's id in its rehearsal. */
export const REHEARSED = 'rehearsed'

const ACTOR = { tenant: 'default', name: 'rehearsal' }

/** Milliseconds from a death until another engine begins over the same store and places. */
const AWAY = 1_000

/**
 * One application under the whole engine, with policies and all, at imagined places and in virtual time. Same spec and
 * same imagination, same course. Nothing of it reaches anything that is real.
 */
export class Rehearsal {
  readonly clock: VirtualClock = new VirtualClock()
  readonly books: BookWatch = new BookWatch()
  readonly spec: ApplicationSpec
  readonly #parts: RehearsalParts
  readonly #imagination: Imagination
  readonly #names: readonly string[]
  readonly #store = new MemoryStore()
  readonly #hands = new Map<string, PlaceHand>()
  readonly #factory: ReturnType<ImaginedPlaces>
  readonly #random = new SeededRandom(1)
  #life: Life
  #lives = 0
  #engine: Engine

  constructor(parts: RehearsalParts, application: ApplicationSpec, imagination: Imagination) {
    const reads = policyReads(application, parts.policyKinds)
    const { spec, places } = imaginedSpec(application, new Set(reads.map(({ sensor }) => sensor)))
    this.#parts = parts
    this.spec = spec
    this.#names = places
    this.#imagination = imagination
    this.#factory = parts.places({ clock: this.clock, random: this.#random })
    this.#life = this.#newLife()
    this.#engine = this.#newEngine()
  }

  /** Begins: the engine is opened and the application deployed. */
  async begin(): Promise<Outcome<ApplicationView>> {
    await this.#engine.open()
    return this.#engine.deploy(this.spec, { by: ACTOR, id: REHEARSED })
  }

  /** The hands behind the places, by name. */
  get places(): ReadonlyMap<string, PlaceHand> {
    return this.#hands
  }

  /** Whether an engine is there. */
  get isAlive(): boolean {
    return !this.#life.isOver
  }

  /** Ends the engine's process without a word; another one begins a second later. */
  kill(): void {
    this.#life.end()
    this.#reviveLater()
  }

  /** Ends it for good. */
  close(): void {
    this.#life.end()
  }

  #reviveLater(): void {
    this.clock.schedule(AWAY, () => {
      this.#life = this.#newLife()
      this.#engine = this.#newEngine()
      void this.#engine.open()
    })
  }

  #newLife(): Life {
    this.#lives += 1
    return new Life({
      clock: this.clock,
      store: this.#store,
      befalls: async (effect) => this.#imagination.befalls(effect),
      committed: (changes) => {
        const decisions = this.books.take(changes, this.clock.now())
        this.#imagination.committed(changes, decisions)
      },
      died: () => {
        this.#reviveLater()
      },
    })
  }

  #newEngine(): Engine {
    const life = this.#life
    const { policyKinds, renderer, data, compiler } = this.#parts
    return new Engine({
      clock: life.clock(),
      ids: countingIds(this.#lives),
      random: this.#random,
      log: { ...silentLog, error: (message, fields) => this.#broke(message, fields) },
      seal: SEAL,
      renderer,
      ...(data === undefined ? {} : { data }),
      ...(compiler === undefined ? {} : { compiler }),
      external: { get: (_provider, key) => ({ kind: 'found', clear: key }) },
      prober: {
        get: () => Promise.resolve({ kind: 'answered', status: 200, body: '' }),
        connect: () => Promise.resolve({ kind: 'connected' }),
      },
      caller: { call: () => Promise.resolve(ANSWER) },
      factories: [{ driver: this.#factory.driver, open: (record) => this.#open(record, life) }],
      policyKinds,
      store: life.store(),
      engineId: 'rehearsal',
      holder: 'rehearsal',
      locations: this.#names.map((name) => ({
        record: { kind: 'location', tenant: 'default', name, driver: this.#factory.driver, config: PLACE },
        origin: 'built-in',
      })),
    })
  }

  #broke(message: string, fields: object | undefined): void {
    this.#imagination.broke(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`)
  }

  #open(record: Parameters<EngineOptions['factories'][number]['open']>[0], life: Life): Location {
    const place = this.#factory.open(record)
    this.#hands.set(record.name, place.handle)
    return life.place(this.#imagined(place))
  }

  /** The place, whose machines measure and answer as is imagined. */
  #imagined(place: ImaginedPlace): Location {
    const metrics: Location['metrics'] = (machines) =>
      Promise.resolve(machines.flatMap(({ token }) => this.#samples(token)))
    const exec: Location['exec'] = async (machine, command, options) => {
      const done = await place.exec(machine, command, options)
      return command.join(' ').includes(HEALTH_COMMAND) ? this.#answer(machine.token, done) : done
    }
    const own = { metrics, exec } as const
    return new Proxy<Location>(place, {
      get: (target, name): unknown => {
        if (name === 'metrics' || name === 'exec') return own[name]
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
  }

  #samples(token: string): Awaited<ReturnType<Location['metrics']>> {
    const path = this.books.holderOf(token)?.path
    const sensors = path === undefined ? [] : (indexSpec(this.spec).at(path)?.spec.sensors ?? [])
    return sensors.flatMap(({ source }) => {
      const value =
        source.kind === 'metric' ? this.#imagination.measure(path ?? '', source.metric) : undefined
      if (value === undefined || source.kind !== 'metric') return []
      return [{ token, metric: source.metric, value, at: this.clock.now() }]
    })
  }

  #answer(token: string, done: CommandOutput): CommandOutput {
    const path = this.books.holderOf(token)?.path ?? ''
    return this.#imagination.isWell(path) ? done : { ...done, exitCode: 1 }
  }
}

/** Looked at often by hints, and else seldom: what changes is hinted at. Machines take two seconds to boot. */
const PLACE = { hints: true, boot: 2_000, observePeriod: 15_000 }

const ANSWER = { kind: 'answered', status: 200, headers: {}, body: '{}', isCut: false } as const

/** Secrets of a rehearsal: what is sealed is as good as any other text. */
const SEAL: EngineOptions['seal'] = {
  seal: (name) => ({ kind: 'secret', name, sealed: '' }),
  open: ({ name }) => new Secret(name, name, digestOfText),
}

function countingIds(life: number): EngineOptions['ids'] {
  let last = 0
  return { next: () => `r${life}x${(last += 1)}` }
}
