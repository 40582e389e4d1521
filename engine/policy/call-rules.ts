import { ROOT } from '../entity/path.js'
import type { CallIntent } from '../ports/policy.js'
import type { ArbiterDraft } from './arbiter-draft.js'
import { type Verdict, entityHeld } from './arbiter-rules.js'
import { type Asker, CALL_RATE_LIMIT, MOST_CALLS_OPEN, callKey, callOrigin } from './arbiter-state.js'

/** A rule about calls of effectors. It says nothing when it has nothing against one. */
export interface CallRule {
  readonly name: string
  check(draft: ArbiterDraft, call: CallIntent, by: Asker): Verdict | undefined
}

/** The rules in the order in which they are asked; the first that says something ends it. */
export const CALL_RULES: readonly CallRule[] = [
  { name: 'unknown-entity', check: unknownEntity },
  { name: 'unknown-effector', check: unknownEffector },
  { name: 'wish', check: wishForbids },
  { name: 'entity-held', check: entityHeld },
  { name: 'busy', check: goesOn },
  { name: 'rate-limit', check: tooOften },
]

/** Takes a granted call into account; gives what it counts under. */
export function grantCall(draft: ArbiterDraft, call: CallIntent, by: Asker): string {
  const key = callKey(callOrigin(by), call)
  draft.calling.set(key, (draft.calling.get(key) ?? 0) + 1)
  return draft.spend(rateKey(by))
}

function unknownEntity({ state }: ArbiterDraft, { entity }: CallIntent): Verdict | undefined {
  if (Object.hasOwn(state.callable ?? {}, entity)) return undefined
  return { kind: 'refuse', reason: `there is no entity "${entity}"` }
}

function unknownEffector({ state }: ArbiterDraft, { entity, effector }: CallIntent): Verdict | undefined {
  if (state.callable?.[entity]?.includes(effector) === true) return undefined
  const who = entity === ROOT ? 'the application' : `"${entity}"`
  return { kind: 'refuse', reason: `${who} has no effector "${effector}"` }
}

/** What rests can be started. */
function wishForbids({ state }: ArbiterDraft, { entity, effector }: CallIntent): Verdict | undefined {
  const { wish } = state.desired
  if (wish === 'running' || (wish === 'stopped' && entity === ROOT && effector === 'start')) return undefined
  return { kind: 'refuse', reason: `the application is wanted ${wish}` }
}

function goesOn({ calling }: ArbiterDraft, call: CallIntent, by: Asker): Verdict | undefined {
  const open = calling.get(callKey(callOrigin(by), call)) ?? 0
  if (open < (call.alone === true ? 1 : MOST_CALLS_OPEN)) return undefined
  const before = open === 1 ? 'the call before has' : `${open} calls before have`
  return { kind: 'hold', reason: `${before} not ended` }
}

function tooOften(draft: ArbiterDraft, _call: CallIntent, by: Asker): Verdict | undefined {
  const { decisions, period } = CALL_RATE_LIMIT
  const spent = draft.recentOf(rateKey(by)).length
  if (spent < decisions) return undefined
  return { kind: 'hold', reason: `${spent} calls within ${period / 1_000} s, at most ${decisions}` }
}

function rateKey(by: Asker): string {
  return `calls by ${callOrigin(by)}`
}
