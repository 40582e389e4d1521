import type { Located } from '../../../read/document.js'
import { changed, isMapPart, mapPart, tagged, valuePart } from '../../../read/graft.js'
import { SPELLINGS } from '../keys.js'
import { CONFIG, overlaid } from '../merge.js'

/** What the spec calls an entity with a child that depends on where it is. */
export const BY_LOCATION = 'location-entity'

/** Its config: specs by location, and the one that was chosen. */
export const BY_LOCATION_KEYS = {
  specs: 'location.entity.spec',
  propagate: 'location.entity.propagate',
  sensors: 'location.entity.sensors',
  chosen: 'location.entity.chosen',
  place: 'location.entity.type',
} as const

const OTHERWISE = 'default'

/** What Brooklyn calls the kinds of places that some of ours are. */
const KINDS: { readonly [place: string]: readonly string[] } = {
  local: ['localhost', 'LocalhostMachineProvisioningLocation'],
  localhost: ['local', 'LocalhostMachineProvisioningLocation'],
  docker: ['DockerLocation'],
}

/**
 * An entity with the spec of its child chosen by the place that it is in, or is put in first: that of the place's name, or of
 * what Brooklyn calls such a place, or else the default.
 */
export function chosenByLocation(part: Located, places: readonly string[]): Located {
  const specs = specsOf(part)
  const [place = ''] = places
  const names = [place, ...(Object.hasOwn(KINDS, place) ? (KINDS[place] ?? []) : []), OTHERWISE]
  const chosen = names.map((name) => specs.get(name)).find((spec) => spec !== undefined)
  const told: (readonly [string, Located])[] = [[BY_LOCATION_KEYS.place, valuePart(place, part)]]
  const entries = chosen === undefined ? told : [...told, [BY_LOCATION_KEYS.chosen, chosen] as const]
  return overlaid(withoutSpecs(part), mapPart([[CONFIG, mapPart(entries, part)]], part))
}

function withoutSpecs(part: Located): Located {
  return changed(part, (key, child) => {
    if (!CONFIGS.has(key) || !isMapPart(child)) return child
    return mapPart(
      [...child.parts].filter(([name]) => name !== BY_LOCATION_KEYS.specs && !name.startsWith(PREFIX)),
      child,
    )
  })
}

const CONFIGS: ReadonlySet<string> = new Set(SPELLINGS.config)

/** As a map, or each under a key of its own. */
function specsOf(part: Located): ReadonlyMap<string, Located> {
  const configs = SPELLINGS.config.map((key) => part.parts.get(key)).filter(isMapPart)
  return new Map(
    configs.flatMap((config) =>
      [...config.parts].flatMap(([key, value]) => specsAt(key, tagged(value, config))),
    ),
  )
}

const PREFIX = `${BY_LOCATION_KEYS.specs}.`

function specsAt(key: string, value: Located): readonly (readonly [string, Located])[] {
  if (key.startsWith(PREFIX)) return [[key.slice(PREFIX.length), value]]
  if (key !== BY_LOCATION_KEYS.specs) return []
  return [...value.parts].map(([name, spec]) => [name, tagged(spec, value)] as const)
}
