import { durationText } from '../../support/duration-text.js'
import { hasQuorum, quorumCount, upWithin, wantedCount } from './aggregate.js'
import type { Landscape } from './landscape.js'

/** Roles that were to be up by now, one line each, and when the next one is to be. */
export interface LateStarts {
  readonly alerts: readonly string[]
  readonly due?: number
}

/** Which roles have too few members up though the time that their document gives to their start is over. */
export function lateStarts(landscape: Landscape, now: number): LateStarts {
  const { desired, status, roles } = landscape
  if (desired.wish !== 'running' || status.settledSerial === desired.serial) return NONE
  const began = status.generation === desired.generation ? (status.unsettledSince ?? now) : now
  const waiting = [...roles].flatMap(([path, { node }]) => {
    const { startWithin, startQuorum } = node?.spec.members ?? {}
    if (startWithin === undefined || startQuorum === undefined) return []
    return hasQuorum(landscape, path, startQuorum) ? [] : [{ path, startWithin, startQuorum }]
  })
  const late = waiting.filter(({ startWithin }) => now - began >= startWithin)
  const due = waiting.filter((one) => !late.includes(one)).map(({ startWithin }) => began + startWithin)
  const alerts = late.map(({ path, startWithin, startQuorum }) => {
    const needed = quorumCount(startQuorum, wantedCount(landscape, path))
    const up = upWithin(landscape, roles.get(path))
    return `${path}: ${up} of ${needed} members are up after ${durationText(startWithin)}`
  })
  return due.length === 0 ? { alerts } : { alerts, due: Math.min(...due) }
}

const NONE: LateStarts = { alerts: [] }
