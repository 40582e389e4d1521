import { baseName, parentPath } from '../../entity/path.js'
import type { SamplePoint } from '../../entity/view.js'
import { SlotRing } from './slot-ring.js'

/** Fine slots for the last day, and coarse ones for the month before. Milliseconds, and how many are kept. */
const FINE = { width: 15_000, most: 5_760 }
const COARSE = { width: 300_000, most: 8_640 }

/**
 * What the members of each group had to do together, over time: the sum of what those told last that are up. Kept beside the record
 * store and within bounds: a value for each 15 s of the last day, and the mean of each 5 min for 30 days.
 */
export class LoadHistory {
  readonly #groups = new Map<string, Map<string, GroupLoad>>()

  /** An entity told a value of a sensor; only those of members count. */
  note(path: string, told: { readonly sensor: string; readonly value: number; readonly at: number }): void {
    const group = groupOf(path)
    if (group === undefined) return
    const sensors = this.#groups.get(group) ?? new Map<string, GroupLoad>()
    this.#groups.set(group, sensors)
    const load = sensors.get(told.sensor) ?? new GroupLoad()
    sensors.set(told.sensor, load)
    load.note(path, told.value, told.at)
  }

  /** A member is not up any more: what it told last counts no longer. */
  forget(path: string): void {
    for (const load of this.#groups.get(groupOf(path) ?? '')?.values() ?? []) load.forget(path)
  }

  /** The sums since a time, oldest first: means of the longer slots before those of the shorter. */
  since(group: string, sensor: string, since: number): readonly SamplePoint[] {
    const points = this.#groups.get(group)?.get(sensor)?.points() ?? []
    return points.filter(({ at }) => at >= since)
  }
}

/** The path of what an entity is a member of; undefined for one that is no member. */
function groupOf(path: string): string | undefined {
  return /^[0-9]+$/.test(baseName(path)) ? parentPath(path) : undefined
}

/** One sensor of the members of one group. */
class GroupLoad {
  readonly #last = new Map<string, number>()
  readonly #fine = new SlotRing(FINE.width, FINE.most)
  readonly #coarse = new SlotRing(COARSE.width, COARSE.most)
  #sum = 0

  note(member: string, value: number, at: number): void {
    this.#sum += value - (this.#last.get(member) ?? 0)
    this.#last.set(member, value)
    this.#fine.put(at, this.#sum, 'last')
    this.#coarse.put(at, this.#sum, 'mean')
  }

  /** Sums of fractions drift: one that goes is a good moment to add up anew. */
  forget(member: string): void {
    if (!this.#last.delete(member)) return
    this.#sum = [...this.#last.values()].reduce((a, b) => a + b, 0)
  }

  points(): readonly SamplePoint[] {
    const fine = this.#fine.points()
    const from = fine[0]?.at ?? Infinity
    return [...this.#coarse.points().filter(({ at }) => at + COARSE.width <= from), ...fine]
  }
}
