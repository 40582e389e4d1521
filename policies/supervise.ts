import type { AttachedPolicy, Output, PolicyKind, PolicySubject } from '../engine/index.js'
import { decodeConfig } from './config/decode.js'
import { NONE, schemaOf } from './config/field.js'
import { groupOf } from './members.js'
import { stepwise } from './operators/fold.js'
import {
  NOBODY_FAILED,
  type SuperviseMemory,
  type SuperviseSettings,
  stepSupervise,
} from './supervise-step.js'

const FIELDS = {
  strategy: {
    kind: 'text',
    fallback: 'one-for-one',
    oneOf: ['one-for-one', 'one-for-all', 'rest-for-one'],
    about: 'Who is restarted when one has failed: that one, all of them, or that one and those after it.',
  },
  act: {
    kind: 'text',
    fallback: 'restart',
    oneOf: ['restart', 'replace'],
    about: 'What becomes of them: launched again where they are, or gone with their machines and made anew.',
  },
  attempts: {
    kind: 'integer',
    least: 1,
    fallback: 3,
    about: 'Failures that are answered within the period.',
  },
  period: { kind: 'duration', least: 1, fallback: 60_000, about: 'The period in which they are counted.' },
  escalate: {
    kind: 'text',
    fallback: NONE,
    about:
      'Path of the entity that is restarted when there are more; a dot is the application, none is nobody.',
  },
  escalated: {
    kind: 'text',
    fallback: 'supervise.escalated',
    about: 'The sensor that reports this; those of children are answered as their failures.',
  },
} as const

/** Restarts those that fail with those that depend on them, and hands on what that does not mend. */
export const supervise: PolicyKind = {
  type: 'supervise',
  description:
    'Restarts members or children when one of them has failed: that one, all, or that one and those after it. When that happens too ' +
    'often, it reports it, and has an entity further up restarted if one is named.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig('supervise', FIELDS, config)
    if ('problems' in decoded) return decoded
    const { escalate, ...settings } = decoded.values
    const target = escalate === NONE ? {} : { escalate: escalate === '.' ? '' : escalate }
    const act = settings.act === 'replace' ? 'replace' : 'restart'
    return { policy: attached(subject, { ...settings, ...target, act, path: subject.path }) }
  },
}

function attached(subject: PolicySubject, settings: SuperviseSettings): AttachedPolicy {
  const of = groupOf(subject)
  return {
    interest: { sensors: [{ of, sensor: settings.escalated }], conditions: of },
    decides: [settings.act],
    initial: NOBODY_FAILED,
    ...stepwise<SuperviseMemory, Output>((memory, reading, now) =>
      stepSupervise(settings, memory, reading, now),
    ),
  }
}
