import type { AttachedPolicy, PolicyKind, PolicySubject } from '../engine/index.js'
import { contradiction, decodeConfig } from './config/decode.js'
import { schemaOf } from './config/field.js'
import { conditionsOnly } from './members.js'
import { stepwise } from './operators/fold.js'
import { CALM, type RestartMemory, type RestartSettings, stepRestart } from './restart-step.js'

const FIELDS = {
  attempts: { kind: 'integer', least: 1, fallback: 3, about: 'Restarts of one member within the period.' },
  period: {
    kind: 'duration',
    least: 1,
    fallback: 60_000,
    about: 'The period in which attempts are counted.',
  },
  backoff: {
    kind: 'group',
    about: 'How long to wait before a restart.',
    fields: {
      initial: { kind: 'duration', least: 0, fallback: 500, about: 'Before the first.' },
      factor: { kind: 'number', least: 1, fallback: 2, about: 'Longer each time by this factor.' },
      max: { kind: 'duration', least: 0, fallback: 30_000, about: 'Never longer than this.' },
    },
  },
} as const

/** Launches a service again after its process ended, a few times in a row and after a growing delay. */
export const restart: PolicyKind = {
  type: 'restart',
  description:
    'Launches a service again on its machine when its process has ended: so many times within a period, after a ' +
    'delay that grows with each. When the attempts are spent it holds and says so; a replace policy may take over.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig('restart', FIELDS, config)
    if ('problems' in decoded) return decoded
    const { initial, max } = decoded.values.backoff
    if (initial <= max) return { policy: attached(subject, decoded.values) }
    const message = `"backoff.initial" ${initial} ms is above "backoff.max" ${max} ms`
    return { problems: [contradiction('restart', 'backoff', message, 'Exchange the two.')] }
  },
}

const DECIDES = ['restart'] as const

function attached(subject: PolicySubject, settings: RestartSettings): AttachedPolicy {
  return {
    interest: conditionsOnly(subject),
    decides: DECIDES,
    initial: CALM,
    ...stepwise<RestartMemory>((memory, reading, now) => stepRestart(settings, memory, reading, now)),
  }
}
