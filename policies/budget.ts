import { formatDuration } from './config/duration.js'
import { roomAgainAt, timesWithin } from './operators/window.js'

/** So many of something in a period of so many milliseconds. */
export interface Budget {
  readonly attempts: number
  readonly period: number
}

/** Whether one more fits into a budget. */
export interface BudgetAnswer {
  readonly fits: boolean
  /** What was spent within the period, oldest first. */
  readonly spent: readonly number[]
  /** When one more fits again; undefined while one fits, or when none ever will. */
  readonly roomAt?: number
  readonly reason: string
}

/** Looks at what was spent within the period. `what` is plural, e.g. 'restarts'. */
export function askBudget(budget: Budget, times: readonly number[], now: number, what: string): BudgetAnswer {
  const spent = timesWithin(times, now, budget.period)
  const reason = `${spent.length} ${what} within ${formatDuration(budget.period)}, at most ${budget.attempts}`
  if (spent.length < budget.attempts) return { fits: true, spent, reason }
  const roomAt = roomAgainAt(spent, budget.attempts, budget.period)
  return { fits: false, spent, reason, ...(roomAt === undefined ? {} : { roomAt }) }
}
