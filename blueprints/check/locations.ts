import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import { suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'

/** Every location that is named exists. */
export function checkLocations(context: CheckContext): readonly Problem[] {
  const { locations } = context.options
  if (locations === undefined) return []
  return context.landscape.all.flatMap(({ spec }) =>
    spec.placement.locations
      .filter((name) => !locations.includes(name))
      .map((name) => {
        const at = context.origins.of(spec.placement) ?? context.origins.of(spec)
        const hint = suggestionFor(name, locations) ?? 'add it first: weir location add'
        return problem('BP1206', `there is no location "${name}"`, at, { hint })
      }),
  )
}
