import {
  type Calm,
  type DirectPolicy,
  type Intent,
  type JsonObject,
  type Output,
  type Reading,
  ReadingQueue,
  type Timer,
  TimerHeap,
  VirtualScheduler,
} from '../../engine/index.js'
import type { Ask, Cast, Scene } from './stage.js'
import { POOL } from './troupe.js'

/** What only a host deals with: a policy that throws, asks without end or yields values of its own. */
export class NeedsHost extends Error {}

/**
 * One policy of a pool without a host: its very step is called with what is told at one moment, and with nothing while it promises that
 * nothing would come of it. What it asks for, and when, is what it would ask for on a `Stage`.
 */
export class DirectStage implements Scene {
  readonly time: VirtualScheduler
  readonly #direct: DirectPolicy
  readonly #sensor: string
  readonly #isDeaf: boolean
  readonly #ask: Ask
  readonly #events = new TimerHeap<Timer>()
  readonly #conditions = new ReadingQueue()
  #told: Reading[] = []
  #memory: JsonObject
  #calm: Calm | undefined | null = null
  #wakeAt = Infinity
  #wakesAt = Infinity
  #coveredUntil = -Infinity
  #turning = false

  constructor(
    { policy }: Cast,
    direct: DirectPolicy,
    of: { readonly sensor: string; readonly start: number },
    ask: Ask,
  ) {
    const { initial, primed = false, interest } = policy
    this.time = new VirtualScheduler(of.start)
    this.#direct = direct
    this.#sensor = of.sensor
    this.#isDeaf = !interest.sensors.some(({ sensor = of.sensor }) => sensor === of.sensor)
    this.#ask = ask
    this.#memory = initial
    if (primed) this.#wakeLater(of.start, of.start)
  }

  tell(readings: readonly Reading[]): void {
    for (const reading of readings)
      if (reading.kind === 'member') this.#conditions.add(reading)
      else if (!this.#isDeaf) this.#told.push(reading)
    if (!this.#turning) this.time.schedule(() => this.#turn())
    this.#turning = true
  }

  later(happens: () => void, delay: number): void {
    const event = { at: 0, order: 0, place: -1 }
    this.#events.put(event, this.time.now() + delay)
    this.time.schedule(() => {
      this.#events.remove(event)
      happens()
    }, delay)
  }

  leavesOut(value: number, at: number, next: number): boolean {
    if (this.#turning || this.#happensBy(next)) return false
    if (this.#isDeaf) return this.#wakeAt > next
    if (this.#calm === null) this.#calm = this.#direct.calm?.(this.#memory, this.#sensor)
    const calm = this.#calm
    const isCalm = calm !== undefined && next - at <= calm.within && calm.holds(value, at)
    if (isCalm) this.#coveredUntil = next
    return isCalm
  }

  /** Whether something else happens until then. */
  #happensBy(time: number): boolean {
    const { first } = this.#events
    return first !== undefined && first.at <= time
  }

  #turn(): void {
    this.#turning = false
    const now = this.time.now()
    const readings = [...this.#conditions.take(Infinity), ...this.#told, ...this.#wake(now)]
    this.#told = []
    if (readings.length === 0) return
    const { memory, intents, wakeAt = Infinity } = this.#decided(readings, now)
    this.#memory = memory
    this.#calm = null
    if (intents.length > 0) this.#ask(asked(intents), now)
    this.#wakeLater(wakeAt, now)
  }

  #decided(readings: readonly Reading[], now: number): ReturnType<DirectPolicy['decide']> {
    try {
      return this.#direct.decide(this.#memory, readings, now)
    } catch {
      throw new NeedsHost()
    }
  }

  /** That it has asked to be woken, once that is due. */
  #wake(now: number): readonly Reading[] {
    if (this.#wakeAt > now) return []
    this.#wakeAt = Infinity
    return [{ kind: 'wake', at: now, entity: POOL, sensor: '', value: null }]
  }

  /** One timer at a time waits, for the earliest that was asked for. */
  #wakeLater(at: number, now: number): void {
    this.#wakeAt = Number.isFinite(at) ? at : Infinity
    if (this.#wakeAt >= this.#wakesAt && this.#wakesAt > now) return
    this.#wakesAt = Math.max(this.#wakeAt, now)
    if (this.#wakesAt < Infinity) this.time.schedule(() => this.#woken(), this.#wakesAt - now)
  }

  /** What was left out is newer than what it asked to be woken for. */
  #woken(): void {
    const now = this.time.now()
    if (this.#wakesAt <= now) this.#wakesAt = Infinity
    if (this.#coveredUntil >= now) return
    if (this.#wakeAt <= now) this.tell([])
    else this.#wakeLater(this.#wakeAt, now)
  }
}

/** More than these are a fault, which the host deals with. */
const MOST_INTENTS = 1_000

function asked(given: readonly Output[]): readonly Intent[] {
  const intents = given.filter((one) => one.kind !== 'yield')
  if (intents.length < given.length || given.length > MOST_INTENTS) throw new NeedsHost()
  return intents
}
