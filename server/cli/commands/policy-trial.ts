import type { PolicySubmission, PolicyTests, PolicyValidation, WireProblem } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { type LoadedDocument, SET_OPTION, askWithFiles, loadDocument } from '../documents.js'
import { CliError, EXIT, RefusedError } from '../exit.js'
import { junitReport } from '../junit.js'
import { renderProblems } from '../render-problem.js'
import { type Session, refusalOf } from '../session.js'
import type { Call } from '../transport.js'
import type { Verb, VerbInput, VerbOption } from '../verb.js'

const ENTITY_OPTIONS: readonly VerbOption[] = [
  ['--blueprint <file>', 'a blueprint that it is to be attached in'],
  ['--entity <name>', 'the entity of the blueprint that it is for; the only one with members if left out'],
]

/** Says what is wrong with policy documents, without a server. */
export const checkPolicyVerb: Verb = {
  usage: 'check <file>',
  summary: 'say what is wrong with a policy document, without a server',
  options: ENTITY_OPTIONS,
  examples: [
    'weir policy check follow.policy.yaml',
    'weir policy check follow.policy.yaml --blueprint shop.yaml',
  ],
  run: async (session, input) => {
    const document = await loadDocument(session, input.word(0), input)
    const blueprint = await besides(session, input)
    const { problems } = await askTrial<PolicyValidation>(session, {
      route: 'checkPolicy',
      document,
      blueprint,
      input,
    })
    const sources = sourcesOf(document, blueprint)
    const text =
      problems.length === 0
        ? `${document.file}: valid`
        : renderProblems(problems, { colors: session.colors, sources })
    session.output.single({ value: problems, text, name: document.file })
    return problems.some(({ severity }) => severity === 'error') ? EXIT.inputInvalid : EXIT.ok
  },
}

/** Runs the tests of a policy document, without a server. */
export const testPolicyVerb: Verb = {
  usage: 'test <file...>',
  summary: 'run the tests of policy documents in virtual time, without a server',
  options: [
    SET_OPTION,
    ['--junit <file>', 'write a report for a build server too; - is standard output'],
    ['--verbose', 'tell all that was asked for, of tests that passed too'],
  ],
  examples: [
    'weir policy test follow.policy.yaml',
    'weir policy test follow.policy.yaml --set high=40 -o json',
    'weir policy test policies/*.policy.yaml --junit report.xml',
  ],
  run: async (session, input) => {
    const results: PolicyTests[] = []
    for (const file of input.arguments) {
      const document = await loadDocument(session, file, input)
      const result = await askTrial<PolicyTests>(session, { route: 'testPolicy', document, input })
      tellWarnings(session, result.warnings, document)
      results.push(result)
    }
    await report(session, results, input)
    return results.every(({ passed }) => passed) ? EXIT.ok : EXIT.failed
  },
}

/** Of one document alone its outcome, of several a list of them. */
async function report(session: Session, results: readonly PolicyTests[], input: VerbInput): Promise<void> {
  const junit = input.text('junit')
  const [only] = results.length === 1 ? results : []
  if (junit === '-') session.terminal.out(junitReport(results))
  else
    session.output.single({
      value: only ?? results,
      text: results.map((one) => shown(session, one, input.flag('verbose'))).join('\n\n'),
      name: results.map(({ policy }) => policy).join(' '),
    })
  if (junit !== undefined && junit !== '-') await session.terminal.writeFile(junit, junitReport(results))
}

/** What a trial is asked with. */
export interface TrialCall {
  readonly route: Call['route']
  readonly document: LoadedDocument
  readonly blueprint?: LoadedDocument | undefined
  readonly input: VerbInput
  /** What the route takes beside the document. */
  readonly more?: { readonly [name: string]: unknown }
}

/** Asks the handlers in this process; a document that is at fault is shown where it is. */
export async function askTrial<T>(session: Session, trial: TrialCall): Promise<T> {
  const { route, document, blueprint, input, more = {} } = trial
  const entity = input.text('entity')
  if (entity !== undefined && blueprint === undefined)
    throw new CliError(EXIT.usage, '--entity goes with --blueprint')
  const { file, text, parameters } = document
  const body = (files: { readonly [path: string]: string }): PolicySubmission => ({
    document: text,
    file,
    parameters,
    ...more,
    ...(entity === undefined ? {} : { entity }),
    ...(blueprint === undefined
      ? {}
      : { blueprint: { document: blueprint.text, file: blueprint.file, files } }),
  })
  const transport = await session.parts.openLocal()
  const answer = await askWithFiles(session, transport, {
    call: { route },
    document: blueprint ?? document,
    body,
  })
  if (answer.status < 400) return answer.body as T
  const refusal = refusalOf(answer, { route })
  const problems = refusal instanceof RefusedError ? (refusal.details.problems ?? []) : []
  if (problems.length === 0) throw refusal
  session.terminal.err(
    renderProblems(problems, { colors: session.errColors, sources: sourcesOf(document, blueprint) }),
  )
  throw new CliError(EXIT.inputInvalid, `${document.file} cannot be tried as it is`)
}

/** Tells, beside the result, what a policy document says that may not be meant. */
export function tellWarnings(
  session: Session,
  warnings: readonly WireProblem[],
  document: LoadedDocument,
): void {
  if (warnings.length === 0) return
  session.terminal.err(renderProblems(warnings, { colors: session.errColors, sources: sourcesOf(document) }))
}

async function besides(session: Session, input: VerbInput): Promise<LoadedDocument | undefined> {
  const file = input.text('blueprint')
  return file === undefined ? undefined : loadDocument(session, file, input)
}

function sourcesOf(...documents: readonly (LoadedDocument | undefined)[]): ReadonlyMap<string, string> {
  return new Map(documents.flatMap((one) => (one === undefined ? [] : [[one.file, one.text] as const])))
}

function shown({ colors }: Session, { policy, tests }: PolicyTests, verbose: boolean): string {
  if (tests.length === 0) return `${policy} has no tests`
  const lines = tests.flatMap(({ name, passed, faults, asked }) => [
    `  ${passed ? colors.green('✓') : colors.red('✗')} ${cleanLine(name)}`,
    ...faults.map((fault) => `      ${cleanLine(fault)}`),
    ...(verbose
      ? asked.map(({ at, what, reason }) => cleanLine(`      ${at / 1_000} s: ${what} (${reason})`))
      : []),
  ])
  const passed = tests.filter((one) => one.passed).length
  return [cleanLine(policy), ...lines, `${passed} of ${tests.length} passed`].join('\n')
}
