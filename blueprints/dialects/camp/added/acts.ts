import {
  type ActingSpec,
  type ConfigMap,
  type EntityReference,
  type Expression,
  type Json,
  type SensorSpec,
  literal,
} from '../../../../engine/index.js'
import type { AdjunctType } from '../../../resolve/adjunct-lookup.js'

/**
 * What a known type does here with its settings, whatever spelling they were given in; undefined for a type that
 * nothing acts for yet, and for one that is set to something that cannot be done here.
 */
export function actingOf(type: AdjunctType, given: ConfigMap): ActingSpec | undefined {
  if (type.name === 'Transformer') {
    const sensor = transformedTo(type, given)?.name
    return sensor === undefined ? undefined : { kind: 'sensor', sensor }
  }
  const role = Object.hasOwn(ROLES, type.name) ? ROLES[type.name] : undefined
  const config = role === undefined ? undefined : configFor(role, underFullNames(type, given))
  return role === undefined || config === undefined ? undefined : { kind: 'policy', type: role.type, config }
}

/** The settings as they are here; undefined where one of them cannot be had. */
function configFor(
  role: Role,
  given: readonly (readonly [key: string, Expression])[],
): ConfigMap | undefined {
  const config: { [key: string]: Expression } = {}
  const keys = new Set(given.map(([key]) => key))
  if (role.needs?.some((key) => !keys.has(key)) === true) return undefined
  for (const [key, value] of Object.entries(role.always ?? {})) config[key] = literal(value)
  for (const [key, value] of given) {
    const setting = settingFor(key, role)
    const read = setting === undefined ? undefined : settingValue(setting, value)
    if (setting === undefined || read === undefined) return undefined
    if (setting.key !== '') config[setting.key] = read
  }
  return config
}

/**
 * The sensor that stands for a transformer: it follows the value that is written, or is the source itself. Undefined where
 * it is set to something that cannot be done here.
 * @source Brooklyn: Transformer evaluates `enricher.targetValue` whenever its source has changed.
 */
export function transformedTo(type: AdjunctType, config: ConfigMap): SensorSpec | undefined {
  const given = new Map(underFullNames(type, config))
  const [target, source] = [given.get('enricher.targetSensor'), given.get('enricher.sourceSensor')]
  if (target?.kind !== 'literal' || typeof target.value !== 'string') return undefined
  if ([...given.keys()].some((key) => !TRANSFORMER.has(key))) return undefined
  const value = given.get('enricher.targetValue') ?? sourceValue(source, given.get('enricher.producer'))
  if (value === undefined) return undefined
  return { name: target.value, type: 'json', source: { kind: 'static', value } }
}

const TRANSFORMER: ReadonlySet<string> = new Set([
  ...['enricher.producer', 'enricher.sourceSensor', 'enricher.triggerSensors', 'enricher.targetSensor'],
  ...['enricher.targetValue', 'enricher.suppressDuplicates', 'enricher.allowCyclicPublishing', 'uniqueTag'],
])

function sourceValue(
  source: Expression | undefined,
  producer: Expression | undefined,
): Expression | undefined {
  if (source?.kind !== 'literal' || typeof source.value !== 'string') return undefined
  const of: EntityReference = producer === undefined ? { scope: 'self' } : { scope: 'value', of: producer }
  return { kind: 'sensor', of, sensor: source.value, whenReady: false }
}

function underFullNames(type: AdjunctType, config: ConfigMap): readonly (readonly [string, Expression])[] {
  return Object.entries(config).map(([key, value]) => [
    type.keys.find(({ name, flags }) => name === key || flags.includes(key))?.name ?? key,
    value,
  ])
}

/** What a setting becomes: its key here, '' where it makes no difference, and its values where they have other names. */
interface Setting {
  readonly key: string
  readonly read?: { readonly [value: string]: Json }
}

interface Role {
  readonly type: string
  readonly settings: { readonly [key: string]: string | Setting }
  readonly always?: { readonly [key: string]: Json }
  /** Settings without which it cannot act here. */
  readonly needs?: readonly string[]
}

/** Whether something acts for the policy or enricher of a name, as far as its settings can be had. */
export function hasRole(name: string): boolean {
  return name === 'Transformer' || Object.hasOwn(ROLES, name)
}

/** Settings of all of them that make no difference here. */
const COMMON: Role['settings'] = { uniqueTag: '', 'enricher.suppressDuplicates': '' }

function settingFor(key: string, { settings }: Role): Setting | undefined {
  const found = Object.hasOwn(settings, key) ? settings[key] : COMMON[key]
  return typeof found === 'string' ? { key: found } : found
}

/** The value as it is here; undefined for one that cannot be had. */
function settingValue({ read }: Setting, value: Expression): Expression | undefined {
  if (read === undefined) return value
  const written = value.kind === 'literal' && typeof value.value !== 'object' ? String(value.value) : ''
  const meant = Object.hasOwn(read, written) ? read[written] : numberLike(read, written)
  return meant === undefined ? undefined : literal(meant)
}

/** Where words stand for numbers, a number stands for itself. */
function numberLike(read: NonNullable<Setting['read']>, written: string): number | undefined {
  const areNumbers = Object.values(read).every((value) => typeof value === 'number')
  return areNumbers && /^[0-9]+$/.test(written) ? Number(written) : undefined
}

const PRODUCER = { 'enricher.producer': 'from' } as const
const ONE_SENSOR = {
  ...PRODUCER,
  'enricher.sourceSensor': 'source',
  'enricher.targetSensor': 'target',
} as const

const NAMED_FUNCTIONS = {
  sum: 'sum',
  average: 'average',
  mean: 'average',
  min: 'min',
  max: 'max',
  list: 'list',
  first: 'first',
  isQuorate: 'quorum',
} as const

/** How many must be truthy; 0 is all. */
const QUORUMS = { all: 0, allAndAtLeastOne: 0, atLeastOne: 1 } as const

const ROLES: { readonly [type: string]: Role } = {
  Propagator: {
    type: 'propagate',
    settings: {
      ...PRODUCER,
      'enricher.propagating.inclusions': 'sensors',
      'enricher.propagating.sensorMapping': 'sensors',
      'enricher.propagating.propagatingAll': 'all',
      'enricher.propagating.propagatingAllBut': 'except',
    },
  },
  PropagateToMembers: {
    type: 'propagate',
    settings: { 'enricher.propagating.inclusions': 'sensors' },
    always: { to: 'members' },
  },
  Aggregator: {
    type: 'aggregate',
    settings: {
      'enricher.sourceSensor': 'sensor',
      'enricher.targetSensor': 'target',
      'enricher.transformation': { key: 'by', read: NAMED_FUNCTIONS },
      'enricher.transformation.untyped': { key: 'by', read: NAMED_FUNCTIONS },
      'enricher.aggregating.fromMembers': { key: 'of', read: { true: 'members' } },
      'enricher.aggregating.fromChildren': { key: 'of', read: { true: 'children' } },
      'enricher.aggregator.excludeBlank': 'excludeBlank',
      'enricher.aggregating.valueFilter': { key: '', read: { notNull: true } },
      'enricher.defaultValue': 'fallback',
      'quorum.check.type': { key: 'quorum', read: QUORUMS },
      'quorum.total.size': 'size',
    },
  },
  Joiner: {
    type: 'join',
    settings: {
      ...ONE_SENSOR,
      'enricher.joiner.separator': 'separator',
      'enricher.joiner.keyValueSeparator': 'between',
      'enricher.joiner.joinMapEntries': 'entries',
      'enricher.joiner.quote': 'quote',
      'enricher.joiner.minimum': 'minimum',
      'enricher.joiner.maximum': 'maximum',
    },
  },
  PercentageEnricher: {
    type: 'percentage',
    settings: {
      ...PRODUCER,
      'enricher.sourceCurrentSensor': 'current',
      'enricher.sourceTotalSensor': 'total',
      'enricher.targetSensor': 'target',
    },
  },
  YamlTimeWeightedDeltaEnricher: {
    type: 'rate',
    settings: { ...ONE_SENSOR, 'enricher.delta.period': 'unit' },
  },
  YamlRollingTimeWindowMeanEnricher: {
    type: 'window-mean',
    settings: {
      ...ONE_SENSOR,
      'enricher.window.duration': 'window',
      'enricher.window.confidenceRequired': 'confidence',
    },
  },
  DeltaEnricher: { type: 'delta', settings: ONE_SENSOR },
  TimeFractionDeltaEnricher: { type: 'time-fraction', settings: ONE_SENSOR },
  RollingMeanEnricher: {
    type: 'rolling-mean',
    settings: { ...ONE_SENSOR, 'enricher.rolling.windowSize': 'size' },
  },
  UpdatingMap: {
    type: 'map-entry',
    settings: {
      ...ONE_SENSOR,
      'enricher.updatingMap.fromSensor': 'source',
      'enricher.updatingMap.key': 'key',
      'enricher.updatingMap.computing': 'when',
      'enricher.updatingMap.removingIfResultIsNull': 'removeNull',
    },
  },
  OnPublicNetworkEnricher: { type: 'reachable', settings: { sensors: 'sensors' } },
  ServiceFailureDetector: {
    type: 'failure-detector',
    settings: {
      onlyReportIfPreviouslyUp: 'onlyIfPreviouslyUp',
      monitorServiceProblems: '',
      'serviceOnFire.stabilizationDelay': '',
      'entityFailed.stabilizationDelay': 'failedAfter',
      'entityRecovered.stabilizationDelay': 'recoveredAfter',
      'entityFailed.republishTime': 'republish',
    },
    always: { failed: 'ha.entityFailed', recovered: 'ha.entityRecovered' },
  },
  AutoScalerPolicy: {
    type: 'autoscale',
    settings: {
      'autoscaler.metric': 'sensor',
      'autoscaler.entityWithMetric': 'from',
      'autoscaler.metricLowerBound': 'lower',
      'autoscaler.metricUpperBound': 'upper',
      'autoscaler.minPoolSize': 'min',
      'autoscaler.maxPoolSize': 'max',
      'autoscaler.resizeUpStabilizationDelay': 'scaleOutAfter',
      'autoscaler.resizeDownStabilizationDelay': 'scaleInAfter',
      'autoscaler.resizeUpIterationIncrement': 'stepOut',
      'autoscaler.resizeDownIterationIncrement': 'stepIn',
      'autoscaler.resizeUpIterationMax': 'mostOut',
      'autoscaler.resizeDownIterationMax': 'mostIn',
      'autoscaler.minPeriodBetweenExecs': 'cooldown',
    },
    always: { from: 'self', scaleOutAfter: 0, scaleInAfter: 0, cooldown: 100, staleAfter: '24h' },
    needs: ['autoscaler.metric', 'autoscaler.metricLowerBound', 'autoscaler.metricUpperBound'],
  },
  PropagatePrimaryEnricher: {
    type: 'propagate-primary',
    settings: { 'primary.sensor.name': 'primary', 'propagate.primary.sensors': 'sensors' },
  },
}
