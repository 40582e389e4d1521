import { ROOT } from '../entity/path.js'
import type { AttachedPolicy } from '../ports/policy.js'
import type { Problem } from '../support/problem.js'
import { roleOfMember } from './member-path.js'

/** A policy under its name at an entity. */
export interface NamedPolicy {
  readonly entity: string
  readonly name: string
  readonly policy: AttachedPolicy
}

/**
 * Problems of policies that would work against each other: two that decide the same about the same entity, whether at
 * the entity itself or at the role that it is a member of.
 */
export function conflictsOf(policies: readonly NamedPolicy[]): readonly Problem[] {
  const first = new Map<string, NamedPolicy>()
  for (const named of policies) {
    for (const what of named.policy.decides) {
      const key = `${scopeOf(named, what)} ${what}`
      if (!first.has(key)) first.set(key, named)
    }
  }
  return policies.flatMap((named) =>
    named.policy.decides.flatMap((what) => {
      const other = otherDecider(first, named, what)
      return other === undefined ? [] : [conflict(named, other, what)]
    }),
  )
}

type Decided = AttachedPolicy['decides'][number]

function otherDecider(
  first: ReadonlyMap<string, NamedPolicy>,
  named: NamedPolicy,
  what: Decided,
): NamedPolicy | undefined {
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

function conflict(named: NamedPolicy, other: NamedPolicy, what: Decided): Problem {
  const place = (policy: NamedPolicy): string =>
    `"${policy.name}" of ${policy.entity === ROOT ? 'the application' : policy.entity}`
  return {
    kind: 'problem',
    code: 'policy-conflict',
    severity: 'error',
    message: `${place(named)} and ${place(other)} would both decide the ${what}`,
    hint: 'Keep one of the two.',
  }
}
