import type { Intent, JsonObject, Reading, Turn } from '../engine/index.js'
import { type BudgetAnswer, askBudget } from './budget.js'
import {
  type Bearing,
  LAYOUT,
  type MemberBook,
  bearingOf,
  isFailedRun,
  withMember,
  withoutMember,
} from './members.js'
import { timesWithin, wakeAmong } from './operators/window.js'

/** How a restart policy is set. Times in milliseconds. */
export interface RestartSettings {
  readonly attempts: number
  readonly period: number
  readonly backoff: { readonly initial: number; readonly factor: number; readonly max: number }
}

/** One entity that failed lately. */
interface Failing extends JsonObject {
  readonly incarnation: number
  /** The run that failed last. */
  readonly run: number
  /** Times of the restarts asked for, each run once, of this incarnation. */
  readonly attempts: readonly number[]
  /** When to ask for the restart (again); null while it does not need one. */
  readonly due: number | null
  /** Whether the restart of this run is among the attempts. */
  readonly counted: boolean
  readonly reason: string
}

/** What a restart policy remembers. */
export interface RestartMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly failing: MemberBook<Failing>
}

/** Nobody failed. */
export const CALM: RestartMemory = { layout: LAYOUT, failing: {} }

/** Asks for the restart of a run that failed, after its delay and while the budget lasts. */
export function stepRestart(
  settings: RestartSettings,
  memory: RestartMemory,
  reading: Reading,
  now: number,
): Turn<RestartMemory> {
  return act(settings, { ...memory, failing: note(settings, memory, reading, now) }, now)
}

/** A restart that was asked for and did not begin is asked for again after this many milliseconds. */
const ASK_AGAIN = 5_000
/** Keeps the product finite, also with a delay of 0. */
const LARGEST_FACTOR = 1e12

/** Takes the reading into the book of those who failed. */
function note(
  settings: RestartSettings,
  memory: RestartMemory,
  reading: Reading,
  now: number,
): MemberBook<Failing> {
  const { failing } = memory
  const bearing = bearingOf(failing, reading)
  if (bearing === undefined) return failing
  const { condition, same } = bearing
  if (isFailedRun(condition)) return withMember(failing, reading.entity, failed(settings, bearing, now))
  if (same === undefined || condition.state === 'gone') return withoutMember(failing, reading.entity)
  return withMember(failing, reading.entity, { ...same, due: null })
}

/** The entry of one whose run has failed; the same failure told again changes nothing. */
function failed(settings: RestartSettings, { condition, same }: Bearing<Failing>, now: number): Failing {
  const { incarnation, run, reason } = condition
  const known = same?.run === run ? same : undefined
  if (known !== undefined && known.due !== null) return known
  const attempts = timesWithin(same?.attempts ?? [], now, settings.period)
  const due = now + delayBefore(settings, attempts.length)
  return { incarnation, run, attempts, due, counted: known?.counted === true, reason }
}

/** Asks for what is due, and forgets those that have been well for a whole period. */
function act(settings: RestartSettings, memory: RestartMemory, now: number): Turn<RestartMemory> {
  const intents: Intent[] = []
  const failing: { [path: string]: Failing } = {}
  for (const [entity, known] of Object.entries(memory.failing)) {
    const answer = askBudget(settings, known.attempts, now, 'restarts')
    const due = dueBy(settings, known.due, now)
    const entry =
      due !== null && due <= now ? ask(entity, known, answer, { now, intents }) : { ...known, due }
    if (entry.due !== null || answer.spent.length > 0) failing[entity] = entry
  }
  const dues = Object.values(failing).map(({ due }) => due)
  return { memory: { ...memory, failing }, intents, ...wakeAmong(dues, now) }
}

interface Asking {
  readonly now: number
  readonly intents: Intent[]
}

function ask(entity: string, known: Failing, budget: BudgetAnswer, { now, intents }: Asking): Failing {
  const { incarnation, run, counted } = known
  if (!counted && !budget.fits) {
    intents.push({
      kind: 'hold',
      rule: 'restart-budget',
      reason: `restart budget spent for ${entity}: ${budget.reason}; ${known.reason}`,
    })
    return { ...known, due: budget.roomAt ?? now + ASK_AGAIN }
  }
  const attempts = counted ? known.attempts : [...budget.spent, now]
  const reason = `run ${run} failed: ${known.reason}; restart ${attempts.length}`
  intents.push({ kind: 'restart', entity, incarnation, run, reason })
  return { ...known, attempts, counted: true, due: now + ASK_AGAIN }
}

/** No wait is longer than the longest that the settings know, also when the clock went back. */
function dueBy(settings: RestartSettings, due: number | null, now: number): number | null {
  return due === null ? null : Math.min(due, now + Math.max(settings.period, settings.backoff.max, ASK_AGAIN))
}

function delayBefore({ backoff }: RestartSettings, attempts: number): number {
  return Math.min(backoff.max, backoff.initial * Math.min(backoff.factor ** attempts, LARGEST_FACTOR))
}
