import type { SamplePoint } from '../../entity/view.js'

/** Room at first; it doubles up to what the ring may hold. */
const FIRST = 8

/**
 * Numbers of equal slots of time, in columns: of more slots than it may hold the oldest go. A slot in which nothing was put is left
 * out. Times in milliseconds; one that is before the newest slot counts to that, so that a clock that went back harms nothing.
 */
export class SlotRing {
  readonly #width: number
  readonly #most: number
  #values: Float64Array = new Float64Array(FIRST)
  /** How many values each slot is the mean of. */
  #counts: Uint32Array = new Uint32Array(FIRST)
  #oldest = 0
  #newest = -1

  constructor(width: number, most: number) {
    this.#width = width
    this.#most = most
  }

  /** Puts a value in the slot of a time: the last one of a slot counts, or the mean of all. */
  put(at: number, value: number, keeps: 'last' | 'mean'): void {
    const slot = Math.max(Math.floor(at / this.#width), this.#newest)
    this.#openUntil(slot)
    const place = slot % this.#values.length
    const count = keeps === 'last' ? 0 : (this.#counts[place] ?? 0)
    const before = count === 0 ? 0 : (this.#values[place] ?? 0)
    this.#values[place] = (before * count + value) / (count + 1)
    this.#counts[place] = count + 1
  }

  /** What was put, oldest slot first, each at its beginning. */
  points(): readonly SamplePoint[] {
    const points: SamplePoint[] = []
    for (let slot = this.#oldest; slot <= this.#newest; slot += 1) {
      const place = slot % this.#values.length
      if ((this.#counts[place] ?? 0) > 0)
        points.push({ at: slot * this.#width, value: this.#values[place] ?? 0 })
    }
    return points
  }

  /** Opens all slots up to this one, empty. After a gap that is longer than the ring only that one is left. */
  #openUntil(slot: number): void {
    if (slot === this.#newest) return
    if (this.#newest < 0 || slot - this.#newest >= this.#most) {
      this.#counts.fill(0)
      ;[this.#oldest, this.#newest] = [slot, slot]
      return
    }
    while (this.#values.length < this.#most && slot - this.#oldest >= this.#values.length) this.#grow()
    for (let opened = this.#newest + 1; opened <= slot; opened += 1)
      this.#counts[opened % this.#counts.length] = 0
    this.#newest = slot
    this.#oldest = Math.max(this.#oldest, slot - this.#values.length + 1)
  }

  #grow(): void {
    const size = Math.min(this.#most, this.#values.length * 2)
    const [values, counts] = [new Float64Array(size), new Uint32Array(size)]
    for (let slot = this.#oldest; slot <= this.#newest; slot += 1) {
      values[slot % size] = this.#values[slot % this.#values.length] ?? 0
      counts[slot % size] = this.#counts[slot % this.#counts.length] ?? 0
    }
    this.#values = values
    this.#counts = counts
  }
}
