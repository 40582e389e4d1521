import type { JsonObject } from '../../engine/index.js'
import { formatDuration } from '../config/duration.js'
import type { RatePolicy, Rates } from './settings.js'

/**
 * What rate policies go by: changes of the count that were asked for and have come about. What is asked for again and has not
 * come about yet spends nothing, and neither does what people change.
 */
export interface RateMemory extends JsonObject {
  readonly present: number
  /** The count that was asked for last, until there are so many. */
  readonly asked: number | null
  readonly changes: readonly (readonly [at: number, by: number])[]
}

/** Changes that are remembered at most; of more, the oldest are one. */
const MOST_CHANGES = 200

/** Takes in how many are there now. */
export function notePresent(
  known: RateMemory | undefined,
  present: number,
  now: number,
  longest: number,
): RateMemory {
  const before = known ?? { present, asked: null, changes: [] }
  const { asked } = before
  const by = asked === null ? 0 : changeTowards(asked, before.present, present)
  const kept = before.changes
    .filter(([at]) => at > now - longest)
    .map(([at, one]) => [Math.min(at, now), one] as const)
  const changes = by === 0 ? kept : withinMost([...kept, [now, by]])
  return { present, asked: asked === present ? null : asked, changes }
}

/** How much of a change is the one that was asked for. */
function changeTowards(asked: number, before: number, after: number): number {
  if (after > before) return Math.max(0, Math.min(after, asked) - before)
  return -Math.max(0, before - Math.max(after, asked)) || 0
}

function withinMost(changes: RateMemory['changes']): RateMemory['changes'] {
  const [first, second, ...others] = changes
  if (changes.length <= MOST_CHANGES || first === undefined || second === undefined) return changes
  return [[second[0], first[1] + second[1]], ...others]
}

/** How far the count may go now. */
export interface RateLimit {
  readonly count: number
  /** When it may go further; undefined where it never may. */
  readonly roomAt?: number
  readonly reason: string
}

/** The count that rate policies allow in one direction; undefined where there are none. */
export function rateLimit(
  direction: 'out' | 'in',
  { policies, select }: Rates,
  { present, changes }: RateMemory,
  now: number,
): RateLimit | undefined {
  const limits = policies.map((policy) => {
    const recent = changes.filter(([at]) => at > now - policy.period)
    const start = present - recent.reduce((sum, [, by]) => sum + by, 0)
    const count =
      direction === 'out'
        ? Math.max(present, mostFrom(start, policy))
        : Math.min(present, leastFrom(start, policy))
    const [oldest] = recent
    const room = oldest === undefined ? {} : { roomAt: oldest[0] + policy.period }
    return { count, ...room, reason: `no more than ${described(policy)}` }
  })
  const highest = (direction === 'out') === (select === 'most')
  return limits.reduce<RateLimit | undefined>((chosen, one) => {
    if (chosen === undefined) return one
    return (highest ? one.count > chosen.count : one.count < chosen.count) ? one : chosen
  }, undefined)
}

/** Rounded so that one member can always come or go. */
function mostFrom(start: number, { kind, amount }: RatePolicy): number {
  return start + (kind === 'count' ? amount : Math.max(1, Math.ceil((start * amount) / 100)))
}

function leastFrom(start: number, { kind, amount }: RatePolicy): number {
  return kind === 'count' ? start - amount : Math.floor(start * (1 - amount / 100))
}

function described({ kind, amount, period }: RatePolicy): string {
  return `${amount}${kind === 'percent' ? ' percent' : ''} within ${formatDuration(period)}`
}

/** The longest period of some policies. */
export function longestPeriod(...rates: readonly Rates[]): number {
  return Math.max(0, ...rates.flatMap(({ policies }) => policies.map(({ period }) => period)))
}
