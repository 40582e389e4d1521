import type { JsonObject, MemberCondition, Output, Reading, Turn } from '../engine/index.js'
import { askBudget } from './budget.js'
import { yieldOf } from './enrichers/enricher.js'
import {
  LAYOUT,
  type MemberBook,
  conditionIn,
  isFailedRun,
  memberIn,
  withMember,
  withoutMember,
} from './members.js'
import { wakeAmong } from './operators/window.js'

/** How a supervisor is set. Times in milliseconds. */
export interface SuperviseSettings {
  /** Path of its entity. */
  readonly path: string
  readonly strategy: string
  readonly act: 'restart' | 'replace'
  readonly attempts: number
  readonly period: number
  /** Path of the entity that is restarted when the attempts are spent. */
  readonly escalate?: string
  readonly escalated: string
}

/** One that is supervised. */
interface Supervised extends JsonObject {
  readonly incarnation: number
  readonly run: number
  /** The run whose failure was answered last; 0 for none. */
  readonly answered: number
  /** When its restart is asked for (again); null while none is wanted. */
  readonly due: number | null
  readonly reason: string
}

/** What a supervisor remembers. */
export interface SuperviseMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly supervised: MemberBook<Supervised>
  /** When failures were answered, of all together: whoever begins anew brings no new attempts. */
  readonly answers: readonly number[]
  /** How many calls it has asked for. */
  readonly calls: number
}

/** Nobody has failed. */
export const NOBODY_FAILED: SuperviseMemory = { layout: LAYOUT, supervised: {}, answers: [], calls: 0 }

/** A restart that was asked for and did not begin is asked for again after this many milliseconds. */
const ASK_AGAIN = 5_000

/** Answers failures by restarts while the attempts last, and hands on what comes after that. */
export function stepSupervise(
  settings: SuperviseSettings,
  memory: SuperviseMemory,
  reading: Reading,
  now: number,
): Turn<SuperviseMemory, Output> {
  const noted = noteStanding(memory, reading)
  const failure = failureIn(settings, noted, reading)
  const answered = failure === undefined ? { memory: noted, said: [] } : answer(settings, noted, failure, now)
  return ask(settings, answered, now)
}

/** Takes in how one stands; a restart that has begun is wanted no more. */
function noteStanding(memory: SuperviseMemory, reading: Reading): SuperviseMemory {
  const { entity } = reading
  const condition = conditionIn(reading)
  const known = memberIn(memory.supervised, entity)
  if (condition === undefined || (known?.incarnation ?? 0) > condition.incarnation) return memory
  if (condition.state === 'gone') return { ...memory, supervised: withoutMember(memory.supervised, entity) }
  return { ...memory, supervised: withMember(memory.supervised, entity, standingAs(known, condition)) }
}

function standingAs(known: Supervised | undefined, { incarnation, run }: MemberCondition): Supervised {
  const same = known?.incarnation === incarnation ? known : undefined
  if (same?.run === run) return same
  return { incarnation, run, answered: same?.answered ?? 0, due: null, reason: '' }
}

/** Somebody who has failed, and why. */
interface FailureOf {
  readonly entity: string
  readonly reason: string
  /** Whether it is one that hands on its own: it is restarted as a whole. */
  readonly isHandedOn: boolean
}

function failureIn(
  { escalated }: SuperviseSettings,
  { supervised }: SuperviseMemory,
  reading: Reading,
): FailureOf | undefined {
  const { entity, kind, sensor, value } = reading
  if (kind === 'sensor')
    return sensor === escalated && value !== null
      ? { entity, reason: `${entity} hands on a failure`, isHandedOn: true }
      : undefined
  const condition = conditionIn(reading)
  const known = memberIn(supervised, entity)
  if (condition === undefined || known === undefined || !isFailedRun(condition)) return undefined
  if (known.answered === condition.run) return undefined
  return { entity, reason: `${entity} has failed: ${condition.reason}`, isHandedOn: false }
}

interface Answered {
  readonly memory: SuperviseMemory
  readonly said: readonly Output[]
}

function answer(
  settings: SuperviseSettings,
  memory: SuperviseMemory,
  failure: FailureOf,
  now: number,
): Answered {
  const budget = askBudget(settings, memory.answers, now, 'failures')
  const noted = markAnswered(memory, failure)
  if (!budget.fits) return handOn(settings, noted, { reason: `${failure.reason}; ${budget.reason}`, now })
  const answers = [...budget.spent, now]
  if (failure.isHandedOn) return restartWhole({ ...noted, answers }, failure)
  const supervised = Object.entries(noted.supervised).map(([path, one]) => [
    path,
    isMeant(settings, path, failure.entity) && one.run > 0
      ? { ...one, due: now, reason: failure.reason }
      : one,
  ])
  return {
    memory: { ...noted, answers, supervised: Object.fromEntries(supervised) as MemberBook<Supervised> },
    said: [],
  }
}

function markAnswered(memory: SuperviseMemory, { entity }: FailureOf): SuperviseMemory {
  const known = memberIn(memory.supervised, entity)
  if (known === undefined) return memory
  return { ...memory, supervised: withMember(memory.supervised, entity, { ...known, answered: known.run }) }
}

/** Who is restarted with one that has failed. */
function isMeant({ strategy }: SuperviseSettings, path: string, failed: string): boolean {
  if (path === failed || strategy === 'one-for-all') return true
  return strategy === 'rest-for-one' && isAfter(path, failed)
}

/** By number where they are members, else by name. */
function isAfter(path: string, failed: string): boolean {
  const [one, other] = [Number(path.split('/').at(-1)), Number(failed.split('/').at(-1))]
  return Number.isFinite(one) && Number.isFinite(other) ? one > other : path > failed
}

function restartWhole(memory: SuperviseMemory, { entity, reason }: FailureOf): Answered {
  const calls = memory.calls + 1
  const call = {
    kind: 'call',
    entity,
    effector: 'restart',
    arguments: {},
    key: String(calls),
    reason,
  } as const
  return { memory: { ...memory, calls }, said: [call] }
}

function handOn(
  { path, escalate, escalated }: SuperviseSettings,
  memory: SuperviseMemory,
  { reason, now }: { readonly reason: string; readonly now: number },
): Answered {
  const told = yieldOf(path, escalated, { component: path, description: reason, time: now })
  const hold = { kind: 'hold', rule: 'restart-budget', reason } as const
  if (escalate === undefined) return { memory, said: [told, hold] }
  const { memory: counted, said } = restartWhole(memory, { entity: escalate, reason, isHandedOn: true })
  return { memory: counted, said: [told, hold, ...said] }
}

/** Asks for the restarts, or replacements, that are due. */
function ask(
  { act }: SuperviseSettings,
  { memory, said }: Answered,
  now: number,
): Turn<SuperviseMemory, Output> {
  const due = Object.entries(memory.supervised).filter(([, one]) => one.due !== null && one.due <= now)
  const acts = due.map(([entity, { incarnation, run, reason }]): Output =>
    act === 'replace'
      ? { kind: act, entity, incarnation, reason }
      : { kind: act, entity, incarnation, run, reason },
  )
  const asked = due.map(([path, one]) => [path, { ...one, due: now + ASK_AGAIN }] as const)
  const supervised = { ...memory.supervised, ...Object.fromEntries(asked) }
  const times = Object.values(supervised).map((one) => one.due)
  return { memory: { ...memory, supervised }, intents: [...said, ...acts], ...wakeAmong(times, now) }
}
