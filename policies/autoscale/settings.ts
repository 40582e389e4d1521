import type { ReadingSpec } from '../rules/document.js'
import type { RuleExpression } from '../rules/expression.js'
import type { Bounds, BoundsSchedule } from '../schedule/bounds.js'

/** A change that a step rule makes: so many, so many percent of those that are there, or exactly so many. */
export interface StepChange {
  readonly kind: 'count' | 'percent' | 'exact'
  readonly amount: number
}

/** From which average on a step rule holds, and what it does. */
export interface StepRule {
  readonly bound: number
  readonly change: StepChange
}

/** What is wanted of an average. */
export interface Aim {
  /** Below and above these the count is wrong. */
  readonly lower: number
  readonly upper: number
  /** The average that a smaller and a larger count is to come to. */
  readonly shrinkTo: number
  readonly growTo: number
  /** Rules in the place of those, the nearest first: by how far the average is above and below. */
  readonly above: readonly StepRule[]
  readonly below: readonly StepRule[]
}

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'members'; readonly sensor: string }
  /** One value of an entity: what each has, or what all have together. */
  | {
      readonly kind: 'entity'
      readonly sensor: string
      readonly from: string
      readonly measures: 'average' | 'total'
    }
  | {
      readonly kind: 'formula'
      readonly expression: RuleExpression
      readonly measures: 'average' | 'total'
    }
  /** Events that say that a pool has too few, too many or enough members. */
  | {
      readonly kind: 'events'
      readonly from: string
      readonly hot: string
      readonly cold: string
      readonly ok: string
    }

/** Something that the count is to be right for. */
export interface Metric {
  /** What it is called in memory. */
  readonly name: string
  /** What it is called in reasons. */
  readonly label: string
  readonly source: Source
  readonly aim: Aim
  /** An older value is no longer trusted. Milliseconds. */
  readonly staleAfter: number
  /** The share of the members that are up whose load must be known. */
  readonly coverage: number
}

/** How far the count may change within a time. */
export interface RatePolicy {
  readonly kind: 'count' | 'percent'
  readonly amount: number
  /** Milliseconds. */
  readonly period: number
}

/** Rate policies of one direction, and which of several holds. */
export interface Rates {
  readonly policies: readonly RatePolicy[]
  readonly select: 'most' | 'least'
}

/** What wakes a pool that has nobody, and lets it go when it idles. */
export interface ActivitySettings {
  readonly sensor: string
  readonly from: string
  /** A value above this is something to do. */
  readonly above: number
  /** Milliseconds without anything to do until nobody is left. */
  readonly idleAfter: number
  readonly staleAfter: number
}

/** How a season is learnt and looked ahead at. Times in milliseconds. */
export interface ForecastSettings {
  readonly mode: 'only' | 'out' | 'both'
  readonly season: number
  readonly bucket: number
  /** Seasons over which is averaged. */
  readonly over: number
  /** How far ahead. */
  readonly lead: number
  /** Beyond this share of the need, members are not taken away for it. */
  readonly mostError: number
}

/** How an autoscale policy is set. Times in milliseconds. */
export interface AutoscaleSettings extends Bounds {
  /** Path of the role. */
  readonly role: string
  /** How many there are at first. */
  readonly initial: number
  readonly metrics: readonly Metric[]
  /** Values that a formula names. */
  readonly readings: { readonly [name: string]: ReadingSpec }
  readonly scaleOutAfter: number
  readonly scaleInAfter: number
  /** A change is a multiple of these, and no more than those at once. */
  readonly stepOut: number
  readonly stepIn: number
  readonly mostOut: number
  readonly mostIn: number
  readonly ratesOut: Rates
  readonly ratesIn: Rates
  readonly cooldown: number
  /** A member counts as one that works when it has been up for so long. */
  readonly warmUp: number
  readonly pause: 'none' | 'in' | 'out' | 'both'
  /** What is done while too little is known: nothing, or what is known may still be too much. */
  readonly missing: string
  /** How many there are to be when too little has been known for so long; 0: as many as there are. */
  readonly fallback: number
  readonly fallbackAfter: number
  /** When there are other bounds than `min` and `max`. */
  readonly schedules: readonly BoundsSchedule[]
  readonly activity?: ActivitySettings
  readonly forecast?: ForecastSettings
  /** How long members may lack a place until as many as have one are enough for now; and for how long, at first. */
  readonly noRoomAfter: number
  readonly noRoomRest: number
  /** The sensor that tells how many more are wanted than may be; none is told where it is absent. */
  readonly excess?: string
  readonly excessAfter: number
}
