import type { Json, JsonObject } from '../../engine/index.js'
import { numberIn } from './enricher.js'

/** What can become of the values of many. */
export const AGGREGATIONS = [
  'sum',
  'average',
  'min',
  'max',
  'count',
  'first',
  'list',
  'map',
  'quorum',
] as const

/** One of them. */
export type Aggregation = (typeof AGGREGATIONS)[number]

/** How values are put together. */
export interface AggregationRule {
  /** The answer where nothing is there to put together; null for none. */
  readonly fallback: Json
  readonly excludeBlank: boolean
  /** How many must be truthy; 0 for all. */
  readonly quorum: number
  /** Of how many at least they must be so; 0 for as many as there are. */
  readonly size: number
}

/** What becomes of the values, by path in the order in which they came; numbers are also taken from texts. */
export function aggregated(
  by: Aggregation,
  values: JsonObject,
  { fallback, excludeBlank, quorum, size }: AggregationRule,
): Json {
  const known = Object.entries(values).flatMap(([path, value]): [string, Json][] =>
    value === null || (excludeBlank && isBlank(value)) ? [] : [[path, value]],
  )
  const all = known.map(([, value]) => value)
  switch (by) {
    case 'count':
      return all.length
    case 'first':
      return all[0] ?? fallback
    case 'list':
      return all.length === 0 && fallback !== null ? fallback : all
    case 'map':
      return Object.fromEntries(known)
    case 'quorum':
      return hasQuorum(all, quorum, Math.max(size, all.length))
    default:
      return numeric(by, all) ?? fallback
  }
}

function hasQuorum(values: readonly Json[], quorum: number, size: number): boolean {
  const truthy = values.filter((value) => value !== false && value !== 0 && !isBlank(value)).length
  return truthy >= (quorum === 0 ? size : quorum)
}

function numeric(by: 'sum' | 'average' | 'min' | 'max', values: readonly Json[]): number | undefined {
  const numbers = values.flatMap((value) => numberIn(value) ?? [])
  if (numbers.length === 0) return undefined
  switch (by) {
    case 'sum':
      return total(numbers)
    case 'average':
      return total(numbers) / numbers.length
    case 'min':
      return numbers.reduce((least, number) => Math.min(least, number))
    case 'max':
      return numbers.reduce((most, number) => Math.max(most, number))
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function isBlank(value: Json): boolean {
  if (typeof value === 'string') return value.trim() === ''
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0
}
