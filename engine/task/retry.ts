import type { Trouble } from '../entity/allocation.js'
import type { EntitySpec, RetrySpec } from '../spec/entity-spec.js'
import { isOfThePlace, type FailureRecord, type RetryClass } from '../support/failure.js'

/** How failures of one class are met: delays in milliseconds, limits, and what happens past them. */
export interface RetryRule {
  readonly initial: number
  readonly factor: number
  readonly max: number
  /** Attempts in a row before `then`; Infinity for no bound. */
  readonly attempts: number
  /** Milliseconds since the first failure before `then`. */
  readonly for: number
  readonly then: 'alert' | 'replace' | 'expunge' | 'give-up'
}

/**
 * What holds where the author says nothing. 'never' alerts at once and probes slowly; a changed document, capacity or
 * quota wakes it sooner.
 */
export const DEFAULT_RETRY: { readonly [retry in RetryClass]: RetryRule } = {
  soon: { initial: 1_000, factor: 2, max: 60_000, attempts: Infinity, for: 600_000, then: 'alert' },
  after: { initial: 1_000, factor: 2, max: 60_000, attempts: Infinity, for: 600_000, then: 'alert' },
  never: { initial: 300_000, factor: 1, max: 300_000, attempts: 0, for: 0, then: 'alert' },
}

/** What an entity's author wishes for its failures: a run-once entity is given up after its attempts. */
export function retrySpecOf({ retry, job }: Pick<EntitySpec, 'retry' | 'job'>): RetrySpec | undefined {
  return job === undefined ? retry : { attempts: job.attempts, then: 'give-up', ...retry }
}

/** The rule for a class of failure under an author's wishes; these change nothing where retrying cannot mend. */
export function retryRule(retry: RetryClass, spec: RetrySpec | undefined): RetryRule {
  const rule = DEFAULT_RETRY[retry]
  if (spec === undefined || retry === 'never') return rule
  const { backoff = rule, attempts = rule.attempts, for: within = rule.for, then = rule.then } = spec
  const { initial, factor, max } = backoff
  return { initial, factor, max, attempts, for: within, then }
}

/**
 * What one more failure makes of the trouble so far. `jitter` in [0, 1) spreads the delay by up to a fifth. The first
 * failure of something that was up is met at once. Nothing is given up or replaced for what is the fault of its place.
 */
export function oneMoreFailure(
  past: Trouble | undefined,
  failure: FailureRecord,
  how: {
    readonly now: number
    readonly jitter: number
    readonly recovery: number
    readonly spec?: RetrySpec | undefined
    readonly wasUp?: boolean
  },
): Trouble {
  const before = past !== undefined && past.recovery >= how.recovery ? past : FRESH
  const attempts = before.attempts + 1
  const since = before.since ?? how.now
  const rule = retryRule(failure.retry, how.spec)
  const delay = isMetAtOnce(how, attempts, failure)
    ? 0
    : delayFor(rule, attempts, failure.retryAfter) * (1 + how.jitter / 5)
  const trouble: Trouble = {
    attempts,
    since,
    retryAt: Math.round(how.now + delay),
    failure,
    recovery: how.recovery,
    ...(before.replaced === undefined ? {} : { replaced: before.replaced }),
  }
  const over = attempts >= rule.attempts || how.now - since >= rule.for
  return over ? { ...trouble, verdict: isOfThePlace(failure) ? 'alert' : rule.then } : trouble
}

/** When trouble turns into an alert if nothing changes. */
export function alertAt(trouble: Trouble, spec: RetrySpec | undefined): number {
  return trouble.since + retryRule(trouble.failure.retry, spec).for
}

/** The first failure of something that was up, unless the author named a back-off. */
function isMetAtOnce(
  how: { readonly wasUp?: boolean; readonly spec?: RetrySpec | undefined },
  attempts: number,
  failure: FailureRecord,
): boolean {
  return how.wasUp === true && attempts === 1 && failure.retry === 'soon' && how.spec?.backoff === undefined
}

const FRESH: { readonly attempts: number; readonly since?: number; readonly replaced?: number } = {
  attempts: 0,
}

function delayFor(rule: RetryRule, attempts: number, retryAfter: number | undefined): number {
  const grown = Math.min(rule.max, rule.initial * rule.factor ** Math.min(attempts - 1, 50))
  return Math.max(grown, retryAfter ?? 0)
}
