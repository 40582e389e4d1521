import { ROOT, isWithin, parentPath } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { judge, knownPredicate } from '../../expression/predicate.js'
import { EntityValue, plain, type Value } from '../../expression/value.js'
import type { Json } from '../../support/json.js'
import { CHOSEN, type GroupSpec } from '../../spec/group-spec.js'
import type { Predicate } from '../../spec/predicate.js'
import { entityFacts, knownValue } from './entity-facts.js'
import type { Groups } from './group-reading.js'
import type { Landscape } from './landscape.js'
import { livingWithin, type Living } from './living.js'
import { pathsOf } from './entity-steps.js'
import { isSetAside } from './verdicts.js'
import type { World } from './world.js'
import { versionAt } from './rollout.js'

/** The entity on whose insides it depends who is in a group: those among whom they are looked for, or all where its filter asks. */
export function scopeOf(path: string, node: SpecNode | undefined, landscape: Landscape): string {
  return node?.spec.group?.filter?.kind === 'asked' ? ROOT : within(path, node, landscape)
}

/** The entity below which members of a group are looked for. */
function within(path: string, node: SpecNode | undefined, landscape: Landscape): string {
  const below = node?.spec.group?.within
  if (below === undefined || below.scope === 'value') return ROOT
  if ('id' in below && typeof below.id !== 'string') return ROOT
  const [found] = pathsOf(below as Parameters<typeof pathsOf>[0], path, landscape.tree)
  return found ?? ROOT
}

/** Groups over a landscape; `world` reads it without being told of changes, which is for whoever asks. */
export function groupsOf(landscape: Landscape, world: () => World): Groups {
  const reader = new GroupReader(landscape, world)
  return {
    membersOf: (path) => reader.membersOf(path),
    chosenOf: (path) => reader.chosenOf(path),
    bucketsOf: (path) => reader.bucketsOf(path),
  }
}

/** Paths of groups by the path of a member; who is in none is not in it. */
export type GroupsByMember = ReadonlyMap<string, readonly string[]>

/** Who is in which group now. */
export function groupsByMember(landscape: Landscape): GroupsByMember {
  if (!landscape.tree.nodes.some(({ spec }) => spec.group !== undefined)) return NOBODY
  const groups = new Map<string, string[]>()
  for (const { path, node } of livingWithin(landscape)) {
    if (node.spec.group === undefined) continue
    for (const member of landscape.groups.membersOf(path)) {
      const known = groups.get(member)
      if (known === undefined) groups.set(member, [path])
      else known.push(path)
    }
  }
  return groups
}

const NOBODY: GroupsByMember = new Map()

class GroupReader implements Groups {
  readonly #landscape: Landscape
  readonly #world: () => World
  /** Groups that are being derived: one whose filter asks about itself has no members for that. */
  readonly #open = new Set<string>()

  constructor(landscape: Landscape, world: () => World) {
    this.#landscape = landscape
    this.#world = world
  }

  membersOf(path: string): readonly string[] {
    const node = this.#landscape.slots.get(path)?.node ?? this.#landscape.tree.at(path)
    const group = node?.spec.group
    if (node === undefined || group === undefined || this.#open.has(path)) return []
    this.#open.add(path)
    try {
      return this.#derived({ path, node }, group)
    } finally {
      this.#open.delete(path)
    }
  }

  chosenOf(path: string): readonly string[] {
    const group = this.#landscape.tree.at(path)?.spec.group
    return group === undefined ? [] : [...this.#chosen(path, group, this.#world())]
  }

  bucketsOf(path: string): ReadonlyMap<string, readonly string[]> {
    const by = this.#landscape.tree.at(path)?.spec.group?.buckets
    const buckets = new Map<string, string[]>()
    if (by === undefined) return buckets
    const world = this.#world()
    for (const member of this.membersOf(path)) {
      const value = world.evaluate(by, member, versionAt(world.desired, member))
      const bucket = value.kind === 'ready' ? bucketName(plain(value.value)) : ''
      if (bucket !== '') buckets.set(bucket, [...(buckets.get(bucket) ?? []), member])
    }
    return buckets
  }

  #derived(own: Living, group: GroupSpec): readonly string[] {
    if (group.bucket !== undefined)
      return this.bucketsOf(parentPath(own.path) ?? ROOT).get(group.bucket) ?? []
    const world = this.#world()
    const chosen = this.#chosen(own.path, group, world)
    const scope = within(own.path, own.node, this.#landscape)
    const filter = group.filter && knownPredicate(group.filter, (asked) => knownValue(asked, own.path, world))
    const isMember = (path: string): boolean =>
      chosen.has(path) ||
      (group.setAside === true && isWithin(path, scope) && this.#isSetAside(path)) ||
      (group.children === true && parentPath(path) === own.path) ||
      (path !== scope && isWithin(path, scope) && this.#fits(path, filter, world))
    return [...livingWithin(this.#landscape)]
      .map(({ path }) => path)
      .filter((path) => path !== ROOT && path !== own.path && !isLeaving(path, this.#landscape))
      .filter(isMember)
  }

  /** Those chosen by hand last, or else those that the document names. */
  #chosen(path: string, { chosen = [] }: GroupSpec, world: World): ReadonlySet<string> {
    const kept = this.#landscape.kept.value(path, CHOSEN)
    if (Array.isArray(kept)) return new Set(kept as readonly string[])
    return new Set(
      chosen.flatMap((one) => {
        const value = world.evaluate(one, path, world.desired.version)
        return value.kind === 'ready' ? entityPath(value.value) : []
      }),
    )
  }

  #isSetAside(path: string): boolean {
    const slot = this.#landscape.slots.get(path)
    return slot !== undefined && isSetAside(slot, this.#landscape)
  }

  #fits(path: string, filter: Predicate | undefined, world: World): boolean {
    if (filter === undefined) return false
    const entity = entityFacts(path, this.#landscape, world)
    const verdict = judge(filter, { kind: 'entity', entity }, entity)
    return verdict.kind === 'judged' && verdict.holds
  }
}

function entityPath(value: Value): readonly string[] {
  if (value instanceof EntityValue) return [value.path]
  return typeof value === 'string' ? [value] : []
}

/** What a value is as the name of a bucket; '' for none. */
function bucketName(value: Json): string {
  if (value === null || typeof value === 'string') return value ?? ''
  return JSON.stringify(value)
}

/** What is to go is no member any more, though it may still run. */
function isLeaving(path: string, landscape: Landscape): boolean {
  return landscape.slots.get(path)?.record.retired !== undefined
}
