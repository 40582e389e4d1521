import type { JsonObject } from '../../engine/index.js'

/**
 * The least value of a step function of time over a sliding window, as plain data. A value holds until the next one is
 * noted. Points are [time until which the value held, value], values ascending; only those that can still become the
 * least are kept, so there are never more points than distinct values.
 */
export interface SlidingMinimum extends JsonObject {
  /** Since when values were noted without a break; null before the first. */
  readonly since: number | null
  readonly points: readonly (readonly [number, number])[]
}

/** A window into which nothing was noted yet. */
export const EMPTY_WINDOW: SlidingMinimum = { since: null, points: [] }

/** The window after `value` came into force at `now`. A clock that went back starts it over. Milliseconds. */
export function noteInWindow(
  window: SlidingMinimum,
  value: number,
  now: number,
  duration: number,
): SlidingMinimum {
  const last = window.points.at(-1)
  if (window.since === null || last === undefined || last[0] > now)
    return { since: now, points: [[now, value]] }
  const held = [...window.points.slice(0, -1), [now, last[1]] as const]
  const kept = held.filter(([until, known]) => until > now - duration && known < value)
  return { since: window.since, points: [...kept, [now, value]] }
}

/** The least value that was in force at any time of the last `duration` ms; undefined while the window is younger. */
export function leastInWindow(window: SlidingMinimum, now: number, duration: number): number | undefined {
  if (window.since === null || window.since > now - duration) return undefined
  return window.points[0]?.[1]
}

/** The next time at which the least value can change although nothing is noted; undefined when it cannot. */
export function nextChangeOfWindow(
  window: SlidingMinimum,
  now: number,
  duration: number,
): number | undefined {
  if (window.since === null) return undefined
  if (window.since + duration > now) return window.since + duration
  const first = window.points[0]
  return window.points.length < 2 || first === undefined ? undefined : first[0] + duration
}

/** The times of the last `period` ms, oldest first; a time from the future (a clock that went back) counts as now. */
export function timesWithin(times: readonly number[], now: number, period: number): readonly number[] {
  return times.map((at) => Math.min(at, now)).filter((at) => at > now - period)
}

/** When the first of `times` that are `limit` or more leaves the period, so that one more fits. */
export function roomAgainAt(times: readonly number[], limit: number, period: number): number | undefined {
  const oldest = times[times.length - limit]
  return limit < 1 || oldest === undefined ? undefined : oldest + period
}

/** The earliest of some times that is after `now`, as the part of a turn that asks for it. */
export function wakeAmong(
  times: readonly (number | null | undefined)[],
  now: number,
): { readonly wakeAt?: number } {
  const ahead = times.filter((at): at is number => typeof at === 'number' && at > now)
  return ahead.length === 0 ? {} : { wakeAt: Math.min(...ahead) }
}
