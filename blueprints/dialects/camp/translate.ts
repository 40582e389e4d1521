import {
  type ApplicationSettings,
  type ApplicationSpec,
  type EntitySpec,
  type JsonObject,
  type OutputsSpec,
  type ParameterSpec,
  DEFAULT_SETTINGS,
  newEntity,
} from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import { type DocumentNode, textAt } from '../../read/document-node.js'
import { durationAt, durationOf } from '../../resolve/amounts.js'
import { entityName } from '../../resolve/entity-name.js'
import { reportUndeclared, resolveParameters } from '../../resolve/parameters.js'
import { nearestName } from '../../suggest.js'
import { readConfig, readInitial, readNotes, readPlacement, readRetry } from './entity.js'
import type { CampReader } from './reader.js'
import { Fields } from './keys.js'
import { readAdded } from './added/policies.js'
import { readGates } from './software/gates.js'
import { readShared } from './resources.js'
import { readRoles } from './structure/roles.js'
import { readEffectors, readSensors } from './added/sensors.js'
import { readService, readServices } from './services.js'
import { reportUnread } from './unread.js'
import { present } from '../../resolve/present.js'

/** The spec of a document of this dialect. */
export function translateCamp(root: DocumentNode, desk: TranslationDesk): ApplicationSpec {
  const fields = new Fields(root, desk)
  const outputs = readOutputs(root, desk)
  const reader = newReader(outputs, desk)
  const description = fields.get('description')?.text
  const serviceType = (root.get('type') ?? root.get('serviceType'))?.text
  const owner = root.get('owner')?.text
  const keyPair = fields.get('keyPair')?.text
  reportEmpty(root, desk)
  reportUnread(root, desk)
  return {
    kind: 'application',
    name: fields.get('name')?.text ?? fields.get('id')?.text ?? 'application',
    ...present({ description, serviceType, owner, keyPair }),
    details: readNotes(fields, desk).details,
    root: readRoot(fields, reader),
    ...readShared(root, desk),
    outputs,
    settings: readSettings(root),
    dialect: 'camp',
  }
}

function newReader(outputs: OutputsSpec, desk: TranslationDesk): CampReader {
  const open = new Set([outputs.endpoint?.entity, outputs.consoleEndpoint?.entity])
  const reader: CampReader = {
    desk,
    isPublic: (id) => open.has(id),
    child: (node, name) => readService(node, new Set(), reader, name),
    children: (fields) => [
      ...readServices(fields.get('children'), reader),
      ...readRoles(fields.get('roles'), reader),
    ],
  }
  return reader
}

function readRoot(fields: Fields, reader: CampReader): EntitySpec {
  const { desk } = reader
  const name = fields.get('name')?.text ?? fields.get('id')?.text ?? 'application'
  const taken = new Set<string>()
  const written = [
    ...readServices(fields.node.get('services'), reader, taken),
    ...readServices(fields.get('children'), reader, taken),
    ...readRoles(fields.get('roles'), reader),
  ]
  const config = readConfig(fields, desk, desk.input.parameters)
  const children = given(config.parameters, written, desk)
  const retry = readRetry(fields.get('retry'))
  const root = newEntity({
    ...config,
    ...readNotes(fields, desk),
    type: 'application',
    name: entityName(name) || 'application',
    displayName: name,
    children,
    ...readAdded(fields, desk),
    sensors: readSensors(fields, desk),
    effectors: readEffectors(fields, desk),
    ...readGates(fields, desk),
    ...readInitial(fields, desk),
    ...present({ retry, id: fields.get('id')?.text }),
    placement: readPlacement(fields, desk),
    place: fields.node.place,
  })
  const { origins } = desk
  return origins.mark(origins.markBody(unwrapped(root, fields.node, desk), fields.node), fields.node.place)
}

/**
 * The children of the root with the values that were handed in: those are for its parameters; where it has none and one
 * child, for that one's.
 */
function given(
  own: readonly ParameterSpec[],
  children: readonly EntitySpec[],
  desk: TranslationDesk,
): readonly EntitySpec[] {
  const { parameters: values } = desk.input
  const [only, ...others] = children
  const isForOnly = own.length === 0 && others.length === 0 && only !== undefined
  reportUndeclared(isForOnly ? only.parameters : own, values, desk)
  return isForOnly && only.parameters.length > 0 ? [withValues(only, values, desk)] : children
}

function withValues(entity: EntitySpec, values: JsonObject, desk: TranslationDesk): EntitySpec {
  const { origins } = desk
  const body = origins.bodyOf(entity)
  const place = origins.of(entity)
  const told = { ...entity, ...resolveParameters(entity.parameters, values, entity.config, desk) }
  const known = body === undefined ? told : origins.markBody(told, body)
  return place === undefined ? known : origins.mark(known, place)
}

/** A document whose only service is an application itself, and which adds nothing to it, is that application. */
function unwrapped(root: EntitySpec, node: DocumentNode, desk: TranslationDesk): EntitySpec {
  const [only, ...others] = root.children
  if (only === undefined || others.length > 0 || !isWrapper(node, desk)) return root
  const placement = only.placement.locations.length > 0 ? only.placement : root.placement
  const isNamed = node.get('name') !== undefined
  const displayName = isNamed ? root.displayName : (only.displayName ?? root.displayName)
  return { ...only, type: 'application', name: root.name, ...present({ displayName }), placement }
}

function isWrapper(node: DocumentNode, desk: TranslationDesk): boolean {
  const written = textAt(node.get('services')?.items()[0], 'type')
  const isApplication = written !== undefined && desk.input.types.find(written)?.application === true
  return isApplication && node.entries().every(([key]) => UNDECORATED.has(key))
}

/** Keys beside which an application in an application is one. */
const UNDECORATED = new Set([
  'name',
  'description',
  'location',
  'locations',
  'services',
  'id',
  'iconUrl',
  'origin',
  'owner',
  'type',
])

const CONTENTS = ['roles', 'services', 'children', 'brooklyn.children'] as const

function reportEmpty(root: DocumentNode, desk: TranslationDesk): void {
  const keys = root.entries().map(([key]) => key)
  if (!root.isMap || keys.some((key) => nearestName(key, CONTENTS) !== undefined)) return
  const hint = 'add "roles:" with a list of what the landscape is made of'
  desk.report('BP1104', 'the blueprint has neither "roles" nor "services"', root, { hint })
}

function readOutputs(root: DocumentNode, desk: TranslationDesk): OutputsSpec {
  return { ...output('endpoint', root, desk), ...output('consoleEndpoint', root, desk) }
}

function output(key: 'endpoint' | 'consoleEndpoint', root: DocumentNode, desk: TranslationDesk): OutputsSpec {
  const node = root.get(key)
  const entity = node?.text ?? node?.get('role')?.text
  if (node === undefined || entity === undefined) {
    if (node?.isMap === true)
      desk.report('BP1104', `"${key}" needs the key "role"`, node, { hint: 'add "role:"' })
    return {}
  }
  const port = node.get('port')?.text
  return { [key]: desk.origins.mark({ entity, ...present({ port }) }, node.place) }
}

function readSettings(root: DocumentNode): ApplicationSettings {
  const { onStartFailure, collect, grace, changeDeadline, keepMachines } = DEFAULT_SETTINGS
  return {
    onStartFailure: textAt(root, 'onStartFailure') === 'expunge' ? 'expunge' : onStartFailure,
    collect: root.get('collect')?.flag ?? collect,
    grace: durationAt(root, 'grace', grace),
    changeDeadline: durationAt(root, 'changeDeadline', changeDeadline),
    keepMachines: root.get('keepMachines')?.flag ?? keepMachines,
    ...present({ lease: durationOf(root.get('lease')?.value) }),
  }
}
