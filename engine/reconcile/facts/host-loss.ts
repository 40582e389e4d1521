import type { Incarnation } from '../../entity/allocation.js'
import type { Unseen } from '../../entity/resource.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import type { HostLossRule, PlacementSpec } from '../../spec/entity-spec.js'
import { siteKey } from './placement.js'

/** Milliseconds without being seen after which a machine counts as lost, where the document names none. */
const LOST_AFTER = 120_000

/** What is done about a machine of this entity that is lost: its own word, else that of the nearest ancestor with one. */
export function hostLossRule(node: SpecNode | undefined): HostLossRule {
  return nearest(node, 'onHostLost') ?? 'wait'
}

/** Milliseconds without being seen after which a machine of this entity counts as lost. */
export function lostAfter(node: SpecNode | undefined): number {
  return nearest(node, 'lostAfter') ?? LOST_AFTER
}

/** One line for people: what cannot be seen, where, and since when. */
export function unseenLine(
  at: Pick<Incarnation, 'location'> & { readonly zone?: string },
  unseen: Unseen,
): string {
  const since = new Date(unseen.since).toISOString()
  return unseen.whole
    ? `location ${at.location} has given no answer since ${since}`
    : `its machine at ${siteKey(at)} has not been seen since ${since}`
}

function nearest<K extends 'onHostLost' | 'lostAfter'>(
  node: SpecNode | undefined,
  key: K,
): PlacementSpec[K] | undefined {
  for (let at = node; at !== undefined; at = at.parent) {
    const own = at.spec.placement[key]
    if (own !== undefined) return own
  }
  return undefined
}
