import type { SlotRecord } from '../../entity/allocation.js'
import { isJsonObject, type Json } from '../../support/json.js'
import { incarnations } from './condition.js'
import type { Dependents } from './dependents.js'

/** A number of permits, as the sensor that is a pool of them shows it. */
export interface Permits {
  readonly pool: string
  readonly most: number
}

/** The value of a sensor that is a pool of permits. */
export function permitsValue(path: string, sensor: string, most: number): Json {
  return { pool: path === '' ? sensor : `${path}:${sensor}`, permits: most }
}

/** What a value says of permits; undefined where it is no pool of them. */
export function permitsIn(value: unknown): Permits | undefined {
  if (!isJsonObject(value as Json)) return undefined
  const { pool, permits } = value as { readonly [key: string]: Json }
  return typeof pool === 'string' && typeof permits === 'number' ? { pool, most: permits } : undefined
}

/** Who is to be looked at again when a permit of a pool is given back. */
export function permitKey(pool: string): string {
  return `permits of ${pool}`
}

/** How many incarnations of one application have permits, by pool: kept as records change, so never more than these say. */
export class PermitBook {
  readonly #held = new Map<string, number>()
  /** Pools of each slot that has permits, one for each of its incarnations that has any. */
  readonly #of = new Map<string, readonly string[]>()

  readonly #dependents: Dependents

  constructor(dependents: Dependents) {
    this.#dependents = dependents
  }

  /** Takes in what became of a slot's record; undefined when it is gone. Gives `keys`, with all who wait for what was given back. */
  note(path: string, record: SlotRecord | undefined, keys: readonly string[]): readonly string[] {
    const before = this.#of.get(path) ?? NONE
    const now = record === undefined ? NONE : poolsOf(record)
    if (before.length === 0 && now.length === 0) return keys
    for (const pool of before) this.#count(pool, -1)
    for (const pool of now) this.#count(pool, 1)
    if (now.length === 0) this.#of.delete(path)
    else this.#of.set(path, now)
    const all = [...keys]
    for (const pool of before) if (!now.includes(pool)) this.#dependents.take(permitKey(pool), all)
    return all
  }

  /** How many have a permit of a pool. */
  held(pool: string): number {
    return this.#held.get(pool) ?? 0
  }

  #count(pool: string, change: 1 | -1): void {
    const count = this.held(pool) + change
    if (count === 0) this.#held.delete(pool)
    else this.#held.set(pool, count)
  }
}

const NONE: readonly string[] = []

function poolsOf(record: SlotRecord): readonly string[] {
  const pools: string[] = []
  for (const { permits } of incarnations(record))
    if (permits !== undefined) pools.push(...new Set(Object.values(permits)))
  return pools.length === 0 ? NONE : pools
}
