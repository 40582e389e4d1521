import type { CatalogType, CatalogTypeDetail, Identity, WireLocation } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, flag, json, pathParam } from './call.js'
import { type CatalogItemSummary, LISTS, type TypeSummary } from './catalog-words.js'
import { detailsOf, isA, itemSummary, typeSummary } from './catalog-words.js'
import { type Gateway, Refused } from './gateway.js'
import { locationSummary } from './locations.js'

/** The types that documents may name; `fragment` is a part of the name, the title or the description. */
export async function listTypes(call: BrooklynCall): Promise<BrooklynAnswer> {
  refuseRegex(call)
  const { fragment, supertype } = call.query
  const query = fragment === undefined || fragment === '' ? {} : { search: fragment }
  const all = (await typesOf(call, query)).map(typeSummary)
  return json(supertype === undefined ? all : all.filter(({ supertypes }) => isA(supertypes, supertype)))
}

/** One type, with its keys, sensors and effectors. */
export async function getType(call: BrooklynCall): Promise<BrooklynAnswer> {
  const name = pathParam(call, 'type')
  const type = await namedType(call, name, call.params['typeversion'] ?? 'latest')
  return json(typeDetail(type))
}

/** The older lists: `applications`, `entities`, `policies`, `enrichers` or `locations`. */
export async function listItems(call: BrooklynCall): Promise<BrooklynAnswer> {
  refuseRegex(call)
  return json(await itemsOf(call))
}

/** One item of an older list. */
export async function getItem(call: BrooklynCall): Promise<BrooklynAnswer> {
  const [name, version] = [pathParam(call, 'item'), call.params['version'] ?? 'latest']
  const list = pathParam(call, 'list')
  if (list === 'locations') return json(locationItem(await locationItems(call.gateway), name, version))
  const kinds = kindsOf(list)
  const type = await namedType(call, name, version)
  if (!kinds.includes(type.kind)) throw notFound(name, version)
  const { config } = detailsOf(type)
  return json({ ...itemSummary(type, list), planYaml: type.plan ?? '', config })
}

/** A type as Brooklyn shows it by itself. */
export function typeDetail(type: CatalogTypeDetail): TypeSummary & ReturnType<typeof detailsOf> {
  const spec =
    type.plan === undefined ? {} : { specList: [], plan: { format: 'brooklyn-camp', data: type.plan } }
  return { ...typeSummary(type), ...detailsOf(type), ...spec }
}

/** A type by name and version; `latest` is the highest. */
export async function namedType(
  { gateway }: Pick<BrooklynCall, 'gateway'>,
  name: string,
  version: string,
): Promise<CatalogTypeDetail> {
  const asked = version === 'latest' ? name : `${name}:${version}`
  try {
    return await gateway.read<CatalogTypeDetail>('getType', { params: { name: asked } })
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.reply.status === 404) throw notFound(name, version)
    throw thrown
  }
}

function kindsOf(list: string): readonly string[] {
  const kinds = Object.hasOwn(LISTS, list) ? LISTS[list] : undefined
  if (kinds === undefined) throw new Refused(refuse('not-found', `There is no catalog of ${list}`))
  return kinds
}

async function itemsOf(call: BrooklynCall): Promise<readonly CatalogItemSummary[]> {
  const list = pathParam(call, 'list')
  if (list === 'locations') return locationItems(call.gateway)
  const kinds = kindsOf(list)
  const { fragment } = call.query
  const versions = flag(call, 'allVersions', false) ? { versions: 'true' } : {}
  const types = await typesOf(call, { ...versions, ...(fragment === undefined ? {} : { search: fragment }) })
  return types.filter(({ kind }) => kinds.includes(kind)).map((type) => itemSummary(type, list))
}

async function typesOf(
  call: BrooklynCall,
  query: { readonly [name: string]: string },
): Promise<readonly CatalogType[]> {
  const versions = call.query['versions'] === 'all' ? { versions: 'true' } : {}
  return call.gateway.all<CatalogType>('listTypes', { query: { ...query, ...versions } })
}

async function locationItems(gateway: Gateway): Promise<readonly CatalogItemSummary[]> {
  const { version } = await gateway.read<Identity>('getIdentity')
  const places = await gateway.read<readonly WireLocation[]>('listLocations')
  return places.map((place) => {
    const { name, links } = locationSummary(place)
    const type: CatalogType = {
      name,
      version,
      kind: 'location',
      description: place.driver,
      bundle: '',
      implemented: true,
      tags: [],
    }
    return { ...itemSummary(type, 'locations'), links: { self: links['self'] ?? '' } }
  })
}

function locationItem(
  items: readonly CatalogItemSummary[],
  name: string,
  version: string,
): CatalogItemSummary {
  const found = items.find((item) => item.name === name && (version === 'latest' || item.version === version))
  if (found === undefined) throw notFound(name, version)
  return found
}

function refuseRegex({ query }: BrooklynCall): void {
  if (query['regex'] !== undefined)
    throw new Refused(refuse('invalid-request', 'regex is not offered: use fragment.'))
}

function notFound(name: string, version: string): Refused {
  return new Refused(refuse('not-found', `Item with id '${name}:${version}' not found`))
}
