import type { AttachedPolicy, PolicyKind, PolicySubject } from '../engine/index.js'
import { contradiction, decodeConfig } from './config/decode.js'
import { schemaOf } from './config/field.js'
import { atOnce } from './operators/fold.js'
import { IN_BALANCE, type RebalanceSettings, rebalanceSteps } from './rebalance-step.js'

const FIELDS = {
  tolerance: {
    kind: 'integer',
    least: 1,
    fallback: 1,
    about: 'By how many members a zone may have more than another one.',
  },
  after: {
    kind: 'duration',
    least: 0,
    fallback: 120_000,
    about: 'How long it must be out of balance, with all members up, before one is moved.',
  },
  attempts: { kind: 'integer', least: 1, fallback: 10, about: 'Moves within the period.' },
  period: { kind: 'duration', least: 1, fallback: 3_600_000, about: 'The period in which they are counted.' },
  retryAfter: {
    kind: 'duration',
    least: 0,
    fallback: 1_800_000,
    about: 'How long nothing is moved after a move that brought a member to no better zone.',
  },
} as const

const TYPE = 'rebalance'

/** Moves members from crowded zones to empty ones. */
export const rebalance: PolicyKind = {
  type: TYPE,
  description:
    'Replaces members of zones (or locations) that have more than others, one after the other, by members where the fewest are, within the ' +
    'disruption budget of the role: by default the new one is up before the old one goes.',
  schema: schemaOf(FIELDS),
  attach: (subject, config) => {
    const decoded = decodeConfig(TYPE, FIELDS, config)
    if ('problems' in decoded) return decoded
    if (subject.min !== undefined) return { policy: attached(subject, decoded.values) }
    const message = 'only members of a role can be moved'
    return { problems: [contradiction(TYPE, '', message, 'Attach it to a role.')] }
  },
}

function attached({ sites = [] }: PolicySubject, settings: RebalanceSettings): AttachedPolicy {
  return {
    interest: { sensors: [], conditions: 'members' },
    decides: [],
    initial: IN_BALANCE,
    primed: true,
    ...atOnce(rebalanceSteps(settings, sites)),
  }
}
