import type { ItemDefinition } from '../../../blueprints/index.js'
import { compareVersions, nameOf } from '../../../catalog/index.js'
import type { EntitySpec, Json } from '../../../engine/index.js'
import { isJsonObject } from '../../../engine/index.js'
import type { CatalogKey, CatalogType, CatalogTypeDetail, Page } from '../../api/index.js'
import { param } from '../changes.js'
import type { HandlerContext } from '../context.js'
import { type CheckedRequest, type Reply, flagQuery, reply, textQuery } from '../message.js'
import { byText, paged } from '../paging.js'
import { refuse } from '../refusals.js'
import { type ShippedType, shippedTypes } from './shipped.js'
import type { TenantCatalog } from './tenant-catalog.js'
import { jsonSchemaOf, keysOf, keysOfSchema, shapesIn } from './type-keys.js'

/** Something that documents may name, wherever it comes from. */
type Entry =
  | { readonly from: 'product'; readonly type: ShippedType }
  | { readonly from: 'catalog'; readonly item: ItemDefinition }

/** One page of the types that documents may name. */
export async function listTypes(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const catalog = await context.catalogs.of(request.actor.tenant)
  const everyVersion = flagQuery(request, 'versions') ?? false
  const found = entriesOf(context, catalog, everyVersion).filter((entry) => isWanted(entry, request))
  const order = byText((entry: Entry) => `${nameIn(entry)} ${kindIn(entry)} ${versionIn(entry, context)}`)
  const page = paged(request, found, order)
  if (page.status !== 200) return page
  const { items, ...rest } = page.body as Page<Entry>
  return { ...page, body: { ...rest, items: items.map((entry) => shown(entry, context, catalog)) } }
}

/** One type with all that is known of it. */
export function getType(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return withEntry(context, request, (entry, catalog) => reply(detailOf(entry, context, catalog)))
}

/** The JSON Schema of a type's configuration. */
export function getTypeSchema(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return withEntry(context, request, (entry, catalog) =>
    reply(entry.from === 'product' ? entry.type.schema : jsonSchemaOf(catalog.examined(entry.item).entity)),
  )
}

async function withEntry(
  context: HandlerContext,
  request: CheckedRequest,
  show: (entry: Entry, catalog: TenantCatalog) => Reply,
): Promise<Reply> {
  const name = param(request, 'name')
  const catalog = await context.catalogs.of(request.actor.tenant)
  const type = shippedTypes(context).find(
    (one) => one.name === name || `${one.name}:${context.version}` === name,
  )
  const item = catalog.shelf.catalog.find(name)
  // What comes with the product is meant before an item of its name; of a shape, the item is.
  if (type !== undefined && (type.shape === undefined || item === undefined))
    return show({ from: 'product', type }, catalog)
  if (item !== undefined) return show({ from: 'catalog', item }, catalog)
  return refuse('not-found', `There is no type ${name}.`)
}

function entriesOf(
  context: HandlerContext,
  { shelf }: TenantCatalog,
  everyVersion: boolean,
): readonly Entry[] {
  const product = shippedTypes(context).map((type): Entry => ({ from: 'product', type }))
  const items = shelf.catalog.items.filter((item) => everyVersion || shelf.catalog.find(item.id) === item)
  return [...product, ...items.map((item): Entry => ({ from: 'catalog', item }))]
}

function isWanted(entry: Entry, request: CheckedRequest): boolean {
  const [search, kind, tag] = ['search', 'kind', 'tag'].map((name) => textQuery(request, name))
  const words = entry.from === 'product' ? [entry.type.name, entry.type.description] : wordsOf(entry.item)
  return (
    (search === undefined || words.join(' ').toLowerCase().includes(search.toLowerCase())) &&
    (kind === undefined || kindIn(entry) === kind) &&
    (tag === undefined || (entry.from === 'catalog' && entry.item.tags.some((one) => isTag(one, tag))))
  )
}

function wordsOf({ id, name = '', description = '' }: ItemDefinition): readonly string[] {
  return [id, name, description]
}

function isTag(tag: Json, wanted: string): boolean {
  return tag === wanted || (isJsonObject(tag) && Object.hasOwn(tag, wanted))
}

function nameIn(entry: Entry): string {
  return entry.from === 'product' ? entry.type.name : entry.item.id
}

function kindIn(entry: Entry): string {
  return entry.from === 'product' ? entry.type.kind : entry.item.kind
}

function versionIn(entry: Entry, { version }: HandlerContext): string {
  return entry.from === 'product' ? version : entry.item.version
}

function shown(entry: Entry, context: HandlerContext, catalog: TenantCatalog): CatalogType {
  const { version } = context
  if (entry.from === 'product') {
    const { name, kind, description, bundle, shape } = entry.type
    return {
      name,
      kind,
      description,
      version,
      bundle: `${bundle}:${version}`,
      implemented: shape === undefined,
      tags: [],
    }
  }
  const { item } = entry
  const { id, kind, name, description = '', iconUrl, tags } = item
  const bundle = catalog.shelf.bundleOf(item)
  return {
    name: id,
    kind,
    description,
    version: item.version,
    bundle: bundle === undefined ? '' : nameOf(bundle),
    implemented: isImplemented(item, context, catalog),
    ...(name === undefined ? {} : { title: name }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    tags,
  }
}

/** Entities are made unless a shape is among them; of the others only stock policies and enrichers act. */
function isImplemented(item: ItemDefinition, { engine }: HandlerContext, catalog: TenantCatalog): boolean {
  const isEntity = item.kind === 'entity' || item.kind === 'application' || item.kind === 'template'
  if (isEntity) return !shapesIn(catalog.examined(item).entity)
  const type = item.definition.get('type')?.text
  return engine.policyKinds().some((kind) => kind.type === type && (kind.role ?? 'policy') === item.kind)
}

function detailOf(entry: Entry, context: HandlerContext, catalog: TenantCatalog): CatalogTypeDetail {
  const type = shown(entry, context, catalog)
  if (entry.from === 'product') {
    const { schema, shape } = entry.type
    const { sensors = [], effectors = [] } = shape ?? {}
    return { ...type, versions: [context.version], keys: keysOfSchema(schema), sensors, effectors }
  }
  const { item } = entry
  const { entity } = catalog.examined(item)
  const versions = catalog.shelf.catalog.items
    .filter(({ id }) => id === item.id)
    .map(({ version }) => version)
    .sort((a, b) => compareVersions(b, a))
  const plan = catalog.planOf(item)
  return {
    ...type,
    versions,
    keys: keysOfItem(item, entity, catalog),
    sensors: namesOf(entity.sensors, entity.shape?.sensors),
    effectors: namesOf(entity.effectors, entity.shape?.effectors),
    ...(plan === undefined ? {} : { plan }),
  }
}

/** An entity's own keys; those of what is added to entities are declared by its type. */
function keysOfItem(
  item: ItemDefinition,
  entity: EntitySpec,
  { view }: TenantCatalog,
): readonly CatalogKey[] {
  const adjunct = view.adjuncts.find(item.id)
  if (adjunct === undefined) return keysOf(entity)
  return adjunct.keys.map(({ name, type, description }) => ({
    name,
    type,
    required: false,
    ...(description === undefined ? {} : { description }),
  }))
}

function namesOf(
  own: readonly { readonly name: string }[],
  shape: readonly string[] = [],
): readonly string[] {
  return [...new Set([...own.map(({ name }) => name), ...shape])]
}
