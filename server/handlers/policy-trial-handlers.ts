import { givenValues, policySurroundings, readPolicy } from '../../blueprints/index.js'
import {
  type JsonObject,
  type PolicyDocument,
  type PolicySurroundings,
  type Problem,
  hasErrors,
  isJsonObject,
  parameterFaults,
} from '../../engine/index.js'
import type { PolicySubmission, PolicyTests, PolicyValidation } from '../api/index.js'
import { bodyOf, isReply } from './changes.js'
import type { OfflineContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { documentRefused, refuse, wireProblem } from './refusals.js'
import { compileGiven } from './submissions.js'

/** What problems call a policy document that came without a name. */
const UNNAMED = 'policy.yaml'

/** A policy document that is sound, with its warnings and the values of its parameters that were given. */
export interface SoundPolicy {
  readonly kind: 'sound'
  readonly document: PolicyDocument
  readonly parameters: JsonObject
  readonly warnings: readonly Problem[]
}

/** Says what is wrong with a policy document; changes nothing. */
export async function checkPolicy(context: OfflineContext, request: CheckedRequest): Promise<Reply> {
  const { blueprint, entity, ...submission } = submitted(request)
  if (blueprint === undefined) return validation(examined(context, submission).problems)
  const compiled = await compileGiven(context, request, blueprint)
  if (isReply(compiled)) return compiled
  if (compiled.kind === 'missing') return validation([], compiled.files)
  if (compiled.kind === 'problems') return validation(compiled.problems)
  const around = policySurroundings(compiled.spec, entity)
  if ('fault' in around) return refuse('invalid', `${around.fault}: ${around.hint}`)
  return validation(examined(context, submission, around).problems)
}

/** Runs the tests of a policy document. */
export function testPolicy(context: OfflineContext, request: CheckedRequest): Reply {
  const sound = soundPolicy(context, submitted(request))
  if (isReply(sound)) return sound
  const { document, parameters, warnings } = sound
  const tests = context.policies.trials.test(document, parameters)
  const passed = tests.every((one) => one.passed)
  const body: PolicyTests = { policy: document.name, passed, tests, warnings: warnings.map(wireProblem) }
  return reply(body)
}

/** The document of a request that can be tried, or why it cannot. */
export function soundPolicy(context: OfflineContext, submission: PolicySubmission): SoundPolicy | Reply {
  const { document, problems } = examined(context, submission)
  if (document === undefined || hasErrors(problems)) return documentRefused(problems)
  const { parameters: given = {} } = submission
  const parameters = givenValues(isJsonObject(given) ? given : {}, document.parameters)
  const [fault] = parameterFaults(document.parameters, parameters)
  if (fault !== undefined) return refuse('invalid', `the parameter "${fault[0]}" ${fault[1]}`)
  return { kind: 'sound', document, parameters, warnings: problems }
}

/** The route's schema has seen that there is a document. */
function submitted(request: CheckedRequest): PolicySubmission {
  return bodyOf<PolicySubmission>(request) as PolicySubmission
}

function examined(
  { policies: { kinds, trials } }: OfflineContext,
  { document: text, file = UNNAMED }: PolicySubmission,
  around?: PolicySurroundings,
): { readonly document?: PolicyDocument; readonly problems: readonly Problem[] } {
  const read = readPolicy(text, file, kinds)
  const { document, problems } = read
  if (document === undefined) return { problems }
  return { document, problems: [...problems, ...read.placed(trials.check(document, around))] }
}

function validation(problems: readonly Problem[], missing: readonly string[] = []): Reply {
  const valid = missing.length === 0 && !hasErrors(problems)
  const body: PolicyValidation = { valid, problems: problems.map(wireProblem), missing }
  return reply(body)
}
