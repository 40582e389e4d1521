import { type Json, type JsonObject, isJsonObject } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { Located } from '../../../read/document.js'
import { DocumentNode } from '../../../read/document-node.js'
import { isMapPart, mapPart, withSource } from '../../../read/graft.js'
import { present } from '../../../resolve/present.js'
import { keyFault } from '../../../resolve/key-fault.js'
import type { TypeKey } from '../../../resolve/type-lookup.js'
import { nearestName, suggestionFor } from '../../../suggest.js'
import { SPELLINGS, camelCase } from '../keys.js'
import { CONFIG, isLanguageConfig } from '../merge.js'
import { campSchema } from '../schema.js'

/**
 * An entity whose type declares keys: those that stand at the entity itself, and those under a short name, are put into
 * its config under their names. Keys that neither the type nor the language knows are reported and left out.
 */
export function settled(
  part: Located,
  keys: readonly TypeKey[],
  node: DocumentNode,
  desk: TranslationDesk,
): Located {
  const names = namesOf(keys)
  const known = { keys, names, given: part, node, desk }
  const { root, moved } = sorted(part, known)
  const config = new Map<string, Located>()
  for (const [key, child] of configOf(root)) config.set(canonical(key, names), child)
  for (const [key, child] of moved) config.set(key, child)
  for (const [key, child] of config) checkValue(names.get(key), child, node, desk)
  return withConfig(mapPart(root, part), config)
}

interface Known {
  readonly keys: readonly TypeKey[]
  readonly names: ReadonlyMap<string, TypeKey>
  readonly given: Located
  readonly node: DocumentNode
  readonly desk: TranslationDesk
}

/** What stands at an entity: keys of the language, and those that belong into its config. */
function sorted(
  part: Located,
  known: Known,
): { readonly root: Map<string, Located>; readonly moved: Map<string, Located> } {
  const root = new Map<string, Located>()
  const moved = new Map<string, Located>()
  for (const [key, child] of part.parts) {
    const declared = OWN_KEYS.has(key) ? undefined : known.names.get(key)
    if (declared !== undefined) moved.set(declared.name, child)
    else if (ENTITY_KEYS.has(key)) root.set(key, child)
    else reportUnknown(key, child, known)
  }
  return { root, moved }
}

function canonical(key: string, names: ReadonlyMap<string, TypeKey>): string {
  return isLanguageConfig(key) ? key : (names.get(key)?.name ?? key)
}

/** An entity with this config and no other. */
function withConfig(part: Located, config: ReadonlyMap<string, Located>): Located {
  if (config.size === 0) return part
  const root = new Map([...part.parts].filter(([key, held]) => !CONFIG_KEYS.has(key) || !isMapPart(held)))
  root.set(CONFIG, mapPart(config, configPlace(part) ?? { ...part, keyRange: part.range }))
  return mapPart(root, part)
}

/** An entity with the values that its type gives where nothing else does. */
export function withFallbacks(part: Located, keys: readonly TypeKey[]): Located {
  const given = configOf(part.parts)
  const added = keys.flatMap(({ name, fallback }) =>
    fallback === undefined || given.has(name)
      ? []
      : [[name, withSource(fallback.part, fallback.document)] as const],
  )
  return added.length === 0 ? part : withConfig(part, new Map([...given, ...added]))
}

const CONFIG_KEYS: ReadonlySet<string> = new Set(SPELLINGS.config)

/** Keys that mean the same at every entity, whatever its type declares. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...SPELLINGS.type,
  ...['name', 'id', 'location', 'locations', 'iconUrl', 'description'],
  ...SPELLINGS.config,
  ...SPELLINGS.children,
  ...SPELLINGS.policies,
  ...SPELLINGS.parameters,
  ...SPELLINGS.tags,
])

/** Every key that the language lets stand at an entity. */
const ENTITY_KEYS: ReadonlySet<string> = new Set(
  Object.keys(memberOf(memberOf(campSchema, '$defs'), 'entity', 'properties')),
)

function memberOf(value: Json | undefined, ...path: readonly string[]): JsonObject {
  let at: Json | undefined = value
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined
  return isJsonObject(at) ? at : {}
}

function namesOf(keys: readonly TypeKey[]): ReadonlyMap<string, TypeKey> {
  const names = new Map<string, TypeKey>()
  const ways = keys.flatMap((key) =>
    [camelCase(key.name), ...key.flags, key.name].map((name) => [name, key] as const),
  )
  for (const [name, key] of ways) if (!names.has(name) || name === key.name) names.set(name, key)
  return names
}

/** What the configs of an entity hold, whatever they are called. */
function configOf(root: ReadonlyMap<string, Located>): Map<string, Located> {
  const entries = SPELLINGS.config.flatMap((spelling) => {
    const held = root.get(spelling)
    return isMapPart(held)
      ? [...held.parts].map(
          ([key, child]) => [key, held.from === undefined ? child : withSource(child, held.from)] as const,
        )
      : []
  })
  return new Map(entries)
}

function configPlace(part: Located): Located | undefined {
  return SPELLINGS.config.map((spelling) => part.parts.get(spelling)).find(isMapPart)
}

function reportUnknown(key: string, child: Located, { keys, given, node, desk }: Known): void {
  const { keyPlace, pointer } = new DocumentNode(node.document, [...node.path, key], child)
  const free = [
    ...keys.map(({ name }) => name),
    ...keys.flatMap(({ flags }) => flags),
    ...ENTITY_KEYS,
  ].filter((name) => !given.parts.has(name))
  const near = nearestName(key, free)
  const hint = suggestionFor(key, free)
  const fix =
    near === undefined
      ? undefined
      : { title: `Change "${key}" to "${near}"`, edits: [{ range: keyPlace.range, text: near }] }
  desk.reportAt('BP1103', `unknown key "${key}"`, keyPlace, { pointer, ...present({ hint, fix }) })
}

function checkValue(
  key: TypeKey | undefined,
  part: Located,
  node: DocumentNode,
  desk: TranslationDesk,
): void {
  if (key === undefined) return
  const { place } = new DocumentNode(node.document, node.path, part)
  if (key.idle === true)
    desk.reportAt('BP1241', `"${key.name}" has no effect here`, place, {
      severity: 'warning',
      hint: 'leave it out; docs/library.md says what this type reads',
    })
  const fault = keyFault(key.type, part.value)
  if (fault === undefined) return
  desk.reportAt('BP1702', `the value of "${key.name}" ${fault}`, place, {
    hint: 'see the type in the catalog',
  })
}
