import type { PolicyDocument, Problem, SourcePlace } from '../../engine/index.js'
import { type ProblemCode, problem } from '../problems.js'
import { present } from '../resolve/present.js'
import { type Attachment, attachmentsAt } from './attachments.js'
import type { CheckContext } from './context.js'

/** Codes of what a trial tells about policies of a blueprint. */
const CODES: { readonly [code: string]: ProblemCode } = {
  'policy-swings': 'BP1613',
  'policy-window': 'BP1614',
  'policy-bounds': 'BP1616',
}

/** Milliseconds in which a member is imagined to come up, and between values of a place's own measures. */
const START_DELAY = 30_000
const EVERY = 5_000
/** What is told more often than that is tried as if it were not: the trial would only take longer. */
const SOONEST = 1_000

/** What is found by trying each policy of a blueprint: windows beyond what is kept, bounds that cannot be kept, swings. */
export function checkPolicyTrials(context: CheckContext): readonly Problem[] {
  const { policyTrials } = context.options
  if (policyTrials === undefined) return []
  return context.landscape.all.flatMap((place) =>
    attachmentsAt(place, context).flatMap((one) => {
      if ('problems' in one.attached || place.spec.members === undefined) return []
      return policyTrials.check(documentOf(one, place.spec.members)).flatMap((fault) => {
        const code = CODES[fault.code]
        if (code === undefined || (code === 'BP1614' && periodsOf(one).length === 0)) return []
        const { message, severity, hint } = fault
        return [problem(code, message, placeOf(fault, one, context), { severity, ...present({ hint }) })]
      })
    }),
  )
}

type Members = NonNullable<Attachment['place']['spec']['members']>

/** The policy by itself, with the members of its entity. */
function documentOf(one: Attachment, { min, max, initial }: Members): PolicyDocument {
  const { policy, settings } = one
  return {
    name: policy.name,
    description: '',
    parameters: [],
    does: { type: policy.type, settings },
    pool: {
      min,
      max,
      initial,
      startDelay: START_DELAY,
      cost: 0,
      every: Math.max(...periodsOf(one), SOONEST),
    },
    slo: [],
    tests: [],
  }
}

/** How often members tell what a policy reads, as far as it is known: each declared sensor that it reads. */
function periodsOf({ attached, place }: Attachment): readonly number[] {
  const read = 'policy' in attached ? attached.policy.interest.sensors.map(({ sensor }) => sensor) : []
  const sensors = place.spec.members?.spec.sensors ?? []
  return sensors.flatMap(({ name, source }) => {
    const period = source.kind === 'metric' ? EVERY : 'period' in source ? (source.period ?? 0) : 0
    return read.includes(name) && period > 0 ? [period] : []
  })
}

/** Where the setting is written that a fault points to. */
function placeOf(
  { pointer = '' }: Problem,
  { policy }: Attachment,
  { origins }: CheckContext,
): SourcePlace | undefined {
  const [, , key = '', ...deeper] = pointer.split('/')
  const setting = Object.hasOwn(policy.config, key) ? policy.config[key] : undefined
  return origins.inside(setting, deeper) ?? policy.place
}
