import { type Json, type JsonObject, type Reading, isJsonObject } from '../../engine/index.js'
import { CLOCK_SKEW } from '../members.js'
import { distrust } from './loads.js'

/** The last word on a pool: whether it has too few members, too many or enough, and for what. */
export interface PoolVerdict extends JsonObject {
  readonly says: 'hot' | 'cold' | 'ok'
  /** What there is to do for all, in the measure of the thresholds. */
  readonly total: number
  /** Between these a pool of so many is well, for each of them. */
  readonly lower: number
  readonly upper: number
  /** When that was true. Milliseconds since the epoch. */
  readonly at: number
}

/** The parts of an event that are no text, by both of their names. */
const PARTS = {
  size: ['size', 'pool.current.size'],
  rate: ['rate', 'pool.current.workrate'],
  low: ['low', 'pool.low.threshold'],
  high: ['high', 'pool.high.threshold'],
} as const

/**
 * The event that a reading tells, or why it is none. Rate and thresholds are of one member, or all of the pool: only their
 * ratio counts.
 * @source Brooklyn: AutoScalerPolicy asks for the size times the rate over the threshold.
 */
export function verdictIn(
  says: PoolVerdict['says'],
  { value, at }: Reading,
  now: number,
): { readonly verdict: PoolVerdict } | { readonly wrong: string } {
  if (!isJsonObject(value)) return { wrong: 'it is not a map' }
  if (!Number.isFinite(at) || at > now + CLOCK_SKEW) return { wrong: 'its time has not come yet' }
  const parts = Object.entries(PARTS).map(([name, names]) => [name, partOf(value, names)] as const)
  const bad = parts.find(([, part]) => distrust(part, at, now) !== undefined)
  if (bad !== undefined) return { wrong: `${bad[0]}: ${distrust(bad[1], at, now) ?? ''}` }
  const { size, rate, low, high } = Object.fromEntries(parts) as {
    readonly [part in keyof typeof PARTS]: number
  }
  if (low > high || high === 0) return { wrong: `its thresholds are ${low} and ${high}` }
  return { verdict: { says, total: size * rate, lower: low, upper: high, at: Math.min(at, now) } }
}

function partOf(value: JsonObject, names: readonly string[]): Json {
  const name = names.find((one) => Object.hasOwn(value, one))
  return name === undefined ? null : (value[name] ?? null)
}
