import { countEntities, type Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import type { Place } from './landscape.js'

/** A landscape begins with no more instances than allowed; nothing is made before this is known. */
export function checkQuota(context: CheckContext): readonly Problem[] {
  const { quota } = context.options
  if (quota === undefined) return []
  const { root } = context.landscape
  const total = countEntities(root.spec)
  if (total <= quota) return []
  const largest = context.landscape.all
    .filter((place) => place.spec.members !== undefined)
    .reduce<Place | undefined>(
      (most, place) =>
        most === undefined || countEntities(place.spec) > countEntities(most.spec) ? place : most,
      undefined,
    )
  const at = context.origins.of(largest?.spec.members) ?? context.origins.of(largest?.spec)
  const hint = 'ask for fewer, or have the quota raised'
  return [
    problem('BP1403', `the landscape begins with ${total} instances; the quota is ${quota}`, at, { hint }),
  ]
}
