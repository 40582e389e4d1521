import type { Intent, JsonObject, Reading, Turn } from '../engine/index.js'
import { type Band, type BandSettings, type Proposal, proposeCount } from './autoscale-band.js'
import {
  type Average,
  type Pool,
  type Survey,
  emptyPool,
  noteAverage,
  noteReading,
  surveyByAverage,
  surveyOf,
} from './autoscale-pool.js'
import { LAYOUT } from './members.js'
import { type BoundsSchedule, boundsAt } from './schedule/bounds.js'
import { EMPTY_WINDOW, type SlidingMinimum, wakeAmong } from './operators/window.js'

/** How an autoscale policy is set. Times in milliseconds. */
export interface AutoscaleSettings extends BandSettings {
  /** 'members', or whose value is the average itself. */
  readonly from: string
  readonly cooldown: number
  readonly staleAfter: number
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
}

/** No member known, nothing asked for. */
export const UNAWARE: AutoscaleMemory = {
  layout: LAYOUT,
  pool: emptyPool,
  out: EMPTY_WINDOW,
  in: EMPTY_WINDOW,
  quietUntil: 0,
}

/** Takes a reading in, and decides nothing yet. */
export function noteAutoscale(
  { from }: Pick<AutoscaleSettings, 'from'>,
  memory: AutoscaleMemory,
  reading: Reading,
  now: number,
): Omit<Turn<AutoscaleMemory>, 'wakeAt'> {
  const told = from === 'members' ? undefined : noteAverage(memory, reading, now)
  const { doubt, ...noted } = told ?? noteReading(memory.pool, reading, now)
  return { memory: { ...memory, ...noted }, intents: doubt === undefined ? [] : [{ kind: 'hold', ...doubt }] }
}

/** Takes a reading in and asks the role at path `role` for the count that the pool then needs. */
export function stepAutoscale(
  role: string,
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  { reading, now }: { readonly reading: Reading; readonly now: number },
): Turn<AutoscaleMemory> {
  const noted = noteAutoscale(settings, memory, reading, now)
  const turn = decide(role, settings, noted.memory, now)
  return noted.intents.length === 0 ? turn : { ...turn, intents: [...noted.intents, ...turn.intents] }
}

/** What the pool as it stands asks for. */
function decide(
  role: string,
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  now: number,
): Turn<AutoscaleMemory> {
  const survey = surveyed(settings, memory, now)
  if (survey.present === 0) return { memory, intents: [] }
  const bounds = boundsAt(settings, settings.schedules, now)
  const reset = { ...memory, out: EMPTY_WINDOW, in: EMPTY_WINDOW }
  const count = Math.max(bounds.min, Math.min(bounds.max, survey.present))
  if (count !== survey.present && bounds.reason !== '') {
    const intent = { kind: 'scale', entity: role, count, reason: bounds.reason } as const
    return { memory: reset, intents: [intent], ...wakeAmong([bounds.changesAt], now) }
  }
  if (survey.doubt !== undefined) {
    const hold = { kind: 'hold', ...survey.doubt } as const
    return { memory: reset, intents: [hold], ...wakeAmong([bounds.changesAt], now) }
  }
  const band: Band = { ...settings, ...memory, min: bounds.min, max: bounds.max }
  const proposal = proposeCount(band, survey, now)
  const quietUntil =
    proposal.kind === 'ask' ? now + settings.cooldown : Math.min(memory.quietUntil, now + settings.cooldown)
  const next = { ...memory, out: proposal.out, in: proposal.in, quietUntil }
  const stale = survey.oldest === undefined ? undefined : survey.oldest + settings.staleAfter + 1
  const times = proposal.settled ? [stale] : [stale, proposal.changesAt, quietUntil]
  return { memory: next, intents: intentsOf(proposal, role), ...wakeAmong([...times, bounds.changesAt], now) }
}

function surveyed(settings: AutoscaleSettings, memory: AutoscaleMemory, now: number): Survey {
  return settings.from === 'members'
    ? surveyOf(memory.pool, now, settings.staleAfter)
    : surveyByAverage(memory, now, settings)
}

function intentsOf(proposal: Proposal, entity: string): readonly Intent[] {
  if (proposal.kind === 'none') return []
  if (proposal.kind === 'hold') return [{ kind: 'hold', rule: proposal.rule, reason: proposal.reason }]
  return [{ kind: 'scale', entity, count: proposal.count, reason: proposal.reason }]
}
