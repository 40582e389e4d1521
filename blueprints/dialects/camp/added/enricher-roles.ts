import { REACHED } from './detector-sensors.js'
import type { Role } from './role.js'

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

/** What acts for the enrichers of Brooklyn, by their names. */
export const ENRICHER_ROLES: { readonly [type: string]: Role } = {
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
  HttpLatencyDetector: {
    type: 'latency',
    settings: {
      'latencyDetector.url': '',
      'latencyDetector.urlSensor': '',
      'latencyDetector.period': '',
      'latencyDetector.rollup': 'window',
      'latencyDetector.requireServiceUp': '',
    },
    always: {
      source: REACHED.latency,
      last: 'web.request.latency.last',
      windowed: 'web.request.latency.windowed',
      unit: 's',
    },
  },
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
  PrimaryRunningEnricher: {
    type: 'primary-running',
    settings: { 'primary.sensor.name': 'primary' },
  },
  PropagatePrimaryEnricher: {
    type: 'propagate-primary',
    settings: { 'primary.sensor.name': 'primary', 'propagate.primary.sensors': 'sensors' },
  },
}
