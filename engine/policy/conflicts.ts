import type { AttachedPolicy } from '../ports/policy.js'
import { roleOfMember } from './member-path.js'

/** A policy under its name at an entity. */
export interface NamedPolicy {
  readonly entity: string
  readonly name: string
  readonly policy: AttachedPolicy
}

/** Two policies that would work against each other. */
export interface PolicyConflict<T extends NamedPolicy> {
  readonly one: T
  /** The one before it. */
  readonly other: T
  readonly what: Decided
}

/**
 * Policies that would work against each other: two that decide the same about the same entity, whether at the entity itself
 * or at the role that it is a member of. Each is told once, of the first thing that both decide.
 */
export function conflictsOf<T extends NamedPolicy>(policies: readonly T[]): readonly PolicyConflict<T>[] {
  const first = new Map<string, T>()
  for (const named of policies) {
    for (const what of named.policy.decides) {
      const key = `${scopeOf(named, what)} ${what}`
      if (!first.has(key)) first.set(key, named)
    }
  }
  return policies.flatMap((one) => {
    const found = one.policy.decides.flatMap((what) => {
      const other = otherDecider(first, one, what)
      return other === undefined ? [] : [{ one, other, what }]
    })
    return found.slice(0, 1)
  })
}

type Decided = AttachedPolicy['decides'][number]

function otherDecider<T extends NamedPolicy>(
  first: ReadonlyMap<string, T>,
  named: T,
  what: Decided,
): T | undefined {
  const same = first.get(`${scopeOf(named, what)} ${what}`)
  if (same !== undefined && same !== named) return same
  const role = roleOfMember(named.entity)
  const isAlone = what === 'count' || role === undefined || looksAfterMembers(named)
  return isAlone ? undefined : first.get(`${membersOf(role)} ${what}`)
}

/** Whom a policy decides about: the members of its entity, or the entity itself. */
function scopeOf(named: NamedPolicy, what: Decided): string {
  return what !== 'count' && looksAfterMembers(named) ? membersOf(named.entity) : `entity ${named.entity}`
}

function looksAfterMembers({ policy }: NamedPolicy): boolean {
  return policy.interest.conditions === 'members'
}

function membersOf(role: string): string {
  return `members of ${role}`
}
