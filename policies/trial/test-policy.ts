import {
  type GivenSpec,
  type Json,
  type JsonObject,
  type PolicyDocument,
  type PolicyKind,
  type PolicyTestOutcome,
  type PolicyTestSpec,
  settingsOf,
} from '../../engine/index.js'
import { AskedBook, viewOf } from './asked.js'
import { judge } from './judge.js'
import { Stage } from './stage.js'
import { POOL, type Player, befallen, conditionReading, newPlayer, sensorReadings } from './troupe.js'

/** When trials without recorded times begin: the first of January 2026. */
export const BEGINNING = 1_767_225_600_000

/** Runs the tests of a document, each in a time of its own. */
export function testPolicy(
  document: PolicyDocument,
  kind: PolicyKind,
  parameters: JsonObject,
): readonly PolicyTestOutcome[] {
  return document.tests.map((test) =>
    runTest(document, kind, { ...test, parameters: { ...parameters, ...test.parameters } }),
  )
}

function runTest(document: PolicyDocument, kind: PolicyKind, test: PolicyTestSpec): PolicyTestOutcome {
  const { name } = test
  const { min, max, initial, every } = document.pool
  const attached = kind.attach({ path: POOL, min, max, initial }, settingsOf(document, kind, test.parameters))
  if ('problems' in attached)
    return { name, passed: false, faults: attached.problems.map(({ message }) => message), asked: [] }
  const book = new AskedBook()
  const stage = new Stage(
    [{ name: document.name, type: kind.type, policy: attached.policy }],
    BEGINNING,
    (intents, at) => {
      for (const intent of intents) book.note(intent, at)
    },
  )
  new Play(stage, test, every).run()
  const faults = [...faultsOf(book), ...judge(book.all, test.expect, BEGINNING)]
  return {
    name,
    passed: faults.length === 0,
    faults,
    asked: book.all.slice(0, MOST_SHOWN).map((one) => viewOf(one, BEGINNING)),
  }
}

const MOST_SHOWN = 200

function faultsOf({ all, lost }: AskedBook): readonly string[] {
  const fault = all.find(({ intent }) => intent.kind === 'hold' && intent.rule === 'policy-fault')
  return [
    ...(fault === undefined ? [] : [`the policy is at fault: ${fault.intent.reason}`]),
    ...(lost === 0 ? [] : [`it asks without end: ${lost} more times`]),
  ]
}

/** What is given in a test, as it happens. */
class Play {
  readonly #stage: Stage
  readonly #test: PolicyTestSpec
  readonly #every: number
  readonly #players = new Map<number, Player>()
  readonly #read = new Map<number | 'self', JsonObject>()
  #shared: JsonObject = {}

  constructor(stage: Stage, test: PolicyTestSpec, every: number) {
    this.#stage = stage
    this.#test = test
    this.#every = every
  }

  run(): void {
    const { time } = this.#stage
    const end = Math.max(0, ...this.#test.expect.map(({ by }) => by))
    this.#setCount(this.#test.members)
    for (const given of this.#test.given) time.schedule(() => this.#give(given), given.at)
    const beat = Math.max(this.#every, end / MOST_BEATS)
    const again = (): void => {
      this.#tellValues()
      time.schedule(again, beat)
    }
    time.schedule(again, beat)
    time.advanceTo(BEGINNING + end)
  }

  #give({ of, read, event, members }: GivenSpec): void {
    if (members !== undefined) this.#setCount(members)
    const numbers = typeof of === 'string' ? [...(of === 'members' ? this.#players.keys() : [])] : of
    if (event !== undefined) for (const number of numbers) this.#befall(number, event)
    if (Object.keys(read).length === 0) return
    this.#note(of, read)
    this.#tellValues()
  }

  /** What all members read is said of those too that come later. */
  #note(of: GivenSpec['of'], read: JsonObject): void {
    const isAll = of === 'members'
    if (isAll) this.#shared = { ...this.#shared, ...read }
    const own = [...this.#read.keys()].filter((key) => key !== 'self')
    const keys = isAll ? own : of === 'self' ? (['self'] as const) : of
    for (const key of keys) this.#read.set(key, { ...this.#read.get(key), ...read })
  }

  #befall(number: number, event: NonNullable<GivenSpec['event']>): void {
    const player = this.#players.get(number)
    if (player === undefined) return
    const after = befallen(player, event)
    if (event === 'gone') this.#players.delete(number)
    else this.#players.set(number, after)
    if (event !== 'silent') this.#stage.tell([conditionReading(after, this.#stage.time.now())])
  }

  /** The youngest go first; those that are new have numbers that nobody had. */
  #setCount(count: number): void {
    const numbers = [...this.#players.keys()]
    for (const number of numbers.slice(count)) this.#befall(number, 'gone')
    for (let missing = count - this.#players.size; missing > 0; missing -= 1) {
      this.#last += 1
      const player = newPlayer(this.#last)
      this.#players.set(this.#last, player)
      this.#stage.tell([conditionReading(player, this.#stage.time.now())])
    }
  }

  #last = 0

  /** Who is up tells what it reads. */
  #tellValues(): void {
    const now = this.#stage.time.now()
    for (const { number, path, condition, silent } of this.#players.values()) {
      if (silent || !condition.up) continue
      this.#tell(path, { ...this.#shared, ...this.#read.get(number) }, now)
    }
    this.#tell(POOL, this.#read.get('self') ?? {}, now)
  }

  #tell(path: string, values: { readonly [sensor: string]: Json }, now: number): void {
    const readings = sensorReadings(path, values, now)
    if (readings.length > 0) this.#stage.tell(readings)
  }
}

/** A test that goes over days is told less often, so that it ends. */
const MOST_BEATS = 50_000
