import type { Landscape } from '../reconcile/facts/landscape.js'

/** When the lease of an application ends, or has ended; undefined when somebody needs it for ever. */
export function leaseEnd({ desired, tree }: Pick<Landscape, 'desired' | 'tree'>): number | undefined {
  const { lease } = tree.application.settings
  return lease === undefined ? undefined : (desired.renewedAt ?? desired.createdAt) + lease
}
