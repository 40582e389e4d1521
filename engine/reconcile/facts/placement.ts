import type { SpecNode } from '../../entity/spec-tree.js'
import type { PlacementSpec } from '../../spec/entity-spec.js'

/** One place where an entity may be put: a location, or one of its zones. */
export interface Site {
  readonly location: string
  readonly zone?: string
}

/**
 * Whether a site takes machines, as far as is known: full for a while after it refused one, then tried with one; failed where what was
 * made there came to nothing.
 */
export type Vacancy = 'open' | 'full' | 'probing' | 'failed'

/** What a choice of site goes by. */
export interface SiteFacts {
  readonly sites: readonly Site[]
  readonly placement: PlacementSpec
  /** Incarnations of the same role at each site and location, by their keys. */
  readonly counts: ReadonlyMap<string, number>
  vacancy(site: Site): Vacancy
  /** The member's number, for taking turns; 0 for what is no member. */
  readonly number: number
}

/** The site chosen and how it stands; undefined when every site has reached its cap. */
export interface SiteChoice {
  readonly site: Site
  readonly vacancy: Vacancy
}

/** The placement that holds for an entity: what it says itself, and its ancestors as far as the one that names locations. */
export function placementOf(node: SpecNode): PlacementSpec {
  const { placement } = node.spec
  if (placement.locations.length > 0 || node.parent === undefined) return placement
  const above = placementOf(node.parent)
  const zones = placement.zones.length > 0 ? placement.zones : above.zones
  return { ...above, ...placement, locations: above.locations, zones }
}

/** The name of the place of what has no machine; no location has such a name. */
export const NOWHERE = '(nowhere)'

/** The sites of an entity in order of preference; once for each node, however often it is asked. */
export function sitesOf(node: SpecNode): readonly Site[] {
  const known = SITES.get(node)
  if (known !== undefined) return known
  const { locations, zones } = node.isNowhere ? IN_NO_PLACE : placementOf(node)
  const sites = locations.flatMap((location): readonly Site[] =>
    zones.length === 0 ? [{ location }] : zones.map((zone) => ({ location, zone })),
  )
  SITES.set(node, sites)
  return sites
}

const IN_NO_PLACE: Pick<PlacementSpec, 'locations' | 'zones'> = { locations: [NOWHERE], zones: [] }

const SITES = new WeakMap<SpecNode, readonly Site[]>()

/** Whether an entity that is at this location and zone may stay there. */
export function maySit(node: SpecNode, at: Site): boolean {
  const sites = sitesOf(node)
  return (
    sites.length === 0 ||
    sites.some(({ location, zone }) => location === at.location && (zone === undefined || zone === at.zone))
  )
}

/** Whether it matters how many are where. */
export function isSpread(node: SpecNode): boolean {
  return sitesOf(node).length > 1 || placementOf(node).caps !== undefined
}

/** Under which a site is counted; a location's own count is under its name. */
export function siteKey({ location, zone }: Site): string {
  return zone === undefined ? location : `${location}/${zone}`
}

/**
 * Chooses a site below its cap: the first by the role's order that takes machines or is to be tried again, else the first that has
 * failed but has room, else the first.
 * Pure; ties go by the order in which sites are named.
 */
export function chooseSite(facts: SiteFacts): SiteChoice | undefined {
  const free = inOrder(facts)
    .filter((site) => isBelowCap(site, facts))
    .map((site) => ({ site, vacancy: facts.vacancy(site) }))
  return (
    free.find(({ vacancy }) => vacancy === 'open' || vacancy === 'probing') ??
    free.find(({ vacancy }) => vacancy === 'failed') ??
    free[0]
  )
}

function inOrder({ sites, placement, counts, number }: SiteFacts): readonly Site[] {
  switch (placement.spread ?? defaultSpread(placement)) {
    case 'in-order':
      return sites
    case 'round-robin': {
      const first = Math.max(0, number - 1) % Math.max(1, sites.length)
      return [...sites.slice(first), ...sites.slice(0, first)]
    }
    default:
      return [...sites].sort((a, b) => (counts.get(siteKey(a)) ?? 0) - (counts.get(siteKey(b)) ?? 0))
  }
}

/** Zones are there to be spread over, locations to be used one after another. */
function defaultSpread({ zones }: PlacementSpec): NonNullable<PlacementSpec['spread']> {
  return zones.length > 1 ? 'balance' : 'in-order'
}

function isBelowCap(site: Site, { placement, counts }: SiteFacts): boolean {
  return [site.location, siteKey(site)].every(
    (key) => (counts.get(key) ?? 0) < (placement.caps?.[key] ?? Infinity),
  )
}
