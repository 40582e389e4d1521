import type { EntityReference, EntitySpec } from '../../engine/index.js'
import type { Landscape, Place } from './landscape.js'

/** Sensors that workflows set, by whose they are: of one entity, or of any where that shows only when they are run. */
interface SetSensors {
  readonly of: ReadonlyMap<Place, ReadonlySet<string>>
  readonly ofAny: ReadonlySet<string>
}

const known = new WeakMap<Landscape, SetSensors>()

/**
 * Names of the sensors that workflows anywhere in a landscape set for an entity, or may; '*' where one shows only when it is
 * run. A role answers for its members.
 */
export function sensorsSetFor(place: Place, landscape: Landscape): readonly string[] {
  const all = known.get(landscape) ?? setIn(landscape)
  known.set(landscape, all)
  const own = [place, ...(place.member === undefined ? [] : [place.member])]
  return [...all.ofAny, ...own.flatMap((one) => [...(all.of.get(one) ?? [])])]
}

function setIn(landscape: Landscape): SetSensors {
  const of = new Map<Place, Set<string>>()
  const ofAny = new Set<string>()
  for (const from of landscape.all) {
    for (const { sensor, reference, isElsewhere } of setBy(from.spec)) {
      const found = reference === undefined ? undefined : landscape.find(reference, from)
      const place = found === undefined ? from : found.kind === 'found' ? found.place : undefined
      if (isElsewhere || place === undefined) ofAny.add(sensor)
      else of.set(place, (of.get(place) ?? new Set()).add(sensor))
    }
  }
  return { of, ofAny }
}

interface Setting {
  readonly sensor: string
  readonly reference: EntityReference | undefined
  /** Whether it is done at an entity that shows only when it is run. */
  readonly isElsewhere: boolean
}

/** Keys of what is done at other entities than the one where the workflow stands. */
const ELSEWHERE: ReadonlySet<string> = new Set(['onCreate', 'onUpdate', 'onDelete', 'deletion'])

/** Workflows stand in many places of an entity, and in each other: what sets a sensor is found by its kind. */
function setBy({ children: _c, members: _m, conditional: _later, ...own }: EntitySpec): readonly Setting[] {
  const found: Setting[] = []
  const look = (part: unknown, isElsewhere: boolean): void => {
    if (typeof part !== 'object' || part === null) return
    found.push(...settingOf(part, isElsewhere))
    const moves = isElsewhere || ('each' in part && part.each !== undefined)
    for (const [key, inner] of Object.entries(part)) look(inner, moves || ELSEWHERE.has(key))
  }
  look(own, false)
  return found
}

function settingOf(part: object, isElsewhere: boolean): readonly Setting[] {
  if (!('kind' in part) || part.kind !== 'set-sensor' || !('sensor' in part)) return []
  const sensor = typeof part.sensor === 'string' ? part.sensor : '*'
  const reference = 'of' in part ? (part.of as EntityReference) : undefined
  return [{ sensor, reference, isElsewhere }]
}
