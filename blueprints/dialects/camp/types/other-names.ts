import type { AdjunctLookup } from '../../../resolve/adjunct-lookup.js'
import type { TypeLookup } from '../../../resolve/type-lookup.js'

/**
 * Types by whatever else they are called: with `java:` in front, by the name that a class had before it moved, and by a
 * cookbook of Chef (`chef:mysql`).
 *
 * @source Brooklyn: deserializingClassRenames, by which all classes moved from `brooklyn.` below `org.apache.brooklyn.`
 */
export function withOtherNames(types: TypeLookup): TypeLookup {
  const today = namesOfToday(() => types.names())
  return {
    names: () => types.names(),
    find: (written, passed) => {
      const name = written.replace(/^java:/, '')
      const found = types.find(name, passed)
      if (found !== undefined) return found
      if (isCookbook(name)) return types.find('ChefEntity', passed)
      const moved = today(name)
      return moved === undefined ? undefined : types.find(moved, passed)
    },
  }
}

/** Policies and what else is added to an entity, by the name that a class had before it moved as well. */
export function withFormerAdjuncts(adjuncts: AdjunctLookup): AdjunctLookup {
  const today = namesOfToday(() =>
    (['policy', 'enricher', 'initializer'] as const).flatMap((kind) => adjuncts.names(kind)),
  )
  return {
    names: (kind) => adjuncts.names(kind),
    find: (name) => {
      const found = adjuncts.find(name)
      const moved = found === undefined ? today(name) : undefined
      return moved === undefined ? found : adjuncts.find(moved)
    },
  }
}

function isCookbook(name: string): boolean {
  return /^chef:[\w.-]+$/.test(name)
}

/** The one class of today that a former name means: packages have changed, the name of the class itself has not. */
function namesOfToday(names: () => readonly string[]): (name: string) => string | undefined {
  let index: ReadonlyMap<string, readonly string[]> | undefined
  return (name) => {
    const own = /^brooklyn\.(?:[a-z]\w*\.)+([A-Z]\w*)$/.exec(name)?.[1]
    if (own === undefined) return undefined
    index ??= indexed(names())
    const [first, second] = index.get(own) ?? []
    return second === undefined ? first : undefined
  }
}

function indexed(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byClass = new Map<string, readonly string[]>()
  for (const name of new Set(names.filter((one) => one.startsWith('org.apache.brooklyn.')))) {
    const own = name.slice(name.lastIndexOf('.') + 1)
    byClass.set(own, [...(byClass.get(own) ?? []), name])
  }
  return byClass
}
