import type { Survey } from './survey.js'
import type { Aim, AutoscaleSettings, StepChange, StepRule } from './settings.js'

/** What one metric, or several, say of the count. */
export interface Proposal {
  /** The count that would be right, whatever the bounds. */
  readonly ideal: number
  /** The fewest that would not have to grow again. */
  readonly fewest: number
  /** Members that the load needs, to fractions. */
  readonly need: number
  /** What is known and what is wanted, for reasons. */
  readonly text: string
}

/** Sums of decimal fractions are this far from exact. */
const TOLERANCE = 1e-9

/** The count that a metric asks for where so many are present. */
export function proposalOf(aim: Aim, { total, text, event }: Survey, present: number): Proposal {
  if (event === undefined) return proposed(aim, total, { present, text })
  const { lower, upper, says } = event
  const plain = { lower, upper, shrinkTo: lower, growTo: upper, above: [], below: [] }
  const { ideal, ...rest } = proposed(plain, total, { present, text })
  const bound =
    says === 'hot' ? Math.max(ideal, present) : says === 'cold' ? Math.min(ideal, present) : present
  return { ...rest, fewest: Math.min(rest.fewest, says === 'hot' ? Infinity : present), ideal: bound }
}

function proposed(
  aim: Aim,
  total: number,
  { present, text }: { readonly present: number; readonly text: string },
): Proposal {
  const fewest = Math.ceil(total / aim.upper - TOLERANCE)
  const need = Number.isFinite(aim.growTo) && aim.growTo > 0 ? total / aim.growTo : 0
  const said = { fewest, need, text: `${text}, wanted ${rangeText(aim)} over ${present}` }
  if (fewest > present) return { ...said, ideal: growing(aim, total, present) }
  if (total >= aim.lower * present - TOLERANCE) return { ...said, ideal: present }
  return { ...said, ideal: Math.min(present, Math.max(fewest, shrinking(aim, total, present))) }
}

function growing({ above, growTo }: Aim, total: number, present: number): number {
  const rule = above.findLast(({ bound }) => total > bound * present + TOLERANCE)
  if (rule === undefined) return Math.ceil(total / growTo - TOLERANCE)
  return Math.max(present, changed(present, rule, 1))
}

function shrinking({ below, shrinkTo }: Aim, total: number, present: number): number {
  const rule = below.findLast(({ bound }) => total < bound * present - TOLERANCE)
  if (rule === undefined) return Math.floor(total / shrinkTo + TOLERANCE)
  return Math.max(0, Math.min(present, changed(present, rule, -1)))
}

/** A percentage is rounded so that one member can always come or go. */
function changed(present: number, { change }: StepRule, sign: 1 | -1): number {
  return change.kind === 'exact' ? change.amount : present + sign * sizeOf(change, present)
}

function sizeOf({ kind, amount }: StepChange, present: number): number {
  return kind === 'count' ? amount : Math.max(1, Math.ceil((present * amount) / 100 - TOLERANCE))
}

function rangeText({ lower, upper }: Aim): string {
  return Number.isFinite(upper) ? `${lower} to ${upper}` : `at least ${lower}`
}

/** What several metrics say together: as many as the one that asks for the most, so that members go only where all agree. */
export function together(proposals: readonly Proposal[]): Proposal | undefined {
  return proposals.reduce<Proposal | undefined>((most, one) => {
    if (most === undefined) return one
    const leading = one.ideal > most.ideal ? one : most
    return { ...leading, fewest: Math.max(most.fewest, one.fewest), need: Math.max(most.need, one.need) }
  }, undefined)
}

/** Bounds, and how many may come or go at once. */
export type Strides = Pick<AutoscaleSettings, 'min' | 'max' | 'stepOut' | 'stepIn' | 'mostOut' | 'mostIn'>

/** The count that is to be asked for: within bounds, in steps, and never so few that it would have to grow again. */
export function neededCount({ ideal, fewest }: Proposal, strides: Strides, present: number): number {
  const { min, max, stepOut, mostOut } = strides
  const bounded = (count: number): number => Math.min(max, Math.max(min, count))
  const count = bounded(ideal)
  if (ideal > present) return bounded(present + inSteps(count - present, stepOut, mostOut))
  return bounded(ideal < present ? shrunk(strides, fewest, present - count, present) : present)
}

function shrunk({ stepIn, mostIn }: Strides, fewest: number, change: number, present: number): number {
  let count = present - inSteps(change, stepIn, mostIn)
  while (count < present && count < fewest) count += stepIn
  return Math.min(count, present)
}

/** So many, in multiples of a step but no more than the most at once. */
function inSteps(change: number, step: number, most: number): number {
  if (change <= 0) return 0
  return change > most ? most : Math.ceil(change / step) * step
}
