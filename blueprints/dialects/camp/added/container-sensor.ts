import {
  type Json,
  type SensorSpec,
  type StepSpec,
  type TransformOperation,
  literal,
} from '../../../../engine/index.js'
import { present } from '../../../resolve/present.js'
import { readAskedPredicate } from '../language/predicates.js'
import type { Settings } from '../settings.js'
import { SENSOR_ALIASES } from '../types/types.js'
import { CONTAINER_SETTINGS, CONTAINER_WITHIN, PRINTED, containerFlow } from './container-flow.js'
import { PERIOD, formatOf, sensorType } from './sensor-kinds.js'
import { type FlowKind, OF_SENSORS, TRIGGERED, tolerant, triggersOf, warnOf, whileUp } from './workflows.js'

/** A sensor whose value is what a container prints, each time that it is run to its end. @source ContainerSensor */
export const CONTAINER_SENSOR: FlowKind = {
  settings: [
    ...['name', 'sensorType', 'targetType', 'format', 'timeout', 'condition'],
    ...[...CONTAINER_SETTINGS, ...TRIGGERED, ...OF_SENSORS],
  ],
  needed: ['name', 'image'],
  read: (given) => ({ sensors: [sensorOf(given)] }),
}

function sensorOf(given: Settings): SensorSpec {
  for (const key of OF_SENSORS.slice(1)) warnOf(key, given)
  const type = sensorType(given, { kind: 'command', command: literal(''), period: 0 })
  const triggers = triggersOf(given)
  const isPolled = triggers.period === undefined && triggers.sensors.length === 0
  const name = given.text('name') ?? ''
  return given.mark({
    name: SENSOR_ALIASES[name] ?? name,
    type,
    source: {
      ...{ kind: 'workflow', workflow: tolerant(flowOf(given, type), given) },
      ...triggers,
      ...(isPolled ? { period: PERIOD } : {}),
    },
  })
}

function flowOf(given: Settings, type: SensorSpec['type']): ReturnType<typeof containerFlow> {
  const asked = given.node('condition')
  const predicate = asked === undefined ? undefined : readAskedPredicate(asked, given.desk)
  const condition =
    predicate === undefined
      ? undefined
      : {
          predicate:
            predicate.kind === 'asked'
              ? predicate.of
              : literal(JSON.parse(JSON.stringify(predicate)) as Json),
        }
  const timeout = given.duration('timeout') ?? CONTAINER_WITHIN
  const flow = containerFlow(given, {
    parameters: [],
    timeout: timeout === Infinity ? 0 : timeout,
    then: [taken(type, formatOf(given))],
  })
  const asking = { ...flow, ...present({ condition }) }
  return given.flag('onlyIfServiceUp') === true ? whileUp(asking) : asking
}

/** What was printed as a value of the sensor's type: by itself data where that is any, and a text without whitespace around it else. */
function taken(type: SensorSpec['type'], format: string): StepSpec {
  const isData = format === 'yaml' || format === 'json' || (format === 'auto' && type === 'json')
  const operations: readonly TransformOperation[] = isData
    ? [{ name: 'yaml', arguments: [literal('parse')] }]
    : [{ name: 'trim', arguments: [] }, ...(type === 'string' || type === 'json' ? [] : typed(type))]
  return { input: {}, does: { kind: 'transform', value: PRINTED, operations } }
}

function typed(type: 'number' | 'boolean'): readonly TransformOperation[] {
  return [{ name: 'type', arguments: [literal(type === 'number' ? 'float' : type)] }]
}
