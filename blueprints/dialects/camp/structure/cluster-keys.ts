import type { ConfigMap, EntitySpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readExpression } from '../language/expressions.js'
import { CONFIG_SPELLINGS, type Fields, SPELLINGS, camelCase } from '../keys.js'

/** A key of Brooklyn's clusters about which nothing is done, and what to say in its place. */
interface IdleKey {
  readonly name: string
  readonly flags: readonly string[]
  readonly hint: string
  /** Whether what it says is so all the same. @default never */
  readonly holds?: (node: DocumentNode) => boolean
}

const CLUSTER = 'dynamiccluster'

const IDLE: readonly IdleKey[] = [
  {
    name: `${CLUSTER}.numAvailabilityZones`,
    flags: ['numAvailabilityZones'],
    hint: 'name them in "zones": none are looked for',
  },
  {
    name: `${CLUSTER}.zone.placementStrategy`,
    flags: ['zonePlacementStrategy'],
    hint: 'say "spread": in-order, round-robin or balance',
    holds: (node) => JSON.stringify(node.value).includes(BALANCING),
  },
  {
    name: `${CLUSTER}.zone.enable`,
    flags: ['enableAvailabilityZones'],
    hint: 'leave the zones out: where they are named, members are spread over them',
    holds: ({ flag, text }) => flag !== false && text !== 'false',
  },
]

/** The one of Brooklyn's: the zone with the fewest. */
const BALANCING = 'BalancingNodePlacementStrategy'

/** Warns of the keys of a cluster about which nothing is done. */
export function reportIdleClusterKeys(fields: Fields, desk: TranslationDesk): void {
  for (const { name, flags, hint, holds } of IDLE) {
    const node = inConfig(fields, [name, camelCase(name), ...flags])
    if (node !== undefined && holds?.(node) !== true) tell(node, hint, desk)
  }
}

/** Warns of a filter of locations: what is inside of an entity is where it, or what is above it, says. */
export function reportLocationsFilter(fields: Fields, desk: TranslationDesk): void {
  const node = inConfig(fields, [LOCATIONS_FILTER])
  if (node !== undefined) tell(node, 'name the locations at what is inside of it', desk)
}

/** A member with the config that its cluster gives to each; what decides about its software stands in its own specification. */
export function withChildFlags(
  member: EntitySpec,
  written: DocumentNode,
  fields: Fields,
  desk: TranslationDesk,
): EntitySpec {
  const flags = inConfig(fields, FLAGS)?.entries() ?? []
  if (flags.length === 0) return member
  const given = flags.flatMap(([key, node]) => {
    if (!CONFIG_SPELLINGS.has(key))
      return [[key, desk.origins.markKey(readExpression(node, desk), node.keyPlace)] as const]
    tell(node, 'say it in "memberSpec"', desk)
    return []
  })
  const config: ConfigMap = { ...member.config, ...Object.fromEntries(given) }
  const { origins } = desk
  return origins.mark(origins.markBody({ ...member, config }, written), member.place ?? written.place)
}

const LOCATIONS_FILTER = 'brooklyn.locationsFilter'

const FLAGS = [`${CLUSTER}.customChildFlags`, `${CLUSTER}CustomChildFlags`, 'customChildFlags']

function inConfig({ node }: Fields, names: readonly string[]): DocumentNode | undefined {
  for (const spelling of SPELLINGS.config)
    for (const name of names) {
      const found = node.get(spelling)?.get(name)
      if (found !== undefined && found.value !== null) return found
    }
  return undefined
}

function tell(node: DocumentNode, hint: string, desk: TranslationDesk): void {
  const message = `"${node.key}" has no effect here`
  desk.reportAt('BP1241', message, node.keyPlace, { severity: 'warning', pointer: node.pointer, hint })
}
