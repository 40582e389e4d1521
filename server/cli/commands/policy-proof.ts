import type { Proof, ProofStep, ProofTrial, ProofWish } from '../../api/index.js'
import { type LoadedDocument, SET_OPTION, askWithFiles, loadDocument, tellWarnings } from '../documents.js'
import { parseDuration } from '../duration.js'
import { CliError, EXIT, RefusedError } from '../exit.js'
import { renderProblems } from '../render-problem.js'
import { renderProof, renderTrial } from '../render-proof.js'
import { type Session, messageOf, refusalOf } from '../session.js'
import type { Verb, VerbInput } from '../verb.js'
import { safeJson } from '../yaml.js'

/** Schedules between two signs of life. */
const SLICE = 100

/** Tries what the policies of a blueprint make of faults, without a server. */
export const provePoliciesVerb: Verb = {
  usage: 'prove <file>',
  summary: 'try what the policies of a blueprint make of all schedules of faults, without a server',
  options: [
    ['--faults <number>', 'faults in one schedule, at most: 0, 1 or 2', '2'],
    ['--steps <number>', 'effects before which a fault may come, after the beginning and after a fault', '1'],
    ['--within <duration>', 'how long after the last fault all must have settled', '30m'],
    ['--most <number>', 'schedules after which it is enough; those that belong together are tried together'],
    SET_OPTION,
    ['--trace <file>', 'write a schedule that breaks a law, with all that happened'],
    ['--replay <file>', 'play the schedule of such a file again'],
  ],
  examples: [
    'weir policy prove shop.yaml',
    'weir policy prove shop.yaml --faults 1 --steps 10 --trace trace.json',
    'weir policy prove shop.yaml --replay trace.json',
  ],
  run: async (session, input) => {
    const document = await loadDocument(session, input.word(0), input)
    return input.text('replay') === undefined
      ? prove(session, input, document)
      : replay(session, input, document)
  },
}

/** Part after part, with a sign of life after each. */
async function prove(session: Session, input: VerbInput, document: LoadedDocument): Promise<number> {
  const enough = input.integer('most') ?? Infinity
  const extent = { ...commonOf(input), faults: faultsOf(input), steps: input.integer('steps') ?? 0 }
  let sum = await ask(session, document, { ...extent, from: 0, most: Math.min(SLICE, enough) })
  tellWarnings(session, sum, document)
  while (sum.next !== undefined) {
    session.terminal.err(`${sum.schedules} schedules, ${sum.next} of ${sum.firsts} first faults\n`)
    if (sum.schedules >= enough) break
    const most = Math.min(SLICE, enough - sum.schedules)
    sum = together(sum, await ask(session, document, { ...extent, from: sum.next, most }))
  }
  return tell(session, input, sum)
}

async function tell(session: Session, input: VerbInput, proof: Proof): Promise<number> {
  const file = input.text('trace')
  if (file !== undefined && proof.trial !== undefined)
    await session.terminal.writeFile(file, `${safeJson(proof.trial, 2)}\n`)
  session.output.single({ value: proof, text: renderProof(proof), name: proof.application })
  return proof.trial?.broken === undefined ? EXIT.ok : EXIT.failed
}

/** The same schedule on the same blueprint happens in the same way; another course is told. */
async function replay(session: Session, input: VerbInput, document: LoadedDocument): Promise<number> {
  const known = await readTrial(session, input.text('replay') ?? '')
  const { trial } = await ask(session, document, { ...commonOf(input), schedule: known.schedule })
  if (trial === undefined) throw new CliError(EXIT.failed, 'the schedule was not played')
  session.output.single({ value: trial, text: renderTrial(trial), name: document.file })
  if (safeJson(known) !== safeJson(trial))
    session.terminal.err('it went another way than the file says: the blueprint is another one now\n')
  return trial.broken === undefined ? EXIT.ok : EXIT.failed
}

async function readTrial(session: Session, file: string): Promise<ProofTrial> {
  const wrong = (why: string): CliError => new CliError(EXIT.unreadable, `cannot read ${file}: ${why}`)
  const text = await session.terminal.readFile(file).catch((thrown: unknown) => {
    throw wrong(messageOf(thrown))
  })
  const found = parsed(text)
  if (found === undefined) throw wrong('it is not what --trace has written')
  return found
}

/** The handlers look at the steps themselves. */
function parsed(text: string): ProofTrial | undefined {
  try {
    const found = JSON.parse(text) as Partial<ProofTrial> | null
    return Array.isArray(found?.schedule) ? (found as ProofTrial) : undefined
  } catch {
    return undefined
  }
}

function commonOf(input: VerbInput): Pick<ProofWish, 'within'> {
  return { within: parseDuration(input.text('within') ?? '', '--within') }
}

function faultsOf(input: VerbInput): 0 | 1 | 2 {
  const faults = input.integer('faults')
  if (faults === 0 || faults === 1 || faults === 2) return faults
  throw new CliError(EXIT.usage, `--faults is 0, 1 or 2, not ${faults ?? ''}`)
}

type Wish = Omit<ProofWish, 'blueprint' | 'schedule'> & { readonly schedule?: readonly ProofStep[] }

async function ask(session: Session, document: LoadedDocument, wish: Wish): Promise<Proof> {
  const { file, text, parameters } = document
  const body = (files: { readonly [path: string]: string }): ProofWish => ({
    ...wish,
    blueprint: { document: text, file, files, parameters },
  })
  const transport = await session.parts.openLocal()
  const call = { route: 'provePolicies' } as const
  const answer = await askWithFiles(session, transport, { call, document, body })
  if (answer.status < 400) return answer.body as Proof
  const refusal = refusalOf(answer, call)
  const problems = refusal instanceof RefusedError ? (refusal.details.problems ?? []) : []
  if (problems.length === 0) throw refusal
  const sources = new Map([[file, text]])
  session.terminal.err(renderProblems(problems, { colors: session.errColors, sources }))
  throw new CliError(EXIT.inputInvalid, `${file} cannot be tried as it is`)
}

function together(before: Proof, { next, trial, ...found }: Proof): Proof {
  return {
    ...found,
    schedules: before.schedules + found.schedules,
    idle: before.idle + found.idle,
    checks: before.checks + found.checks,
    settling: Math.max(before.settling, found.settling),
    ...(next === undefined ? {} : { next }),
    ...(trial === undefined ? {} : { trial }),
  }
}
