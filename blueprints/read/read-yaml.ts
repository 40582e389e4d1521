import { type Document, LineCounter, type YAMLError, parseDocument } from 'yaml'
import type { Problem, Range } from '../../engine/index.js'
import { type ProblemCode, problem } from '../problems.js'
import { locate } from './locate.js'
import { SourceDocument } from './document.js'
import { READ_LIMITS, type ReadLimits } from './limits.js'
import { scanText } from './scan-text.js'

/** A document as far as it could be read, and all that is wrong with its text. */
export interface ReadResult {
  /** Absent when nothing of it can be used. */
  readonly document?: SourceDocument
  readonly problems: readonly Problem[]
}

/** Reads one YAML 1.2 document within limits. Values are plain and without prototypes; every part keeps its place. */
export function readYaml(text: string, file: string, limits: ReadLimits = READ_LIMITS): ReadResult {
  const scanned = scanText(text, file, limits)
  if (scanned.length > 0) return { problems: scanned }
  const lines = new LineCounter()
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    strict: true,
  })
  const faults = parseProblems(parsed, file, lines)
  if (parsed.errors.length > 0) return { problems: faults }
  if (parsed.contents === null || text.trim() === '') {
    const place = { file, range: rangeOf(lines, 0, 0) }
    return {
      problems: [
        problem('BP1015', 'the document is empty', place, { hint: 'begin with "name:" and "roles:"' }),
      ],
    }
  }
  const located = locate(parsed, { file, limits, rangeOf: (from, to) => rangeOf(lines, from, to) })
  const problems = [...faults, ...located.problems]
  return located.root === undefined
    ? { problems }
    : { document: new SourceDocument(file, located.root), problems }
}

function parseProblems(parsed: Document.Parsed, file: string, lines: LineCounter): readonly Problem[] {
  const unknownTags = parsed.warnings.filter((warning) => warning.code === 'TAG_RESOLVE_FAILED')
  const errors = parsed.errors.slice(0, MOST_ERRORS)
  return [...onePerPlace(errors), ...unknownTags].map((error) => parseProblem(error, file, lines))
}

/** The parser stumbles on; beyond these its complaints have the first ones as their cause. */
const MOST_ERRORS = 20

function onePerPlace(errors: readonly YAMLError[]): readonly YAMLError[] {
  const [first] = errors
  if (first === undefined) return []
  const kept = errors.filter((error) => error.code === 'DUPLICATE_KEY' || error.code === 'TAB_AS_INDENT')
  const tabs = kept.some((error) => error.code === 'TAB_AS_INDENT')
  const unique = kept.filter(
    (error) => error.code === 'DUPLICATE_KEY' || error === kept.find((one) => one.code === 'TAB_AS_INDENT'),
  )
  return kept.includes(first) || tabs ? unique : [first, ...unique]
}

const CODES: { readonly [code: string]: readonly [ProblemCode, string] } = {
  DUPLICATE_KEY: ['BP1005', 'keep one of the two'],
  TAB_AS_INDENT: ['BP1006', 'indent with spaces'],
  TAG_RESOLVE_FAILED: ['BP1010', 'remove the tag; only those of YAML itself are known'],
  MULTIPLE_DOCS: ['BP1009', 'keep one document in a file; remove what begins with "---"'],
}

function parseProblem(error: YAMLError, file: string, lines: LineCounter): Problem {
  const [code, hint] = CODES[error.code] ?? ['BP1009', 'see whether indentation, quotes and brackets fit']
  const [from, to] = error.pos
  const message = MESSAGES[error.code] ?? `this is not YAML: ${lowerFirst(error.message)}`
  return problem(code, message, { file, range: rangeOf(lines, from, to) }, { hint })
}

const MESSAGES: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'this key was given before in the same map',
  TAB_AS_INDENT: 'a tab cannot indent',
  TAG_RESOLVE_FAILED: 'this tag is not known',
  MULTIPLE_DOCS: 'there is more than one document in this file',
}

function rangeOf(lines: LineCounter, from: number, to: number): Range {
  const start = lines.linePos(from)
  const end = lines.linePos(Math.max(from, to))
  return {
    start: { line: Math.max(1, start.line), column: Math.max(1, start.col) },
    end: { line: Math.max(1, end.line), column: Math.max(1, end.col) },
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
