import type { RoleRecord, SlotRecord, ZoneTry } from '../../entity/allocation.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { ZoneFailureSpec } from '../../spec/members-spec.js'
import { placementOf, siteKey } from './placement.js'

/**
 * When a zone counts as failed where its document does not say.
 * @source Brooklyn: two attempts within an hour at least, and nine in ten of them failed.
 */
export const ZONE_FAILURE: ZoneFailureSpec = { attempts: 2, within: 3_600_000, share: 0.9 }

/** Incarnations that are kept of one zone. */
const MOST_TRIES = 50

/** Before and after something was decided about a member. */
export interface Turned {
  readonly record: SlotRecord
  readonly up: boolean
}

/**
 * How an incarnation in a zone has just come out, with the key of its site: it failed once more, or came up.
 * What a zone has no room for is remembered elsewhere, and over sooner.
 */
export function newTry(
  node: SpecNode | undefined,
  before: Turned,
  after: Turned,
  now: number,
): { readonly site: string; readonly one: ZoneTry } | undefined {
  if (node === undefined || placementOf(node).zones.length < 2) return undefined
  const incarnation = before.record.current ?? after.record.current
  if (incarnation?.zone === undefined) return undefined
  const failed = hasFailedAgain(before.record, after.record)
  if (!failed && (before.up || !after.up)) return undefined
  return { site: siteKey(incarnation), one: { of: incarnation.token, at: now, failed } }
}

function hasFailedAgain(before: SlotRecord, { trouble }: SlotRecord): boolean {
  if (trouble === undefined || trouble.failure.cause === 'capacity' || trouble.failure.cause === 'quota')
    return false
  return trouble.attempts > (before.trouble?.attempts ?? 0)
}

/** A role's record with how an incarnation came out, and without those that count no longer. */
export function withTry(
  record: RoleRecord,
  { site, one }: { readonly site: string; readonly one: ZoneTry },
  within: number,
): RoleRecord {
  const others = (record.tries?.[site] ?? []).filter(({ of }) => of !== one.of)
  const tries = [...others, one].filter(({ at }) => at > one.at - within)
  return { ...record, tries: { ...record.tries, [site]: tries.slice(-MOST_TRIES) } }
}

/** Whether so many of the attempts at a site have failed that others go elsewhere, where there is another one. */
export function hasZoneFailed(
  { tries }: RoleRecord,
  site: string,
  now: number,
  { attempts, within, share }: ZoneFailureSpec = ZONE_FAILURE,
): boolean {
  const recent = (tries?.[site] ?? []).filter(({ at }) => at > now - within)
  return recent.length >= attempts && recent.filter(({ failed }) => failed).length >= share * recent.length
}
