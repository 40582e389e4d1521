import type { Calm } from '../../engine/index.js'
import { limitsAt } from './limits.js'
import { isBelievable } from './loads.js'
import type { AutoscaleMemory } from './memory.js'
import { neededCount, proposalOf } from './propose.js'
import { tallyOf, withoutRoom } from './roster.js'
import type { AutoscaleSettings } from './settings.js'

/**
 * What leaves an autoscaler at rest: a load of members for which there are just as many as are needed. Its windows have to say so
 * already, and nothing else may count: no timetable, no want of room, no season.
 */
export function calmAutoscale(
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  sensor: string,
): Calm | undefined {
  const [metric] = settings.metrics
  if (metric?.source.kind !== 'members' || metric.source.sensor !== sensor) return undefined
  if (!isPlain(settings) || withoutRoom(memory.roster).length > 0) return undefined
  const limits = limitsAt(settings, memory, 0)
  const { present } = tallyOf(memory.roster, 0, 0)
  if (present < limits.min || present > limits.max || !isSettled(memory, present)) return undefined
  const strides = { ...settings, ...limits }
  return {
    within: metric.staleAfter,
    holds: (value, at) => {
      const { ready, warmAt } = tallyOf(memory.roster, at, settings.warmUp)
      if (!isBelievable(value) || ready.length === 0 || warmAt !== undefined) return false
      const survey = { total: addedUp(value, ready.length), text: '' }
      return neededCount(proposalOf(metric.aim, survey, present), strides, present) === present
    },
  }
}

/** Whether loads of members are all that counts. */
function isPlain({ metrics, schedules, activity, forecast, excess }: AutoscaleSettings): boolean {
  const others = [activity, forecast, excess]
  return metrics.length === 1 && schedules.length === 0 && others.every((one) => one === undefined)
}

/** Whether the count was the right one when it last decided, and it was sure of that. */
function isSettled({ out, in: into, doubtedSince, ceiling }: AutoscaleMemory, present: number): boolean {
  if (doubtedSince !== undefined || ceiling !== undefined) return false
  return out.points.at(-1)?.[1] === present && into.points.at(-1)?.[1] === -present
}

/** As a survey adds it up, so that it is the same to the last bit. */
function addedUp(value: number, ready: number): number {
  let sum = 0
  for (let at = 0; at < ready; at += 1) sum += value
  return (sum * ready) / ready
}
