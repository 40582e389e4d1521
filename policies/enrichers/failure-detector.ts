import type { AttachedPolicy, PolicyKind, Problem } from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import { NONE, schemaOf } from '../config/field.js'
import { valueCondition } from '../rules/value-condition.js'
import { enricherOf } from './enricher.js'
import { type DetectorMemory, type DetectorSettings, UNSEEN, stepDetector } from './failure-detector-step.js'

const FIELDS = {
  sensor: {
    kind: 'text',
    fallback: NONE,
    about: 'The sensor of its entity that says whether it fails; none: how the entity stands says so.',
  },
  when: {
    kind: 'text',
    fallback: NONE,
    about:
      'An expression about "value" that is true while it is well; none: it is while it was reached, or the value is true.',
  },
  within: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'It fails when the sensor is not told within so long; 0: it may be silent.',
  },
  failedAfter: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'How long it must fail without a break before that is told.',
  },
  recoveredAfter: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'How long it must be well again without a break before that is told.',
  },
  republish: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'A failure that lasts is told again after this; 0: once.',
  },
  onlyIfPreviouslyUp: {
    kind: 'flag',
    fallback: true,
    about: 'Whether it must have been up before it can fail.',
  },
  failed: { kind: 'text', fallback: 'failed', about: 'The sensor that tells a failure.' },
  recovered: { kind: 'text', fallback: 'recovered', about: 'The sensor that tells a recovery.' },
} as const

const TYPE = 'failure-detector'

/** Tells that an entity has failed, and that it is well again. */
export const failureDetector: PolicyKind = {
  type: TYPE,
  description:
    'Tells by sensors that its entity has failed for some time, and that it has been well again for some. It goes by how the entity ' +
    'stands, by a sensor (whether something can be reached, say), or by how long ago that was told.',
  schema: schemaOf(FIELDS),
  attach: ({ path }, config) => {
    const decoded = decodeConfig(TYPE, FIELDS, config)
    if ('problems' in decoded) return decoded
    const { values } = decoded
    const wrong = contradictionIn(values)
    const read = wrong === undefined ? valueCondition(TYPE, values.when) : { problem: wrong }
    if ('problem' in read) return { problems: [read.problem] }
    return { policy: attached({ ...values, ...read, path, sensor: namedOr(values.sensor) }) }
  },
}

function attached(settings: DetectorSettings): AttachedPolicy {
  const { sensor } = settings
  return enricherOf<DetectorMemory>({
    interest: { sensors: sensor === undefined ? [] : [{ of: 'self', sensor }], conditions: 'self' },
    initial: UNSEEN,
    step: (memory, reading, now) => stepDetector(settings, { memory, reading }, now),
  })
}

function namedOr(sensor: string): string | undefined {
  return sensor === NONE ? undefined : sensor
}

function contradictionIn({ sensor, when, within }: Values<typeof FIELDS>): Problem | undefined {
  if (sensor !== NONE || (when === NONE && within === 0)) return undefined
  const key = when === NONE ? 'within' : 'when'
  return contradiction(TYPE, key, `"${key}" is about a sensor, and none is named`, 'Name the sensor.')
}
