import type { EntitySpec } from '../../engine/index.js'

/** What entities can be asked by what they are; which of them one can be asked shows when it is. */
export const GENERAL: readonly string[] = [
  ...['start', 'stop', 'restart', 'resize', 'resizeByDelta', 'replaceMember', 'expungeMembers'],
]

/** The effectors that an entity declares, or its shape. */
export function effectorsOf({ effectors, shape }: EntitySpec): readonly string[] {
  return [...effectors.map(({ name }) => name), ...(shape?.effectors ?? [])]
}

/** All effectors that an entity may have. */
export function knownEffectors(spec: EntitySpec): readonly string[] {
  return [...effectorsOf(spec), ...GENERAL]
}
