import type { DesiredRecord } from '../../entity/desired.js'
import { sameJson, type Json } from '../../support/json.js'

/** Keys that a change of what is desired is about; undefined when it may be about all. */
export function changedKeys(a: DesiredRecord, b: DesiredRecord): readonly string[] | undefined {
  if (!isNarrow(a, b)) return undefined
  return (['counts', 'floors', 'holds'] as const).flatMap((part) =>
    [...new Set([...Object.keys(a[part]), ...Object.keys(b[part])])].filter(
      (key) => a[part][key] !== b[part][key],
    ),
  )
}

/** What is about all that is inside of what it names. */
function wideOf({ rests = {}, removals = {}, rollouts = {} }: DesiredRecord): Json {
  return [rests, removals, rollouts] as unknown as Json
}

/** Whether only counts, floors or holds differ. */
function isNarrow(a: DesiredRecord, b: DesiredRecord): boolean {
  return (
    a.wish === b.wish &&
    a.version === b.version &&
    a.serial === b.serial &&
    a.recovery === b.recovery &&
    a.force === b.force &&
    sameJson(wideOf(a), wideOf(b))
  )
}
