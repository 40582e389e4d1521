import type { EntitySpec, JsonObject } from '../../engine/index.js'
import type { DocumentNode } from '../read/document-node.js'

/** How an entity of a type is realised; it decides which keys have a meaning. */
export type EntityForm = 'group' | 'members' | 'software' | 'container' | 'machine' | 'job' | 'startable'

/** What a value under a declared key must be. Whatever is known only later is not checked. */
export type KeyType =
  'string' | 'integer' | 'number' | 'boolean' | 'duration' | 'port' | 'map' | 'list' | 'entity' | 'any'

/** A config key that a type declares: in the config, or at the entity itself under its name or one of its flags. */
export interface TypeKey {
  readonly name: string
  readonly type: KeyType
  /** Short names, which may stand at the entity itself and in the config. */
  readonly flags: readonly string[]
  readonly description?: string
  /** The value where none is given: part of the config then. */
  readonly fallback?: DocumentNode
  /** Whether it is known and nothing is done about it: a warning where it is given. @default false */
  readonly idle?: boolean
}

/** A type that entities may name. */
export interface EntityType {
  readonly name: string
  /** Other names, e.g. those of other products. */
  readonly aliases: readonly string[]
  readonly form: EntityForm
  /** Whether it can stand for the application itself. */
  readonly application: boolean
  /** What people see of an entity of the type that is given no name. */
  readonly displayName?: string
  /** One paragraph for the catalog. */
  readonly description: string
  /** JSON Schema of the config keys that it declares. */
  readonly schema: JsonObject
  /** Config keys beside those that the language knows. */
  readonly keys?: readonly TypeKey[]
  /** The plan that it was defined by: an entity of the type is the plan with its own keys over it. */
  readonly definition?: DocumentNode
  /** What is known of it, where nothing here can make it. */
  readonly shape?: NonNullable<EntitySpec['shape']>
}

/** What a spec says of an entity of a type that nothing can make. */
export function shapeOf(type: EntityType | undefined): Pick<EntitySpec, 'shape'> {
  return type?.shape === undefined ? {} : { shape: type.shape }
}

/** Where types are looked up: the stock ones, and a catalog's. */
export interface TypeLookup {
  /** By name or alias, exactly. Those in `passed` do not count: a type may be defined by another one of its own name. */
  find(name: string, passed?: readonly EntityType[]): EntityType | undefined
  /** All names, for suggestions. */
  names(): readonly string[]
}

/** Looks into several one after another; the first that knows a name answers. */
export function chainTypes(...lookups: readonly TypeLookup[]): TypeLookup {
  return {
    find: (name, passed) => {
      for (const lookup of lookups) {
        const found = lookup.find(name, passed)
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
  return {
    find: (name, passed = []) => {
      const found = byName.get(name)
      return found === undefined || passed.includes(found) ? undefined : found
    },
    names: () => [...byName.keys()],
  }
}

/** A lookup that is made when something is looked for that is not there otherwise. */
export function lazyTypes(make: () => TypeLookup): TypeLookup {
  let made: TypeLookup | undefined
  const lookup = (): TypeLookup => (made ??= make())
  return { find: (name, passed) => lookup().find(name, passed), names: () => lookup().names() }
}
