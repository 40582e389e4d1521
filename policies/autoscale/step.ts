import type { Intent, JsonObject, Reading, Turn } from '../../engine/index.js'
import { type Band, type BandSettings, type Proposal, neededCount, proposeCount } from './band.js'
import {
  type Average,
  type Doubt,
  type Pool,
  type Survey,
  emptyPool,
  noteReadings,
  noteTold,
  surveyByAverage,
  surveyOf,
} from './pool.js'
import { formatDuration } from '../config/duration.js'
import { LAYOUT } from '../members.js'
import { type BoundsSchedule, boundsAt } from '../schedule/bounds.js'
import { EMPTY_WINDOW, type SlidingMinimum, nextChangeOfWindow, wakeAmong } from '../operators/window.js'

/** How an autoscale policy is set. Times in milliseconds. */
export interface AutoscaleSettings extends BandSettings {
  /** 'members', or whose value is the average itself. */
  readonly from: string
  readonly cooldown: number
  readonly staleAfter: number
  /** The share of the members that are up whose load must be known. */
  readonly coverage: number
  /** What is done while too little is known: nothing, or what is known may still be too much. */
  readonly missing: string
  /** How many there are to be when too little has been known for so long; 0: as many as there are. */
  readonly fallback: number
  readonly fallbackAfter: number
  /** When there are other bounds than `min` and `max`. */
  readonly schedules: readonly BoundsSchedule[]
}

/** What an autoscale policy remembers. */
export interface AutoscaleMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly pool: Pool
  /** What was last told of the average, where another entity tells it. */
  readonly average?: Average
  /** Least count that was needed lately; over `scaleOutAfter`. */
  readonly out: SlidingMinimum
  /** Largest count that was needed lately, negated; over `scaleInAfter`. */
  readonly in: SlidingMinimum
  /** No other count is asked for before this. */
  readonly quietUntil: number
  /** Since when too little is known; null while enough is. Absent: nothing was wanted of it. */
  readonly doubtedSince?: number | null
}

/** No member known, nothing asked for. */
export const UNAWARE: AutoscaleMemory = {
  layout: LAYOUT,
  pool: emptyPool,
  out: EMPTY_WINDOW,
  in: EMPTY_WINDOW,
  quietUntil: 0,
}

/** Takes readings in, and decides nothing yet. */
export function noteAutoscale(
  { from }: Pick<AutoscaleSettings, 'from'>,
  memory: AutoscaleMemory,
  readings: readonly Reading[],
  now: number,
): Omit<Turn<AutoscaleMemory>, 'wakeAt'> {
  const { doubts, ...known } =
    from === 'members' ? noteReadings(memory.pool, readings, now) : noteTold(memory, readings, now)
  return { memory: { ...memory, ...known }, intents: doubts.map((doubt) => ({ kind: 'hold', ...doubt })) }
}

/** Asks the role at path `role` for the count that the pool as it stands needs. */
export function decideAutoscale(
  role: string,
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  now: number,
): Turn<AutoscaleMemory> {
  const survey = surveyed(settings, memory, now)
  if (survey.present === 0) return { memory, intents: [] }
  const bounds = boundsAt(settings, settings.schedules, now)
  const count = Math.max(bounds.min, Math.min(bounds.max, survey.present))
  if (count !== survey.present && bounds.reason !== '') {
    const intent = { kind: 'scale', entity: role, count, reason: bounds.reason } as const
    const reset = { ...memory, out: EMPTY_WINDOW, in: EMPTY_WINDOW }
    return { memory: reset, intents: [intent], ...wakeAmong([bounds.changesAt], now) }
  }
  const { out, in: into, quietUntil: rests } = memory
  const band: Band = { ...settings, min: bounds.min, max: bounds.max, out, in: into, quietUntil: rests }
  if (survey.doubt !== undefined) {
    const doubted = doubtful(role, settings, { memory, band, survey, doubt: survey.doubt }, now)
    return { ...doubted, ...wakeAmong([doubted.wakeAt, bounds.changesAt], now) }
  }
  const proposal = proposeCount(band, survey, now)
  const quietUntil =
    proposal.kind === 'ask' ? now + settings.cooldown : Math.min(memory.quietUntil, now + settings.cooldown)
  const next = { ...sure(memory), out: proposal.out, in: proposal.in, quietUntil }
  const stale = survey.oldest === undefined ? undefined : survey.oldest + settings.staleAfter + 1
  const times = proposal.settled ? [stale] : [stale, proposal.changesAt, quietUntil]
  return { memory: next, intents: intentsOf(proposal, role), ...wakeAmong([...times, bounds.changesAt], now) }
}

/** Enough is known. */
function sure(memory: AutoscaleMemory): AutoscaleMemory {
  if (memory.doubtedSince === undefined) return memory
  const { doubtedSince: _sure, ...known } = memory
  return known
}

interface Doubtful {
  readonly memory: AutoscaleMemory
  readonly band: Band
  readonly survey: Survey
  readonly doubt: Doubt
}

/** What is done while too little is known. */
function doubtful(
  role: string,
  settings: AutoscaleSettings,
  known: Doubtful,
  now: number,
): Turn<AutoscaleMemory> {
  const { band, survey, doubt } = known
  const growth = settings.missing === 'only-up' ? growthIn(band, survey, now) : NO_GROWTH
  const memory = { ...known.memory, out: growth.out, in: EMPTY_WINDOW }
  if (growth.count !== undefined) {
    const reason = `${doubt.reason}; what is known is too much for ${survey.present}`
    const intent = { kind: 'scale', entity: role, count: growth.count, reason } as const
    const quietUntil = now + settings.cooldown
    return { memory: { ...memory, quietUntil }, intents: [intent], ...wakeAmong([quietUntil], now) }
  }
  const hold: Intent = { kind: 'hold', ...doubt }
  if (settings.fallback === 0) return { memory, intents: [hold], ...wakeAmong([growth.wakeAt], now) }
  const since = Math.min(memory.doubtedSince ?? now, now)
  const due = since + settings.fallbackAfter
  const count = Math.max(band.min, Math.min(band.max, settings.fallback))
  const reason = `${doubt.reason}; so it is for ${formatDuration(now - since)}`
  const asks = due <= now && count !== survey.present
  const intents: readonly Intent[] = asks ? [{ kind: 'scale', entity: role, count, reason }] : [hold]
  return { memory: { ...memory, doubtedSince: since }, intents, ...wakeAmong([due, growth.wakeAt], now) }
}

/** What is known is too much already, once it was so for long enough and the last change has had its rest. */
interface Growth {
  readonly out: SlidingMinimum
  readonly count?: number
  /** When that can be so by itself. */
  readonly wakeAt?: number
}

const NO_GROWTH: Growth = { out: EMPTY_WINDOW }

function growthIn(band: Band, survey: Survey, now: number): Growth {
  const proposal = proposeCount({ ...band, in: EMPTY_WINDOW }, survey, now)
  const { out } = proposal
  if (proposal.kind === 'ask' && proposal.count > survey.present) return { out, count: proposal.count }
  if (neededCount(band, survey) <= survey.present) return { out }
  return { out, ...wakeAmong([nextChangeOfWindow(out, now, band.scaleOutAfter), band.quietUntil], now) }
}

function surveyed(settings: AutoscaleSettings, memory: AutoscaleMemory, now: number): Survey {
  return settings.from === 'members'
    ? surveyOf(memory.pool, now, settings)
    : surveyByAverage(memory, now, settings)
}

function intentsOf(proposal: Proposal, entity: string): readonly Intent[] {
  if (proposal.kind === 'none') return []
  if (proposal.kind === 'hold') return [{ kind: 'hold', rule: proposal.rule, reason: proposal.reason }]
  return [{ kind: 'scale', entity, count: proposal.count, reason: proposal.reason }]
}
