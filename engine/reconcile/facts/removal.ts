import type { DesiredRecord, Removal } from '../../entity/desired.js'
import { ROOT, parentPath } from '../../entity/path.js'

/** What is to be removed of an application. */
export type Removed = Pick<DesiredRecord, 'force' | 'removals'>

/** The removal that was asked for of a member: its own, or that of the nearest which it is inside of. */
export function removalOf({ removals }: Removed, path: string): Removal | undefined {
  if (removals === undefined) return undefined
  for (let at: string | undefined = path; at !== undefined && at !== ROOT; at = parentPath(at)) {
    const removal = removals[at]
    if (removal !== undefined) return removal
  }
  return undefined
}

/** Whether it goes without anything being ended in good order. */
export function isForced(desired: Removed, path: string): boolean {
  return desired.force || removalOf(desired, path)?.force === true
}
