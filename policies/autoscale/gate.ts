import { formatDuration } from '../config/duration.js'
import type { AutoscaleMemory } from './memory.js'
import { type RateLimit, rateLimit } from './rates.js'
import type { AutoscaleSettings } from './settings.js'
import type { Ask, Wish } from './wish.js'

/** What passes, and when it may be more. */
export interface Passed {
  readonly wish: Wish
  readonly wakeAt?: number
}

/** Lets a count through as far as directions are not paused, the last change has had its rest, and rates allow. */
export function gated(
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  wish: Wish,
  { present, now }: { readonly present: number; readonly now: number },
): Passed {
  if (wish.kind !== 'ask' || wish.count === present) return { wish }
  const direction = wish.count > present ? 'out' : 'in'
  if (isPaused(settings.pause, direction))
    return held('paused', `${wish.reason}; scaling ${direction} is paused`)
  if (wish.atOnce === true) return { wish }
  if (now < memory.quietUntil) return resting(wish, memory.quietUntil, now)
  const rates = direction === 'out' ? settings.ratesOut : settings.ratesIn
  const limit = memory.rates === undefined ? undefined : rateLimit(direction, rates, memory.rates, now)
  return limit === undefined ? { wish } : limited(wish, limit, present)
}

function isPaused(pause: AutoscaleSettings['pause'], direction: 'in' | 'out'): boolean {
  return pause === 'both' || pause === direction
}

function resting({ reason, count }: Ask, until: number, now: number): Passed {
  const left = formatDuration(until - now)
  return { ...held('cooldown', `${reason}; resting for another ${left} before ${count}`), wakeAt: until }
}

function limited(wish: Ask, limit: RateLimit, present: number): Passed {
  const isWithin = wish.count > present ? wish.count <= limit.count : wish.count >= limit.count
  if (isWithin) return { wish }
  const again = limit.roomAt === undefined ? {} : { wakeAt: limit.roomAt }
  const reason = `${wish.reason}; ${limit.reason}`
  if (limit.count === present) return { ...held('rate', `${reason} before ${wish.count}`), ...again }
  return { wish: { ...wish, count: limit.count, reason: `${reason}, so ${limit.count}` }, ...again }
}

function held(rule: string, reason: string): { readonly wish: Wish } {
  return { wish: { kind: 'hold', rule, reason } }
}
