import { type Pair, type YAMLMap, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml'

/** A key that stands in a map where only known keys may stand. */
export interface ClosedKey {
  readonly key: string
  /** Where its first letter is in the text, and on which line, from 1. */
  readonly offset: number
  readonly line: number
  /** What the map is. */
  readonly map: MapKind
  /** The keys beside it. */
  readonly beside: readonly string[]
}

/** The maps of Brooklyn's YAML in which an unknown key is a mistake. */
export type MapKind =
  | 'document'
  | 'entity'
  | 'adjunct'
  | 'initializer'
  | 'parameter'
  | 'catalog'
  | 'settings'
  | 'provisioning'
  | 'bean'

/**
 * Every key of a closed map in a document, in its order. Written from what Brooklyn's YAML says, not from what our reader
 * does: it is what the reader is measured by. `isOpen` names types of policies and the like that take any setting.
 */
export function closedKeysIn(text: string, isOpen: (type: string) => boolean): readonly ClosedKey[] {
  const walk = new Walk(text, isOpen)
  walk.document(parseDocument(text, { uniqueKeys: false }).contents)
  return walk.found
}

const CONFIG = ['brooklyn.config', 'brooklyn.flags', 'config']
const CHILDREN = ['services', 'brooklyn.children', 'children']
const MEMBERS = ['memberSpec', 'firstMemberSpec', 'dynamiccluster.memberspec', 'cluster.memberspec']
const ADJUNCTS = ['brooklyn.policies', 'policies', 'brooklyn.enrichers', 'enrichers']
const INITIALIZERS = ['brooklyn.initializers', 'initializers']
const PARAMETERS = ['brooklyn.parameters', 'parameters']
const TYPES = [
  ...['type', 'policyType', 'policy_type', 'enricherType', 'enricher_type'],
  ...['initializerType', 'initializer_type'],
]

class Walk {
  readonly found: ClosedKey[] = []
  readonly #text: string
  readonly #isOpen: (type: string) => boolean

  constructor(text: string, isOpen: (type: string) => boolean) {
    this.#text = text
    this.#isOpen = isOpen
  }

  document(node: unknown): void {
    if (!isMap(node)) return
    const catalog = node.get('brooklyn.catalog', true)
    if (isMap(catalog)) this.#catalog(catalog)
    const rest = node.items.filter((pair) => keyOf(pair) !== 'brooklyn.catalog')
    if (rest.length > 0) this.#keys(node, rest, 'document')
    for (const pair of rest) this.#entityPart(keyOf(pair), pair.value)
  }

  #catalog(map: YAMLMap): void {
    this.#keys(map, map.items, 'catalog')
    for (const inner of mapsIn(map.get('items', true))) this.#catalog(inner)
    const item = map.get('item', true)
    if (!isMap(item)) return
    const kind = textOf(map.get('itemType'))
    if (textOf(map.get('format')) === 'bean-with-type') this.#keys(item, item.items, 'bean')
    else if (kind === 'policy' || kind === 'enricher') this.#adjunct(item, 'adjunct')
    else if (['entity', 'template', 'application', ''].includes(kind)) this.#entity(item)
  }

  #entity(map: YAMLMap): void {
    this.#keys(map, map.items, 'entity')
    for (const pair of map.items) this.#entityPart(keyOf(pair), pair.value)
  }

  #entityPart(key: string, value: unknown): void {
    if (CHILDREN.includes(key)) for (const map of mapsIn(value)) this.#entity(map)
    else if (ADJUNCTS.includes(key)) for (const map of mapsIn(value)) this.#adjunct(map, 'adjunct')
    else if (INITIALIZERS.includes(key)) for (const map of mapsIn(value)) this.#adjunct(map, 'initializer')
    else if (PARAMETERS.includes(key)) this.#parameters(value)
    else if (CONFIG.includes(key) && isMap(value))
      for (const pair of value.items) this.#configured(keyOf(pair), pair.value)
    else this.#configured(key, value)
  }

  #configured(key: string, value: unknown): void {
    if (MEMBERS.includes(key) && isMap(value) && !value.has('$brooklyn:entitySpec')) this.#entity(value)
    else if (key === 'provisioning.properties' && isMap(value)) this.#keys(value, value.items, 'provisioning')
    else this.#value(value)
  }

  /** Any value: entities stand in it where it says so. */
  #value(value: unknown): void {
    if (isSeq(value)) for (const item of value.items) this.#value(item)
    if (!isMap(value)) return
    for (const pair of value.items)
      if (keyOf(pair) === '$brooklyn:entitySpec' && isMap(pair.value)) this.#entity(pair.value)
      else this.#value(pair.value)
  }

  #adjunct(map: YAMLMap, kind: MapKind): void {
    const type = TYPES.map((key) => textOf(map.get(key))).find((one) => one !== '') ?? ''
    if (this.#isOpen(type)) return
    this.#keys(map, map.items, kind)
    for (const pair of map.items) {
      if (CONFIG.includes(keyOf(pair)) && isMap(pair.value))
        this.#keys(pair.value, pair.value.items, 'settings')
      this.#value(pair.value)
    }
  }

  #parameters(value: unknown): void {
    for (const map of mapsIn(value)) this.#keys(map, map.items, 'parameter')
  }

  #keys(map: YAMLMap, pairs: readonly Pair[], kind: MapKind): void {
    const beside = map.items.map(keyOf)
    for (const { key } of pairs) {
      if (!isScalar(key) || typeof key.value !== 'string' || !Array.isArray(key.range)) continue
      if (key.value.startsWith('$')) continue
      const offset = this.#text.indexOf(key.value, key.range[0])
      const line = this.#text.slice(0, offset).split('\n').length
      this.found.push({ key: key.value, offset, line, map: kind, beside })
    }
  }
}

function keyOf(pair: unknown): string {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : ''
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function mapsIn(value: unknown): readonly YAMLMap[] {
  const items = isSeq(value) ? value.items : isMap(value) ? value.items.map((pair) => pair.value) : []
  return items.filter((item) => isMap(item))
}
