import type { PlayPoint } from '../../engine/index.js'
import type { Stretch } from './play-book.js'

/** Parts that a play is told in. */
const PARTS = 240

interface Part {
  time: number
  load: number
  ready: number
  wanted: number
  demand: number | null
  violated: number
}

/** Means of a play over equal parts of its time. */
export class PointBook {
  readonly #from: number
  readonly #width: number
  readonly #limit: number | undefined
  readonly #parts = new Map<number, Part>()

  constructor(from: number, to: number, limit: number | undefined) {
    this.#from = from
    this.#width = Math.max(1, (to - from) / PARTS)
    this.#limit = limit
  }

  passes({ at, lasts, load, share, ready, wanted }: Stretch, demand: number | undefined): void {
    const number = Math.min(PARTS - 1, Math.floor((at - this.#from) / this.#width))
    const part = this.#parts.get(number) ?? {
      time: 0,
      load: 0,
      ready: 0,
      wanted: 0,
      demand: null,
      violated: 0,
    }
    part.time += lasts
    part.load += load * lasts
    part.ready += ready * lasts
    part.wanted = wanted
    if (demand !== undefined) part.demand = Math.max(part.demand ?? 0, demand)
    if (this.#limit !== undefined && share > this.#limit) part.violated += lasts
    this.#parts.set(number, part)
  }

  all(): readonly PlayPoint[] {
    return [...this.#parts].map(([number, { time, load, ready, wanted, demand, violated }]) => ({
      at: Math.round(this.#from + number * this.#width),
      load: mean(load, time),
      ready: mean(ready, time),
      wanted,
      demand,
      violated: mean(violated, time),
    }))
  }
}

function mean(sum: number, time: number): number {
  return time === 0 ? 0 : Math.round((sum / time) * 1_000) / 1_000
}
