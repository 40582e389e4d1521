import type { Application, Entity, VersionDocument, WireLocation } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam, text } from './call.js'
import { Refused } from './gateway.js'
import { applicationLink, entityId, entityLink } from './ids.js'
import { type Located, entitiesOf, namedApplication, namedEntity } from './located.js'
import { locationSummary } from './locations.js'
import { sensorsOf } from './sensors.js'

/** An entity as Brooklyn lists it. */
export interface EntitySummary {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly links: { readonly [name: string]: string }
}

/** Below an entity's address. */
const PARTS = ['children', 'config', 'sensors', 'effectors', 'adjuncts', 'policies', 'activities'] as const

/** The application's children. */
export async function listEntities(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { id } = await namedApplication(call)
  return json(childrenIn(id, await entitiesOf(call.gateway, id), ''))
}

/** One entity. */
export async function getEntity(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { application, entity } = await namedEntity(call)
  return json(entitySummary(application.id, entity))
}

/** An entity's children; members are the children of their cluster. */
export async function listChildren(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { application, entity } = await namedEntity(call)
  return json(childrenIn(application.id, await entitiesOf(call.gateway, application.id), entity.path))
}

/** An entity and all below it; of an application when no entity is named. */
export async function listDescendants(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { application, entities } = await descendants(call)
  return json(entities.map((entity) => entitySummary(application.id, entity)))
}

/** One sensor of all of these, by id; those that do not have it are left out. */
export async function readDescendantsSensor(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { application, entities } = await descendants(call)
  const name = pathParam(call, 'sensor')
  const values: [string, unknown][] = []
  for (const entity of entities) {
    const sensor = (await sensorsOf(call, { application, entity })).find((one) => one.name === name)
    if (sensor !== undefined) values.push([entityId(application.id, entity.path), sensor.value])
  }
  return json(Object.fromEntries(values))
}

/** Where it is. */
export async function listEntityLocations(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { entity } = await namedEntity(call)
  if (entity.location === '') return json([])
  const params = { location: entity.location }
  return json([locationSummary(await call.gateway.read<WireLocation>('getLocation', { params }))])
}

/** The document as submitted; nothing for what is below the root, whose own text nobody wrote. */
export async function readSpec(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { application, entity } = await namedEntity(call)
  if (entity.path !== '') return empty()
  const params = { application: application.id, version: String(application.version) }
  const { source } = await call.gateway.read<VersionDocument>('getVersion', { params })
  return source === undefined ? empty() : text(source)
}

/** An entity as Brooklyn lists it. */
export function entitySummary(application: string, entity: Entity): EntitySummary {
  const self = entityLink(application, entity.path)
  const { parent } = entity
  return {
    id: entityId(application, entity.path),
    name: entity.name,
    type: entity.type,
    links: {
      self,
      ...(parent === undefined ? {} : { parent: entityLink(application, parent) }),
      application: applicationLink(application),
      ...Object.fromEntries([...PARTS, 'locations', 'spec'].map((part) => [part, `${self}/${part}`])),
    },
  }
}

function childrenIn(
  application: string,
  entities: readonly Entity[],
  path: string,
): readonly EntitySummary[] {
  return entities.filter(({ parent }) => parent === path).map((entity) => entitySummary(application, entity))
}

async function descendants(
  call: BrooklynCall,
): Promise<{ readonly application: Application; readonly entities: readonly Entity[] }> {
  if (call.query['typeRegex'] !== undefined)
    throw new Refused(refuse('invalid-request', 'typeRegex is not offered here: ask for all and choose.'))
  const top: Pick<Located, 'application'> & { readonly entity?: Entity } =
    call.params['entity'] === undefined
      ? { application: await namedApplication(call) }
      : await namedEntity(call)
  const path = top.entity?.path ?? ''
  const all = await entitiesOf(call.gateway, top.application.id)
  const isWithin = (other: string): boolean => path === '' || other === path || other.startsWith(`${path}/`)
  return { application: top.application, entities: all.filter((entity) => isWithin(entity.path)) }
}
