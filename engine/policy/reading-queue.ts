import type { Reading } from '../ports/policy.js'
import { isJsonObject, sameJson } from '../support/json.js'

/**
 * Readings that wait for a policy's turn, in order. Of a sensor only the newest waits; of an entity's conditions every
 * failure is kept, because a failure that came and went between two turns still counts.
 */
export class ReadingQueue {
  readonly #sensors = new Map<string, Reading>()
  #conditions: Reading[] = []

  get size(): number {
    return this.#sensors.size + this.#conditions.length
  }

  /** Adds a reading; gives whether it took the place of one that waited. */
  add(reading: Reading): boolean {
    if (reading.kind === 'member') return this.#addCondition(reading)
    const key = `${reading.entity}\n${reading.sensor}`
    const replaced = this.#sensors.delete(key)
    this.#sensors.set(key, reading)
    return replaced
  }

  /** Takes out at most `most`: conditions first, so that values are judged by who is there. */
  take(most: number): readonly Reading[] {
    const taken = this.#conditions.slice(0, most)
    this.#conditions = this.#conditions.slice(taken.length)
    for (const [key, reading] of this.#sensors) {
      if (taken.length >= most) break
      this.#sensors.delete(key)
      taken.push(reading)
    }
    return taken
  }

  #addCondition(reading: Reading): boolean {
    const at = this.#conditions.findLastIndex((waiting) => waiting.entity === reading.entity)
    const waiting = this.#conditions[at]
    const replaced = waiting !== undefined && (!isFailure(waiting) || sameJson(waiting.value, reading.value))
    if (replaced) this.#conditions.splice(at, 1)
    else this.#limit(reading.entity)
    this.#conditions.push(reading)
    return replaced
  }

  /** An entity that fails faster than turns come keeps its latest failures only. */
  #limit(entity: string): void {
    if (this.#conditions.length < CROWDED) return
    const own = this.#conditions.filter((waiting) => waiting.entity === entity)
    if (own.length >= MOST_FAILURES)
      this.#conditions = this.#conditions.filter((waiting) => waiting !== own[0])
  }
}

const CROWDED = 64
const MOST_FAILURES = 32

function isFailure(reading: Reading): boolean {
  return isJsonObject(reading.value) && reading.value['state'] === 'failed'
}
