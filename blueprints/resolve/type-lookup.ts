import type { JsonObject } from '../../engine/index.js'

/** How an entity of a type is realised; it decides which keys have a meaning. */
export type EntityForm = 'group' | 'members' | 'software' | 'container' | 'machine' | 'job'

/** A type that entities may name. */
export interface EntityType {
  readonly name: string
  /** Other names, e.g. those of other products. */
  readonly aliases: readonly string[]
  readonly form: EntityForm
  /** Whether it can stand for the application itself. */
  readonly application: boolean
  /** One paragraph for the catalog. */
  readonly description: string
  /** JSON Schema of the config keys that it declares. */
  readonly schema: JsonObject
}

/** Where types are looked up: the stock ones, and a catalog's. */
export interface TypeLookup {
  /** By name or alias, exactly. */
  find(name: string): EntityType | undefined
  /** All names, for suggestions. */
  names(): readonly string[]
}

/** Looks into several one after another; the first that knows a name answers. */
export function chainTypes(...lookups: readonly TypeLookup[]): TypeLookup {
  return {
    find: (name) => {
      for (const lookup of lookups) {
        const found = lookup.find(name)
        if (found !== undefined) return found
      }
      return undefined
    },
    names: () => [...new Set(lookups.flatMap((lookup) => lookup.names()))],
  }
}

/** A lookup over a fixed list. */
export function listedTypes(types: readonly EntityType[]): TypeLookup {
  const byName = new Map(
    types.flatMap((type) => [type.name, ...type.aliases].map((name) => [name, type] as const)),
  )
  return { find: (name) => byName.get(name), names: () => [...byName.keys()] }
}
