import { parentPath } from '../entity/path.js'
import { type ArbiterDraft, type RoleDraft, type Wanted, isNewFirst } from './arbiter-draft.js'
import { DEFAULT_RATE_LIMIT } from './arbiter-state.js'

/** What a rule says against something: never so, or not now. */
export interface Verdict {
  readonly kind: 'refuse' | 'hold'
  readonly reason: string
}

/** What a rule says: never so, not now, or so instead. */
export type Finding = Verdict | { readonly kind: 'adjust'; readonly intent: Wanted; readonly reason: string }

/** One rule. It looks at the draft and one intent and says nothing when it has nothing against it. */
export interface Rule {
  readonly name: string
  /** A person's explicit wish is checked for existence, staleness and bounds only. */
  readonly binds: 'all' | 'policies'
  check(draft: ArbiterDraft, intent: Wanted, byPerson: boolean): Finding | undefined
}

/** The rules in the order in which they are asked; the first refusal or hold ends it. */
export const RULES: readonly Rule[] = [
  { name: 'unknown-entity', binds: 'all', check: unknownEntity },
  { name: 'wish', binds: 'policies', check: wishForbids },
  { name: 'entity-held', binds: 'policies', check: entityHeld },
  { name: 'priority', binds: 'policies', check: outranked },
  { name: 'superseded', binds: 'all', check: superseded },
  { name: 'already-so', binds: 'all', check: alreadyWanted },
  { name: 'bounds', binds: 'all', check: outOfBounds },
  { name: 'quota', binds: 'policies', check: exceedsQuota },
  { name: 'surge', binds: 'policies', check: growsTooFar },
  { name: 'already-so', binds: 'all', check: sameCount },
  { name: 'disruption-budget', binds: 'policies', check: disruptsTooMany },
  { name: 'surge', binds: 'policies', check: replacesTooMany },
  { name: 'rate-limit', binds: 'policies', check: tooOften },
]

function unknownEntity(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const known = intent.kind === 'scale' ? draft.role(intent.entity) : draft.member(intent.entity)
  if (known !== undefined) return undefined
  const what = intent.kind === 'scale' ? 'role' : 'entity with a machine or process'
  return { kind: 'refuse', reason: `there is no ${what} "${intent.entity}"` }
}

function wishForbids(draft: ArbiterDraft): Finding | undefined {
  const { wish } = draft.state.desired
  return wish === 'running' ? undefined : { kind: 'refuse', reason: `the application is wanted ${wish}` }
}

/** Whether a person or a workflow holds the entity, or one that it is in. */
export function entityHeld(draft: ArbiterDraft, intent: { readonly entity: string }): Verdict | undefined {
  const { holds } = draft.state.desired
  for (let path: string | undefined = intent.entity; path !== undefined; path = parentPath(path)) {
    const hold = Object.hasOwn(holds, path) ? holds[path] : undefined
    if (hold !== undefined && hold.until > draft.now) {
      const seconds = Math.ceil((hold.until - draft.now) / 1_000)
      return { kind: 'hold', reason: `"${path}" is held by ${hold.by} for another ${seconds} s` }
    }
  }
  return undefined
}

function outranked(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  if (intent.kind === 'scale' && draft.role(intent.entity)?.setByPerson === true) {
    return { kind: 'hold', reason: 'a person has just set the count' }
  }
  if (intent.kind === 'restart' && draft.replaced.has(intent.entity)) {
    return { kind: 'refuse', reason: 'it is being replaced instead' }
  }
  return undefined
}

function superseded(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const member = draft.member(intent.entity)
  if (intent.kind === 'scale' || member === undefined) return undefined
  if (member.incarnation !== intent.incarnation) {
    return {
      kind: 'refuse',
      reason: `made for incarnation ${intent.incarnation}; it is at ${member.incarnation}`,
    }
  }
  if (intent.kind === 'restart' && member.run !== intent.run) {
    return { kind: 'refuse', reason: `made for run ${intent.run}; it is at ${member.run}` }
  }
  return undefined
}

function alreadyWanted(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const floor = draft.floor(intent.entity)
  if (intent.kind === 'scale' || floor === undefined) return undefined
  if ((floor.incarnation ?? 0) > intent.incarnation)
    return { kind: 'hold', reason: 'its replacement is wanted already' }
  const restarting = floor.runOf === intent.incarnation && (floor.run ?? 0)
  if (intent.kind === 'restart' && restarting !== false && restarting > intent.run) {
    return { kind: 'hold', reason: `run ${restarting} is wanted already` }
  }
  return undefined
}

function outOfBounds(draft: ArbiterDraft, intent: Wanted, byPerson: boolean): Finding | undefined {
  if (intent.kind !== 'scale') return undefined
  const role = draft.role(intent.entity)
  if (!Number.isSafeInteger(intent.count)) return { kind: 'refuse', reason: 'a count is a whole number' }
  if (role === undefined) return undefined
  const { min, max } = role.state
  const count = Math.max(min, Math.min(max, intent.count))
  if (count === intent.count) return undefined
  const reason = `${intent.count} is outside ${min} to ${max}`
  if (byPerson) return { kind: 'refuse', reason }
  return { kind: 'adjust', intent: { ...intent, count }, reason: `${reason}, so ${count}` }
}

function exceedsQuota(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const role = intent.kind === 'scale' ? draft.role(intent.entity) : undefined
  if (role === undefined || intent.kind !== 'scale' || intent.count <= role.wanted) return undefined
  const fits = role.wanted + Math.max(0, Math.floor(draft.room / (role.state.each ?? 1)))
  if (intent.count <= fits) return undefined
  return { kind: 'adjust', intent: { ...intent, count: fits }, reason: `the quota leaves room for ${fits}` }
}

/** Members on their way out count until they are gone, so growth may have to wait for them. */
function growsTooFar(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const role = intent.kind === 'scale' ? draft.role(intent.entity) : undefined
  if (role === undefined || intent.kind !== 'scale' || intent.count <= role.wanted) return undefined
  const { leaving } = role.state
  const fits = Math.max(role.wanted, mostIncarnations(role) - leaving - role.replacing)
  if (intent.count <= fits) return undefined
  const reason = `${leaving} on their way out and ${role.replacing} replacements leave room for ${fits}`
  return { kind: 'adjust', intent: { ...intent, count: fits }, reason }
}

function sameCount(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  if (intent.kind !== 'scale' || draft.role(intent.entity)?.wanted !== intent.count) return undefined
  return { kind: 'hold', reason: `${intent.count} are wanted already` }
}

function disruptsTooMany(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const role = roleOf(draft, intent)
  const cost = role === undefined ? 0 : costOf(draft, role, intent)
  if (role === undefined || cost === 0) return undefined
  const { ready, min, replacement } = role.state
  const least = min - replacement.unavailable
  const left = ready - role.disrupted - cost
  if (left >= least) return undefined
  const reason = `${ready} are up, ${role.disrupted} of them about to go; ${cost} more would leave ${left}, below ${least}`
  return { kind: 'hold', reason }
}

function replacesTooMany(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const role = intent.kind === 'replace' ? roleOf(draft, intent) : undefined
  if (role === undefined || !isNewFirst(role.state.replacement)) return undefined
  const { incarnations, leaving } = role.state
  const staying = Math.max(role.wanted, incarnations - leaving)
  const after = staying + leaving + role.replacing + 1
  const most = mostIncarnations(role)
  if (after <= most) return undefined
  return {
    kind: 'hold',
    reason: `it would make ${after} incarnations, at most ${most} with those that leave`,
  }
}

function tooOften(draft: ArbiterDraft, intent: Wanted): Finding | undefined {
  const role = roleOf(draft, intent)
  if (intent.kind === 'scale' && role !== undefined && intent.count > role.wanted) return undefined
  const { decisions, period } = draft.state.rateLimit ?? DEFAULT_RATE_LIMIT
  const most = Math.max(decisions, role?.wanted ?? 0)
  const spent = draft.recentOf(keyOf(draft, intent)).length
  if (spent < most) return undefined
  return { kind: 'hold', reason: `${spent} disruptive decisions within ${period / 1_000} s, at most ${most}` }
}

/** How many ready members an intent takes away. */
function costOf(draft: ArbiterDraft, role: RoleDraft, intent: Wanted): number {
  if (intent.kind === 'scale') return Math.min(Math.max(0, role.wanted - intent.count), role.state.ready)
  const up = draft.member(intent.entity)?.up === true
  return !up || (intent.kind === 'replace' && isNewFirst(role.state.replacement)) ? 0 : 1
}

function mostIncarnations(role: RoleDraft): number {
  return role.state.max + role.state.replacement.surge
}

function roleOf(draft: ArbiterDraft, intent: Wanted): RoleDraft | undefined {
  return intent.kind === 'scale' ? draft.role(intent.entity) : draft.role(draft.member(intent.entity)?.role)
}

function keyOf(draft: ArbiterDraft, intent: Wanted): string {
  return intent.kind === 'scale' ? intent.entity : (draft.member(intent.entity)?.role ?? intent.entity)
}
