import type { Located } from '../../read/document.js'
import { isMapPart, listPart, mapPart, tagged } from '../../read/graft.js'
import { CONFIG_SPELLINGS, type Key, SPELLINGS, configSpellingsOf, spellingsOf } from './keys.js'
import { DSL_PREFIX } from './language/dsl.js'
import { parametersOf, nameOf, typeInheritance } from './types/type-inheritance.js'

/**
 * An entity over the plan that its type is defined by: its own values win, whatever their spelling; maps of files,
 * environment and the like are merged; children, policies and other lists are those of both; parameters are merged by
 * name. Every part keeps the document it was written in.
 */
export function overlaid(plan: Located, own: Located): Located {
  const below = open(plan)
  const above = open(own)
  for (const group of GROUPS) combineGroup(group, below, above)
  const config = mergedEntries(below, above)
  const entries = new Map([...below.root, ...above.root])
  const place = above.configPlace ?? below.configPlace
  if (place !== undefined) entries.set(CONFIG, mapPart(config, place))
  return mapPart(entries, own)
}

/** The map that an entity's config is kept in after a merge. */
export const CONFIG = 'brooklyn.config'

/** How two values of one key become one. */
type Combine = (below: Located, above: Located) => Located

interface Group {
  /** All ways to write it at an entity. */
  readonly root: readonly string[]
  /** All ways to write it in a config. */
  readonly config: readonly string[]
  /** Absent: the entity's own value stands alone. */
  readonly combine?: Combine
}

interface Layer {
  readonly root: Map<string, Located>
  readonly config: Map<string, Located>
  readonly configPlace: Located | undefined
}

/** Keys whose maps are merged entry by entry. */
const MERGED: ReadonlySet<string> = new Set<Key>([
  'environment',
  'filesPreinstall',
  'filesInstall',
  'filesCustomize',
  'filesRuntime',
  'templatesPreinstall',
  'templatesInstall',
  'templatesCustomize',
  'templatesRuntime',
  'provisioning',
  'sensors',
  'effectors',
  'details',
])

/** Keys whose lists are those of both, the type's first. */
const JOINED: ReadonlySet<string> = new Set([
  'children',
  'roles',
  'policies',
  'enrichers',
  'initializers',
  'files',
])

/** Config keys that are merged though the language has no key for them. */
const MERGED_CONFIG: ReadonlySet<string> = new Set(['template.substitutions'])

const GROUPS: readonly Group[] = [
  ...(Object.keys(SPELLINGS) as Key[])
    .filter((key) => key !== 'config')
    .map((key) => ({ root: spellingsOf(key), config: configSpellingsOf(key), ...combiner(key) })),
  { root: ['brooklyn.initializers', 'initializers'], config: [], combine: joined },
]

function combiner(key: Key): Pick<Group, 'combine'> {
  if (MERGED.has(key)) return { combine: mergedMaps }
  if (JOINED.has(key)) return { combine: joined }
  if (key === 'tags') return { combine: (below, above) => joined(above, below) }
  return key === 'parameters' ? { combine: mergedParameters } : {}
}

function open(part: Located): Layer {
  const root = new Map([...part.parts].map(([key, child]) => [key, tagged(child, part)] as const))
  const config = new Map<string, Located>()
  let configPlace: Located | undefined
  for (const spelling of SPELLINGS.config) {
    const held = root.get(spelling)
    if (!isMapPart(held)) continue
    root.delete(spelling)
    configPlace ??= held
    for (const [key, child] of held.parts) config.set(key, tagged(child, held))
  }
  return { root, config, configPlace }
}

interface Spot {
  readonly map: Map<string, Located>
  readonly key: string
  readonly part: Located
}

function combineGroup(group: Group, below: Layer, above: Layer): void {
  const [own] = spots(group, above)
  if (own === undefined) return
  const inherited = spots(group, below)
  for (const { map, key } of inherited) map.delete(key)
  const [first] = inherited
  if (first !== undefined && group.combine !== undefined)
    own.map.set(own.key, group.combine(first.part, own.part))
}

function spots(group: Group, layer: Layer): readonly Spot[] {
  const found = (map: Map<string, Located>, keys: readonly string[]): readonly Spot[] =>
    keys.flatMap((key) => {
      const part = map.get(key)
      return part === undefined || part.value === null ? [] : [{ map, key, part }]
    })
  return [...found(layer.root, group.root), ...found(layer.config, group.config)]
}

/** Config of a type and of what is made from it: what the mode of a key lets through, merged where it says so. */
function mergedEntries(below: Layer, above: Layer): ReadonlyMap<string, Located> {
  const inherits = typeInheritance(below.root, above.root)
  const passed = [...below.config].filter(([key]) => inherits(key) !== 'nothing')
  const entries = new Map(passed)
  for (const [key, part] of above.config) {
    const inherited = entries.get(key)
    const isMerged = MERGED_CONFIG.has(key) || inherits(key) === 'merged'
    entries.set(key, inherited !== undefined && isMerged ? mergedMaps(inherited, part) : part)
  }
  return entries
}

function mergedMaps(below: Located, above: Located): Located {
  if (!isPlainMap(below) || !isPlainMap(above)) return above
  const entries = new Map([...below.parts].map(([key, part]) => [key, tagged(part, below)] as const))
  for (const [key, part] of above.parts) {
    const inherited = entries.get(key)
    const own = tagged(part, above)
    entries.set(key, inherited === undefined ? own : mergedMaps(inherited, own))
  }
  return mapPart(entries, above)
}

function isPlainMap(part: Located): boolean {
  return isMapPart(part) && ![...part.parts.keys()].some((key) => key.startsWith(DSL_PREFIX))
}

function joined(below: Located, above: Located): Located {
  if (isPlainMap(below) && isPlainMap(above)) return mergedMaps(below, above)
  if (!Array.isArray(below.value) || !Array.isArray(above.value)) return above
  return listPart([...itemsOf(below), ...itemsOf(above)], above)
}

function itemsOf(part: Located): readonly Located[] {
  return [...part.parts.values()].map((item) => tagged(item, part))
}

/** A redeclared parameter changes what it states and nothing else. */
function mergedParameters(below: Located, above: Located): Located {
  const inherited = parametersOf(below)
  const own = parametersOf(above)
  const kept = inherited.map((item) => {
    const again = own.find((one) => nameOf(one) === nameOf(item))
    return again !== undefined && isMapPart(item) && isMapPart(again)
      ? mergedMaps(item, again)
      : (again ?? item)
  })
  const names = new Set(inherited.map(nameOf))
  return listPart([...kept, ...own.filter((one) => !names.has(nameOf(one)))], above)
}

/** Whether a key of a config has a meaning of the language. */
export function isLanguageConfig(key: string): boolean {
  return CONFIG_SPELLINGS.has(key)
}
