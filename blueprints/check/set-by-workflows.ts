import type { EntitySpec } from '../../engine/index.js'
import type { Landscape } from './landscape.js'

const known = new WeakMap<Landscape, readonly string[]>()

/**
 * Names of the sensors that workflows anywhere in a landscape set, '*' where one shows only when it is run. Of whom they are
 * set may show only then too, so any entity may have them.
 */
export function sensorsSetIn(landscape: Landscape): readonly string[] {
  const before = known.get(landscape)
  if (before !== undefined) return before
  const names = new Set(landscape.all.flatMap(({ spec }) => setBy(spec)))
  const all = [...names]
  known.set(landscape, all)
  return all
}

/** Workflows stand in many places of an entity, and in each other: what sets a sensor is found by its kind. */
function setBy({
  children: _children,
  members: _members,
  conditional: _later,
  ...own
}: EntitySpec): string[] {
  const found: string[] = []
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    if ('kind' in part && part.kind === 'set-sensor' && 'sensor' in part)
      found.push(typeof part.sensor === 'string' ? part.sensor : '*')
    for (const inner of Object.values(part)) look(inner)
  }
  look(own)
  return found
}
