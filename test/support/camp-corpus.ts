import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CompileResult, compile } from '../../blueprints/index.js'
import { hasErrors, type Problem } from '../../engine/index.js'
import { stockPolicies } from '../../policies/index.js'
import { shapeOptions } from './shapes.js'

/** Other projects' blueprints, kept beside the checkout where there are any. */
const FOLDER = resolve(import.meta.dirname, '../../../shared/corpus/camp')

/** Whether the corpus lies beside the checkout. */
export const corpusIsThere: boolean = existsSync(FOLDER)

/** What became of one file: no reasons when it is valid. */
export interface CorpusVerdict {
  readonly file: string
  readonly reasons: readonly string[]
}

/** Every file of the corpus, by name. */
export function corpusFiles(): readonly string[] {
  if (!corpusIsThere) return []
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(yaml|bom|yml)$/.test(name))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
}

/** The text of a file of the corpus. */
export function corpusText(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

/** What became of every file. */
export function corpusVerdicts(): readonly CorpusVerdict[] {
  return corpusFiles().map((file) => ({ file, reasons: reasonsOf(compiled(file, corpusText(file))) }))
}

/** Artifacts that the corpus does not have are stood in for by empty ones: what is judged is the document. */
function compiled(file: string, text: string): readonly Problem[] {
  const options = { policyKinds: stockPolicies, ...shapeOptions() }
  const first = compile({ main: { file, text }, files: {} }, options)
  if (first.kind !== 'missing') return problemsOf(first)
  const files = Object.fromEntries(first.files.map((name) => [name, '']))
  return problemsOf(compile({ main: { file, text }, files }, options))
}

function problemsOf(result: CompileResult): readonly Problem[] {
  return result.kind === 'problems' ? result.problems.filter((one) => hasErrors([one])) : []
}

function reasonsOf(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(reasonOf))].sort()
}

/** Why-nots by what a problem says; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^BP10\d\d /, 'broken YAML'],
  [/^BP1102 the document must be a map/, 'a fragment'],
  [/^BP1101 /, 'a fragment'],
  [/^BP1104 the blueprint has neither/, 'a fragment'],
  [/Windows|winrm/i, 'Windows'],
]

function reasonOf(problem: Problem): string {
  const words = `${problem.code} ${problem.message}`
  const known = REASONS.find(([pattern]) => pattern.test(words))
  return known?.[1] ?? `not yet: ${problem.message} (${problem.code})`
}

/** The page that says what became of every file. */
export function corpusPage(verdicts: readonly CorpusVerdict[]): string {
  const valid = verdicts.filter(({ reasons }) => reasons.length === 0).length
  const rows = verdicts.map(({ file, reasons }) => [
    `\`${file}\``,
    reasons.length === 0 ? 'valid' : reasons.map(escaped).join('; '),
  ])
  return `# Other people's Brooklyn blueprints

What becomes of each file of the corpus: those that define items are read first, together as one catalog, then every file
is compiled. Files that a blueprint names and the corpus does not have are stood in for by empty ones. This page is
written by \`test/blueprints/camp-corpus.test.ts\` when \`WEIR_WRITE_CORPUS\` is set, and held to be true by it otherwise.

${valid} of ${verdicts.length} compile.

${table([['file', 'what becomes of it'], ...rows])}
`
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_').replaceAll('$', '\\$')
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = '', ...lines] = rows.map((row) => `| ${row.join(' | ')} |`)
  return [head, '| --- | --- |', ...lines].join('\n')
}
