import type { Elasticity } from '../../engine/index.js'

/** What is measured of a stretch of time, in milliseconds. */
interface Supplied {
  readonly lasts: number
  readonly load: number
  readonly ready: number
}

/** Sums of decimal fractions are this far from exact. */
const TOLERANCE = 1e-9

/**
 * Compares the members that are up with the fewest that would do: those who keep the load of each at a limit. The measures are
 * those of Herbst and others, "Ready for Rain? A View from SPEC Research on the Future of Cloud Metrics" (2016).
 */
export class DemandMeter {
  readonly #limit: number
  readonly #least: number
  readonly #sums = {
    time: 0,
    under: 0,
    over: 0,
    timeUnder: 0,
    timeOver: 0,
    unlike: 0,
    supplied: 0,
    demanded: 0,
  }
  #before: { readonly demand: number; readonly ready: number } | undefined

  constructor(limit: number, least: number) {
    this.#limit = limit
    this.#least = Math.max(1, least)
  }

  /** Takes a stretch of time in; gives the demand of it. */
  passes({ lasts, load, ready }: Supplied): number {
    const demand = Math.max(this.#least, Math.ceil(load / this.#limit - TOLERANCE))
    const sums = this.#sums
    sums.time += lasts
    sums.under += (Math.max(0, demand - ready) / demand) * lasts
    sums.over += (Math.max(0, ready - demand) / demand) * lasts
    if (demand > ready) sums.timeUnder += lasts
    if (demand < ready) sums.timeOver += lasts
    const supplied = Math.sign(ready - (this.#before?.ready ?? ready))
    const demanded = Math.sign(demand - (this.#before?.demand ?? demand))
    if (supplied !== demanded) sums.unlike += lasts
    sums.supplied += Math.abs(supplied)
    sums.demanded += Math.abs(demanded)
    this.#before = { demand, ready }
    return demand
  }

  measures(): Elasticity {
    const { time, under, over, timeUnder, timeOver, unlike, supplied, demanded } = this.#sums
    const share = (part: number): number => (time === 0 ? 0 : Math.round((part / time) * 100_000) / 1_000)
    return {
      accuracyUnder: share(under),
      accuracyOver: share(over),
      timeUnder: share(timeUnder),
      timeOver: share(timeOver),
      instability: share(unlike),
      jitter: time === 0 ? 0 : Math.round(((supplied - demanded) / (time / HOUR)) * 1_000) / 1_000,
    }
  }
}

const HOUR = 3_600_000
