import { policyKey, type Suspensions } from '../entity/desired.js'
import { ROOT } from '../entity/path.js'
import type { SuspendIntent } from '../ports/policy.js'
import type { ArbiterDraft } from './arbiter-draft.js'
import type { Verdict } from './arbiter-rules.js'
import { actorName, type Asker } from './arbiter-state.js'

/** A rule about policies that suspend others. It says nothing when it has nothing against it. */
export interface SuspendRule {
  readonly name: string
  check(draft: ArbiterDraft, intent: SuspendIntent, by: Asker): Verdict | undefined
}

/** The rules in the order in which they are asked; the first that says something ends it. */
export const SUSPEND_RULES: readonly SuspendRule[] = [
  { name: 'unknown-policy', check: unknownPolicy },
  { name: 'suspends-itself', check: suspendsItself },
  { name: 'already-so', check: alreadySo },
  { name: 'suspends-others', check: suspendsOthers },
]

/** Takes a granted suspension, or its end, into account. That of others, and that of a person, stay as they are. */
export function grantSuspension(draft: ArbiterDraft, intent: SuspendIntent, by: Asker): void {
  const key = keyOf(intent)
  const { [key]: known = {}, ...rest } = draft.suspensions
  const asker = askerKey(by)
  const others = Object.fromEntries(Object.entries(known).filter(([one]) => one !== asker))
  const suspension = { by: actorName(by), reason: intent.reason, at: draft.now }
  const left: Suspensions = intent.on ? { ...others, [asker]: suspension } : others
  draft.suspensions = Object.keys(left).length === 0 ? rest : { ...rest, [key]: left }
}

/** Why what a policy asks for is not granted, whatever it is: it was suspended when it asked, or since. */
export function outOfAction(draft: ArbiterDraft, by: Asker): string | undefined {
  const suspension = by.kind === 'person' ? undefined : draft.suspension(askerKey(by))
  return suspension === undefined ? undefined : `suspended by ${suspension.by}: ${suspension.reason}`
}

function unknownPolicy({ state }: ArbiterDraft, { entity, policy }: SuspendIntent): Verdict | undefined {
  const { policies = {} } = state
  if (Object.hasOwn(policies, entity) && policies[entity]?.includes(policy) === true) return undefined
  const who = entity === ROOT ? 'the application' : `"${entity}"`
  return { kind: 'refuse', reason: `${who} has no policy "${policy}"` }
}

/** Who cannot act cannot end that. */
function suspendsItself(_draft: ArbiterDraft, intent: SuspendIntent, by: Asker): Verdict | undefined {
  if (keyOf(intent) !== askerKey(by)) return undefined
  return { kind: 'refuse', reason: 'it would never act again' }
}

function alreadySo(draft: ArbiterDraft, intent: SuspendIntent, by: Asker): Verdict | undefined {
  const known = Object.hasOwn(draft.suspensions, keyOf(intent)) ? draft.suspensions[keyOf(intent)] : undefined
  const isSo = known !== undefined && Object.hasOwn(known, askerKey(by))
  if (isSo !== intent.on) return undefined
  return { kind: 'hold', reason: isSo ? 'it has suspended it already' : 'it does not suspend it' }
}

/** One that suspends another has to end that; so two never suspend each other. */
function suspendsOthers(draft: ArbiterDraft, intent: SuspendIntent): Verdict | undefined {
  const key = keyOf(intent)
  const suspends = Object.entries(draft.suspensions).find(([, by]) => Object.hasOwn(by, key))
  if (!intent.on || suspends === undefined) return undefined
  return { kind: 'hold', reason: `"${intent.policy}" suspends ${suspends[0]} itself` }
}

function keyOf({ entity, policy }: SuspendIntent): string {
  return policyKey(entity, policy)
}

function askerKey(by: Asker): string {
  return by.kind === 'person' ? '' : policyKey(by.entity, by.name)
}
