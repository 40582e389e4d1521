import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import { suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'
import { type Place, callName } from './landscape.js'

/** Every location that is named exists; and of what is deployed, somebody says where it is to be. */
export function checkLocations(context: CheckContext): readonly Problem[] {
  return [...checkNamed(context), ...checkPlaced(context)]
}

function checkNamed(context: CheckContext): readonly Problem[] {
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

/** Told once, of the first that would wait: one name at the top mends them all. */
function checkPlaced({ options, landscape, origins }: CheckContext): readonly Problem[] {
  if (options.deploying !== true) return []
  const lost = landscape.all.find((place) => place.spec.machine !== undefined && !isPlaced(place))
  if (lost === undefined) return []
  const message = `no location is named for "${callName(lost)}": it waits until one is`
  const hint = 'add "location: local" at the top, or another one that there is'
  return [problem('BP1212', message, origins.of(lost.spec), { severity: 'warning', hint })]
}

function isPlaced({ spec, parent }: Place): boolean {
  return spec.placement.locations.length > 0 || (parent !== undefined && isPlaced(parent))
}
