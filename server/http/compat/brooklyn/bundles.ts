import type { BundleAdded, CatalogBundle, CatalogType, CatalogTypeDetail } from '../../../api/index.js'
import { type HandlerRequest, refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, bytes, empty, flag } from './call.js'
import { isArchive, json, pathParam } from './call.js'
import { namedType, typeDetail } from './catalog.js'
import { type TypeSummary, itemSummary, typeSummary } from './catalog-words.js'
import { Refused } from './gateway.js'
import { BASE } from './ids.js'

/** A bundle as Brooklyn shows it. */
export interface BundleSummary {
  readonly symbolicName: string
  readonly version: string
  readonly name?: string
  readonly description?: string
  readonly iconUrl?: string
  readonly deleteable: boolean
  readonly format: 'brooklyn-bom-bundle' | 'weir'
  readonly types: readonly TypeSummary[]
  readonly links: { readonly self: string }
}

/** The bundles: the highest version of each unless `versions=all`, with their types when `detail` is asked for. */
export async function listBundles(call: BrooklynCall): Promise<BrooklynAnswer> {
  const all = await call.gateway.all<CatalogBundle>('listBundles')
  const wanted = call.query['versions'] === 'all' ? all : await highest(call, all)
  return json(await summaries(call, wanted))
}

/** One bundle's versions. */
export async function listBundleVersions(call: BrooklynCall): Promise<BrooklynAnswer> {
  const name = pathParam(call, 'bundle')
  const versions = await call.gateway.all<CatalogBundle>('listBundles', { query: { name } })
  if (versions.length === 0) throw new Refused(refuse('not-found', `Bundle with id '${name}' not found`))
  return json(await summaries(call, versions))
}

/** One bundle with its types. */
export async function getBundle(call: BrooklynCall): Promise<BrooklynAnswer> {
  const bundle = await namedBundle(call)
  return json(summaryOf(bundle, await typesOf(call, bundle)))
}

/** The types of one bundle. */
export async function listBundleTypes(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await typesOf(call, await namedBundle(call)))
}

/** One type of a bundle. */
export async function getBundleType(call: BrooklynCall): Promise<BrooklynAnswer> {
  const bundle = await namedBundle(call)
  const [name, version] = [pathParam(call, 'type'), call.params['typeversion']]
  const item = bundle.items.find(
    (one) => one.name === name && (version === undefined || version === 'latest' || one.version === version),
  )
  if (item === undefined)
    throw new Refused(refuse('not-found', `There is no ${name} in ${bundle.name}:${bundle.version}`))
  return json(typeDetail(await namedType(call, item.name, item.version)))
}

/** Adds a bundle: YAML, or an archive with `catalog.bom` at its root. 201, or 200 when it was there. */
export async function addBundle(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { bundle, outcome, problems } = await added(call)
  const types = await itemsOf(call, bundle)
  const body = {
    message: `${outcome === 'unchanged' ? 'There already' : 'Installed'}: ${bundle.name}:${bundle.version}`,
    bundle: `${bundle.name}:${bundle.version}`,
    code: {
      added: 'INSTALLED_NEW_BUNDLE',
      replaced: 'UPDATED_EXISTING_BUNDLE',
      unchanged: 'IGNORING_BUNDLE_AREADY_INSTALLED',
    }[outcome],
    types: Object.fromEntries(
      types.map((type) => [`${type.name}:${type.version}`, itemSummary(type, listOf(type))]),
    ),
    problems: problems.map(({ message }) => message),
  }
  return json(body, outcome === 'added' ? 201 : 200)
}

/** The older way to add: answers with the items by id. */
export async function addToCatalog(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { bundle } = await added(call)
  const types = await itemsOf(call, bundle)
  const items = types.map(
    (type) => [`${type.name}:${type.version}`, itemSummary(type, listOf(type))] as const,
  )
  return json(Object.fromEntries(items), 201)
}

/** Removes a bundle. */
export async function deleteBundle(call: BrooklynCall): Promise<BrooklynAnswer> {
  const [bundle, version] = [pathParam(call, 'bundle'), pathParam(call, 'version')]
  const query: { readonly [name: string]: string } = flag(call, 'force', false) ? { force: 'true' } : {}
  const removed = await call.gateway.read<CatalogBundle>('deleteBundle', {
    params: { bundle, version },
    query,
  })
  return json({
    message: `Uninstalled ${removed.name}:${removed.version}`,
    bundle: `${removed.name}:${removed.version}`,
    code: 'BUNDLE_REMOVED',
    types: {},
  })
}

/** Removes an item with the bundle that it is alone in; one of several goes with its bundle only. */
export async function deleteItem(call: BrooklynCall): Promise<BrooklynAnswer> {
  const type = await namedType(call, pathParam(call, 'item'), pathParam(call, 'version'))
  const [bundle = '', version = ''] = type.bundle.split(':')
  const params = { bundle, version }
  const holder = await call.gateway.read<CatalogBundle>('getBundle', { params })
  if (holder.items.length > 1 && !holder.readOnly) {
    const said = `${type.name}:${type.version} is one of ${holder.items.length} items of ${type.bundle}: delete that.`
    throw new Refused(refuse('unsupported', said))
  }
  await call.gateway.ask('deleteBundle', { params })
  return empty()
}

/** A bundle as an archive. */
export async function downloadBundle(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { name: bundle, version } = await namedBundle(call)
  const { body } = await call.gateway.ask('downloadBundle', { params: { bundle, version } })
  return bytes(body as Uint8Array, 'application/zip')
}

function added(call: BrooklynCall): Promise<BundleAdded> {
  const query: { readonly [name: string]: string } =
    flag(call, 'force', false) || flag(call, 'forceUpdate', false) ? { force: 'true' } : {}
  return call.gateway.read<BundleAdded>('addBundle', { query, body: bodyOf(call) })
}

function bodyOf({ raw, body }: BrooklynCall): HandlerRequest['body'] {
  return isArchive(raw) ? { kind: 'bytes', bytes: raw } : { kind: 'text', text: body }
}

function namedBundle(call: BrooklynCall): Promise<CatalogBundle> {
  const params = { bundle: pathParam(call, 'bundle'), version: pathParam(call, 'version') }
  return call.gateway.read<CatalogBundle>('getBundle', { params })
}

/** The highest version of each, which our API knows as `latest`. */
async function highest(
  { gateway }: BrooklynCall,
  all: readonly CatalogBundle[],
): Promise<readonly CatalogBundle[]> {
  const found: CatalogBundle[] = []
  for (const name of new Set(all.map((bundle) => bundle.name))) {
    const versions = all.filter((bundle) => bundle.name === name)
    const [only, second] = versions
    const params = { bundle: name, version: 'latest' }
    found.push(
      only !== undefined && second === undefined ? only : await gateway.read('getBundle', { params }),
    )
  }
  return found
}

async function summaries(
  call: BrooklynCall,
  bundles: readonly CatalogBundle[],
): Promise<readonly BundleSummary[]> {
  if (!flag(call, 'detail', false)) return bundles.map((bundle) => summaryOf(bundle, []))
  const all = await call.gateway.all<CatalogType>('listTypes', { query: { versions: 'true' } })
  return bundles.map((bundle) => summaryOf(bundle, all.filter(isOf(bundle)).map(typeSummary)))
}

function summaryOf(bundle: CatalogBundle, types: readonly TypeSummary[]): BundleSummary {
  const { name, version, title, description, iconUrl, readOnly, origin } = bundle
  return {
    symbolicName: name,
    version,
    ...(title === undefined ? {} : { name: title }),
    ...(description === undefined ? {} : { description }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    deleteable: !readOnly,
    format: origin === 'added' ? 'brooklyn-bom-bundle' : 'weir',
    types,
    links: { self: `${BASE}/v1/catalog/bundles/${encodeURIComponent(name)}/${encodeURIComponent(version)}` },
  }
}

async function typesOf(call: BrooklynCall, bundle: CatalogBundle): Promise<readonly TypeSummary[]> {
  const all = await call.gateway.all<CatalogType>('listTypes', { query: { versions: 'true' } })
  return all.filter(isOf(bundle)).map(typeSummary)
}

async function itemsOf(call: BrooklynCall, bundle: CatalogBundle): Promise<readonly CatalogTypeDetail[]> {
  const found: CatalogTypeDetail[] = []
  for (const { name, version } of bundle.items) found.push(await namedType(call, name, version))
  return found
}

function isOf({ name, version }: CatalogBundle): (type: CatalogType) => boolean {
  return ({ bundle }) => bundle === `${name}:${version}`
}

const LIST_OF: { readonly [kind: string]: string } = {
  application: 'applications',
  template: 'applications',
  policy: 'policies',
  enricher: 'enrichers',
  location: 'locations',
}

function listOf({ kind }: CatalogType): string {
  return LIST_OF[kind] ?? 'entities'
}
