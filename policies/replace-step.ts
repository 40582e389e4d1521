import type { Intent, JsonObject, MemberCondition, Reading, Turn } from '../engine/index.js'
import { askBudget } from './budget.js'
import { formatDuration } from './config/duration.js'
import { LAYOUT, type MemberBook, bearingOf, isFailedRun, withMember, withoutMember } from './members.js'
import { timesWithin, wakeAmong } from './operators/window.js'

/** How a replace policy is set. Times in milliseconds. */
export interface ReplaceSettings {
  /** Restarts that must have failed within `period`. */
  readonly afterFailures: number
  readonly period: number
  readonly unhealthyFor: number
  /** Replacements within `attemptsPeriod`. */
  readonly attempts: number
  readonly attemptsPeriod: number
}

/** One entity that is not well, or was not lately. */
interface Ailing extends JsonObject {
  readonly incarnation: number
  /** The run that failed last; 0 for none. */
  readonly run: number
  readonly failed: boolean
  /** When restarted runs failed. */
  readonly failures: readonly number[]
  /** Since when it runs without being healthy; null while it does not. */
  readonly unhealthySince: number | null
  /** When its replacement was last asked for; null before. */
  readonly askedAt: number | null
  readonly reason: string
}

/** What a replace policy remembers. */
export interface ReplaceMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly ailing: MemberBook<Ailing>
  /** Times of the replacements asked for, each incarnation once. */
  readonly replacements: readonly number[]
}

/** Nobody ails. */
export const ALL_WELL: ReplaceMemory = { layout: LAYOUT, ailing: {}, replacements: [] }

/** Asks for the replacement of what does not recover by restarting, or runs without being healthy. */
export function stepReplace(
  settings: ReplaceSettings,
  memory: ReplaceMemory,
  reading: Reading,
  now: number,
): Turn<ReplaceMemory> {
  return act(settings, { ...memory, ailing: note(settings, memory, reading, now) }, now)
}

/** A replacement that was asked for and did not begin is asked for again after this many milliseconds. */
const ASK_AGAIN = 5_000

/** Takes the reading into the book of those who are not well. */
function note(
  settings: ReplaceSettings,
  memory: ReplaceMemory,
  reading: Reading,
  now: number,
): MemberBook<Ailing> {
  const { ailing } = memory
  const bearing = bearingOf(ailing, reading)
  if (bearing === undefined) return ailing
  const { condition } = bearing
  if (condition.state === 'gone') return withoutMember(ailing, reading.entity)
  const same = bearing.same ?? { ...WELL, incarnation: condition.incarnation }
  const entry = isFailedRun(condition)
    ? failed(settings, condition, same, now)
    : {
        ...same,
        failed: false,
        unhealthySince: unhealthySince(condition, same, now),
        reason: condition.reason,
      }
  return withMember(ailing, reading.entity, entry)
}

/** The entry of one whose run has failed: a restarted run counts, once. */
function failed(settings: ReplaceSettings, condition: MemberCondition, same: Ailing, now: number): Ailing {
  const { run, reason } = condition
  const before = timesWithin(same.failures, now, settings.period)
  const failures = run >= 2 && run !== same.run ? [...before, now] : before
  return { ...same, run, failed: true, unhealthySince: null, failures, reason }
}

function unhealthySince({ state, up }: MemberCondition, same: Ailing, now: number): number | null {
  return state === 'running' && !up ? Math.min(same.unhealthySince ?? now, now) : null
}

const WELL: Ailing = {
  incarnation: 0,
  run: 0,
  failed: false,
  failures: [],
  unhealthySince: null,
  askedAt: null,
  reason: '',
}

/** Asks for what is due while the budget lasts: what one member spends is gone for the next in the same turn. */
function act(settings: ReplaceSettings, memory: ReplaceMemory, now: number): Turn<ReplaceMemory> {
  const asking: Asking = {
    settings,
    now,
    intents: [],
    wakes: [],
    spent: [...timesWithin(memory.replacements, now, settings.attemptsPeriod)],
  }
  const ailing: { [path: string]: Ailing } = {}
  for (const [entity, known] of Object.entries(memory.ailing)) {
    const failures = known.failed ? known.failures : timesWithin(known.failures, now, settings.period)
    const entry = consider(asking, entity, { ...known, failures })
    if (isNotable(entry)) ailing[entity] = entry
  }
  const next: ReplaceMemory = { ...memory, ailing, replacements: asking.spent }
  return { memory: next, intents: asking.intents, ...wakeAmong(asking.wakes, now) }
}

interface Asking {
  readonly settings: ReplaceSettings
  readonly now: number
  readonly intents: Intent[]
  readonly wakes: (number | null)[]
  readonly spent: number[]
}

function consider(asking: Asking, entity: string, known: Ailing): Ailing {
  const { settings, now, intents, wakes, spent } = asking
  const why = whyReplace(settings, known, now)
  if (why === undefined) {
    wakes.push(known.unhealthySince === null ? null : known.unhealthySince + settings.unhealthyFor)
    return known
  }
  const again = known.askedAt === null ? now : Math.min(known.askedAt, now) + ASK_AGAIN
  if (again > now) {
    wakes.push(again)
    return known
  }
  const budget = askBudget(
    { attempts: settings.attempts, period: settings.attemptsPeriod },
    spent,
    now,
    'replacements',
  )
  if (known.askedAt === null && !budget.fits) {
    intents.push({
      kind: 'hold',
      rule: 'replace-budget',
      reason: `replacement budget spent for ${entity}: ${budget.reason}; ${why}`,
    })
    wakes.push(budget.roomAt ?? now + ASK_AGAIN)
    return known
  }
  if (known.askedAt === null) spent.push(now)
  intents.push({ kind: 'replace', entity, incarnation: known.incarnation, reason: why })
  wakes.push(now + ASK_AGAIN)
  return { ...known, askedAt: now }
}

function whyReplace(settings: ReplaceSettings, known: Ailing, now: number): string | undefined {
  const { failures, unhealthySince } = known
  if (known.failed && failures.length >= settings.afterFailures) {
    return `${failures.length} restarts failed within ${formatDuration(settings.period)}: ${known.reason}`
  }
  if (unhealthySince === null || now - unhealthySince < settings.unhealthyFor) return undefined
  return `not healthy for ${formatDuration(settings.unhealthyFor)} although it runs: ${known.reason}`
}

function isNotable(entry: Ailing): boolean {
  return entry.failed || entry.failures.length > 0 || entry.unhealthySince !== null
}
