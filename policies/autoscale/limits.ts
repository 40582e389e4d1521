import type { AutoscaleMemory } from './memory.js'
import { type Bounds, boundsAt } from '../schedule/bounds.js'
import { mostUnder } from './ceiling.js'
import type { AutoscaleSettings } from './settings.js'

/** The bounds at a time. */
export interface Limits extends Bounds {
  /** Why there may be no fewer, and no more. */
  readonly whyLeast: string
  readonly whyMost: string
  /** Whether a schedule wants somebody there. */
  readonly isScheduled: boolean
  readonly changesAt: number | undefined
}

/**
 * Bounds by schedule, and by what there is room for. Nobody being there is a count only where something else than members can tell
 * that somebody is needed.
 */
export function limitsAt(
  settings: AutoscaleSettings,
  { ceiling }: Pick<AutoscaleMemory, 'ceiling'>,
  now: number,
): Limits {
  const { reason, changesAt, ...scheduled } = boundsAt(settings, settings.schedules, now)
  const least = canRevive(settings) ? scheduled.min : Math.min(scheduled.max, Math.max(1, scheduled.min))
  const room = ceiling === undefined ? Infinity : mostUnder(ceiling, now)
  const max = Math.max(least, Math.min(scheduled.max, room))
  const why = (bound: string): string => (reason === '' ? bound : reason)
  return {
    min: least,
    max,
    whyLeast: why(`never fewer than ${least}`),
    whyMost: max < scheduled.max ? `there was room for no more than ${max}` : why(`never more than ${max}`),
    isScheduled: boundsAt({ ...settings, min: 0 }, settings.schedules, now).min > 0,
    changesAt,
  }
}

/** Whether a metric speaks of all that there is to do, which says something also where nobody is there to do it. */
function canRevive({ activity, metrics }: AutoscaleSettings): boolean {
  return activity === undefined && metrics.some(({ source }) => tellsAll(source))
}

/** Whether a value is of all that there is to do. */
export function tellsAll(source: AutoscaleSettings['metrics'][number]['source']): boolean {
  return (source.kind === 'entity' || source.kind === 'formula') && source.measures === 'total'
}
