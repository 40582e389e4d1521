import type { SamplePoint, SensorView } from '../entity/view.js'
import type { Json } from '../support/json.js'

/** Points of history kept for each numeric sensor. */
const RING = 512

/**
 * Last values and recent history of all sensors of one application. Lives outside the record store: samples are not
 * books. Rings are columnar and made only for sensors that have numbers.
 */
export class SensorBoard {
  readonly #values = new Map<string, Map<string, { value: Json; at: number }>>()
  readonly #rings = new Map<string, Ring>()

  /** Notes a value; gives whether it differs from the last one. */
  note(path: string, sensor: string, value: Json, at: number): boolean {
    let own = this.#values.get(path)
    if (own === undefined) {
      own = new Map()
      this.#values.set(path, own)
    }
    const last = own.get(sensor)
    own.set(sensor, { value, at })
    if (typeof value === 'number') this.#ring(path, sensor).push(at, value)
    return last === undefined || JSON.stringify(last.value) !== JSON.stringify(value)
  }

  value(path: string, sensor: string): Json | undefined {
    return this.#values.get(path)?.get(sensor)?.value
  }

  /** All sensors that an entity has values of. */
  of(path: string): readonly SensorView[] {
    return [...(this.#values.get(path) ?? [])].map(([name, { value, at }]) => ({ name, value, at }))
  }

  history(path: string, sensor: string, since: number): readonly SamplePoint[] {
    return this.#rings.get(`${path} ${sensor}`)?.since(since) ?? []
  }

  /** Forgets an entity that is gone. */
  drop(path: string): void {
    for (const sensor of this.#values.get(path)?.keys() ?? []) this.#rings.delete(`${path} ${sensor}`)
    this.#values.delete(path)
  }

  #ring(path: string, sensor: string): Ring {
    const key = `${path} ${sensor}`
    const known = this.#rings.get(key)
    if (known !== undefined) return known
    const ring = new Ring()
    this.#rings.set(key, ring)
    return ring
  }
}

class Ring {
  #at = new Float64Array(16)
  #values = new Float64Array(16)
  #next = 0
  #length = 0

  push(at: number, value: number): void {
    if (this.#length === this.#at.length && this.#length < RING) this.#grow()
    this.#at[this.#next] = at
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#at.length
    this.#length = Math.min(this.#length + 1, this.#at.length)
  }

  since(since: number): readonly SamplePoint[] {
    const points: SamplePoint[] = []
    const start = (this.#next - this.#length + this.#at.length) % this.#at.length
    for (let step = 0; step < this.#length; step += 1) {
      const index = (start + step) % this.#at.length
      const at = this.#at[index] ?? 0
      if (at >= since) points.push({ at, value: this.#values[index] ?? 0 })
    }
    return points
  }

  /** Doubles the room; called when the ring is full, so the oldest is at `next`. */
  #grow(): void {
    const order = this.since(-Infinity)
    const size = Math.min(RING, this.#at.length * 2)
    this.#at = new Float64Array(size)
    this.#values = new Float64Array(size)
    this.#next = 0
    this.#length = 0
    for (const point of order) this.push(point.at, point.value as number)
  }
}
