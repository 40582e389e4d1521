import type { Sensor } from '../../../api/index.js'
import { type BrooklynAnswer, type BrooklynCall, json, pathParam, value } from './call.js'
import { applicationLink, entityLink } from './ids.js'
import { type Located, entityParams, namedEntity } from './located.js'
import { LIFECYCLE, javaTypeOf } from './words.js'

/** A sensor as Brooklyn lists it. */
export interface SensorSummary {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly links: { readonly [name: string]: string }
}

/** What sensors it has. */
export async function listSensors(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const sensors = await sensorsOf(call, located)
  return json(sensors.map((sensor) => summaryOf(located, sensor)))
}

/** The values of all of them, by name. */
export async function readSensors(call: BrooklynCall): Promise<BrooklynAnswer> {
  const sensors = await sensorsOf(call, await namedEntity(call))
  return json(Object.fromEntries(sensors.map((sensor) => [sensor.name, sensor.value])))
}

/** The value of one; no content when it has none, whether or not there is such a sensor, as in Brooklyn. */
export async function readSensor(call: BrooklynCall): Promise<BrooklynAnswer> {
  const sensors = await sensorsOf(call, await namedEntity(call))
  const found = sensors.find(({ name }) => name === pathParam(call, 'sensor'))
  return value(call, found?.value)
}

/** An entity's sensors. How it stands is told in Brooklyn's words, and of every entity. */
export async function sensorsOf(
  { gateway }: BrooklynCall,
  { application, entity }: Located,
): Promise<readonly Sensor[]> {
  const params = entityParams(application.id, entity.path)
  const told = await gateway.read<readonly Sensor[]>('listSensors', { params })
  const at = entity.since
  const all = new Map<string, Sensor>([
    ['service.isUp', { name: 'service.isUp', value: entity.up, at }],
    ...told.map((sensor) => [sensor.name, sensor] as const),
    ['service.state', { name: 'service.state', value: LIFECYCLE[entity.state], at }],
  ])
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function summaryOf({ application, entity }: Located, sensor: Sensor): SensorSummary {
  const owner = entityLink(application.id, entity.path)
  const self = `${owner}/sensors/${encodeURIComponent(sensor.name)}`
  return {
    name: sensor.name,
    type: javaTypeOf(sensor.value),
    description: '',
    links: { self, application: applicationLink(application.id), entity: owner, 'action:json': self },
  }
}
