import { parentPath } from '../entity/path.js'
import type { Interest, Origin, Reading } from '../ports/policy.js'
import { roleOfMember } from './member-path.js'

/** Who is to be told of what, found by the entity that a reading is about, without a look at all others. */
export class InterestIndex {
  readonly #listeners: { readonly [of in Side]: Map<string, Set<string>> } = {
    own: new Map(),
    members: new Map(),
    children: new Map(),
  }
  /** Members of groups, and of which groups each is one. */
  readonly #groups = new Map<string, ReadonlySet<string>>()
  readonly #within = new Map<string, Set<string>>()

  /** Makes these the members of a group; gives who has come and who has gone. */
  gather(group: string, members: readonly string[]): Gathered {
    const before = this.#groups.get(group) ?? NOBODY
    const now = new Set(members)
    if (now.size === 0) this.#groups.delete(group)
    else this.#groups.set(group, now)
    const joined = members.filter((member) => !before.has(member))
    const left = [...before].filter((member) => !now.has(member))
    for (const member of joined) this.#within.set(member, new Set(this.#within.get(member)).add(group))
    for (const member of left) {
      const groups = this.#within.get(member)
      groups?.delete(group)
      if (groups?.size === 0) this.#within.delete(member)
    }
    return { joined, left }
  }

  /** Groups that an entity is a member of. */
  groupsOf(entity: string): ReadonlySet<string> {
    return this.#within.get(entity) ?? NOBODY
  }

  /** Members of a group. */
  membersOf(group: string): ReadonlySet<string> {
    return this.#groups.get(group) ?? NOBODY
  }

  /** Keys of those that stand at a group and want to know of its members. */
  atGroup(group: string): Iterable<string> {
    return this.#listeners.members.get(group) ?? NOBODY
  }

  /** Puts the interest of `key`, which stands at `entity`, in. */
  add(key: string, entity: string, interest: Interest): void {
    for (const [side, path] of placesOf(entity, interest)) {
      const known = this.#listeners[side].get(path)
      if (known === undefined) this.#listeners[side].set(path, new Set([key]))
      else known.add(key)
    }
  }

  /** Takes it out again. */
  remove(key: string, entity: string, interest: Interest): void {
    for (const [side, path] of placesOf(entity, interest)) {
      const known = this.#listeners[side].get(path)
      known?.delete(key)
      if (known?.size === 0) this.#listeners[side].delete(path)
    }
  }

  /** Takes all interests out; who is in which group stays. */
  clear(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear()
  }

  /** Whether a policy that stands at `entity` wants a reading. */
  isWanted({ sensors, conditions }: Interest, entity: string, reading: Reading): boolean {
    if (reading.kind === 'member')
      return conditions !== 'none' && this.#isFrom(conditions, entity, reading.entity)
    return sensors.some(
      ({ of, sensor }) =>
        (sensor === undefined || sensor === reading.sensor) && this.#isFrom(of, entity, reading.entity),
    )
  }

  /** Names of the sensors of the entity `from` that a policy at `entity` wants. */
  wantedOf({ sensors }: Interest, entity: string, from: string): readonly string[] {
    return sensors.flatMap(({ of, sensor }) =>
      sensor !== undefined && this.#isFrom(of, entity, from) ? [sensor] : [],
    )
  }

  #isFrom(origin: Origin, entity: string, from: string): boolean {
    if (typeof origin === 'object') return origin.path === from
    if (origin === 'self') return entity === from
    if (origin === 'children') return parentPath(from) === entity
    return roleOfMember(from) === entity || this.groupsOf(from).has(entity)
  }

  /** Keys that may want a reading about `entity`; see `isWanted`; one may come twice. */
  *at(entity: string): Generator<string> {
    const { own, members, children } = this.#listeners
    yield* own.get(entity) ?? NOBODY
    const role = members.size === 0 ? undefined : roleOfMember(entity)
    if (role !== undefined) yield* members.get(role) ?? NOBODY
    if (members.size > 0) for (const group of this.groupsOf(entity)) yield* this.atGroup(group)
    const parent = children.size === 0 ? undefined : parentPath(entity)
    if (parent !== undefined) yield* children.get(parent) ?? NOBODY
  }
}

/** Who has come to a group, and who has gone. */
export interface Gathered {
  readonly joined: readonly string[]
  readonly left: readonly string[]
}

type Side = 'own' | 'members' | 'children'

const NOBODY: ReadonlySet<string> = new Set()

function placesOf(entity: string, { sensors, conditions }: Interest): readonly (readonly [Side, string])[] {
  const origins: Origin[] = sensors.map(({ of }) => of)
  if (conditions !== 'none') origins.push(conditions)
  return origins.map((origin) => {
    if (typeof origin === 'object') return ['own', origin.path]
    return [origin === 'self' ? 'own' : origin, entity]
  })
}
