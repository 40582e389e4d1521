import type { CatalogType, Identity, WireJson, WireLocation, WireObject } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, json, pathParam } from './call.js'
import type { ConfigSummary } from './config.js'
import { type Gateway, Refused } from './gateway.js'
import { BASE } from './ids.js'
import { locationSummary } from './locations.js'
import { javaTypeNamed } from './words.js'

/** The one bundle: the types that come with the product, at its version. */
const BUNDLE = 'weir'

/** A type as Brooklyn lists it. */
export interface TypeSummary {
  readonly symbolicName: string
  readonly version: string
  readonly containingBundle: string
  readonly kind: 'SPEC'
  readonly displayName: string
  readonly description: string
  readonly supertypes: readonly string[]
  readonly links: { readonly self: string }
}

/** The same as the catalog's older requests have it, which `br catalog` reads. */
export interface CatalogItemSummary {
  readonly id: string
  readonly name: string
  readonly symbolicName: string
  readonly version: string
  readonly description: string
  readonly javaType: string
  readonly planYaml: string
  readonly deprecated: boolean
  readonly type: string
  readonly tags: readonly string[]
  readonly config: readonly ConfigSummary[]
  readonly links: { readonly self: string }
}

const SUPERTYPES: { readonly [kind in CatalogType['kind']]: string } = {
  entity: 'org.apache.brooklyn.api.entity.Entity',
  policy: 'org.apache.brooklyn.api.policy.Policy',
}

/** The types that documents may name; `fragment` is a word of the name or the description. */
export async function listTypes(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { regex, fragment, supertype } = call.query
  if (regex !== undefined) throw new Refused(refuse('invalid-request', 'regex is not offered: use fragment.'))
  const all = await typesOf(call.gateway, fragment)
  return json(supertype === undefined ? all : all.filter(({ supertypes }) => isA(supertypes, supertype)))
}

/** One type, with the keys of its configuration. */
export async function getType(call: BrooklynCall): Promise<BrooklynAnswer> {
  const summary = await namedType(call, pathParam(call, 'type'))
  return json({ ...summary, config: await configOf(call.gateway, summary.symbolicName) })
}

/** The bundles, with their types when `detail` is asked for. */
export async function listBundles(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { version } = await call.gateway.read<Identity>('getIdentity')
  const types = call.query['detail'] === 'true' ? await typesOf(call.gateway) : []
  return json([{ symbolicName: BUNDLE, version, deleteable: false, types }])
}

/** One bundle's versions. */
export async function listBundleVersions(call: BrooklynCall): Promise<BrooklynAnswer> {
  await checkBundle(call)
  return listBundles(call)
}

/** One bundle with its types. */
export async function getBundle(call: BrooklynCall): Promise<BrooklynAnswer> {
  const version = await checkBundle(call)
  const types = await typesOf(call.gateway)
  return json({ symbolicName: BUNDLE, version, deleteable: false, types, format: 'brooklyn-catalog' })
}

/** The types of one bundle. */
export async function listBundleTypes(call: BrooklynCall): Promise<BrooklynAnswer> {
  await checkBundle(call)
  return json(await typesOf(call.gateway))
}

/** One type of a bundle. */
export async function getBundleType(call: BrooklynCall): Promise<BrooklynAnswer> {
  await checkBundle(call)
  return getType(call)
}

/** The older lists: `applications`, `entities`, `policies`, `enrichers` or `locations`. */
export async function listItems(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await itemsOf(call))
}

/** One item of an older list. */
export async function getItem(call: BrooklynCall): Promise<BrooklynAnswer> {
  const [name, version] = [pathParam(call, 'item'), call.params['version'] ?? 'latest']
  const items = await itemsOf(call)
  const found = items.find((item) => item.symbolicName === name && isVersion(item.version, version))
  if (found === undefined) throw new Refused(refuse('not-found', `Cannot find item '${name}:${version}'`))
  const hasKeys = pathParam(call, 'list') !== 'locations'
  return json({ ...found, config: hasKeys ? await configOf(call.gateway, name) : [] })
}

async function itemsOf({ gateway, params }: BrooklynCall): Promise<readonly CatalogItemSummary[]> {
  const list = params['list'] ?? ''
  if (list === 'locations') return locationItems(gateway)
  const kinds: { readonly [list: string]: string } = {
    entities: SUPERTYPES.entity,
    policies: SUPERTYPES.policy,
    applications: '',
    enrichers: '',
  }
  const kind = Object.hasOwn(kinds, list) ? kinds[list] : undefined
  if (kind === undefined) throw new Refused(refuse('not-found', `There is no catalog of ${list}`))
  const types = await typesOf(gateway)
  return types.filter(({ supertypes }) => supertypes.includes(kind)).map((type) => itemOf(type, list))
}

async function locationItems(gateway: Gateway): Promise<readonly CatalogItemSummary[]> {
  const { version } = await gateway.read<Identity>('getIdentity')
  const places = await gateway.read<readonly WireLocation[]>('listLocations')
  return places.map((place) => {
    const { name, links } = locationSummary(place)
    return {
      ...itemOf({ symbolicName: name, version, description: place.driver, links: { self: '' } }, 'locations'),
      links: { self: links['self'] ?? '' },
    }
  })
}

function itemOf(
  type: Pick<TypeSummary, 'symbolicName' | 'version' | 'description' | 'links'>,
  list: string,
): CatalogItemSummary {
  const { symbolicName, version, description, links } = type
  return {
    id: `${symbolicName}:${version}`,
    name: symbolicName,
    symbolicName,
    version,
    description,
    javaType: '',
    planYaml: '',
    deprecated: false,
    type: symbolicName,
    tags: [list],
    config: [],
    links,
  }
}

async function typesOf(gateway: Gateway, search?: string): Promise<readonly TypeSummary[]> {
  const { version } = await gateway.read<Identity>('getIdentity')
  const query = search === undefined || search === '' ? {} : { search }
  const types = await gateway.all<CatalogType>('listTypes', { query })
  return types.map((type) => typeSummary(type, version))
}

async function namedType({ gateway, params }: BrooklynCall, name: string): Promise<TypeSummary> {
  const type = await gateway.read<CatalogType>('getType', { params: { name } })
  const { version } = await gateway.read<Identity>('getIdentity')
  const asked = params['typeversion'] ?? 'latest'
  if (isVersion(version, asked)) return typeSummary(type, version)
  throw new Refused(refuse('not-found', `Entity with id '${name}:${asked}' not found`))
}

function typeSummary({ name, kind, description }: CatalogType, version: string): TypeSummary {
  const path = `${encodeURIComponent(name)}/${encodeURIComponent(version)}`
  return {
    symbolicName: name,
    version,
    containingBundle: `${BUNDLE}:${version}`,
    kind: 'SPEC',
    displayName: name,
    description,
    supertypes: [SUPERTYPES[kind]],
    links: { self: `${BASE}/v1/catalog/types/${path}` },
  }
}

/** The version of the bundle that a request names. */
async function checkBundle({ gateway, params }: BrooklynCall): Promise<string> {
  const { version } = await gateway.read<Identity>('getIdentity')
  const [bundle, asked] = [params['bundle'] ?? '', params['version'] ?? 'latest']
  if (bundle === BUNDLE && isVersion(version, asked)) return version
  throw new Refused(refuse('not-found', `Bundle with id '${bundle}:${asked}' not found`))
}

function isVersion(version: string, asked: string): boolean {
  return asked === version || asked === 'latest'
}

/** By its whole name, or by its last word in any case, such as `entity`. */
function isA(supertypes: readonly string[], asked: string): boolean {
  return supertypes.some(
    (type) => type === asked || type.slice(type.lastIndexOf('.') + 1).toLowerCase() === asked.toLowerCase(),
  )
}

async function configOf(gateway: Gateway, name: string): Promise<readonly ConfigSummary[]> {
  const schema = await gateway.read<WireObject>('getTypeSchema', { params: { name } })
  const properties = objectAt(schema, 'properties')
  const { required } = schema
  return Object.keys(properties).map((key) => {
    const isRequired = Array.isArray(required) && required.includes(key)
    return keyOf(name, key, { property: objectAt(properties, key), isRequired })
  })
}

function keyOf(
  type: string,
  name: string,
  { property, isRequired }: { readonly property: WireObject; readonly isRequired: boolean },
): ConfigSummary {
  const { description, enum: choices } = property
  return {
    name,
    type: javaTypeNamed(property['type']),
    description: typeof description === 'string' ? description : '',
    defaultValue: property['default'] ?? null,
    reconfigurable: false,
    label: name,
    priority: null,
    pinned: isRequired,
    ...(Array.isArray(choices) ? { possibleValues: choices.map(choiceOf) } : {}),
    links: { self: `${BASE}/v1/catalog/types/${encodeURIComponent(type)}/latest` },
  }
}

function choiceOf(choice: WireJson): { readonly value: string; readonly description: string } {
  const said = typeof choice === 'string' ? choice : JSON.stringify(choice)
  return { value: said, description: said }
}

function objectAt(value: WireObject, key: string): WireObject {
  const found = Object.hasOwn(value, key) ? value[key] : undefined
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as WireObject) : {}
}
