import { type AdjunctLookup, type CompileOptions } from '../../blueprints/index.js'
import type { Problem } from '../../engine/index.js'
import { type ClosedKey, closedKeysIn } from './closed-keys.js'
import { type CorpusVerdict, corpusOptions, corpusProblems, corpusText } from './camp-corpus.js'
import { misspelling } from './misspellings.js'
import { SeededRandom } from './seeded-random.js'

/** What became of one misspelt key. */
export interface Misspelt extends ClosedKey {
  readonly file: string
  readonly written: string
  /** Whether an error stands at its line. */
  readonly reported: boolean
  /** Whether the key that was meant is suggested there. */
  readonly suggested: boolean
  readonly problems: readonly Problem[]
}

/** Every key of a closed map of every valid file, misspelt once; how, follows from the seed. */
export function misspeltCorpus(verdicts: readonly CorpusVerdict[], seed = 1): readonly Misspelt[] {
  const options = corpusOptions()
  const valid = verdicts.filter(({ reasons }) => reasons.length === 0)
  const random = new SeededRandom(seed)
  const keys = valid.flatMap(({ file }) => keysOf(file, options))
  const known = new Set(keys.map(({ key }) => key))
  return keys.flatMap((key) => misspeltOnce(key, { known, random, options }))
}

interface Found extends ClosedKey {
  readonly file: string
}

function keysOf(file: string, { adjuncts }: CompileOptions): readonly Found[] {
  return closedKeysIn(corpusText(file), (type) => isOpen(type, adjuncts)).map((key) => ({ ...key, file }))
}

function isOpen(type: string, adjuncts: AdjunctLookup | undefined): boolean {
  return adjuncts?.find(type)?.open === true
}

interface Trial {
  readonly known: ReadonlySet<string>
  readonly random: SeededRandom
  readonly options: CompileOptions
}

function misspeltOnce(found: Found, { known, random, options }: Trial): readonly Misspelt[] {
  const { file, key, offset, line } = found
  const written = misspelling(key, known, random)
  if (written === undefined) return []
  const whole = corpusText(file)
  const text = whole.slice(0, offset) + written + whole.slice(offset + key.length)
  const problems = corpusProblems(file, text, options)
  const there = problems.filter((one) => one.file === file && one.range?.start.line === line)
  const suggested = there.some((one) => one.hint === `did you mean "${key}"?`)
  return [{ ...found, written, reported: there.length > 0, suggested, problems }]
}
