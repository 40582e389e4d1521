import { clearText } from '../../expression/value.js'
import { isJsonObject } from '../../support/json.js'
import { isWithin, parentPath } from '../../entity/path.js'
import type { KeptRecord } from '../../entity/kept.js'
import type { Landscape } from './landscape.js'

/** Sensors that anybody may set to say how an entity does: maps of reasons, of which each counts for as long as it is there. */
export const TOLD_HEALTH = ['service.notUp.indicators', 'service.problems'] as const

/** Reasons by name. */
export type Reasons = { readonly [name: string]: string }

type HealthSensor = (typeof TOLD_HEALTH)[number]

const NONE: Reasons = Object.freeze({})

/** Whether a kept value says that something is wrong with its entity. */
export function tellsIll({ sensor, value }: KeptRecord): boolean {
  return isHealth(sensor) && isJsonObject(value) && Object.keys(value).length > 0
}

/** Whether a sensor is one of those. */
export function isHealth(sensor: string): sensor is HealthSensor {
  return (TOLD_HEALTH as readonly string[]).includes(sensor)
}

/** What somebody has said of how an entity does; empty where nobody has. */
export function toldOf({ kept }: Landscape, path: string, sensor: HealthSensor): Reasons {
  if (!kept.ailing.has(path)) return NONE
  const value = kept.record(path, sensor)?.value
  if (value === undefined || !isJsonObject(value)) return NONE
  return Object.fromEntries(Object.entries(value).map(([name, reason]) => [name, clearText(reason)]))
}

/** How an entity ails by what somebody has said; undefined where nobody has. */
export function toldProblem(landscape: Landscape, path: string): string | undefined {
  const reasons = Object.entries(toldOf(landscape, path, 'service.problems'))
  return reasons.length === 0 ? undefined : reasons.map(([name, reason]) => `${name}: ${reason}`).join(', ')
}

/** The first problem that was told of something inside of an entity; members of a role count for that alone, by its quorum. */
export function toldWithin(landscape: Landscape, path: string): string | undefined {
  for (const inside of landscape.kept.ailing) {
    if (inside === path || !isWithin(inside, path) || isBelowRole(landscape, inside, path)) continue
    const problem = toldProblem(landscape, inside)
    if (problem !== undefined) return `${inside}: ${problem}`
  }
  return undefined
}

function isBelowRole({ roles }: Landscape, inside: string, path: string): boolean {
  for (let at = parentPath(inside); at !== undefined; at = parentPath(at)) {
    if (roles.has(at)) return true
    if (at === path) return false
  }
  return false
}

/** Sensors that follow from one that was told: how its entity does, and then how what that is in does. */
export function followedBy(
  path: string,
  sensor: string,
): readonly (readonly [path: string, sensor: string])[] {
  const found: [string, string][] = []
  if (!isHealth(sensor)) return found
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at))
    found.push([at, 'service.isUp'], [at, 'service.state'])
  return found
}
