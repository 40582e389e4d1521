import type { SlotRecord } from '../../entity/allocation.js'
import { siteKey, type Site } from './placement.js'

/** Whether an incarnation that leaves was lost at this very site. */
export function isLostAt({ leaving }: SlotRecord, site: Site): boolean {
  return leaving.some((one) => one.lost !== undefined && siteKey(one) === siteKey(site))
}

/** Whether an incarnation that leaves was lost with its whole location, which still gives no answer. */
export function isSilent({ leaving }: SlotRecord, location: string): boolean {
  return leaving.some((one) => one.location === location && one.lost?.whole === true)
}
