/** What a field of one of Brooklyn's Go client's models takes, as Go's decoder of JSON sees it. */
export type GoType =
  | 'string'
  | 'int64'
  | 'float64'
  | 'bool'
  | 'any'
  | { readonly mapOf: GoType }
  | { readonly listOf: GoType }
  | { readonly model: GoModel }

/** A model of the client: its fields, and those that Brooklyn leaves out where they say nothing. */
export interface GoModel {
  readonly name: string
  readonly fields: () => { readonly [field: string]: GoType }
  readonly sparse?: readonly string[]
}

const links: GoType = { mapOf: 'string' }
const strings: GoType = { listOf: 'string' }

const VersionSummary: GoModel = {
  name: 'VersionSummary',
  fields: () => ({
    version: 'string',
    buildSha1: 'string',
    buildBranch: 'string',
    features: { listOf: { mapOf: 'any' } },
  }),
}

const ApplicationSpec: GoModel = {
  name: 'ApplicationSpec',
  fields: () => ({ name: 'string', type: 'string', locations: strings }),
}

const ApplicationSummary: GoModel = {
  name: 'ApplicationSummary',
  fields: () => ({ links, id: 'string', spec: { model: ApplicationSpec }, status: 'string' }),
}

const MemberSpec: GoModel = { name: 'MemberSpec', fields: () => ({ id: 'string', name: 'string' }) }

const Tree: GoModel = {
  name: 'Tree',
  fields: () => ({
    id: 'string',
    parentId: 'string',
    name: 'string',
    type: 'string',
    catalogItemId: 'string',
    children: { listOf: { model: Tree } },
    groupIds: strings,
    members: { listOf: { model: MemberSpec } },
  }),
  sparse: ['catalogItemId'],
}

const EntitySummary: GoModel = {
  name: 'EntitySummary',
  fields: () => ({ catalogItemId: 'string', name: 'string', links, id: 'string', type: 'string' }),
  sparse: ['catalogItemId'],
}

const LinkTaskMetadata: GoModel = {
  name: 'LinkTaskMetadata',
  fields: () => ({ id: 'string', taskName: 'string', entityId: 'string', entityDisplayName: 'string' }),
}

const LinkTaskWithMetadata: GoModel = {
  name: 'LinkTaskWithMetadata',
  fields: () => ({ link: 'string', metadata: { model: LinkTaskMetadata } }),
}

const LinkStreamMetadata: GoModel = {
  name: 'LinkStreamMetadata',
  fields: () => ({ name: 'string', size: 'int64', sizeText: 'string' }),
}

const LinkStreamsWithMetadata: GoModel = {
  name: 'LinkStreamsWithMetadata',
  fields: () => ({ link: 'string', metadata: { model: LinkStreamMetadata } }),
}

const TaskSummary: GoModel = {
  name: 'TaskSummary',
  fields: () => ({
    submitTimeUtc: 'int64',
    endTimeUtc: 'int64',
    isCancelled: 'bool',
    currentStatus: 'string',
    blockingTask: { model: LinkTaskWithMetadata },
    displayName: 'string',
    streams: { mapOf: { model: LinkStreamsWithMetadata } },
    description: 'string',
    entityId: 'string',
    entityDisplayName: 'string',
    error: 'bool',
    submittedByTask: { model: LinkTaskWithMetadata },
    result: 'any',
    isError: 'bool',
    detailedStatus: 'string',
    children: { listOf: { model: LinkTaskWithMetadata } },
    blockingDetails: 'string',
    cancelled: 'bool',
    links,
    id: 'string',
    startTimeUtc: 'int64',
  }),
  sparse: ['blockingTask', 'blockingDetails'],
}

const SensorSummary: GoModel = {
  name: 'SensorSummary',
  fields: () => ({ name: 'string', description: 'string', links, type: 'string' }),
}

const ParameterSummary: GoModel = {
  name: 'ParameterSummary',
  fields: () => ({ name: 'string', type: 'string', description: 'string', defaultValue: 'any' }),
}

const EffectorSummary: GoModel = {
  name: 'EffectorSummary',
  fields: () => ({
    name: 'string',
    description: 'string',
    links,
    parameters: { listOf: { model: ParameterSummary } },
    returnType: 'string',
  }),
}

const PolicySummary: GoModel = {
  name: 'PolicySummary',
  fields: () => ({ catalogItemId: 'string', name: 'string', links, id: 'string', state: 'string' }),
  sparse: ['catalogItemId'],
}

const ConfigSummary: GoModel = {
  name: 'ConfigSummary',
  fields: () => ({
    reconfigurable: 'bool',
    possibleValues: { listOf: { mapOf: 'string' } },
    defaultValue: 'any',
    name: 'string',
    description: 'string',
    links,
    label: 'string',
    priority: 'float64',
    pinned: 'bool',
    type: 'string',
  }),
  sparse: ['possibleValues'],
}

const CatalogItemSummary: GoModel = {
  name: 'CatalogItemSummary',
  fields: () => ({
    id: 'string',
    name: 'string',
    symbolicName: 'string',
    version: 'string',
    description: 'string',
    javaType: 'string',
    planYaml: 'string',
    deprecated: 'bool',
    config: { listOf: { model: ConfigSummary } },
    tags: { listOf: 'any' },
    links: { mapOf: 'any' },
    type: 'string',
  }),
}

const LocationSummary: GoModel = {
  name: 'LocationSummary',
  fields: () => ({
    id: 'string',
    name: 'string',
    spec: 'string',
    type: 'string',
    config: { mapOf: 'any' },
    links,
  }),
}

/** The models of Brooklyn's Go client, field by field. */
export const GO: Readonly<
  Record<
    | 'VersionSummary'
    | 'ApplicationSummary'
    | 'Tree'
    | 'EntitySummary'
    | 'TaskSummary'
    | 'SensorSummary'
    | 'EffectorSummary'
    | 'PolicySummary'
    | 'ConfigSummary'
    | 'CatalogItemSummary'
    | 'LocationSummary',
    GoModel
  >
> = {
  VersionSummary,
  ApplicationSummary,
  Tree,
  EntitySummary,
  TaskSummary,
  SensorSummary,
  EffectorSummary,
  PolicySummary,
  ConfigSummary,
  CatalogItemSummary,
  LocationSummary,
}

/** What Go's decoder would refuse in a value, and fields of its models that are not told: none is right. */
export function faultsFor(type: GoType, value: unknown, at = '$'): readonly string[] {
  if (value === null || type === 'any') return []
  if (typeof type === 'string') return isScalar(type, value) ? [] : [`${at}: ${typeof value} into ${type}`]
  if ('listOf' in type) {
    if (!Array.isArray(value)) return [`${at}: ${typeof value} into a list`]
    return value.flatMap((item, index) => faultsFor(type.listOf, item, `${at}[${index}]`))
  }
  if (typeof value !== 'object' || Array.isArray(value))
    return [`${at}: ${typeof value} into a struct or map`]
  const found = value as { readonly [key: string]: unknown }
  if ('mapOf' in type) {
    return Object.entries(found).flatMap(([key, item]) => faultsFor(type.mapOf, item, `${at}.${key}`))
  }
  const { fields, sparse = [] } = type.model
  return Object.entries(fields()).flatMap(([field, inner]) => {
    if (Object.hasOwn(found, field)) return faultsFor(inner, found[field], `${at}.${field}`)
    return sparse.includes(field) ? [] : [`${at}.${field}: not told`]
  })
}

function isScalar(type: string, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string'
  if (type === 'bool') return typeof value === 'boolean'
  return typeof value === 'number' && (type === 'float64' || Number.isSafeInteger(value))
}
