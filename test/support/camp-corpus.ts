import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type CompileOptions,
  type CompileResult,
  type ItemDefinition,
  chainAdjuncts,
  chainTypes,
  checkItem,
  compile,
  isCatalogText,
  listedAdjuncts,
  listedTypes,
  readCatalog,
} from '../../blueprints/index.js'
import { Catalog } from '../../catalog/index.js'
import { hasErrors, type Problem } from '../../engine/index.js'
import { stockKinds } from '../../policies/index.js'
import { campShims } from './camp-shims.js'
import { TEST_SEAL } from './engine-harness.js'
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

/** What became of every file. Those that define items are read first, together as one catalog. */
export function corpusVerdicts(): readonly CorpusVerdict[] {
  const options = corpusOptions()
  return corpusFiles().map((file) => ({
    file,
    reasons: reasonsOf(corpusProblems(file, corpusText(file), options)),
  }))
}

/** What the corpus is compiled with: its own items, the shapes, and the types of Brooklyn's own tests. */
export function corpusOptions(): CompileOptions {
  const shapes = shapeOptions()
  const shims = campShims()
  const adjuncts = chainAdjuncts(shapes.adjuncts, listedAdjuncts(shims.adjuncts))
  const documents = corpusFiles().map((file) => ({ file, text: corpusText(file) }))
  const items = documents
    .filter(({ text }) => isCatalogText(text))
    .flatMap((one) => readCatalog(one, adjuncts).items)
  const catalog = new Catalog(items)
  return {
    policyKinds: stockKinds,
    seal: TEST_SEAL,
    types: chainTypes(catalog.types(), shapes.types, listedTypes(shims.types)),
    adjuncts: chainAdjuncts(catalog.adjuncts(adjuncts), adjuncts),
  }
}

/** All errors in a document that takes the place of a file of the corpus; the items that it defines are checked as well. */
export function corpusProblems(file: string, text: string, options: CompileOptions): readonly Problem[] {
  if (!isCatalogText(text)) return problemsOf(compiled(file, text, options))
  const { items, problems, missing } = readCatalog({ file, text }, options.adjuncts)
  const own = withItems(items, options)
  return [
    ...problems.filter((one) => hasErrors([one])),
    ...items.flatMap((item) => checkItem(item, own).filter((one) => hasErrors([one]))),
    ...missing.map((name): Problem => ({
      kind: 'problem',
      code: 'BP1205',
      severity: 'error',
      message: `there is no type "${name}"`,
    })),
  ]
}

/** The same with these items before all others. */
function withItems(items: readonly ItemDefinition[], options: CompileOptions): CompileOptions {
  const catalog = new Catalog(items)
  const { types = listedTypes([]), adjuncts = listedAdjuncts([]) } = options
  return {
    ...options,
    types: chainTypes(catalog.types(), types),
    adjuncts: chainAdjuncts(catalog.adjuncts(adjuncts), adjuncts),
  }
}

/** Artifacts that the corpus does not have are stood in for by empty ones: what is judged is the document. */
function compiled(file: string, text: string, options: CompileOptions): CompileResult {
  const first = compile({ main: { file, text }, files: {} }, options)
  if (first.kind !== 'missing') return first
  const files = Object.fromEntries(first.files.map((name) => [name, '']))
  return compile({ main: { file, text }, files }, options)
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
  [
    /no type "(org\.apache\.brooklyn\.test\.|com\.acme\.)/,
    'Java: a type that only a bundle of classes defines',
  ],
]

function reasonOf(problem: Problem): string {
  const words = `${problem.code} ${problem.message}`
  const known = REASONS.find(([pattern]) => pattern.test(words))
  const lacking = /^BP1205 there is no type "([^"]+)"$/.exec(words)?.[1]
  if (known === undefined && lacking !== undefined) return `an item that the corpus lacks: ${lacking}`
  return known?.[1] ?? `not yet: ${problem.message} (${problem.code})`
}

/** How misspelt keys were met. */
export interface MisspeltFigures {
  readonly keys: number
  /** Shares of them, from 0 to 1. */
  readonly reported: number
  readonly suggested: number
}

/** The page that says what became of every file. */
export function corpusPage(verdicts: readonly CorpusVerdict[], misspelt: MisspeltFigures): string {
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

Every key of a closed map in the valid files, ${misspelt.keys} in all, is misspelt once: a letter dropped, doubled, swapped with
the next or replaced. ${percent(misspelt.reported)} are reported at their line, ${percent(misspelt.suggested)} with the key that was meant.

${table([['file', 'what becomes of it'], ...rows])}
`
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_').replaceAll('$', '\\$')
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = '', ...lines] = rows.map((row) => `| ${row.join(' | ')} |`)
  return [head, '| --- | --- |', ...lines].join('\n')
}
