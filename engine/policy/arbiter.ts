import type { CallIntent, Intent, RolloutIntent, SuspendIntent } from '../ports/policy.js'
import { ArbiterDraft, type Wanted } from './arbiter-draft.js'
import { RULES, type Verdict } from './arbiter-rules.js'
import {
  type Arbitration,
  type ArbiterState,
  type Asker,
  type GrantedCall,
  type Request,
  actorName,
} from './arbiter-state.js'
import { CALL_RULES, grantCall } from './call-rules.js'
import type { Decision } from './decision-log.js'
import { ROLLOUT_RULES, grantRollout, whyNoRollout } from './rollout-rules.js'
import { SUSPEND_RULES, grantSuspension, outOfAction } from './suspend-rules.js'

/**
 * Decides about all requests of a turn at once. Pure: the same state, requests and time give the same verdict. People
 * come before policies and replacements before restarts; otherwise first come, first served. Each grant is taken into
 * account for the next, so a burst of requests shares one budget, and of a policy that is suspended nothing more is granted.
 */
export function arbitrate(state: ArbiterState, requests: readonly Request[], now: number): Arbitration {
  const draft = new ArbiterDraft(state, now)
  const ordered = [...requests].sort((a, b) => rankOf(a) - rankOf(b))
  const granted: Granted[] = []
  const calls: GrantedCall[] = []
  const decisions = ordered.map((request) => {
    const { by, intent } = request
    const decision = decide(draft, request)
    if (decision.outcome !== 'decided') return decision
    if (intent.kind === 'call') calls.push({ by, call: intent })
    else granted.push({ by, decision })
    return decision
  })
  const recent = draft.rateMemory()
  const [first] = granted
  if (first === undefined) return { calls, decisions, recent }
  const reasons = granted.map(({ decision: { entity, intent, reason } }) => `${entity}: ${intent}: ${reason}`)
  const change = {
    counts: draft.counts,
    floors: draft.floors,
    ...(draft.suspensionsChanged ? { suspendedByPolicies: draft.suspensions } : {}),
    ...(draft.rolloutsChanged ? { rollouts: draft.rollouts } : {}),
    by: actorName(first.by),
    reason: shorten(reasons),
  }
  return { desired: change, calls, decisions, recent }
}

/** A change of what is desired that was granted. */
interface Granted {
  readonly by: Asker
  readonly decision: Decision
}

function decide(draft: ArbiterDraft, request: Request): Decision {
  const { intent, by } = request
  if (intent.kind === 'hold') {
    const entity = by.kind === 'policy' ? by.entity : ''
    return {
      ...signed(request),
      outcome: 'held',
      entity,
      intent: 'hold',
      rule: intent.rule,
      reason: intent.reason,
    }
  }
  const about = { ...signed(request), entity: intent.entity, intent: describe(intent) }
  const suspended = outOfAction(draft, by)
  if (suspended !== undefined)
    return { ...about, outcome: 'held', rule: 'suspended', reason: `${suspended}; ${intent.reason}` }
  switch (intent.kind) {
    case 'call':
      return judgeCall(draft, request, intent)
    case 'suspend':
      return judgeSuspension(draft, request, intent)
    case 'advance':
    case 'finish':
    case 'stall':
    case 'revert':
      return judgeRollout(draft, request, intent)
    default:
      return judge(draft, request, intent)
  }
}

function judgeRollout(draft: ArbiterDraft, request: Request, intent: RolloutIntent): Decision {
  const rollout = draft.rollout(intent.entity)
  const finding =
    rollout === undefined
      ? whyNoRollout(draft, intent)
      : firstFinding(ROLLOUT_RULES, (rule) => rule.check(draft, intent, rollout))
  if (finding === undefined) grantRollout(draft, intent)
  return verdict(request, intent, finding)
}

function judgeCall(draft: ArbiterDraft, request: Request, call: CallIntent): Decision {
  const finding = firstFinding(CALL_RULES, (rule) => rule.check(draft, call, request.by))
  const said = verdict(request, call, finding)
  return finding === undefined ? { ...said, spends: grantCall(draft, call, request.by) } : said
}

function judgeSuspension(draft: ArbiterDraft, request: Request, intent: SuspendIntent): Decision {
  const finding = firstFinding(SUSPEND_RULES, (rule) => rule.check(draft, intent, request.by))
  if (finding === undefined) grantSuspension(draft, intent, request.by)
  return verdict(request, intent, finding)
}

/** What the first of some rules says that says anything. */
function firstFinding<Named extends { readonly name: string }>(
  rules: readonly Named[],
  ask: (rule: Named) => Verdict | undefined,
): (Verdict & { readonly rule: string }) | undefined {
  for (const rule of rules) {
    const finding = ask(rule)
    if (finding !== undefined) return { ...finding, rule: rule.name }
  }
  return undefined
}

function verdict(
  request: Request,
  intent: CallIntent | SuspendIntent | RolloutIntent,
  finding: (Verdict & { readonly rule: string }) | undefined,
): Decision {
  const about = { ...signed(request), entity: intent.entity, intent: describe(intent) }
  if (finding === undefined) return { ...about, outcome: 'decided', rule: 'granted', reason: intent.reason }
  const outcome = finding.kind === 'hold' ? 'held' : 'refused'
  return { ...about, outcome, rule: finding.rule, reason: `${finding.reason}; ${intent.reason}` }
}

function judge(draft: ArbiterDraft, request: Request, asked: Wanted): Decision {
  const byPerson = request.by.kind === 'person'
  const path: string[] = []
  const notes: string[] = []
  let intent = asked
  const say = (outcome: Decision['outcome'], rule: string, reasons: readonly string[]): Decision => {
    const judged = { entity: asked.entity, intent: describe(asked), rule: [...path, rule].join('/') }
    return { ...signed(request), ...judged, outcome, reason: reasons.join('; ') }
  }
  for (const rule of RULES) {
    const finding = byPerson && rule.binds === 'policies' ? undefined : rule.check(draft, intent, byPerson)
    if (finding === undefined) continue
    notes.push(finding.reason)
    if (finding.kind !== 'adjust') return say(finding.kind === 'hold' ? 'held' : 'refused', rule.name, notes)
    path.push(rule.name)
    intent = finding.intent
  }
  const spends = draft.grant(intent, byPerson)
  const decided = say('decided', 'granted', [asked.reason, ...notes])
  return spends === undefined ? decided : { ...decided, spends }
}

function signed({ by, inputs }: Request): Pick<Decision, 'by' | 'policyType' | 'version' | 'inputs'> {
  if (by.kind === 'person') return { by: by.name, policyType: '', version: '', inputs }
  return { by: by.name, policyType: by.type, version: by.version, inputs }
}

function describe(intent: Exclude<Intent, { readonly kind: 'hold' }>): string {
  switch (intent.kind) {
    case 'scale':
      return `scale to ${intent.count}`
    case 'restart':
      return `restart run ${intent.run} of incarnation ${intent.incarnation}`
    case 'replace':
      return `replace incarnation ${intent.incarnation}${intent.elsewhere === true ? ' elsewhere' : ''}`
    case 'call':
      return `call ${intent.effector}`
    case 'suspend':
      return `${intent.on ? 'suspend' : 'resume'} ${intent.policy}`
    default:
      return describeRollout(intent)
  }
}

function describeRollout(intent: RolloutIntent): string {
  const members = intent.kind === 'advance' ? ` to ${intent.members} members` : ''
  return `${intent.kind} version ${intent.version}${members}`
}

const RANKS = {
  suspend: 0,
  revert: 0,
  replace: 1,
  scale: 2,
  restart: 3,
  stall: 4,
  finish: 4,
  advance: 4,
  call: 5,
  hold: 6,
} as const

function rankOf({ by, intent }: Request): number {
  return (by.kind === 'person' ? 0 : 10) + RANKS[intent.kind]
}

/** Reasons as one line that fits a record. */
function shorten(reasons: readonly string[]): string {
  const shown = reasons.slice(0, 3).join('; ')
  return reasons.length > 3 ? `${shown}; and ${reasons.length - 3} more` : shown
}
