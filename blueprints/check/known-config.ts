import type { Landscape, Place } from './landscape.js'

const set = new WeakMap<Landscape, readonly string[]>()

/**
 * Names of the config that an entity has, from itself, from above, or as some workflow sets it; 'any' where that cannot be
 * listed.
 */
export function knownConfig(place: Place, landscape: Landscape): readonly string[] | 'any' {
  const names = set.get(landscape) ?? setIn(landscape.root.spec)
  set.set(landscape, names)
  const places = upFrom(place)
  if (names.includes(ANY) || places.some(({ spec }) => spec.shape !== undefined)) return 'any'
  return [...names, ...places.flatMap(({ spec }) => declaredBy(spec))]
}

/** A key that shows only when it is set. */
const ANY = '*'

function upFrom(place: Place): readonly Place[] {
  return place.parent === undefined ? [place] : [place, ...upFrom(place.parent)]
}

function declaredBy({ config, parameters }: Place['spec']): readonly string[] {
  return [...Object.keys(config), ...parameters.map(({ name }) => name)]
}

/** Workflows stand in many places, and in each other: what sets a key is found by its kind. */
function setIn(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'kind' in part && part.kind === 'set-config' && 'key' in part ? [part.key] : []
  const inner = Object.values(part).flatMap(setIn)
  return [...own.map((key) => (typeof key === 'string' ? key : ANY)), ...inner]
}
