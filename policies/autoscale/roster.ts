import type { JsonObject, MemberCondition, Reading } from '../../engine/index.js'
import { type MemberBook, type MemberDraft, conditionIn } from '../members.js'

/** How a member stands: it counts as soon as it is there, and is asked for its load while it is up. */
export interface Standing extends JsonObject {
  readonly incarnation: number
  readonly up: boolean
  /** Since when it is up, or is not. */
  readonly since: number
  /** Since when no place has had room for it, and whether that is so now: it is not known while one is tried. */
  readonly noRoomSince?: number
  readonly lacksRoom?: true
}

/** The members of a role, by path; those on their way out do not count. */
export type Roster = MemberBook<Standing>

/** Nobody is known. */
export const NOBODY: Roster = {}

/** Takes the condition of a member in; gives whether what it told before counts no more. */
export function muster(roster: MemberDraft<Standing>, reading: Reading): boolean {
  const condition = conditionIn(reading)
  if (condition === undefined) return false
  const { entity, at } = reading
  if (condition.state === 'gone' || condition.state === 'stopping') {
    roster.remove(entity)
    return true
  }
  const known = roster.get(entity)
  const same = known?.incarnation === condition.incarnation ? known : undefined
  roster.put(entity, standingOf(condition, { known, same }, at))
  return same === undefined
}

function standingOf(
  { incarnation, up, cause }: MemberCondition,
  { known, same }: { readonly known: Standing | undefined; readonly same: Standing | undefined },
  at: number,
): Standing {
  const since = same?.up === up ? same.since : at
  if (up) return { incarnation, up, since }
  const lacksRoom = cause === 'capacity' || cause === 'quota'
  // Another place that is tried, and lacks room as well, makes the want no younger.
  const noRoomSince = known?.noRoomSince ?? (lacksRoom ? at : undefined)
  return {
    ...{ incarnation, up, since },
    ...(noRoomSince === undefined ? {} : { noRoomSince }),
    ...(lacksRoom ? { lacksRoom } : {}),
  }
}

/** Who is there at one time. */
export interface Tally {
  /** Members that are there, up or not. */
  readonly present: number
  /** Paths of those that are up, and have been for as long as they take to get warm. */
  readonly ready: readonly string[]
  /** When the next one is warm. */
  readonly warmAt: number | undefined
}

/** Counts who is there. */
export function tallyOf(roster: Roster, now: number, warmUp: number): Tally {
  const ready: string[] = []
  let warmAt: number | undefined
  const paths = Object.keys(roster)
  for (const path of paths) {
    const standing = roster[path]
    if (standing?.up !== true) continue
    const at = standing.since + warmUp
    if (at <= now) ready.push(path)
    else warmAt = Math.min(warmAt ?? Infinity, at)
  }
  return { present: paths.length, ready, warmAt }
}

/** How many are up, warm or not. */
export function upIn(roster: Roster): number {
  return Object.values(roster).filter(({ up }) => up).length
}

/** Since when each that no place has room for lacks one. */
export function withoutRoom(roster: Roster): readonly number[] {
  return Object.values(roster).flatMap(({ lacksRoom, noRoomSince }) =>
    lacksRoom === true && noRoomSince !== undefined ? [noRoomSince] : [],
  )
}
