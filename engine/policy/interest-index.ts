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

  clear(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear()
  }

  /** Keys that may want a reading about `entity`; see `isWanted`. */
  *at(entity: string): Generator<string> {
    const { own, members, children } = this.#listeners
    yield* own.get(entity) ?? NOBODY
    const role = members.size === 0 ? undefined : roleOfMember(entity)
    if (role !== undefined) yield* members.get(role) ?? NOBODY
    const parent = children.size === 0 ? undefined : parentPath(entity)
    if (parent !== undefined) yield* children.get(parent) ?? NOBODY
  }
}

/** Whether a policy that stands at `entity` wants a reading. */
export function isWanted({ sensors, conditions }: Interest, entity: string, reading: Reading): boolean {
  if (reading.kind === 'member') return conditions !== 'none' && isFrom(conditions, entity, reading.entity)
  return sensors.some(
    ({ of, sensor }) =>
      (sensor === undefined || sensor === reading.sensor) && isFrom(of, entity, reading.entity),
  )
}

/** Names of the sensors of the entity `from` that a policy at `entity` wants. */
export function wantedOf({ sensors }: Interest, entity: string, from: string): readonly string[] {
  return sensors.flatMap(({ of, sensor }) =>
    sensor !== undefined && isFrom(of, entity, from) ? [sensor] : [],
  )
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

function isFrom(origin: Origin, entity: string, from: string): boolean {
  if (typeof origin === 'object') return origin.path === from
  if (origin === 'self') return entity === from
  return (origin === 'members' ? roleOfMember(from) : parentPath(from)) === entity
}
