import type { Json, JsonObject } from '../../engine/index.js'
import { CLOCK_SKEW, type MemberBook } from '../members.js'

/** What a member told last. */
export interface Load extends JsonObject {
  readonly value: number
  /** When that was true. */
  readonly at: number
}

/** What members told last, by path. */
export type Loads = MemberBook<Load>

/** Beyond this a load is a broken sensor. */
const LARGEST_LOAD = 1e12

/** Whether a number may be a load. */
export function isBelievable(value: number): boolean {
  return value >= 0 && value <= LARGEST_LOAD
}

/** Why a value is not to be believed; undefined where it is. */
export function distrust(value: Json, at: number, now: number): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'it is not a number'
  if (value < 0) return `${value} is below 0`
  if (value > LARGEST_LOAD) return `${value} is beyond ${LARGEST_LOAD}`
  if (!Number.isFinite(at) || at > now + CLOCK_SKEW) return 'its time has not come yet'
  return undefined
}
