import type { Json, Problem, SourcePlace } from '../../../engine/index.js'
import { TranslationDesk } from '../../dialect.js'
import { Origins } from '../../origins.js'
import { type Located, SourceDocument } from '../../read/document.js'
import { DocumentNode, textAt } from '../../read/document-node.js'
import { isMapPart, listPart, mapPart, valuePart } from '../../read/graft.js'
import { readYaml } from '../../read/read-yaml.js'
import type { AdjunctLookup } from '../../resolve/adjunct-lookup.js'
import { present } from '../../resolve/present.js'
import { listedTypes } from '../../resolve/type-lookup.js'
import { suggestionFor } from '../../suggest.js'
import { plainCopy } from './camp-machine.js'

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

/** What a catalog document holds. */
export interface ReadCatalog {
  readonly items: readonly ItemDefinition[]
  readonly problems: readonly Problem[]
  /** Documents that it includes or names as items, and that did not come with it. */
  readonly missing: readonly string[]
}

/** Whether a document defines items, rather than being a blueprint. */
export function isCatalogText(text: string): boolean {
  return /^["']?brooklyn\.catalog["']?\s*:/m.test(text)
}

/** Reads the items of a catalog document; what an item does not say it has from what is around it. */
export function readCatalog(
  source: { readonly file: string; readonly text: string },
  adjuncts?: AdjunctLookup,
): ReadCatalog {
  const read = readYaml(source.text, source.file)
  if (read.document === undefined) return { items: [], problems: read.problems, missing: [] }
  const desk = new TranslationDesk({ files: {}, types: listedTypes([]), parameters: {} }, new Origins())
  const reader = new CatalogReader(desk, adjuncts)
  const items = reader.document(DocumentNode.rootOf(read.document))
  return { items, problems: [...read.problems, ...desk.problems], missing: desk.missing }
}

/** Keys of a catalog document that say something of all items below them. */
const META = [
  ...['bundle', 'version', 'id', 'symbolicName', 'name', 'displayName', 'display_name', 'description'],
  ...[
    'iconUrl',
    'icon_url',
    'bundleIconUrl',
    'itemType',
    'item_type',
    'format',
    'tags',
    'license',
    'publish',
  ],
  ...['deprecated', 'disabled'],
]

/** Keys that name Java code: nothing here can load it. */
const JAVA = ['libraries', 'brooklyn.libraries', 'scanJavaAnnotations', 'scan_java_annotations']

const KNOWN = [...META, ...JAVA, 'item', 'items', 'include', 'brooklyn.parameters']

/** What is said of an item by those around it; the nearest first. */
type Around = readonly DocumentNode[]

class CatalogReader {
  readonly #desk: TranslationDesk
  readonly #adjuncts: AdjunctLookup | undefined

  constructor(desk: TranslationDesk, adjuncts: AdjunctLookup | undefined) {
    this.#desk = desk
    this.#adjuncts = adjuncts
  }

  document(root: DocumentNode): readonly ItemDefinition[] {
    const catalog = root.get('brooklyn.catalog')
    if (catalog === undefined) {
      this.#desk.report('BP1104', 'a catalog document needs the key "brooklyn.catalog"', root)
      return []
    }
    const below = this.#entry(catalog, [])
    const beside = [...root.part.parts].filter(([key]) => key !== 'brooklyn.catalog')
    if (beside.length === 0 || catalog.get('item') !== undefined) return below
    const plan = new DocumentNode(root.document, root.path, mapPart(beside, root.part))
    return [...below, ...this.#item(plan, [catalog])]
  }

  #entry(node: DocumentNode, around: Around): readonly ItemDefinition[] {
    if (node.text !== undefined) return this.#elsewhere(node.text)
    const inner = [node, ...around]
    this.#checkKeys(node)
    const include = node.get('include')?.text
    const item = node.get('item')
    return [
      ...(include === undefined ? [] : this.#elsewhere(include)),
      ...(node.get('items')?.items() ?? []).flatMap((one) => this.#entry(one, inner)),
      ...(item === undefined ? [] : this.#item(item, inner)),
    ]
  }

  #elsewhere(address: string): readonly ItemDefinition[] {
    this.#desk.artifact(address)
    return []
  }

  #checkKeys(node: DocumentNode): void {
    for (const [key, part] of node.entries()) {
      const { keyPlace, pointer } = part
      if (!KNOWN.includes(key)) {
        const hint = suggestionFor(key, KNOWN)
        this.#desk.reportAt('BP1103', `unknown key "${key}"`, keyPlace, { pointer, ...present({ hint }) })
      }
      if (!JAVA.includes(key) || part.flag === false) continue
      const hint = 'what needs it is told where it is named'
      const extras = { pointer, hint, severity: 'warning' as const }
      this.#desk.reportAt('BP1108', `"${key}" names Java code, which is not loaded here`, keyPlace, extras)
    }
  }

  #item(plan: DocumentNode, around: Around): readonly ItemDefinition[] {
    if (plan.text !== undefined) return this.#elsewhere(plan.text)
    const said = [...around, plan]
    const id = said
      .map((one) => textAt(one, 'id') ?? textAt(one, 'symbolicName'))
      .find((one) => one !== undefined)
    if (id === undefined) {
      this.#desk.report('BP1104', 'an item of a catalog needs the key "id"', plan, { hint: 'add "id:"' })
      return []
    }
    const kind = this.#kindOf(plan, around)
    const isPlan = kind === 'entity' || kind === 'application' || kind === 'template'
    const [nearest = plan] = around
    return [
      {
        id,
        version: nearestOf(said, ['version']) ?? '0.0.0-SNAPSHOT',
        kind,
        ...notesOf(around, nearest, plan),
        definition: isPlan ? asService(plan, kind) : plan,
        place: nearest.place,
      },
    ]
  }

  #kindOf(plan: DocumentNode, around: Around): ItemKind {
    if (nearestOf(around, ['format']) === 'bean-with-type') return 'bean'
    const written = nearestOf(around, ['itemType', 'item_type'])
    const known = KINDS.find((kind) => kind === written)
    if (known !== undefined) return known
    if (plan.get('services') !== undefined) return 'application'
    const type = plan.get('type')?.text
    return (type === undefined ? undefined : this.#adjuncts?.find(type)?.kind) ?? 'entity'
  }
}

const KINDS: readonly ItemKind[] = [
  ...(['entity', 'application', 'template', 'policy', 'enricher'] as const),
  ...(['initializer', 'step', 'location', 'bean'] as const),
]

function nearestOf(around: Around, keys: readonly string[]): string | undefined {
  for (const node of around)
    for (const key of keys) {
      const held = node.get(key)
      const word = held?.text ?? held?.number?.toString()
      if (word !== undefined) return word
    }
  return undefined
}

function notesOf(
  around: Around,
  nearest: DocumentNode,
  plan: DocumentNode,
): Pick<ItemDefinition, 'name' | 'description' | 'iconUrl' | 'bundle' | 'tags'> {
  return {
    ...present({
      name: nearestOf([nearest, plan], ['name', 'displayName', 'display_name']),
      description: nearestOf([nearest, plan], ['description']),
      iconUrl: nearestOf([...around, plan], ['iconUrl', 'icon_url']),
      bundle: nearestOf(around, ['bundle']),
    }),
    tags: around.flatMap((one) => one.get('tags')?.items() ?? []).map((tag) => plainCopy(tag.value)),
  }
}

/** Keys of an application's document that an entity has not. */
const ONLY_ROOT = new Set(['services', 'origin', 'version', 'publish'])

/** A plan in the form of a service: services of an application are the children of one. */
function asService(plan: DocumentNode, kind: ItemKind): DocumentNode {
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
  const service: Entries =
    kind === 'policy' || kind === 'enricher'
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
