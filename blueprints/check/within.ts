import {
  type ApplicationSpec,
  type EntitySpec,
  type Problem,
  canonicalJson,
  partsOf,
  withMoreParts,
} from '../../engine/index.js'
import type { Doubts } from '../doubts.js'
import type { Origins } from '../origins.js'
import { check } from './check.js'
import type { CheckOptions } from './context.js'

/** A running application, and the entity of it that others are added to. */
export interface Surroundings {
  readonly application: ApplicationSpec
  /** Names of the entities from below the root down to the one meant; empty for the root itself. */
  readonly parent: readonly string[]
  /** Whether what is added becomes part of that entity itself. @default false: a child of it */
  readonly asPart?: boolean
}

/** The nearest locations that are named above what is added. */
export function placesAround({ application, parent }: Surroundings): readonly string[] {
  let at: EntitySpec | undefined = application.root
  let places = at.placement.locations
  for (const name of parent) {
    at = at?.children.find((child) => child.name === name)
    if (at !== undefined && at.placement.locations.length > 0) places = at.placement.locations
  }
  return places
}

/** A document whose root has those for children that it adds: its services, or its root where that says more than its name. */
export function onlyAdded(spec: ApplicationSpec): ApplicationSpec {
  return { ...spec, root: { ...spec.root, children: addedBy(spec) } }
}

function addedBy({ root }: ApplicationSpec): readonly EntitySpec[] {
  return saysMore(root)
    ? [{ ...root, type: root.type === 'application' ? 'group' : root.type }]
    : root.children
}

function saysMore(root: EntitySpec): boolean {
  const { config, parameters, sensors, effectors, policies, enrichers, tags, relations } = root
  const lists = [parameters, sensors, effectors, policies, enrichers, tags, relations]
  const isMore = lists.some((list) => list.length > 0) || Object.keys(config).length > 0
  const { members, machine, software, balance, placement } = root
  return isMore || placement.locations.length > 0 || [members, machine, software, balance].some(Boolean)
}

/** All that is wrong with what is added, seen where it is to be: what was there before is not judged again. */
export function checkWithin(
  spec: ApplicationSpec,
  { application, parent, asPart = false }: Surroundings,
  ...how: [Origins, CheckOptions, Doubts]
): readonly Problem[] {
  const [origins, options, doubts] = how
  const now = [origins, { ...options, isRunning: true }, doubts] as const
  const before = new Set(check(application, ...now).map(textOf))
  const added = addedBy(spec)
  const root = changedAt(application.root, parent, (entity) =>
    asPart ? withParts(entity, added) : withChildren(entity, added),
  )
  return check({ ...application, root }, ...now).filter((one) => !before.has(textOf(one)))
}

function changedAt(
  entity: EntitySpec,
  [name, ...rest]: readonly string[],
  change: (entity: EntitySpec) => EntitySpec,
): EntitySpec {
  if (name === undefined) return change(entity)
  const children = entity.children.map((child) =>
    child.name === name ? changedAt(child, rest, change) : child,
  )
  return { ...entity, children }
}

function withChildren(entity: EntitySpec, added: readonly EntitySpec[]): EntitySpec {
  return { ...entity, children: [...entity.children, ...added.map(besideOf(entity))] }
}

function withParts(entity: EntitySpec, added: readonly EntitySpec[]): EntitySpec {
  const whole = added.reduce((now, one) => ({ ...now, ...withMoreParts(partsOf(now), partsOf(one)) }), entity)
  const initial = added.flatMap((one) => one.initial ?? [])
  return initial.length === 0 ? whole : { ...whole, initial: [...(entity.initial ?? []), ...initial] }
}

/** As it is called beside those that are there: one whose name is taken gets another. */
function besideOf({ children }: EntitySpec): (added: EntitySpec) => EntitySpec {
  const taken = new Set(children.map(({ name }) => name))
  return (added) => {
    let name = added.name
    for (let number = 2; taken.has(name); number += 1) name = `${added.name.slice(0, 50)}-${number}`
    return name === added.name ? added : { ...added, name }
  }
}

function textOf(problem: Problem): string {
  return canonicalJson(problem as never)
}
