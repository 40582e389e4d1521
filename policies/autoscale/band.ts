import type { Survey } from './pool.js'
import { formatDuration } from '../config/duration.js'
import { type SlidingMinimum, leastInWindow, nextChangeOfWindow, noteInWindow } from '../operators/window.js'

/** How a band is set. Durations in milliseconds. */
export interface BandSettings {
  readonly sensor: string
  /** Below and above these the count is wrong. */
  readonly lower: number
  readonly upper: number
  /** The average that a smaller and a larger count is to come to. */
  readonly shrinkTo: number
  readonly growTo: number
  readonly min: number
  readonly max: number
  readonly scaleOutAfter: number
  readonly scaleInAfter: number
  /** A change is a multiple of these, and no more than those at once. */
  readonly stepOut: number
  readonly stepIn: number
  readonly mostOut: number
  readonly mostIn: number
}

/** A band with what is remembered of it. Times in milliseconds since the epoch. */
export interface Band extends BandSettings {
  readonly out: SlidingMinimum
  readonly in: SlidingMinimum
  readonly quietUntil: number
}

/** What the band asks for, with its windows after the survey. */
export type Proposal = (
  | { readonly kind: 'none' }
  | { readonly kind: 'hold'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'ask'; readonly count: number; readonly reason: string }
) & {
  readonly out: SlidingMinimum
  readonly in: SlidingMinimum
  /** Whether the present count is the right one, so that nothing changes by waiting. */
  readonly settled: boolean
  /** When a window can say something else by itself. */
  readonly changesAt: number | undefined
}

/**
 * The count that the band needs, once it was needed for long enough: growth by the least count needed over the window
 * (a short peak counts for nothing), shrinking to the largest (a short lull does not either).
 */
export function proposeCount(band: Band, survey: Survey, now: number): Proposal {
  const target = neededCount(band, survey)
  const out = noteInWindow(band.out, target, now, band.scaleOutAfter)
  const into = noteInWindow(band.in, -target, now, band.scaleInAfter)
  const settled = target === survey.present
  const after = { out, in: into, settled, changesAt: nextChange(band, { out, in: into }, now) }
  const grow = leastInWindow(out, now, band.scaleOutAfter) ?? survey.present
  const shrink = -(leastInWindow(into, now, band.scaleInAfter) ?? -survey.present)
  if (settled) return { kind: 'none', ...after }
  const load = loadText(band, survey)
  if (grow > survey.present)
    return {
      ...ask(band, grow, `${load}, too high for ${formatDuration(band.scaleOutAfter)}`, now),
      ...after,
    }
  if (shrink >= survey.present)
    return { kind: 'hold', rule: 'not-sustained', reason: `${load}, but not for long enough`, ...after }
  if (survey.ready < survey.present) {
    const reason = `${survey.ready} of ${survey.present} members are up; none is taken away before all are`
    return { kind: 'hold', rule: 'members-not-ready', reason, ...after }
  }
  return { ...ask(band, shrink, `${load}, too low for ${formatDuration(band.scaleInAfter)}`, now), ...after }
}

/**
 * Members needed so that the average is right: all the load over what it is to grow to when scaling out, over what it is to shrink
 * to when scaling in, but never so few that it would have to scale out again.
 */
export function neededCount(band: Band, survey: Survey): number {
  const { total, present } = survey
  const fewest = Math.ceil(total / band.upper - TOLERANCE)
  const bounded = (count: number): number => Math.min(band.max, Math.max(band.min, count))
  if (fewest > present)
    return bounded(grown(band, present, bounded(Math.ceil(total / band.growTo - TOLERANCE))))
  const isTooMany = total < band.lower * present - TOLERANCE
  const most = isTooMany ? Math.floor(total / band.shrinkTo + TOLERANCE) : Infinity
  const fewer = Math.max(most, fewest)
  return bounded(fewer < present ? shrunk(band, survey, bounded(fewer)) : present)
}

function grown({ stepOut, mostOut }: Band, present: number, ideal: number): number {
  return present + inSteps(ideal - present, stepOut, mostOut)
}

/** Never so few that it would have to scale out again. */
function shrunk({ upper, stepIn, mostIn }: Band, { total, present }: Survey, ideal: number): number {
  let count = present - inSteps(present - ideal, stepIn, mostIn)
  while (count < present && total > upper * count + TOLERANCE) count += stepIn
  return Math.min(count, present)
}

/** So many, in multiples of a step but no more than the most at once. */
function inSteps(change: number, step: number, most: number): number {
  if (change <= 0) return 0
  return change > most ? most : Math.ceil(change / step) * step
}

/** Sums of decimal fractions are this far from exact. */
const TOLERANCE = 1e-9

function ask(
  band: Band,
  count: number,
  reason: string,
  now: number,
):
  | { readonly kind: 'hold'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'ask'; readonly count: number; readonly reason: string } {
  if (now >= band.quietUntil) return { kind: 'ask', count, reason }
  const left = formatDuration(band.quietUntil - now)
  return { kind: 'hold', rule: 'cooldown', reason: `${reason}; resting for another ${left} before ${count}` }
}

function nextChange(band: Band, windows: Pick<Band, 'out' | 'in'>, now: number): number | undefined {
  const times = [
    nextChangeOfWindow(windows.out, now, band.scaleOutAfter),
    nextChangeOfWindow(windows.in, now, band.scaleInAfter),
  ].filter((at) => at !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}

function loadText(band: Band, survey: Survey): string {
  const average = Math.round(survey.average * 100) / 100
  const range = `${band.lower} to ${band.upper}`
  return `average ${band.sensor} of ${survey.ready} members is ${average}, wanted ${range} over ${survey.present}`
}
