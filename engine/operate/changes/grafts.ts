import type { Graft, LostGraft } from '../../entity/graft.js'
import { altered, alterationsMoved, unaltered, type Altered, type NextAltered } from './alterations.js'
import { changedAt, isInMember } from './changed-at.js'
import { ROOT, childPath, isWithin, parentPath } from '../../entity/path.js'
import { indexSpec, type SpecTree } from '../../entity/spec-tree.js'
import type { ApplicationSpec } from '../../spec/application-spec.js'
import type { EntitySpec } from '../../spec/entity-spec.js'
import { sameJson, type Json } from '../../support/json.js'

/** An entity that is to be inside of another one of a running application; asked for twice by one key, it is there once. */
export interface GraftWish {
  /** Path of the entity that it is to be inside of. */
  readonly parent: string
  /** Whose wish it is: unique in the application. */
  readonly key: string
  readonly spec: EntitySpec
}

/** A spec with what was added to it. */
export interface Grafted extends Altered {
  readonly grafts: readonly Graft[]
}

/** The next spec; nothing to do; or why not. */
export type NextGrafted =
  | ({ readonly kind: 'next' } & Grafted)
  | { readonly kind: 'same' }
  | { readonly kind: 'invalid'; readonly reason: string }

/** One that was added, with what it is made from: without those that were added to it in turn. */
interface Scion {
  readonly graft: Graft
  readonly spec: EntitySpec
}

/** Characters of a path segment at most. */
const NAME_LIMIT = 63

/** Adds several entities: all, or none. */
export function graftAllOnto(now: Grafted, wishes: readonly GraftWish[]): NextGrafted {
  let next: Grafted = now
  for (const wish of wishes) {
    const one = graftOnto(next, wish)
    if (one.kind === 'invalid') return one
    if (one.kind === 'next') next = one
  }
  return next === now ? { kind: 'same' } : { ...next, kind: 'next' }
}

/** Adds an entity. One of this key is changed in its place; where it is under another parent, it moves. */
export function graftOnto(now: Grafted, { parent, key, spec }: GraftWish): NextGrafted {
  const { base, scions } = separated(now)
  const at = scions.findIndex(({ graft }) => graft.key === key)
  const former = scions[at]
  const stays = former?.graft.parent === parent
  const others = scions.filter((one) => one !== former)
  const tree = indexSpec(assembled(base, others).application)
  const taken = idsIn(spec).find((id) => tree.named(id).length > 0)
  if (taken !== undefined)
    return { kind: 'invalid', reason: `the application has an entity ${taken} already` }
  const name = stays ? former.graft.name : freeName(tree, spec.name)
  const scion: Scion = { graft: { key, parent, name }, spec: { ...spec, name } }
  const { kept, lost, application } = assembled(base, stays ? scions.with(at, scion) : [...others, scion])
  const refused = lost.find(({ graft }) => graft.key === key)
  if (refused !== undefined) return { kind: 'invalid', reason: refused.reason }
  return sameJson(application as unknown as Json, unaltered(now) as unknown as Json)
    ? { kind: 'same' }
    : { kind: 'next', ...altered(application, now.alterations), grafts: kept }
}

/** Plan ids in an entity, by which expressions mean it. */
function idsIn({ id, children, members }: EntitySpec): readonly string[] {
  const inside = [...children, members?.spec, members?.first].filter((one) => one !== undefined)
  const below = inside.flatMap(idsIn)
  return id === undefined ? below : [id, ...below]
}

/** Takes away an entity that was added, with all that was added to it. */
export function pruneFrom(now: Grafted, path: string): NextGrafted {
  const tree = indexSpec(now.spec)
  if (tree.at(path) === undefined) return { kind: 'same' }
  if (!now.grafts.some((graft) => pathOf(graft) === path)) return { kind: 'invalid', reason: partOf(path) }
  const { base, scions } = separated(now)
  const { kept, application } = assembled(
    base,
    scions.filter(({ graft }) => !isWithin(pathOf(graft), path)),
  )
  return { kind: 'next', ...altered(application, now.alterations), grafts: kept }
}

/**
 * Hangs an entity that was added, with all that was added to it, under another one; its own name stays where that is free.
 * What has machines stays where it is: they are known by where they are, and would be made anew.
 */
export function moveGraft(now: Grafted, path: string, under: string): NextGrafted {
  const { base, scions } = separated(now)
  const mover = scions.find(({ graft }) => pathOf(graft) === path)
  const refused = mover === undefined ? partOf(path) : whyNotMoved(indexSpec(now.spec), path, under)
  if (mover === undefined || refused !== undefined) return { kind: 'invalid', reason: refused ?? '' }
  if (mover.graft.parent === under) return { kind: 'same' }
  const inside = scions.filter(({ graft }) => isWithin(graft.parent, path))
  const others = scions.filter((one) => one !== mover && !inside.includes(one))
  const name = freeName(indexSpec(assembled(base, others).application), mover.spec.name)
  const key = mover.graft.key.startsWith('child of ')
    ? `${mover.graft.key} moved to ${under}`
    : mover.graft.key
  const moved: Scion = { graft: { key, parent: under, name }, spec: { ...mover.spec, name } }
  const along = inside.map(({ graft, spec }) => {
    const parent = `${pathOf(moved.graft)}${graft.parent.slice(path.length)}`
    return { graft: { ...graft, parent }, spec }
  })
  const { kept, lost, application } = assembled(base, [...others, moved, ...along])
  const [first] = lost
  if (first !== undefined) return { kind: 'invalid', reason: first.reason }
  const alterations = alterationsMoved(now.alterations, path, pathOf(moved.graft))
  return { kind: 'next', ...altered(application, alterations), grafts: kept }
}

/** Where an entity will be once it is moved; undefined where that is nowhere else. */
export function pathAfterMove(now: Grafted, path: string, under: string): string | undefined {
  const moved = moveGraft(now, path, under)
  if (moved.kind !== 'next') return undefined
  const before = new Set(now.grafts.map(pathOf))
  const after = moved.grafts.map(pathOf).filter((one) => !before.has(one))
  return after.find((one) => parentPath(one) === under)
}

function partOf(path: string): string {
  return `${path === ROOT ? 'the application' : path} is part of the document: change that`
}

function whyNotMoved(tree: SpecTree, path: string, under: string): string | undefined {
  if (tree.at(under) === undefined) return `there is no entity ${under}`
  if (isWithin(under, path)) return `${under} is inside of ${path}`
  const hasMachines = tree.nodes.some((node) => node.hasFootprint && isWithin(node.pattern, path))
  return hasMachines
    ? `${path} has machines, which would be made anew elsewhere: it stays where it is`
    : undefined
}

/** Does something to a single entity, whoever added that. */
export function alteredGrafted(now: Grafted, change: (now: Altered) => NextAltered): NextGrafted {
  const next = change(now)
  return next.kind === 'next' ? { grafts: now.grafts, ...next } : next
}

/** Another document with what was added to the present one, as far as it has room for that. */
export function carriedOver(
  now: Grafted,
  spec: ApplicationSpec,
): Grafted & { readonly lost: readonly LostGraft[] } {
  if (now.grafts.length === 0) return { ...altered(spec, now.alterations), grafts: NONE, lost: [] }
  const { application, kept, lost } = assembled(spec, separated(now).scions)
  return { ...altered(application, now.alterations), grafts: kept, lost }
}

const NONE: readonly Graft[] = []

/** The key of what is known by its identity among what was added to an entity. */
export function identityKey(parent: string, identity: string): string {
  return `child of ${parent}: ${identity}`
}

/** Path of an entity that was added. */
export function pathOf({ parent, name }: Graft): string {
  return childPath(parent, name)
}

/** The document's own spec, and what was added to it: who was added to another comes after that one. */
function separated(now: Grafted): {
  readonly base: ApplicationSpec
  readonly scions: readonly Scion[]
} {
  const scions: Scion[] = []
  let base = unaltered(now)
  for (const graft of [...now.grafts].reverse()) {
    const own = indexSpec(base).at(pathOf(graft))?.spec
    if (own === undefined) continue
    scions.unshift({ graft, spec: own })
    base = withChildren(base, graft.parent, (children) => children.filter(({ name }) => name !== graft.name))
  }
  return { base, scions }
}

function assembled(
  base: ApplicationSpec,
  scions: readonly Scion[],
): {
  readonly application: ApplicationSpec
  readonly kept: readonly Graft[]
  readonly lost: readonly LostGraft[]
} {
  const kept: Graft[] = []
  const lost: LostGraft[] = []
  let application = base
  for (const { graft, spec } of scions) {
    const reason = whyNoRoom(indexSpec(application), graft)
    if (reason === undefined) {
      kept.push(graft)
      application = withChildren(application, graft.parent, (children) => [...children, spec])
    } else lost.push({ graft, reason })
  }
  return { application, kept, lost }
}

function whyNoRoom(tree: SpecTree, graft: Graft): string | undefined {
  const { parent } = graft
  const node = tree.at(parent)
  if (node === undefined) return `there is no entity ${parent}`
  if (isInMember(node))
    return `${parent} is made from what all members share: nothing can be added to one of them`
  return node.children.some(({ spec }) => spec.name === graft.name)
    ? `the document has a ${pathOf(graft)} of its own`
    : undefined
}

/** A name that nobody has whom something of the application may mean by it. */
function freeName(tree: SpecTree, wanted: string): string {
  let name = wanted
  for (let number = 2; tree.named(name).length > 0; number += 1) {
    const ending = `-${number}`
    name = `${wanted.slice(0, NAME_LIMIT - ending.length)}${ending}`
  }
  return name
}

function withChildren(
  application: ApplicationSpec,
  parent: string,
  change: (children: readonly EntitySpec[]) => readonly EntitySpec[],
): ApplicationSpec {
  return changedAt(application, parent, (entity) => ({ ...entity, children: change(entity.children) }))
}
