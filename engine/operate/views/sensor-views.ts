import { BUILT_IN_SENSORS, sensorValue } from '../../reconcile/facts/sensors.js'
import { shownKept } from '../../reconcile/facts/kept-values.js'
import { isHealth } from '../../reconcile/facts/told-health.js'
import type { SensorView } from '../../entity/view.js'
import type { Application } from '../application.js'
import { entityAt } from './views.js'

/** All sensors that an entity has values of: built-in ones, then sampled ones. Undefined when there is no such entity. */
export function sensorViews(
  { sources, board }: Application,
  path: string,
): readonly SensorView[] | undefined {
  const view = entityAt(sources, path)
  if (view === undefined) return undefined
  const at = view.observedAt ?? view.since
  const builtIn = BUILT_IN_SENSORS.flatMap((name) => {
    const value = sensorValue(sources, path, name)
    return value === undefined ? [] : [{ name, at, value }]
  })
  const kept = sources.landscape.kept
    .of(path)
    .filter(({ sensor }) => !isHealth(sensor))
    .map((record) => ({ name: record.sensor, at: record.at, value: shownKept(record) }))
  const sampled = board.of(path).filter(({ name }) => !kept.some((one) => one.name === name))
  const names = sources.landscape.tree.at(path)?.spec.sensors.map(({ name }) => name) ?? []
  const fixed = names.flatMap((name) => {
    const isShown = [...kept, ...sampled].some((one) => one.name === name)
    const value = isShown ? undefined : sensorValue(sources, path, name)
    return value === undefined ? [] : [{ name, at, value }]
  })
  const shown = new Set([...kept, ...sampled].map(({ name }) => name))
  return [...builtIn.filter(({ name }) => !shown.has(name)), ...fixed, ...kept, ...sampled]
}
