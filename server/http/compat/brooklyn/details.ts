import type { Application, Entity } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { liveApplications } from './applications.js'
import { type BrooklynAnswer, type BrooklynCall, flag, json } from './call.js'
import { type EntitySummary, entitySummary } from './entities.js'
import { Refused } from './gateway.js'
import { matchesAny } from './glob.js'
import { applicationOfId, entityId, pathOfId } from './ids.js'
import { entitiesOf } from './located.js'
import { sensorsOf } from './sensors.js'
import { LIFECYCLE, type LifecycleWord } from './words.js'

/** An entity with what is below it, as Brooklyn's console reads it. */
export interface EntityDetail extends EntitySummary {
  readonly applicationId: string
  readonly parentId: string | null
  readonly serviceUp: boolean
  readonly serviceState: LifecycleWord
  readonly children: readonly (EntityDetail | EntitySummary)[]
  readonly groupIds: readonly string[]
  readonly members: readonly { readonly id: string; readonly name: string }[]
  readonly sensors?: { readonly [name: string]: unknown }
  readonly config?: { readonly [key: string]: unknown }
}

/** Entities by id that one request may name. */
const ITEMS = 100

interface Forest {
  readonly application: Application
  readonly entities: readonly Entity[]
}

interface Wanted {
  /** Levels that are told in full; negative: all. */
  readonly depth: number
  readonly sensors: readonly string[]
  readonly config: readonly string[]
}

/** Applications as trees, and the entities that `items` names with all above them. */
export async function readDetails(call: BrooklynCall): Promise<BrooklynAnswer> {
  const wanted = {
    depth: Number(call.query['depth'] ?? 1),
    sensors: words(call, 'sensors'),
    config: words(call, 'config'),
  }
  if (!Number.isInteger(wanted.depth)) throw new Refused(refuse('invalid-request', 'depth: not a number'))
  return json(await details(call, wanted, flag(call, 'includeAllApps', true)))
}

/** The older form: everything, to the last leaf. */
export async function fetchAll(call: BrooklynCall): Promise<BrooklynAnswer> {
  return json(await details(call, { depth: -1, sensors: words(call, 'sensors'), config: [] }, true))
}

async function details(
  call: BrooklynCall,
  wanted: Wanted,
  withAll: boolean,
): Promise<readonly EntitySummary[]> {
  const told = new Map<string, EntitySummary>()
  const forests = new Map<string, Forest>()
  const tell = async (forest: Forest, entity: Entity): Promise<void> => {
    const id = entityId(forest.application.id, entity.path)
    if (!told.has(id)) told.set(id, await treeOf(call, forest, { entity, wanted }))
  }
  for (const application of await liveApplications(call.gateway)) {
    const forest = { application, entities: await entitiesOf(call.gateway, application.id) }
    forests.set(application.id, forest)
    const root = forest.entities.find(({ path }) => path === '')
    if (withAll && root !== undefined) await tell(forest, root)
  }
  for (const item of words(call, 'items').slice(0, ITEMS)) {
    const forest = forests.get(applicationOfId(item))
    for (const entity of lineage(forest, item)) if (forest !== undefined) await tell(forest, entity)
  }
  return [...told.values()]
}

/** The entity with this id and all above it. */
function lineage(forest: Forest | undefined, id: string): readonly Entity[] {
  const line: Entity[] = []
  let path = forest === undefined ? undefined : pathOfId(forest.application.id, id)
  while (path !== undefined) {
    const at: string = path
    const found: Entity | undefined = forest?.entities.find((entity) => entity.path === at)
    if (found !== undefined) line.push(found)
    path = found?.parent
  }
  return line
}

async function treeOf(
  call: BrooklynCall,
  forest: Forest,
  { entity, wanted }: { readonly entity: Entity; readonly wanted: Wanted },
): Promise<EntityDetail | EntitySummary> {
  const { application, entities } = forest
  const summary = entitySummary(application.id, entity)
  const { depth } = wanted
  if (depth === 0) return summary
  const below = entities.filter(({ parent }) => parent === entity.path)
  const children: (EntityDetail | EntitySummary)[] = []
  for (const child of below)
    children.push(await treeOf(call, forest, { entity: child, wanted: { ...wanted, depth: depth - 1 } }))
  const { parent, isMember, memberOf = [] } = entity
  const parentId = parent === undefined ? null : entityId(application.id, parent)
  return {
    ...summary,
    applicationId: application.id,
    parentId,
    serviceUp: entity.up,
    serviceState: LIFECYCLE[entity.state],
    children,
    groupIds: [
      ...(isMember && parentId !== null ? [parentId] : []),
      ...memberOf.map((path) => entityId(application.id, path)),
    ],
    members: entities
      .filter((one) => isMemberOf(one, entity.path))
      .map(({ path, name }) => ({ id: entityId(application.id, path), name })),
    ...(await extras(call, { application, entity }, wanted)),
  }
}

/** Whether one is a member of a cluster or a group. */
function isMemberOf({ isMember, parent, memberOf }: Entity, path: string): boolean {
  return (isMember && parent === path) || memberOf?.includes(path) === true
}

async function extras(
  call: BrooklynCall,
  located: { readonly application: Application; readonly entity: Entity },
  { sensors, config }: Wanted,
): Promise<Pick<EntityDetail, 'sensors' | 'config'>> {
  const values = sensors.length === 0 ? [] : await sensorsOf(call, located)
  const chosen = values
    .filter(({ name }) => matchesAny(sensors, name))
    .map(({ name, value }) => [name, value] as const)
  const keys = Object.entries(located.entity.config).filter(([key]) => matchesAny(config, key))
  return {
    ...(sensors.length === 0 ? {} : { sensors: Object.fromEntries(chosen) }),
    ...(config.length === 0 ? {} : { config: Object.fromEntries(keys) }),
  }
}

/** `a,b`, `[a,b]` or `["a","b"]`. */
function words({ query }: BrooklynCall, name: string): readonly string[] {
  return (query[name] ?? '')
    .replace(/^\[/, '')
    .replace(/\]$/, '')
    .split(',')
    .map((word) => word.trim().replaceAll('"', ''))
    .filter((word) => word !== '')
}
