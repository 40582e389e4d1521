import type { Json, JsonObject, Reading } from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import { CLOCK_SKEW } from '../members.js'
import { type Doubt, missing, stale } from './doubt.js'
import type { ActivitySettings } from './settings.js'

/** What is remembered of what there is to do. Times in milliseconds since the epoch. */
export interface ActivityMemory extends JsonObject {
  readonly value: number
  readonly at: number
  /** Since when there is nothing to do; null while there is something. */
  readonly idleSince: number | null
}

/** Takes in what there is to do; a value that is none changes nothing. True is something, false is nothing. */
export function noteActivity(
  settings: ActivitySettings,
  known: ActivityMemory | undefined,
  { value, at }: Reading,
  now: number,
): ActivityMemory | undefined {
  const amount = amountIn(value)
  if (amount === undefined || at > now + CLOCK_SKEW || at < (known?.at ?? -Infinity)) return known
  const when = Math.min(at, now)
  const idleSince = amount > settings.above ? null : (known?.idleSince ?? when)
  return { value: Math.min(amount, Number.MAX_SAFE_INTEGER), at: when, idleSince }
}

function amountIn(value: Json): number | undefined {
  if (typeof value === 'boolean') return value ? Infinity : 0
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined
}

/** How busy a pool is. */
export type Activity =
  | { readonly kind: 'busy'; readonly reason: string; readonly changesAt: number }
  | { readonly kind: 'resting' | 'idle'; readonly reason: string; readonly changesAt?: number }
  | { readonly kind: 'unknown'; readonly doubt: Doubt }

/** How busy a pool is at one time: idle when there has been nothing to do for long enough. */
export function activityAt(
  { sensor, above, idleAfter, staleAfter }: ActivitySettings,
  known: ActivityMemory | undefined,
  now: number,
): Activity {
  if (known === undefined) return { kind: 'unknown', doubt: missing(sensor) }
  const { value, at, idleSince } = known
  const staleAt = at + staleAfter + 1
  if (staleAt <= now) return { kind: 'unknown', doubt: stale(sensor, now - at) }
  if (idleSince === null) return { kind: 'busy', reason: `${sensor} is above ${above}`, changesAt: staleAt }
  const reason = `${sensor} is ${value}, not above ${above}`
  const due = idleSince + idleAfter
  if (due <= now) return { kind: 'idle', reason: `${reason} for ${formatDuration(now - idleSince)}` }
  return { kind: 'resting', reason, changesAt: Math.min(due, staleAt) }
}
