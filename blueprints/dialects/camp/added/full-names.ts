import type { ConfigMap, Expression } from '../../../../engine/index.js'
import type { AdjunctType } from '../../../resolve/adjunct-lookup.js'

/** Settings of a known type under its names for them, whatever spelling they were given in. */
export function underFullNames(
  type: AdjunctType,
  config: ConfigMap,
): readonly (readonly [string, Expression])[] {
  return Object.entries(config).map(([key, value]) => [
    type.keys.find(({ name, flags }) => name === key || flags.includes(key))?.name ?? key,
    value,
  ])
}
