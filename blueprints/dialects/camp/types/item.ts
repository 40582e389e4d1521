import type { Json, SourcePlace } from '../../../../engine/index.js'
import { type Located, SourceDocument } from '../../../read/document.js'
import { DocumentNode } from '../../../read/document-node.js'
import { isMapPart, listPart, mapPart, valuePart } from '../../../read/graft.js'
import { isPolicyDocument } from '../../../policy/attached-policy.js'

/** What an item of a catalog is. */
export type ItemKind =
  'entity' | 'application' | 'template' | 'policy' | 'enricher' | 'initializer' | 'step' | 'location' | 'bean'

/** One item of a catalog document. */
export interface ItemDefinition {
  readonly id: string
  readonly version: string
  readonly kind: ItemKind
  readonly name?: string
  readonly description?: string
  readonly iconUrl?: string
  /** The bundle that it came with. */
  readonly bundle?: string
  readonly tags: readonly Json[]
  /** What it is: of an entity or application the plan, in the form of a service. */
  readonly definition: DocumentNode
  /** Where it was written. */
  readonly place: SourcePlace
}

/** Keys of an application's document that an entity has not. */
const ONLY_ROOT = new Set(['services', 'origin', 'version', 'publish'])

/** A plan in the form of a service: services of an application are the children of one. */
export function asService(plan: DocumentNode, kind: ItemKind): DocumentNode {
  const services = plan.get('services')
  const rest = [...plan.part.parts].filter(
    ([key]) => !ONLY_ROOT.has(key) && (key !== 'id' || services === undefined),
  )
  if (services === undefined)
    return onPlan(
      plan,
      rest.filter(([key]) => key !== 'id' || kind === 'entity'),
    )
  const [only, second] = services.items()
  const isOne = kind === 'entity' || rest.every(([key]) => UNDECORATED.has(key))
  if (only !== undefined && second === undefined && isOne && kind !== 'template')
    return isMapPart(only.part) ? onPlan(only, [...withoutKeys(rest, only), ...only.part.parts]) : only
  const type = valuePart('application', services.part)
  return onPlan(plan, [['type', type], ...rest, ['brooklyn.children', services.part]])
}

const UNDECORATED = new Set(['name', 'description', 'iconUrl', 'location', 'locations'])

type Entries = readonly (readonly [string, Located])[]

function withoutKeys(entries: Entries, node: DocumentNode): Entries {
  return entries.filter(([key]) => !node.part.parts.has(key))
}

function onPlan(node: DocumentNode, entries: Entries): DocumentNode {
  return new DocumentNode(node.document, node.path, mapPart(entries, node.part))
}

/** A document that does nothing but name an item. */
export function documentOf({ id, version, kind, definition }: ItemDefinition): SourceDocument {
  const place = definition.part
  const text = (value: string): Located => valuePart(value, place)
  const service: Entries = isPolicyDocument(definition)
    ? [
        ['type', text('cluster')],
        ['policies', listPart([place], place)],
      ]
    : kind === 'policy' || kind === 'enricher'
      ? [
          ['type', text('entity')],
          [kind === 'policy' ? 'brooklyn.policies' : 'brooklyn.enrichers', listPart([place], place)],
        ]
      : [
          [
            'type',
            text(
              kind === 'entity' || kind === 'application' || kind === 'template'
                ? `${id}:${version}`
                : 'entity',
            ),
          ],
        ]
  const services = listPart([mapPart(service, place)], place)
  const root = mapPart(
    [
      ['name', text('item')],
      ['services', services],
    ],
    place,
  )
  return new SourceDocument(definition.document.file, root)
}

const NAMING: ReadonlySet<string> = new Set([
  ...['type', 'serviceType', 'service_type', 'policyType', 'policy_type', 'enricherType', 'enricher_type'],
  ...['initializerType', 'initializer_type', 'locationType', 'location_type'],
])

/** What an item names as types, anywhere in its plan; a config value under such a key counts too. Each once. */
export function namedTypes({ definition }: ItemDefinition): readonly string[] {
  const names = new Set<string>()
  const look = (part: Located): void => {
    for (const [key, below] of part.parts) {
      if (NAMING.has(key) && typeof below.value === 'string') names.add(below.value)
      look(below)
    }
  }
  look(definition.part)
  return [...names]
}
