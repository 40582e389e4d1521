import type { DocumentNode } from '../read/document-node.js'
import type { TypeKey } from './type-lookup.js'

/** What can be added to an entity beside what it is. */
export type AdjunctKind = 'policy' | 'enricher' | 'initializer' | 'step' | 'location'

/** A type of something added to an entity, as another product knows it. */
export interface AdjunctType {
  readonly name: string
  readonly aliases: readonly string[]
  readonly kind: AdjunctKind
  readonly description: string
  readonly keys: readonly TypeKey[]
  /** Whether it takes keys that it does not declare. */
  readonly open: boolean
  /** Whether something here acts for it, as far as its settings can be had. @default false */
  readonly acts?: boolean
  /** What a catalog says of it, where it is an item. */
  readonly definition?: DocumentNode
}

/** Where types of policies, enrichers and the like are looked up that are known and do not act. */
export interface AdjunctLookup {
  /** By name or alias, exactly. */
  find(name: string): AdjunctType | undefined
  /** All names of a kind, for suggestions. */
  names(kind: AdjunctKind): readonly string[]
}

/** A lookup over a fixed list. */
export function listedAdjuncts(types: readonly AdjunctType[]): AdjunctLookup {
  const byName = new Map(
    types.flatMap((type) => [type.name, ...type.aliases].map((name) => [name, type] as const)),
  )
  return {
    find: (name) => byName.get(name.replace(/^java:/, '')),
    names: (kind) => [...byName].filter(([, type]) => type.kind === kind).map(([name]) => name),
  }
}

/** Looks into several one after another; the first that knows a name answers. */
export function chainAdjuncts(...lookups: readonly AdjunctLookup[]): AdjunctLookup {
  return {
    find: (name) => {
      for (const lookup of lookups) {
        const found = lookup.find(name)
        if (found !== undefined) return found
      }
      return undefined
    },
    names: (kind) => [...new Set(lookups.flatMap((lookup) => lookup.names(kind)))],
  }
}

/** A lookup that is made when something is looked for. */
export function lazyAdjuncts(make: () => AdjunctLookup): AdjunctLookup {
  let made: AdjunctLookup | undefined
  const lookup = (): AdjunctLookup => (made ??= make())
  return { find: (name) => lookup().find(name), names: (kind) => lookup().names(kind) }
}
