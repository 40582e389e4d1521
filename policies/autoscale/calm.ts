import type { Calm } from '../../engine/index.js'
import { neededCount } from './band.js'
import { isBelievable } from './pool.js'
import type { AutoscaleMemory, AutoscaleSettings } from './step.js'

/**
 * What leaves an autoscaler at rest: a load for which there are just as many members as are needed. Its windows have to say so already,
 * and no timetable may change the bounds meanwhile.
 */
export function calmAutoscale(settings: AutoscaleSettings, memory: AutoscaleMemory): Calm | undefined {
  const { from, schedules, staleAfter, min, max } = settings
  const present = Object.keys(memory.pool).length
  const ready = Object.values(memory.pool).filter(({ up }) => up).length
  if (from !== 'members' || schedules.length > 0 || ready === 0 || present < min || present > max)
    return undefined
  if (!isSettled(memory, present)) return undefined
  const band = { ...settings, ...memory }
  return {
    within: staleAfter,
    holds: (value) =>
      isBelievable(value) && neededCount(band, { present, ready, ...addedUp(value, ready) }) === present,
  }
}

/** Whether the count was the right one when it last decided, and it was sure of that. */
function isSettled({ out, in: into, doubtedSince }: AutoscaleMemory, present: number): boolean {
  return (
    doubtedSince === undefined && out.points.at(-1)?.[1] === present && into.points.at(-1)?.[1] === -present
  )
}

/** As a survey adds it up, so that it is the same to the last bit. */
function addedUp(value: number, ready: number): { readonly total: number; readonly average: number } {
  let sum = 0
  for (let at = 0; at < ready; at += 1) sum += value
  const total = (sum * ready) / ready
  return { total, average: total / ready }
}
