import type { Problem, SourcePlace } from '../../../../engine/index.js'
import { TranslationDesk, plainPath } from '../../../dialect.js'
import { Origins } from '../../../origins.js'
import { DocumentNode, textAt } from '../../../read/document-node.js'
import { mapPart } from '../../../read/graft.js'
import { readYaml } from '../../../read/read-yaml.js'
import type { AdjunctLookup } from '../../../resolve/adjunct-lookup.js'
import { present } from '../../../resolve/present.js'
import { listedTypes } from '../../../resolve/type-lookup.js'
import { type ItemDefinition, type ItemKind, asService } from './item.js'
import { misspeltKey, reportUnknownKey } from '../../../unknown-key.js'
import { plainCopy } from '../../../read/plain-copy.js'

/** A catalog document, with the documents beside it that it may take items from. */
export interface CatalogSource {
  readonly file: string
  readonly text: string
  /** By path. */
  readonly files?: { readonly [path: string]: string }
  /** Whether there can be no more files: one that is named and not there is a problem then. */
  readonly whole?: boolean
  /** What problems call a document that lies beside it. @default its path */
  readonly nameOf?: (path: string) => string
}

/** What a catalog document says of itself. */
export interface BundleNotes {
  readonly id?: string
  readonly version?: string
  readonly name?: string
  readonly description?: string
  readonly iconUrl?: string
  /** Where it says so. */
  readonly place: SourcePlace
}

/** What a catalog document holds. */
export interface ReadCatalog {
  /** Absent: it is no catalog document. */
  readonly bundle?: BundleNotes
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
export function readCatalog(source: CatalogSource, adjuncts?: AdjunctLookup): ReadCatalog {
  const read = readYaml(source.text, source.file)
  if (read.document === undefined) return { items: [], problems: read.problems, missing: [] }
  const { files = {}, whole = false } = source
  const known = { files: {}, types: listedTypes([]), parameters: {}, beside: () => ({ files, whole }) }
  const desk = new TranslationDesk(known, new Origins())
  const reader = new CatalogReader(desk, { nameOf: (path) => path, ...source, files }, adjuncts)
  const root = DocumentNode.rootOf(read.document)
  const items = reader.document(root, [])
  return {
    ...present({ bundle: bundleNotes(root) }),
    items,
    problems: [...read.problems, ...desk.problems],
    missing: desk.missing,
  }
}

function bundleNotes(root: DocumentNode): BundleNotes | undefined {
  const catalog = root.get('brooklyn.catalog')
  if (catalog === undefined) return undefined
  const around = [catalog]
  return {
    ...present({
      id: nearestOf(around, ['bundle', 'id', 'symbolicName']),
      version: nearestOf(around, ['version']),
      name: nearestOf(around, ['name', 'displayName', 'display_name']),
      description: nearestOf(around, ['description']),
      iconUrl: nearestOf(around, ['bundleIconUrl', 'iconUrl', 'icon_url']),
    }),
    place: (catalog.get('bundle') ?? catalog.get('id') ?? catalog).place,
  }
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

/** Documents that one catalog takes items from, each as often as it is named. */
const MOST_DOCUMENTS = 200

class CatalogReader {
  readonly #desk: TranslationDesk
  readonly #source: Required<Pick<CatalogSource, 'files' | 'nameOf'>>
  readonly #adjuncts: AdjunctLookup | undefined
  /** Documents that the one being read was named by, the outermost first. */
  readonly #open: string[] = []
  #documents = 0

  constructor(
    desk: TranslationDesk,
    source: Required<Pick<CatalogSource, 'files' | 'nameOf'>>,
    adjuncts: AdjunctLookup | undefined,
  ) {
    this.#desk = desk
    this.#source = source
    this.#adjuncts = adjuncts
  }

  document(root: DocumentNode, around: Around): readonly ItemDefinition[] {
    const catalog = root.get('brooklyn.catalog')
    if (catalog === undefined) {
      this.#desk.report('BP1104', 'a catalog document needs the key "brooklyn.catalog"', root)
      return []
    }
    const below = this.#entry(catalog, around)
    const beside = [...root.part.parts].filter(([key]) => key !== 'brooklyn.catalog')
    if (beside.length === 0 || catalog.get('item') !== undefined) return below
    const plan = new DocumentNode(root.document, root.path, mapPart(beside, root.part))
    return [...below, ...this.#item(plan, [catalog, ...around])]
  }

  #entry(node: DocumentNode, around: Around): readonly ItemDefinition[] {
    if (node.text !== undefined) return this.#elsewhere(node, node.text, around)
    const inner = [node, ...around]
    this.#checkKeys(node)
    const include = node.get('include')
    const item = node.get('item')
    return [
      ...(include?.text === undefined ? [] : this.#elsewhere(include, include.text, inner)),
      ...(node.get('items')?.items() ?? []).flatMap((one) => this.#entry(one, inner)),
      ...(item === undefined ? [] : this.#item(item, inner)),
    ]
  }

  /** The items of another document: a catalog document, or a plan that is one item. */
  #elsewhere(node: DocumentNode, address: string, around: Around): readonly ItemDefinition[] {
    const path = plainPath(address)
    if (this.#isRefused(node, path)) return []
    const text = this.#desk.artifact(address, node)
    if (text === undefined) return []
    const read = readYaml(text, this.#source.nameOf(path))
    this.#desk.take(read.problems)
    if (read.document === undefined) return []
    const root = DocumentNode.rootOf(read.document)
    this.#open.push(path)
    const items =
      root.get('brooklyn.catalog') === undefined ? this.#item(root, around) : this.document(root, around)
    this.#open.pop()
    return items
  }

  /** Whether a document is not read: it would never end, or it is no path. */
  #isRefused(node: DocumentNode, path: string): boolean {
    this.#documents += 1
    if (this.#open.includes(path)) {
      const circle = [...this.#open, path].join(' → ')
      this.#desk.report('BP1224', `the document includes itself: ${circle}`, node, {
        hint: 'leave one of them out',
      })
      return true
    }
    if (this.#documents > MOST_DOCUMENTS) {
      this.#desk.report('BP1225', `it takes items from more than ${MOST_DOCUMENTS} documents`, node, {
        hint: 'name each document once, or part the bundle',
      })
      return true
    }
    if (!path.includes('\n')) return false
    this.#desk.report(
      'BP1106',
      'an item is a map, or names a document; this is a text of several lines',
      node,
      {
        hint: 'leave out the "|"',
      },
    )
    return true
  }

  #checkKeys(node: DocumentNode): void {
    for (const [key, part] of node.entries()) {
      const { keyPlace, pointer } = part
      if (!KNOWN.includes(key))
        reportUnknownKey(
          this.#desk,
          part,
          KNOWN.filter((one) => node.get(one) === undefined),
        )
      if (!JAVA.includes(key) || part.flag === false) continue
      const hint = 'what needs it is told where it is named'
      const extras = { pointer, hint, severity: 'warning' as const }
      this.#desk.reportAt('BP1108', `"${key}" names Java code, which is not loaded here`, keyPlace, extras)
    }
  }

  #item(plan: DocumentNode, around: Around): readonly ItemDefinition[] {
    if (plan.text !== undefined) return this.#elsewhere(plan, plan.text, around)
    const said = [...around, plan]
    const id = said
      .map((one) => textAt(one, 'id') ?? textAt(one, 'symbolicName'))
      .find((one) => one !== undefined)
    if (id === undefined) {
      this.#desk.report('BP1104', 'an item of a catalog needs the key "id"', plan, { hint: 'add "id:"' })
      return []
    }
    const kind = this.#kindOf(plan, around)
    const meant = isApplication(kind, plan) ? misspeltKey(plan, ['services']) : undefined
    if (meant !== undefined) {
      reportUnknownKey(this.#desk, meant, ['services'])
      return []
    }
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

/** Whether an item can be nothing but a landscape: it says so, or does not say what else it is. */
function isApplication(kind: ItemKind, plan: DocumentNode): boolean {
  return (
    kind === 'application' || kind === 'template' || (kind === 'entity' && plan.get('type') === undefined)
  )
}

const KINDS: readonly ItemKind[] = [
  ...(['entity', 'application', 'template', 'policy', 'enricher'] as const),
  ...(['initializer', 'step', 'location', 'bean'] as const),
]

function nearestOf(around: Around, keys: readonly string[]): string | undefined {
  for (const node of around)
    for (const key of keys) {
      const word = node.get(key)?.word
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
      name: nearestOf([nearest, plan, ...around], ['name', 'displayName', 'display_name']),
      description: nearestOf([nearest, plan], ['description']),
      iconUrl: nearestOf([...around, plan], ['iconUrl', 'icon_url']),
      bundle: nearestOf(around, ['bundle']),
    }),
    tags: around.flatMap((one) => one.get('tags')?.items() ?? []).map((tag) => plainCopy(tag.value)),
  }
}
