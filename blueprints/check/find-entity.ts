import { type EntityReference, type Expression, configLayers } from '../../engine/index.js'
import type { Place } from './landscape.js'

/** What a reference means, as far as the document tells: an entity, none of those there are, or one that shows later. */
export type Found =
  | { readonly kind: 'found'; readonly place: Place }
  | { readonly kind: 'absent'; readonly scope: string; readonly id: string; readonly from: Place }
  | { readonly kind: 'open' }

/** What entities are looked for among. */
export interface Names {
  readonly root: Place
  named(id: string): readonly Place[]
}

/** What a document tells of a value before anything runs: an entity, or a text. */
type Told =
  | { readonly kind: 'entity'; readonly found: Found }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open' }

const OPEN = { kind: 'open' } as const

/** Config that refers to config, at most so often; a circle is told elsewhere. */
const MOST_HOPS = 32

/** The nearest entity that a reference means, seen from another. */
export function findEntity(reference: EntityReference, from: Place, names: Names): Found {
  return new Finder(names).find(reference, from)
}

/** A text that the document tells of a value seen from an entity; undefined where it shows later. */
export function toldText(value: string | Expression, from: Place, names: Names): string | undefined {
  const told = typeof value === 'string' ? undefined : new Finder(names).told(value, from)
  if (told === undefined) return value as string
  return told.kind === 'text' ? told.text : undefined
}

/** The entity, or the nearest above it that it inherits from, that says what a key is. */
export function declarerOf(place: Place | undefined, key: string): Place | undefined {
  return place === undefined ? undefined : configLayers(place, key)[0]?.node
}

/** Whether a place is another, or below it. */
export function isInside(place: Place, ancestor: Place): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) if (at === ancestor) return true
  return false
}

class Finder {
  readonly #names: Names
  #hops = 0

  constructor(names: Names) {
    this.#names = names
  }

  find(reference: EntityReference, declared: Place): Found {
    if (reference.scope === 'value') return this.#meant(this.told(reference.of, declared), 'global', declared)
    const start = reference.from === undefined ? found(declared) : this.find(reference.from, declared)
    if (start.kind !== 'found') return start
    if (!('id' in reference)) return found(this.#standing(reference.scope, start.place))
    const { scope, id } = reference
    return typeof id === 'string'
      ? this.#named(scope, id, start.place)
      : this.#meant(this.told(id, declared), scope, start.place)
  }

  told(expression: Expression, from: Place): Told {
    if (expression.kind === 'entity-id') return { kind: 'entity', found: this.find(expression.of, from) }
    if (expression.kind === 'config') return this.#toldConfig(expression, from)
    if (expression.kind !== 'literal') return OPEN
    const { value } = expression
    return typeof value === 'string' || typeof value === 'number'
      ? { kind: 'text', text: String(value) }
      : OPEN
  }

  #toldConfig(expression: Extract<Expression, { readonly kind: 'config' }>, from: Place): Told {
    this.#hops += 1
    const { of, key } = expression
    if (typeof key !== 'string' || this.#hops > MOST_HOPS) return OPEN
    const target = this.find(of, from)
    const [layer] = target.kind === 'found' ? configLayers(target.place, key) : []
    return layer === undefined ? OPEN : this.told(layer.expression, layer.node)
  }

  #meant(told: Told, scope: string, from: Place): Found {
    if (told.kind === 'entity') return told.found
    return told.kind === 'text' ? this.#named(scope, told.text, from) : OPEN
  }

  #standing(scope: 'self' | 'parent' | 'root', from: Place): Place {
    if (scope === 'self') return from
    return scope === 'root' ? this.#names.root : (from.parent ?? this.#names.root)
  }

  #named(scope: string, id: string, from: Place): Found {
    const { member } = from
    if (scope === 'member' && member !== undefined && /^[0-9]+$/.test(id)) return found(member)
    if (scope === 'member' && from.spec.group !== undefined) return OPEN
    const isInScope = SCOPES[scope] ?? everywhere
    const fitting = this.#names.named(id).filter((place) => isInScope(place, from))
    const [first, ...others] = fitting
    if (first === undefined) return id.includes('/') ? OPEN : { kind: 'absent', scope, id, from }
    return found(
      others.reduce((best, place) => (distance(place, from) < distance(best, from) ? place : best), first),
    )
  }
}

function found(place: Place): Found {
  return { kind: 'found', place }
}

/** Whether an entity is where a scope looks, seen from another. */
const SCOPES: { readonly [scope: string]: (place: Place, from: Place) => boolean } = {
  child: (place, from) => place.parent === from && !place.isMember,
  member: (place, from) => place.parent === from && place.isMember,
  sibling: (place, from) => place.parent === from.parent && place !== from,
  descendant: (place, from) => place !== from && isInside(place, from),
  ancestor: (place, from) => place !== from && isInside(from, place),
  application: (place) => place.parent === undefined,
}

function everywhere(): boolean {
  return true
}

function distance(a: Place, b: Place): number {
  const above = new Set<Place>()
  for (let at: Place | undefined = a; at !== undefined; at = at.parent) above.add(at)
  let shared: Place | undefined = b
  while (shared !== undefined && !above.has(shared)) shared = shared.parent
  return a.depth + b.depth - 2 * (shared?.depth ?? 0)
}
