import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import type { Place } from './landscape.js'

/** A landscape begins with no more instances than allowed; nothing is made before this is known. */
export function checkQuota(context: CheckContext): readonly Problem[] {
  const { quota } = context.options
  if (quota === undefined) return []
  const { root } = context.landscape
  const total = instancesOf(root)
  if (total <= quota) return []
  const largest = context.landscape.all
    .filter((place) => place.spec.members !== undefined)
    .reduce<Place | undefined>(
      (most, place) => (most === undefined || instancesOf(place) > instancesOf(most) ? place : most),
      undefined,
    )
  const at = context.origins.of(largest?.spec.members) ?? context.origins.of(largest?.spec)
  const hint = 'ask for fewer, or have the quota raised'
  return [
    problem('BP1403', `the landscape begins with ${total} instances; the quota is ${quota}`, at, { hint }),
  ]
}

/** Instances at start: nested numbers multiply. */
function instancesOf(place: Place): number {
  const own = place.spec.machine === undefined && place.spec.software === undefined ? 0 : 1
  const below = place.children.reduce((sum, child) => sum + instancesOf(child), 0)
  const members =
    place.member === undefined
      ? 0
      : (place.spec.members?.initial ?? 0) * Math.max(1, instancesOf(place.member))
  return own + below + members
}
