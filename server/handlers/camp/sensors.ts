import type { Sensor } from '../../api/index.js'
import { reply, type Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { type CampContext, type CampVisit, type Told, askFor } from './camp-call.js'
import { entityParams, targetUri } from './components.js'
import { campType } from './parameter-definitions.js'
import { link, links, resource } from './representation.js'

/** What is known of an assembly or a component. */
export async function sensors(context: CampContext, visit: CampVisit): Promise<Reply> {
  const found = await sensorsOf(context, visit)
  if (found.kind === 'reply') return found
  const [target, uri] = [targetUri(visit), `${targetUri(visit)}/sensors`]
  const attributes = links(
    'sensor_links',
    found.value.map(({ name }) => link(sensorUri(visit, name), name)),
  )
  return reply(resource('sensors', { uri, name: 'sensors' }, { target_resource: target, ...attributes }))
}

/** The last value of one sensor, with its time. */
export async function sensor(context: CampContext, visit: CampVisit): Promise<Reply> {
  const { sensor: name = '' } = visit.params
  const found = await sensorsOf(context, visit)
  if (found.kind === 'reply') return found
  const one = found.value.find((known) => known.name === name)
  if (one === undefined) return refuse('not-found', `There is no sensor ${name} here.`)
  const { value, at } = one
  const target = targetUri(visit)
  return reply(
    resource(
      'sensor',
      { uri: sensorUri(visit, name), name },
      {
        documentation: `The last value of ${name}.`,
        target_resource: target,
        sensor_type: campType(Array.isArray(value) ? 'array' : typeof value),
        value,
        timestamp: new Date(at).toISOString(),
        operations_uri: `${target}/operations`,
      },
    ),
  )
}

function sensorsOf(context: CampContext, visit: CampVisit): Promise<Told<readonly Sensor[]> | Reply> {
  return askFor(context, visit, 'listSensors', { params: entityParams(visit) })
}

function sensorUri(visit: CampVisit, name: string): string {
  return `${targetUri(visit)}/sensors/${encodeURIComponent(name)}`
}
