import type { JsonObject } from '../../engine/index.js'
import { EMPTY_WINDOW, type SlidingMinimum } from '../operators/window.js'
import type { Samples } from '../rules/readings.js'
import type { ActivityMemory } from './activity.js'
import type { ForecastMemory } from './forecast.js'
import type { Loads } from './loads.js'
import type { PoolVerdict } from './pool-verdict.js'
import type { RateMemory } from './rates.js'
import type { Ceiling } from './ceiling.js'
import { NOBODY, type Roster } from './roster.js'

/** The layout of what is remembered; a memory of another layout is not read. */
export const LAYOUT = 2

/** One value that was told for all, of those that were up then: one that comes later does not bring as much with it. */
export interface Told extends JsonObject {
  readonly value: number
  readonly members: number
  /** When that was true. */
  readonly at: number
}

/** What an autoscale policy remembers. Times in milliseconds since the epoch. */
export interface AutoscaleMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly roster: Roster
  /** Whether as many as there are at first have been there: before, there being few says nothing. */
  readonly hasBegun?: boolean
  /** What members told, what was told for all, and what happened to the pool, by the name of the metric. */
  readonly loads: { readonly [metric: string]: Loads }
  readonly told: { readonly [metric: string]: Told }
  readonly events: { readonly [metric: string]: PoolVerdict }
  /** What was read for a formula, by name and path. */
  readonly samples: { readonly [name: string]: Samples }
  /** Least count that was needed lately; over `scaleOutAfter`. */
  readonly out: SlidingMinimum
  /** Largest count that was needed lately, negated; over `scaleInAfter`. */
  readonly in: SlidingMinimum
  /** No other count is asked for before this. */
  readonly quietUntil: number
  /** Since when too little is known. Absent while enough is, and where nothing was wanted of it. */
  readonly doubtedSince?: number
  readonly rates?: RateMemory
  readonly activity?: ActivityMemory
  readonly ceiling?: Ceiling
  readonly forecast?: ForecastMemory
  /** Least count that would have been right lately, bounds or not; over `excessAfter`. */
  readonly wanted?: SlidingMinimum
}

/** No member known, nothing asked for. */
export const UNAWARE: AutoscaleMemory = {
  layout: LAYOUT,
  roster: NOBODY,
  loads: {},
  told: {},
  events: {},
  samples: {},
  out: EMPTY_WINDOW,
  in: EMPTY_WINDOW,
  quietUntil: 0,
}
