import type { AddedTo, Alteration } from '../../entity/graft.js'
import { ROOT, isWithin } from '../../entity/path.js'
import { indexSpec } from '../../entity/spec-tree.js'
import { namesOf, partsOf, withMoreParts, without, type AddedParts } from '../../spec/added-parts.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { EntitySpec, PolicySpec } from '../../spec/entity-spec.js'
import { changedAt, isInMember } from './changed-at.js'

/** A spec with what was done to single entities of it. */
export interface Altered {
  readonly spec: ApplicationSpec
  /** Absent: nothing. */
  readonly alterations?: readonly Alteration[]
}

/** More of an entity that runs; asked for twice by one key, it is there once. */
export interface AlterationWish extends AddedTo {
  readonly entity: string
  /** What its policy or enricher is called: one of this name goes. @default a name that none there has */
  readonly name?: string
}

/** The next spec; nothing to do; or why not. */
export type NextAltered =
  | ({ readonly kind: 'next' } & Altered)
  | { readonly kind: 'same' }
  | { readonly kind: 'invalid'; readonly reason: string }

/** The spec without what was done to single entities of it. */
export function unaltered({ spec, alterations = [] }: Altered): ApplicationSpec {
  return alterations.reduce(
    (now, { entity, own }) => changedAt(now, entity, (one) => ({ ...one, ...own })),
    spec,
  )
}

/** A spec with what was done to single entities of it, as far as these are there. */
export function altered(spec: ApplicationSpec, alterations: readonly Alteration[] = []): Altered {
  const tree = indexSpec(spec)
  const kept = alterations.flatMap((one) => {
    const node = tree.at(one.entity)
    return node === undefined || isInMember(node) ? [] : [{ ...one, own: partsOf(node.spec) }]
  })
  const done = kept.reduce(
    (now, one) => changedAt(now, one.entity, (entity) => ({ ...entity, ...effective(one) })),
    spec,
  )
  return kept.length === 0 ? { spec } : { spec: done, alterations: kept }
}

/** Where entities have moved, with all that is inside of them. */
export function alterationsMoved(
  alterations: readonly Alteration[] | undefined,
  from: string,
  to: string,
): readonly Alteration[] {
  return (alterations ?? []).map((one) =>
    isWithin(one.entity, from) ? { ...one, entity: `${to}${one.entity.slice(from.length)}` } : one,
  )
}

/** Adds to an entity. */
export function addedTo(now: Altered, { entity, name, ...wish }: AlterationWish): NextAltered {
  if (keyed(now, wish.key) !== undefined) return { kind: 'same' }
  const refused = whyNotAltered(now, entity)
  if (refused !== undefined) return { kind: 'invalid', reason: refused }
  const before = alterationOf(now, entity)
  const taken = namesOf(effective(before))
  const added = { ...wish, parts: named(wish.parts, (written) => name ?? freeName(written, taken)) }
  const names = namesOf(added.parts)
  const gone = namesOf(before.own).filter((one) => names.includes(one))
  return next(now, {
    ...before,
    added: [...withoutNames(before.added, names), added],
    without: [...new Set([...before.without, ...gone])],
  })
}

/** Takes a policy or an enricher away from an entity; 'same' where it has none of this name. */
export function takenFrom(now: Altered, entity: string, name: string): NextAltered {
  const found = policyOf(indexSpec(now.spec).at(entity)?.spec, name)
  if (found === undefined) return { kind: 'same' }
  const refused = whyNotAltered(now, entity)
  if (refused !== undefined) return { kind: 'invalid', reason: refused }
  const before = alterationOf(now, entity)
  const isOwn = namesOf(before.own).includes(found) && !before.without.includes(found)
  return next(now, {
    ...before,
    added: withoutNames(before.added, [found]),
    without: isOwn ? [...before.without, found] : before.without,
  })
}

/** What was added for a key. */
export function keyed({ alterations = [] }: Altered, key: string): AddedTo | undefined {
  return alterations.flatMap(({ added }) => added).find((one) => one.key === key)
}

/** The name of the policy or the enricher of an entity that is called so, or tagged so. */
export function policyOf(entity: EntitySpec | undefined, name: string): string | undefined {
  const all = [...(entity?.policies ?? []), ...(entity?.enrichers ?? [])]
  return (all.find((one) => one.name === name) ?? all.find((one) => tagOf(one) === name))?.name
}

function tagOf({ config }: PolicySpec): unknown {
  const tag = Object.hasOwn(config, 'uniqueTag') ? config['uniqueTag'] : undefined
  return tag?.kind === 'literal' ? tag.value : undefined
}

function next({ spec, alterations = [] }: Altered, changed: Alteration): NextAltered {
  const others = alterations.filter(({ entity }) => entity !== changed.entity)
  const isNothing = changed.added.length === 0 && changed.without.length === 0
  const bare = unaltered({ spec, alterations })
  return { kind: 'next', ...altered(bare, isNothing ? others : [...others, changed]) }
}

function alterationOf({ spec, alterations = [] }: Altered, entity: string): Alteration {
  const known = alterations.find((one) => one.entity === entity)
  const node = indexSpec(spec).at(entity) ?? indexSpec(spec).root
  return known ?? { entity, own: partsOf(node.spec), added: [], without: [] }
}

function effective({ own, added, without: gone }: Alteration): AddedParts {
  return added.reduce((parts, one) => withMoreParts(parts, one.parts), without(own, gone))
}

function withoutNames(added: readonly AddedTo[], names: readonly string[]): readonly AddedTo[] {
  const left = added.map((one) => ({ ...one, parts: without(one.parts, names) }))
  return left.filter(({ parts, initial }) => initial !== undefined || hasAny(parts))
}

function hasAny(parts: AddedParts): boolean {
  return Object.values<readonly unknown[]>({ ...parts }).some((list) => list.length > 0)
}

/** Why nothing can be added to an entity, or taken away from it; undefined where that can be. */
export function whyNotAltered({ spec }: Altered, entity: string): string | undefined {
  const node = indexSpec(spec).at(entity)
  if (node === undefined) return `there is no entity ${entity === ROOT ? 'above all others' : entity}`
  return isInMember(node)
    ? `${entity} is made from what all members share: nothing can be added to one of them, nor taken away; change the document`
    : undefined
}

function named(parts: AddedParts, nameFor: (written: string) => string): AddedParts {
  const rename = (one: PolicySpec): PolicySpec => ({ ...one, name: nameFor(one.name) })
  return { ...parts, policies: parts.policies.map(rename), enrichers: parts.enrichers.map(rename) }
}

function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  for (let number = 2; taken.includes(name); number += 1) name = `${wanted}-${number}`
  return name
}
