import type { Timetable } from './timetable.js'

/** Bounds of a count. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Other bounds for a while, again and again. */
export interface BoundsSchedule extends Partial<Bounds> {
  /** What it is called, for reasons. */
  readonly name: string
  /** When it begins. */
  readonly table: Timetable
  /** Milliseconds for which it holds. */
  readonly lasts: number
}

/** The bounds at a time. */
export interface BoundsNow extends Bounds {
  /** Which schedules hold; '' where none does. */
  readonly reason: string
  /** When there may be others; undefined where there never are. */
  readonly changesAt?: number
}

/** The bounds at a time: of several schedules that hold the highest, and never beyond those that always hold. */
export function boundsAt({ min, max }: Bounds, schedules: readonly BoundsSchedule[], now: number): BoundsNow {
  const standing = schedules.map((one) => ({ one, ...stateOf(one, now) }))
  const holding = standing.flatMap(({ one, holds }) => (holds ? [one] : []))
  const changes = standing.flatMap(({ changesAt }) => (changesAt === undefined ? [] : [changesAt]))
  const within = (count: number): number => Math.max(min, Math.min(max, count))
  const most = holding.flatMap((one) => one.max ?? [])
  const highest = within(most.length === 0 ? max : Math.max(...most))
  const least = within(Math.max(min, ...holding.flatMap((one) => one.min ?? [])))
  return {
    min: Math.min(least, highest),
    max: highest,
    reason: holding.length === 0 ? '' : `schedule ${holding.map(({ name }) => name).join(', ')}`,
    ...(changes.length === 0 ? {} : { changesAt: Math.min(...changes) }),
  }
}

/** It holds where it has begun within as long as it lasts. */
function stateOf(
  { table, lasts }: BoundsSchedule,
  now: number,
): { readonly holds: boolean; readonly changesAt?: number } {
  const begins = table.first(now - lasts)
  if (begins === undefined) return { holds: false }
  return begins <= now ? { holds: true, changesAt: begins + lasts } : { holds: false, changesAt: begins }
}
