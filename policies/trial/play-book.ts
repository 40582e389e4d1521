import type { AskedView, Elasticity, PlayPoint, PlayReport, SloOutcome, SloSpec } from '../../engine/index.js'
import type { Granted } from './arbiter-seat.js'
import { shortOf } from './asked.js'
import { DemandMeter } from './demand-meter.js'
import { PointBook } from './point-book.js'

/** How it stands for a stretch of time. Times in milliseconds. */
export interface Stretch {
  readonly at: number
  readonly lasts: number
  readonly load: number
  /** What each member that is up has to do. */
  readonly share: number
  readonly ready: number
  readonly present: number
  readonly wanted: number
}

/** What a play is measured by. */
export interface PlayMeasure {
  readonly sensor: string
  readonly slo: readonly SloSpec[]
  readonly from: number
  readonly to: number
  readonly least: number
  readonly cost: number
  /** A change that takes one back within so many milliseconds is flapping. */
  readonly settles: number
}

/** Adds up what happens in a play. */
export class PlayBook {
  readonly #measure: PlayMeasure
  readonly #meters: readonly SloMeter[]
  readonly #demand: DemandMeter | undefined
  readonly #points: PointBook
  readonly #held = new Map<string, number>()
  readonly #refused = new Map<string, number>()
  readonly #decisions: AskedView[] = []
  readonly #counts = {
    samples: 0,
    outs: 0,
    ins: 0,
    restarts: 0,
    replacements: 0,
    flapping: 0,
    failures: 0,
    mostMembers: 0,
  }
  #memberTime = 0
  #lastChange = { at: -Infinity, direction: 0 }

  constructor(measure: PlayMeasure) {
    const own = measure.slo.filter(({ sensor }) => sensor === measure.sensor)
    this.#measure = measure
    this.#meters = measure.slo.map((slo) => new SloMeter(slo, own.includes(slo)))
    const [first] = own
    this.#demand =
      first === undefined || first.limit <= 0 ? undefined : new DemandMeter(first.limit, measure.least)
    this.#points = new PointBook(measure.from, measure.to, first?.limit)
  }

  failed(): void {
    this.#counts.failures += 1
  }

  held(rule: string): void {
    this.#held.set(rule, (this.#held.get(rule) ?? 0) + 1)
  }

  /** What the arbiter said of what was asked for at once, and what it came to. */
  judged(
    { decisions }: Granted,
    change: { readonly before: number; readonly after: number; readonly now: number },
  ): void {
    for (const { isGranted, rule, intent, reason } of decisions) {
      if (!isGranted) this.#refused.set(rule, (this.#refused.get(rule) ?? 0) + 1)
      else if (this.#decisions.length < MOST_DECISIONS)
        this.#decisions.push({ at: change.now, what: shortOf(intent), reason })
      if (isGranted && intent.kind === 'restart') this.#counts.restarts += 1
      if (isGranted && intent.kind === 'replace') this.#counts.replacements += 1
    }
    this.#noteChange(Math.sign(change.after - change.before), change.now)
  }

  /** It stands so for a while; those that are up have told so. */
  passes(stretch: Stretch): void {
    const { lasts, present, ready, share } = stretch
    this.#counts.samples += ready
    this.#memberTime += present * lasts
    this.#counts.mostMembers = Math.max(this.#counts.mostMembers, present)
    for (const meter of this.#meters) meter.passes(share, lasts)
    const demand = this.#demand?.passes(stretch)
    this.#points.passes(stretch, demand)
  }

  report(policy: string): PlayReport {
    const { sensor, from, to, cost } = this.#measure
    const memberHours = this.#memberTime / HOUR
    return {
      policy,
      sensor,
      from,
      to,
      ...this.#counts,
      held: inOrder(this.#held),
      refused: inOrder(this.#refused),
      memberHours: rounded(memberHours),
      cost: rounded(memberHours * cost),
      slo: this.#meters.map((meter): SloOutcome => meter.outcome()),
      elasticity: this.#elasticity(),
      decisions: this.#decisions,
      points: this.#points.all().map((point): PlayPoint => point),
    }
  }

  #elasticity(): Elasticity | null {
    return this.#demand?.measures() ?? null
  }

  #noteChange(direction: number, at: number): void {
    if (direction === 0) return
    const { at: before, direction: last } = this.#lastChange
    if (direction > 0) this.#counts.outs += 1
    else this.#counts.ins += 1
    if (direction === -last && at - before <= this.#measure.settles) this.#counts.flapping += 1
    this.#lastChange = { at, direction }
  }
}

const HOUR = 3_600_000
const MOST_DECISIONS = 500

/** How a promise is kept. */
class SloMeter {
  readonly #slo: SloSpec
  readonly #isMeasured: boolean
  #time = 0
  #violated = 0
  #longest = 0
  #current = 0

  constructor(slo: SloSpec, isMeasured: boolean) {
    this.#slo = slo
    this.#isMeasured = isMeasured
  }

  passes(share: number, lasts: number): void {
    this.#time += lasts
    this.#current = share > this.#slo.limit ? this.#current + lasts : 0
    if (this.#current > 0) this.#violated += lasts
    this.#longest = Math.max(this.#longest, this.#current)
  }

  outcome(): SloOutcome {
    if (!this.#isMeasured || this.#time === 0)
      return { ...this.#slo, kept: null, met: false, violated: 0, longest: 0 }
    const kept = 1 - this.#violated / this.#time
    return {
      ...this.#slo,
      kept: rounded(kept, 6),
      met: kept >= this.#slo.share,
      violated: this.#violated,
      longest: this.#longest,
    }
  }
}

function inOrder(counts: ReadonlyMap<string, number>): { readonly [rule: string]: number } {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Few digits, so that sums in another order read the same. */
export function rounded(value: number, digits = 3): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
