import type { AttachedPolicy, PolicyKind, PolicySubject, Problem } from '../engine/index.js'
import { pathMeant } from './calls/call.js'
import { SUSPENDS_NOTHING, type SuspendSettings, stepsOf } from './conditional-suspend-step.js'
import { type Values, contradiction, decodeConfig } from './config/decode.js'
import { NONE, schemaOf } from './config/field.js'
import { atOnce } from './operators/fold.js'
import { valueCondition } from './rules/value-condition.js'

const FIELDS = {
  policies: { kind: 'names', about: 'The policies and enrichers that do not act meanwhile.' },
  of: { kind: 'text', fallback: 'self', about: 'Whose they are: self, or the path of an entity.' },
  sensor: { kind: 'text', about: 'The sensor that says when.' },
  from: { kind: 'text', fallback: 'self', about: 'Whose sensor: self, or the path of an entity.' },
  when: {
    kind: 'text',
    fallback: NONE,
    about: 'An expression about "value" that must be true; none: the value itself must be.',
  },
  until: {
    kind: 'text',
    fallback: NONE,
    about:
      'Another sensor: what is told by the one begins it, what is told by the other ends it. None: it lasts while it is true.',
  },
} as const

type Settings = Values<typeof FIELDS>

const TYPE = 'conditional-suspend'

/** Lets other policies rest while a sensor says so. */
export const conditionalSuspend: PolicyKind = {
  type: TYPE,
  description:
    'Suspends other policies of its entity while a sensor is true, or from what one sensor tells until another does. What a person has ' +
    'suspended stays so; what a person resumes acts until the sensor says so anew.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig(TYPE, FIELDS, config)
    if ('problems' in decoded) return decoded
    if (Object.keys(decoded.values.policies).length === 0) return { problems: [nobody()] }
    const read = valueCondition(TYPE, decoded.values.when)
    return 'problem' in read
      ? { problems: [read.problem] }
      : { policy: attached(subject, { ...decoded.values, ...read }) }
  },
}

function nobody(): Problem {
  return contradiction(TYPE, 'policies', '"policies" names none', 'Name one, or a list of them.')
}

function attached(
  subject: PolicySubject,
  settings: Settings & Pick<SuspendSettings, 'condition'>,
): AttachedPolicy {
  const { sensor, until, condition } = settings
  const path = pathMeant(subject, settings.from)
  const entity = pathMeant(subject, settings.of)
  const policies = Object.keys(settings.policies)
  const steps = stepsOf({
    path,
    sensor,
    until: until === NONE ? undefined : until,
    condition,
    entity,
    policies,
  })
  const sensors = [sensor, ...(until === NONE ? [] : [until])]
  return {
    interest: { sensors: sensors.map((name) => ({ of: { path }, sensor: name })), conditions: 'none' },
    decides: [],
    suspends: policies.map((policy) => ({ entity, policy, setting: 'policies' })),
    initial: SUSPENDS_NOTHING,
    primed: true,
    ...atOnce(steps),
  }
}
