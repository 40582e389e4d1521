import type { ApplicationSpec, EntityReference, EntitySpec } from '../../engine/index.js'
import { type Found, findEntity } from './find-entity.js'

/** One entity of a spec with where it stands. Members of a role share one. */
export interface Place {
  readonly spec: EntitySpec
  /** Names from the root, '*' for any member; '' for the root. */
  readonly path: string
  readonly parent?: Place
  readonly member?: Place
  readonly children: readonly Place[]
  readonly isMember: boolean
  readonly depth: number
}

/** A spec made ready for questions. */
export interface Landscape {
  readonly application: ApplicationSpec
  readonly root: Place
  /** Parents first. */
  readonly all: readonly Place[]
  /** By plan id first, then by name. */
  named(id: string): readonly Place[]
  /** The nearest entity that a reference means, seen from another; undefined when there is none. */
  resolve(reference: EntityReference, from: Place): Place | undefined
  /** The same, and why there is none. */
  find(reference: EntityReference, from: Place): Found
  /** Ids and names, for suggestions. */
  readonly names: readonly string[]
}

/** Makes a spec ready for questions. */
export function surveyLandscape(application: ApplicationSpec): Landscape {
  const all: Place[] = []
  const root = addPlace(all, application.root, { path: '', isMember: false, depth: 0 })
  const byName = indexNames(all)
  const named = (id: string): readonly Place[] => byName.get(id) ?? []
  const names = [...byName.keys()].filter((name) =>
    named(name).some((place) => !place.isMember && place !== root),
  )
  return {
    application,
    root,
    all,
    named,
    names,
    find: (reference, from) => findEntity(reference, from, { root, named }),
    resolve: (reference, from) => {
      const found = findEntity(reference, from, { root, named })
      return found.kind === 'found' ? found.place : undefined
    },
  }
}

/** What an entity is called in messages. */
export function callName(place: Place): string {
  if (place.path === '') return 'the application'
  return place.isMember ? `a member of "${place.parent?.path ?? ''}"` : `"${place.path}"`
}

type Standing = Pick<Place, 'path' | 'isMember' | 'depth'> & { readonly parent?: Place }

function addPlace(all: Place[], spec: EntitySpec, standing: Standing): Place {
  const children: Place[] = []
  const place: { -readonly [key in keyof Place]: Place[key] } = { spec, ...standing, children }
  all.push(place)
  const below = (name: string): string => (standing.path === '' ? name : `${standing.path}/${name}`)
  const depth = standing.depth + 1
  if (spec.members !== undefined) {
    place.member = addPlace(all, spec.members.spec, {
      path: below('*'),
      parent: place,
      isMember: true,
      depth,
    })
  }
  if (spec.members?.first !== undefined)
    addPlace(all, spec.members.first, { path: below('1'), parent: place, isMember: true, depth })
  const inside = [...spec.children, ...(spec.conditional ?? []).map((one) => one.spec)]
  for (const child of inside) {
    children.push(addPlace(all, child, { path: below(child.name), parent: place, isMember: false, depth }))
  }
  return place
}

function indexNames(all: readonly Place[]): ReadonlyMap<string, readonly Place[]> {
  const names = new Map<string, Place[]>()
  const add = (name: string | undefined, place: Place): void => {
    if (name === undefined) return
    const list = names.get(name)
    if (list === undefined) names.set(name, [place])
    else if (!list.includes(place)) list.push(place)
  }
  for (const place of all) add(place.spec.id, place)
  for (const place of all) add(place.spec.name, place)
  return names
}
