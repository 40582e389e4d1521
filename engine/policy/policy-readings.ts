import type { MemberCondition, Reading } from '../ports/policy.js'
import type { DecisionInput } from './decision-log.js'
import type { RunOutcome } from './policy-run.js'

/** How a member stands for a group that it has left, whichever of its incarnations is known there. */
export const NO_MEMBER: MemberCondition = {
  state: 'gone',
  up: false,
  incarnation: Number.MAX_SAFE_INTEGER,
  run: 0,
  reason: 'it is no member any more',
}

const MOST_INPUTS = 8

/** A value that has gone through more enrichers than these comes back to them. */
const MOST_HOPS = 32

/** From how many enrichers in a row comes what is made of these readings. */
export function hopsAfter(readings: readonly Reading[]): number {
  return 1 + readings.reduce((most, { hops }) => Math.max(most, typeof hops === 'number' ? hops : 0), 0)
}

/** What comes back to itself would go round for ever: that is a fault too. */
export function endingOf(outcome: RunOutcome, hops: number): RunOutcome {
  if (outcome.kind === 'fault' || hops <= MOST_HOPS) return outcome
  const isEndless = outcome.given.some(({ kind }) => kind === 'yield')
  return isEndless ? { kind: 'fault', message: 'what it yields comes back to it' } : outcome
}

/** The newest readings that a run was given; what is older is in the memory that the version names. */
export function inputsOf(readings: readonly Reading[], now: number): readonly DecisionInput[] {
  return readings
    .filter(({ kind }) => kind !== 'wake')
    .slice(-MOST_INPUTS)
    .map(({ kind, entity, sensor, value, at }) => ({
      entity,
      sensor: kind === 'member' ? 'condition' : sensor,
      value,
      age: Math.max(0, now - at),
    }))
}
