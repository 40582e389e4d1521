import type { AttachedPolicy, PolicyKind, PolicySubject } from '../engine/index.js'
import { decodeConfig } from './config/decode.js'
import { schemaOf } from './config/field.js'
import { conditionsOnly } from './members.js'
import { stepwise } from './operators/fold.js'
import { ALL_WELL, type ReplaceMemory, type ReplaceSettings, stepReplace } from './replace-step.js'

const FIELDS = {
  afterFailures: { kind: 'integer', least: 0, fallback: 3, about: 'Replaced when so many restarts failed.' },
  period: { kind: 'duration', least: 1, fallback: 120_000, about: 'The period in which they are counted.' },
  unhealthyFor: {
    kind: 'duration',
    least: 0,
    fallback: 10_000,
    about: 'Replaced when unhealthy for so long while it runs.',
  },
  attempts: {
    kind: 'integer',
    least: 1,
    fallback: 5,
    about: 'Replacements within attemptsPeriod, of all members together.',
  },
  attemptsPeriod: {
    kind: 'duration',
    least: 1,
    fallback: 600_000,
    about: 'The period in which attempts are counted.',
  },
} as const

/** Makes a new incarnation of what does not recover by restarting, or runs without being healthy. */
export const replace: PolicyKind = {
  type: 'replace',
  description:
    'Replaces a member by a new incarnation when its restarts keep failing, or when its health check fails for a ' +
    'while although its process lives. Replacements of all members share one budget, counted as they are asked for.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig('replace', FIELDS, config)
    return 'problems' in decoded ? decoded : { policy: attached(subject, decoded.values) }
  },
}

const DECIDES = ['replace'] as const

function attached(subject: PolicySubject, settings: ReplaceSettings): AttachedPolicy {
  return {
    interest: conditionsOnly(subject),
    decides: DECIDES,
    initial: ALL_WELL,
    ...stepwise<ReplaceMemory>((memory, reading, now) => stepReplace(settings, memory, reading, now)),
  }
}
