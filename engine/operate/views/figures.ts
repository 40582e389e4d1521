import type { EngineApi } from '../engine-api.js'
import type { Places } from '../places/places.js'
import type { Registry } from '../registry.js'

/** How much there is and how much was done, for metrics. */
export function figuresOf(
  registry: Registry,
  places: Places,
): Pick<ReturnType<EngineApi['health']>, 'applications' | 'entities' | 'counters'> {
  const applications = [...registry.applications.values()]
  const keepers = applications.map(({ keeper }) => keeper.counters)
  return {
    applications: applications.length,
    entities: applications.reduce((sum, { landscape }) => sum + landscape.slots.size, 0),
    counters: {
      turns: keepers.reduce((sum, { turns }) => sum + turns, 0),
      superseded: keepers.reduce((sum, { superseded }) => sum + superseded, 0),
      calls: places.all().reduce((sum, { desk }) => sum + desk.calls, 0),
    },
  }
}
