import type { SamplePoint, SensorView } from '../../entity/view.js'
import { sameJson, type Json } from '../../support/json.js'
import { LoadHistory } from './load-history.js'

/** Points of history kept for each numeric sensor. */
const RING = 512

/**
 * Last values and recent history of all sensors of one application. Lives outside the record store: samples are not
 * books. Rings are columnar and made only for sensors whose numbers change.
 */
export class SensorBoard {
  readonly #rows = new Map<string, Row>()
  readonly #loads = new LoadHistory()
  readonly #noSensors: Layout = { names: [], longer: new Map() }

  /** Notes a value; gives whether it differs from the last one. */
  note(path: string, sensor: string, value: Json, at: number): boolean {
    if (typeof value === 'number') this.#loads.note(path, { sensor, value, at })
    const row = this.#row(path)
    const column = row.layout.names.indexOf(sensor)
    if (column < 0) {
      row.layout = longerBy(row.layout, sensor)
      // Not by spreading, which leaves room for sixteen more in each.
      row.values = row.values.concat([value])
      row.times = row.times.concat(at)
      row.since = row.since.concat(at)
      return true
    }
    const changed = !sameJson(row.values[column], value)
    if (typeof value === 'number') noteInRing(row, column, { value, at, changed })
    if (changed) row.since[column] = at
    row.values[column] = value
    row.times[column] = at
    return changed
  }

  value(path: string, sensor: string): Json | undefined {
    const row = this.#rows.get(path)
    return row?.values[row.layout.names.indexOf(sensor)]
  }

  /** All sensors that an entity has values of. */
  of(path: string): readonly SensorView[] {
    const row = this.#rows.get(path)
    if (row === undefined) return []
    const { layout, values, times } = row
    return layout.names.map((name, column) => ({
      name,
      value: values[column] ?? null,
      at: times[column] ?? 0,
    }))
  }

  history(path: string, sensor: string, since: number): readonly SamplePoint[] {
    const row = this.#rows.get(path)
    const column = row?.layout.names.indexOf(sensor) ?? -1
    if (row === undefined || column < 0) return []
    return row.rings?.get(column)?.since(since) ?? flatLine(row, column).filter(({ at }) => at >= since)
  }

  /** What the members of a group told together since a time. */
  together(group: string, sensor: string, since: number): readonly SamplePoint[] {
    return this.#loads.since(group, sensor, since)
  }

  /** An entity is not up: what it told last counts no more among those of its group. */
  quiet(path: string): void {
    this.#loads.forget(path)
  }

  /** Forgets an entity that is gone. */
  drop(path: string): void {
    this.quiet(path)
    this.#rows.delete(path)
  }

  #row(path: string): Row {
    const known = this.#rows.get(path)
    if (known !== undefined) return known
    const row: Row = { layout: this.#noSensors, values: [], times: [], since: [], rings: undefined }
    this.#rows.set(path, row)
    return row
  }
}

/** The last values of one entity, each in the column of its name. */
interface Row {
  layout: Layout
  values: Json[]
  /** When each was last told, and since when it has been the same. */
  times: number[]
  since: number[]
  rings: Map<number, Ring> | undefined
}

/** Names of sensors in the order in which they came; entities with the same ones share it. */
interface Layout {
  readonly names: readonly string[]
  readonly longer: Map<string, Layout>
}

function longerBy(layout: Layout, name: string): Layout {
  const known = layout.longer.get(name)
  if (known !== undefined) return known
  const made: Layout = { names: [...layout.names, name], longer: new Map() }
  layout.longer.set(name, made)
  return made
}

/** Puts a number into its ring. The ring of a sensor is made when it first changes, and begins with what it was. */
function noteInRing(
  row: Row,
  column: number,
  told: { readonly value: number; readonly at: number; readonly changed: boolean },
): void {
  let ring = row.rings?.get(column)
  if (ring === undefined) {
    if (!told.changed) return
    ring = new Ring()
    for (const point of flatLine(row, column)) ring.push(point.at, point.value)
    row.rings ??= new Map()
    row.rings.set(column, ring)
  }
  ring.push(told.at, told.value)
}

/** A number that has not changed yet: its first and its last point. */
function flatLine(row: Row, column: number): readonly { readonly at: number; readonly value: number }[] {
  const value = row.values[column]
  if (typeof value !== 'number') return []
  const [first = 0, last = 0] = [row.since[column], row.times[column]]
  return first === last ? [{ at: first, value }] : [first, last].map((at) => ({ at, value }))
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
