import type { Policy } from '../../api/index.js'
import { REASON_OPTION } from '../change.js'
import { cleanLine } from '../clean.js'
import { EXIT } from '../exit.js'
import type { Listing } from '../output.js'
import { type Session, entityParams, targetOf } from '../session.js'
import type { Verb, VerbInput } from '../verb.js'
import { backtestPolicyVerb, diffPolicyVerb, simulatePolicyVerb } from './policy-play.js'
import { provePoliciesVerb } from './policy-proof.js'
import { checkPolicyVerb, testPolicyVerb } from './policy-trial.js'

const listVerb: Verb = {
  usage: 'list <target>',
  summary: 'list the policies and enrichers of an entity, and whether they act (APP or APP/ENTITY)',
  run: async (session, input) => {
    const params = entityParams(targetOf(input.word(0)))
    session.output.list(listing(await session.get<readonly Policy[]>({ route: 'listPolicies', params })))
    return EXIT.ok
  },
}

const suspendVerb: Verb = {
  usage: 'suspend <target> <policy>',
  summary: 'let one rest until it is resumed; it keeps what it remembers',
  options: [REASON_OPTION],
  run: (session, input) => change(session, input, 'suspendPolicy'),
}

const resumeVerb: Verb = {
  usage: 'resume <target> <policy>',
  summary: 'let one act again',
  options: [REASON_OPTION],
  run: (session, input) => change(session, input, 'resumePolicy'),
}

/** Policies and enrichers. */
export const policyVerb: Verb = {
  usage: 'policy',
  summary: 'policies: those of what runs, and policy documents, which are tried',
  verbs: [
    listVerb,
    suspendVerb,
    resumeVerb,
    checkPolicyVerb,
    testPolicyVerb,
    backtestPolicyVerb,
    diffPolicyVerb,
    simulatePolicyVerb,
    provePoliciesVerb,
  ],
}

async function change(
  session: Session,
  input: VerbInput,
  route: 'suspendPolicy' | 'resumePolicy',
): Promise<number> {
  const reason = input.text('reason')
  const params = { ...entityParams(targetOf(input.word(0))), policy: input.word(1) }
  const policy = await session.change<Policy>({ route, params, body: reason === undefined ? {} : { reason } })
  const text = cleanLine(
    `${policy.name} is ${policy.state}${policy.reason === '' ? '' : ` ${policy.reason}`}`,
  )
  session.output.single({ value: policy, text, name: policy.name })
  return EXIT.ok
}

function listing(items: readonly Policy[]): Listing<Policy> {
  return {
    items,
    nameOf: ({ name }) => name,
    none: 'no policies',
    columns: [
      { title: 'POLICY', of: ({ name }) => name },
      { title: 'TYPE', of: ({ type }) => type },
      { title: 'ROLE', of: ({ role }) => role },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'REASON', of: ({ reason }) => reason },
    ],
  }
}
