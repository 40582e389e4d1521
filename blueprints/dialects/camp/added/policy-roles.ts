import { REACHED } from './detector-sensors.js'
import type { Role } from './role.js'

const TIMED: Role['settings'] = {
  effector: 'effector',
  args: 'arguments',
  wait: 'wait',
  'start.sensor': 'start',
  'enabled.sensor': 'enabled',
}

const MODES = { failover: 'failover', best: 'best', strict: 'strict' } as const
const TARGETS = { auto: 'auto', members: 'members', children: 'children' } as const
/** Words are written in either case. */
const inBothCases = (words: { readonly [word: string]: string }): { readonly [word: string]: string } => ({
  ...words,
  ...Object.fromEntries(Object.entries(words).map(([word, meant]) => [word.toUpperCase(), meant])),
})

/** What detectors have in common. */
const DETECTOR: Role['settings'] = {
  'failureDetector.pollPeriod': '',
  'failureDetector.serviceFailedStabilizationDelay': 'failedAfter',
  'failureDetector.serviceRecoveredStabilizationDelay': 'recoveredAfter',
  'failureDetector.sensor.fail': 'failed',
  'failureDetector.sensor.recover': 'recovered',
}
const CONNECTION = {
  onlyIfPreviouslyUp: false,
  failed: 'ha.connectionFailed',
  recovered: 'ha.connectionRecovered',
}

/** What acts for the policies of Brooklyn, by their names. */
export const POLICY_ROLES: { readonly [type: string]: Role } = {
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
      'autoscaler.insufficientCapacityHighWaterMark': 'highWaterMark',
      'autoscaler.poolHotSensor': 'hot',
      'autoscaler.poolColdSensor': 'cold',
      'autoscaler.poolOkSensor': 'ok',
      'autoscaler.maxSizeReachedSensor': 'excess',
      'autoscaler.maxReachedNotificationDelay': 'excessAfter',
    },
    always: {
      ...{
        from: 'self',
        scaleOutAfter: 0,
        scaleInAfter: 0,
        cooldown: 100,
        staleAfter: '24h',
        excessAfter: 0,
      },
      // Those of Brooklyn, but that there too few and enough have one name between them.
      ...{ hot: 'resizablepool.hot', cold: 'resizablepool.cold', ok: 'resizablepool.ok' },
    },
    belong: ['autoscaler.metric', 'autoscaler.metricLowerBound', 'autoscaler.metricUpperBound'],
  },
  ServiceRestarter: {
    type: 'restart-reported',
    settings: {
      failureSensorToMonitor: 'failed',
      failOnRecurringFailuresInThisDuration: 'quiet',
      setOnFireOnFailure: '',
    },
    always: { failed: 'ha.entityFailed', gaveUp: 'ha.entityFailed.restart' },
  },
  ServiceReplacer: {
    type: 'replace-reported',
    settings: {
      failureSensorToMonitor: 'failed',
      failOnRecurringFailuresInThisDuration: 'period',
      failOnNumRecurringFailures: 'mostFailures',
      setOnFireOnFailure: '',
    },
    always: { failed: 'ha.entityFailed.restart', gaveUp: 'ha.entityFailed.replacement' },
  },
  ConditionalSuspendPolicy: {
    type: 'conditional-suspend',
    settings: { target: 'policies', suppressSensor: 'sensor', resetSensor: 'until' },
    always: { sensor: 'ha.connectionFailed', until: 'ha.connectionRecovered' },
    needs: ['target'],
  },
  ConnectionFailureDetector: {
    type: 'failure-detector',
    as: 'enricher',
    settings: {
      ...DETECTOR,
      'connectionFailureDetector.endpoint': '',
      'connectionFailureDetector.pollPeriod': '',
      'connectionFailureDetector.serviceFailedStabilizationDelay': 'failedAfter',
      'connectionFailureDetector.serviceRecoveredStabilizationDelay': 'recoveredAfter',
    },
    always: { sensor: REACHED.connection, ...CONNECTION },
    needs: ['connectionFailureDetector.endpoint'],
  },
  SshMachineFailureDetector: {
    type: 'failure-detector',
    as: 'enricher',
    settings: { ...DETECTOR, 'ha.sshConnection.timeout': '' },
    always: { sensor: REACHED.ssh, ...CONNECTION },
  },
  PeriodicEffectorPolicy: {
    type: 'periodic-effector',
    settings: { ...TIMED, period: 'period', time: 'time' },
    needs: ['effector'],
  },
  ScheduledEffectorPolicy: {
    type: 'schedule-effector',
    settings: { ...TIMED, time: 'at' },
    always: { start: 'service.isUp' },
    needs: ['effector'],
  },
  StopAfterDurationPolicy: {
    type: 'lease',
    settings: {
      lifetime: 'for',
      state: { key: 'start', read: inBothCases({ running: 'service.isUp' }) },
      pollPeriod: '',
      hasFired: '',
    },
    needs: ['lifetime'],
  },
  InvokeEffectorOnSensorChange: {
    type: 'on-sensor',
    settings: { sensor: 'sensor', 'sensor.producer': 'from', effector: 'effector', isBusySensor: '' },
    needs: ['sensor', 'effector'],
  },
  InvokeEffectorOnCollectionSensorChange: {
    type: 'on-elements',
    settings: {
      sensor: 'sensor',
      'sensor.producer': 'from',
      onAdded: 'onAdded',
      onRemoved: 'onRemoved',
      parameterName: 'passAs',
    },
    needs: ['sensor'],
  },
  ElectPrimaryPolicy: {
    type: 'elect-primary',
    settings: {
      'primary.target.mode': { key: 'among', read: inBothCases(TARGETS) },
      'primary.selection.mode': { key: 'mode', read: inBothCases(MODES) },
      'primary.stopped.wait.timeout': 'stoppedWait',
      'primary.starting.wait.timeout': 'startingWait',
      'primary.sensor.name': 'primary',
      'primary.weight.name': 'weight',
      'primary.promote.effector.name': 'promote',
      'primary.demote.effector.name': 'demote',
      // What shows these is an enricher beside it.
      'propagate.primary.sensors': '',
    },
    always: { weight: 'ha.primary.weight', promote: 'promote', demote: 'demote' },
  },
}
