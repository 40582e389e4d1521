import type { Validation, WireProblem } from '../../api/index.js'
import {
  COMPAT_OPTION,
  type LoadedDocument,
  SET_OPTION,
  askWithDocument,
  compatOf,
  loadDocument,
} from '../documents.js'
import { CliError, EXIT } from '../exit.js'
import { applyFixes } from '../fix.js'
import { renderProblems } from '../render-problem.js'
import { type Session, refusalOf } from '../session.js'
import type { Call, Transport } from '../transport.js'
import type { Verb, VerbInput } from '../verb.js'

/** Says what is wrong with documents. Needs no server: the very same handlers run in this process. */
export const validateVerb: Verb = {
  usage: 'validate <file...>',
  summary: 'say what is wrong with documents, without a server; - is standard input',
  options: [SET_OPTION, COMPAT_OPTION, ['--fix', 'mend what can be mended, in the file']],
  examples: ['weir validate shop.yaml', 'cat shop.yaml | weir validate - -o json'],
  run: async (session, input) => {
    const transport = await session.parts.openLocal()
    const problems: WireProblem[] = []
    const sources = new Map<string, string>()
    for (const file of input.arguments) {
      const document = await loadDocument(session, file, input)
      const found = await validateOne(session, transport, { document, input })
      const left = input.flag('fix') ? await mend(session, transport, { document, found, input }) : found
      sources.set(document.file, document.text)
      problems.push(...left)
    }
    return tell(session, input, problems, sources)
  },
}

async function validateOne(
  session: Session,
  transport: Transport,
  { document, input }: { readonly document: LoadedDocument; readonly input: VerbInput },
): Promise<readonly WireProblem[]> {
  const call: Call = { route: 'validateDocument', query: compatOf(input) }
  const answer = await askWithDocument(session, transport, document, call)
  if (answer.status >= 400) throw refusalOf(answer, call)
  return (answer.body as Validation).problems
}

async function mend(
  session: Session,
  transport: Transport,
  one: { document: LoadedDocument; found: readonly WireProblem[]; input: VerbInput },
): Promise<readonly WireProblem[]> {
  const { document, found, input } = one
  if (document.file === 'stdin')
    throw new CliError(EXIT.usage, 'what comes from standard input cannot be mended')
  const mended = applyFixes(document.text, document.file, found)
  if (mended.count === 0) return found
  await session.terminal.writeFile(document.file, mended.text)
  session.terminal.err(`${document.file}: mended ${mended.count}\n`)
  const again = await loadDocument(session, document.file, input)
  return validateOne(session, transport, { document: again, input })
}

function tell(
  session: Session,
  input: VerbInput,
  problems: readonly WireProblem[],
  sources: ReadonlyMap<string, string>,
): number {
  const { colors } = session
  const text = problems.length === 0 ? valid(input) : renderProblems(problems, { colors, sources })
  if (session.output.format === 'name') {
    session.output.list({ items: problems, columns: [], nameOf: ({ code }) => code, none: '' })
  } else {
    session.output.single({ value: problems, text, name: '' })
  }
  return problems.some(({ severity }) => severity === 'error') ? EXIT.inputInvalid : EXIT.ok
}

function valid(input: VerbInput): string {
  return input.arguments.map((file) => `${file === '-' ? 'stdin' : file}: valid`).join('\n')
}
