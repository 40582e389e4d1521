import type { PolicyKind } from '../../engine/index.js'
import { decodeConfig } from '../config/decode.js'
import { schemaOf } from '../config/field.js'
import { enricherOf } from './enricher.js'
import { type DetectorMemory, UNSEEN, stepDetector } from './failure-detector-step.js'

const FIELDS = {
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

/** Tells that an entity has failed, and that it is well again. */
export const failureDetector: PolicyKind = {
  type: 'failure-detector',
  description:
    'Tells by sensors that its entity has failed for some time, and that it has been well again for some.',
  schema: schemaOf(FIELDS),
  attach: ({ path }, config) => {
    const decoded = decodeConfig('failure-detector', FIELDS, config)
    if ('problems' in decoded) return decoded
    const { values } = decoded
    const policy = enricherOf<DetectorMemory>({
      interest: { sensors: [], conditions: 'self' },
      initial: UNSEEN,
      step: (memory, reading, now) => stepDetector(path, values, { memory, reading }, now),
    })
    return { policy }
  },
}
