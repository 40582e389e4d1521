import { childPath } from '../../entity/path.js'
import { type OtherValues, isBlank } from '../../expression/constraint.js'
import { judge } from '../../expression/predicate.js'
import { parameterFault } from '../../expression/parameter-fault.js'
import { typedValue } from '../../expression/parameter-type.js'
import { EntityValue, type Value, plain } from '../../expression/value.js'
import { JSON_READER } from '../../ports/data-reader.js'
import { entityFacts } from '../../reconcile/facts/entity-facts.js'
import { runKey } from '../../reconcile/facts/naming.js'
import type { World } from '../../reconcile/facts/world.js'
import { worldFor } from '../../reconcile/facts/tracked-world.js'
import type { ParameterSpec } from '../../spec/entity-spec.js'
import { digestOfText } from '../../support/digest.js'
import type { Json } from '../../support/json.js'
import { Secret, type Seal, type SealedSecret } from '../../support/secret.js'
import type { RunWorld } from '../../workflow/run-world.js'
import { containerPlace } from './container-place.js'
import { phasePlace } from './phase-place.js'
import { policyOf } from '../changes/alterations.js'
import { identityKey, pathOf } from '../changes/grafts.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { versionAt } from '../../reconcile/facts/rollout.js'

/** What surrounds a run of an application now; it is woken when what it asks about changes. */
export function runWorld(
  run: string,
  application: KeptApplication,
  ports: KeptPorts,
): Omit<RunWorld, 'lock'> {
  const { landscape, sources, tasks, documents } = application
  const { clock, random, seal, data = JSON_READER, engineId } = ports
  const world = worldFor(runKey(run), clock.now(), sources)
  return {
    now: clock.now(),
    random: () => random.next(),
    evaluate: (expression, entity, variable) =>
      world.evaluate(expression, entity, versionAt(landscape.desired, entity), variable),
    judge: (predicate, subject, entity) => {
      const facts = entityFacts(entity, landscape, world)
      return judge(predicate, subject ?? { kind: 'entity', entity: facts }, facts)
    },
    entities: (kind, entity) => entitiesIn(application, kind, entity),
    known: (entity, identity) => {
      const key = identityKey(entity, identity)
      const graft = documents.current.grafts.find((one) => one.key === key)
      return graft === undefined ? undefined : pathOf(graft)
    },
    setting: (entity, key, value) =>
      settingFor(
        nodeAt(application, entity)?.spec.parameters.find(({ name }) => name === key),
        value,
        othersOf(entity, world),
      ),
    effector: (entity, name) =>
      nodeAt(application, entity)
        ?.spec.effectors.find((one) => one.name === name)
        ?.parameters.map((parameter) => parameter.name),
    policy: (entity, name) => policyOf(nodeAt(application, entity)?.spec, name),
    exists: (entity) => nodeAt(application, entity) !== undefined,
    keep: (value) => keptValue(value, seal),
    open: (kept) => openedValue(kept, seal),
    machine: (entity) =>
      nodeAt(application, entity)?.isNowhere === true
        ? undefined
        : landscape.slots.get(entity)?.record.current?.token,
    containerPlace: (entity, named) => containerPlace(application, ports, { entity, named }),
    workplace: (entity, phase) => phasePlace(application, entity, phase),
    data: (text) => data.read(text),
    task: (id) => tasks.get(id)?.state,
    token: (id, number) => digestOfText(`${engineId} ${application.id} workflow ${id} ${number}`),
  }
}

/** The other values that an entity has now; one that is not known yet is there at least. */
function othersOf(entity: string, world: World): OtherValues {
  const config = (key: string): ReturnType<World['evaluate']> =>
    world.evaluate({ kind: 'config', of: { scope: 'self' }, key }, entity, versionAt(world.desired, entity))
  const valueOf = (name: string): Json | undefined => {
    const value = config(name)
    return value.kind === 'ready' ? plain(value.value) : undefined
  }
  return { valueOf, isGiven: (name) => config(name).kind !== 'ready' || !isBlank(valueOf(name)) }
}

function settingFor(
  parameter: ParameterSpec | undefined,
  value: Json,
  others: OtherValues,
): ReturnType<RunWorld['setting']> {
  if (parameter === undefined) return { value }
  const typed = typedValue(parameter.type, value)
  const fault = parameterFault(parameter, typed, others)
  return fault === undefined ? { value: typed } : { reason: `config ${parameter.name} ${fault}` }
}

function entitiesIn(
  application: KeptApplication,
  kind: Parameters<RunWorld['entities']>[0],
  entity: string,
): readonly string[] {
  const { grafts } = application.documents.current
  switch (kind) {
    case 'members':
      return membersIn(application, entity) ?? []
    case 'inside':
      return membersIn(application, entity) ?? childrenIn(application, entity)
    case 'children':
      return childrenIn(application, entity)
    case 'added':
      return grafts.filter(({ parent }) => parent === entity).map(pathOf)
  }
}

function childrenIn(application: KeptApplication, entity: string): readonly string[] {
  return (nodeAt(application, entity)?.children ?? []).map(({ spec }) => childPath(entity, spec.name))
}

/** Members of a group or a role; undefined for what is neither. */
function membersIn(application: KeptApplication, entity: string): readonly string[] | undefined {
  const { landscape } = application
  if (nodeAt(application, entity)?.spec.group !== undefined) return landscape.groups.membersOf(entity)
  const role = landscape.roles.get(entity)
  return role === undefined ? undefined : [...role.slots.keys()]
}

/** The node of an entity that there is. */
export function nodeAt(
  { landscape }: Pick<KeptApplication, 'landscape'>,
  path: string,
): ReturnType<typeof landscape.tree.at> {
  return landscape.slots.get(path)?.node ?? landscape.tree.at(path)
}

const SEALED = 'weir:sealed'
const ENTITY = 'weir:entity'

/** A value as it may be stored: secrets sealed, entities marked. */
export function keptValue(value: Value, seal: Seal): Json {
  if (value instanceof Secret) return { [SEALED]: seal.seal(value.name, value.reveal()) as unknown as Json }
  if (value instanceof EntityValue) return { [ENTITY]: value.path }
  if (Array.isArray(value)) return (value as readonly Value[]).map((part) => keptValue(part, seal))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as { readonly [key: string]: Value })
  return Object.fromEntries(entries.map(([key, part]) => [key, keptValue(part, seal)]))
}

/** A stored value as it was. */
export function openedValue(kept: Json, seal: Seal): Value {
  if (Array.isArray(kept)) return (kept as readonly Json[]).map((part) => openedValue(part, seal))
  if (typeof kept !== 'object' || kept === null) return kept
  const map = kept as { readonly [key: string]: Json }
  const { [SEALED]: sealed, [ENTITY]: entity } = map
  if (sealed !== undefined) return seal.open(sealed as unknown as SealedSecret)
  if (typeof entity === 'string') return new EntityValue(entity)
  return Object.fromEntries(Object.entries(map).map(([key, part]) => [key, openedValue(part, seal)]))
}
