import type { JsonObject } from '../../engine/index.js'

/** How many there was room for when there was room for no more. */
export interface Ceiling extends JsonObject {
  readonly count: number
  /** When one more may be tried. Milliseconds since the epoch. */
  readonly until: number
  /** How often in a row there was no room. */
  readonly times: number
}

/** The longest rest before one more is tried, and how long after it a want of room is remembered. Milliseconds. */
const LONGEST_REST = 3_600_000
const REMEMBERED = 3_600_000

/** What is known of room at one time. */
export interface Room {
  /** Members that are there, and those of them that are up. */
  readonly present: number
  readonly up: number
  /** Since when each that has no place lacks one. */
  readonly lacking: readonly number[]
}

/** How a want of room is met: after so long, and with a rest that doubles each time. Milliseconds. */
export interface Patience {
  readonly noRoomAfter: number
  readonly noRoomRest: number
}

/**
 * The ceiling at a time. It comes to be when members have found no place for a while, so that others have been tried; it is lifted
 * when more than so many have one, and forgotten when nobody wanted more for long.
 */
export function ceilingAt(
  known: Ceiling | undefined,
  { present, up, lacking }: Room,
  now: number,
  { noRoomAfter, noRoomRest }: Patience,
): Ceiling | undefined {
  const overdue = lacking.filter((since) => since + noRoomAfter <= now).length
  const isResting = known !== undefined && now < known.until
  if (overdue > 0 && !isResting) {
    const times = (known?.times ?? 0) + 1
    const rest = Math.min(LONGEST_REST, noRoomRest * 2 ** Math.min(times - 1, 20))
    return { count: present - overdue, until: now + rest, times }
  }
  if (known === undefined) return undefined
  if (up > known.count || now >= known.until + REMEMBERED) return undefined
  const count = overdue > 0 ? Math.min(known.count, present - overdue) : known.count
  return { ...known, count, until: Math.min(known.until, now + LONGEST_REST) }
}

/** How many there may be: one more than there was room for, when that may be tried. */
export function mostUnder({ count, until }: Ceiling, now: number): number {
  return now < until ? count : count + 1
}

/** When another number may be right because of room. */
export function roomChangesAt(
  known: Ceiling | undefined,
  { lacking }: Room,
  now: number,
  { noRoomAfter }: Patience,
): readonly number[] {
  const due = lacking.map((since) => since + noRoomAfter)
  const until = known === undefined ? [] : [known.until, known.until + REMEMBERED]
  return [...due, ...until].filter((at) => at > now)
}
