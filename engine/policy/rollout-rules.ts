import type { Rollout } from '../entity/desired.js'
import type { RolloutIntent } from '../ports/policy.js'
import { admittedOf, throughFor } from '../reconcile/facts/rollout.js'
import type { ArbiterDraft } from './arbiter-draft.js'
import { type Verdict, entityHeld } from './arbiter-rules.js'

/** A rule about changes that come to members in turns. It says nothing when it has nothing against what is asked for. */
export interface RolloutRule {
  readonly name: string
  /** `rollout` is what is under way; where nothing is, the rules end there. */
  check(draft: ArbiterDraft, intent: RolloutIntent, rollout: Rollout): Verdict | undefined
}

/** The rules in the order in which they are asked, after `whyNoRollout`; the first that says something ends it. */
export const ROLLOUT_RULES: readonly RolloutRule[] = [
  { name: 'wish', check: wishForbids },
  { name: 'entity-held', check: entityHeld },
  { name: 'superseded', check: superseded },
  { name: 'stalled', check: goesNoFurther },
  { name: 'bounds', check: outOfBounds },
  { name: 'already-so', check: alreadySo },
]

/** Why there is nothing to be asked for. */
export function whyNoRollout(
  { state: { desired, restored } }: ArbiterDraft,
  { kind, entity }: RolloutIntent,
): Verdict & { readonly rule: string } {
  const reason = `no change of the document is coming to the members of "${entity}" in turns`
  if (kind !== 'revert' || restored === undefined) return { kind: 'refuse', rule: 'superseded', reason }
  return {
    kind: 'refuse',
    rule: 'rollback-of-rollback',
    reason: `version ${desired.version} restores version ${restored}, and that is not taken back`,
  }
}

/** Takes what was granted into account. */
export function grantRollout(draft: ArbiterDraft, intent: RolloutIntent): void {
  const { [intent.entity]: rollout, ...others } = draft.rollouts
  if (rollout === undefined) return
  const next = afterwards(rollout, intent, draft.numbersOf(intent.entity))
  draft.rollouts = next === undefined ? others : { ...others, [intent.entity]: next }
}

/** Undefined once it is over. */
function afterwards(
  rollout: Rollout,
  intent: RolloutIntent,
  numbers: readonly number[],
): Rollout | undefined {
  switch (intent.kind) {
    case 'advance': {
      const { dueAt } = intent
      const through = throughFor(rollout, numbers, intent.members)
      return { ...rollout, through, ...(dueAt === undefined ? {} : { dueAt }) }
    }
    case 'stall':
      return { ...rollout, stalled: intent.reason }
    case 'finish':
      return undefined
    case 'revert':
      // The version that is restored ends it.
      return rollout
  }
}

function wishForbids({ state }: ArbiterDraft): Verdict | undefined {
  const { wish } = state.desired
  return wish === 'running' ? undefined : { kind: 'refuse', reason: `the application is wanted ${wish}` }
}

function superseded(_draft: ArbiterDraft, { version }: RolloutIntent, now: Rollout): Verdict | undefined {
  if (version === now.version) return undefined
  return { kind: 'refuse', reason: `made for version ${version}; version ${now.version} is coming` }
}

function goesNoFurther(_draft: ArbiterDraft, { kind }: RolloutIntent, now: Rollout): Verdict | undefined {
  if (now.stalled === undefined || kind === 'revert') return undefined
  return { kind: 'hold', reason: `it goes no further until a person says so: ${now.stalled}` }
}

function outOfBounds(_draft: ArbiterDraft, intent: RolloutIntent, now: Rollout): Verdict | undefined {
  if (intent.kind === 'finish' && now.through !== 'all')
    return { kind: 'refuse', reason: 'not all members are admitted' }
  const isCount =
    intent.kind !== 'advance' ||
    intent.members === 'all' ||
    (Number.isSafeInteger(intent.members) && intent.members > 0)
  return isCount ? undefined : { kind: 'refuse', reason: 'a count is a whole number above 0' }
}

function alreadySo(draft: ArbiterDraft, intent: RolloutIntent, now: Rollout): Verdict | undefined {
  if (intent.kind !== 'advance') return undefined
  const numbers = draft.numbersOf(intent.entity)
  if (throughFor(now, numbers, intent.members) !== now.through) return undefined
  return { kind: 'hold', reason: `${admittedOf(now, numbers)} are admitted already` }
}
