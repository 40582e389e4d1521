import stringWidth from 'string-width'
import type { WireProblem } from '../api/index.js'
import { clean, cleanLine } from './clean.js'
import type { Colors } from './colors.js'

/** What is needed to show a problem where it is. */
export interface RenderOptions {
  readonly colors: Colors
  /** Texts of the documents by name, for excerpts. */
  readonly sources: ReadonlyMap<string, string>
}

/** A problem for people: what, where (with the line itself), and what to do. */
export function renderProblem(problem: WireProblem, { colors, sources }: RenderOptions): string {
  const paint = problem.severity === 'error' ? colors.red : colors.yellow
  const code = problem.standardCode === undefined ? problem.code : `${problem.code}, ${problem.standardCode}`
  const head = `${colors.bold(paint(`${problem.severity}[${cleanLine(code)}]`))}: ${colors.bold(cleanLine(problem.message))}`
  const lines = [head, ...place(problem, { colors, sources })]
  const gutter = ' '.repeat(gutterWidth(problem))
  for (const note of problem.related ?? []) {
    const { line, column } = note.range.start
    const where = `${cleanLine(note.file ?? problem.file ?? '')}:${line}:${column}`
    lines.push(`${gutter} ${colors.blue('=')} see ${where}: ${cleanLine(note.message)}`)
  }
  if (problem.hint !== undefined) lines.push(`${gutter} ${colors.blue('=')} ${cleanLine(problem.hint)}`)
  lines.push(`${gutter} ${colors.blue('=')} docs: ${cleanLine(problem.docs)}`)
  if (problem.fix !== undefined) {
    lines.push(
      `${gutter} ${colors.blue('=')} fix available (${cleanLine(problem.fix.title)}): run with --fix`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** All problems, and how many there are. */
export function renderProblems(problems: readonly WireProblem[], options: RenderOptions): string {
  const texts = problems.map((problem) => renderProblem(problem, options))
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const counts = [count(errors, 'error'), count(problems.length - errors, 'warning')].filter(
    (text) => text !== '',
  )
  return `${texts.join('\n')}\n${counts.join(', ')}\n`
}

function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`
}

function gutterWidth(problem: WireProblem): number {
  return String(problem.range?.start.line ?? '').length + 1
}

function place(problem: WireProblem, { colors, sources }: RenderOptions): readonly string[] {
  const { file, range } = problem
  if (file === undefined) return []
  if (range === undefined) return [` ${colors.blue('-->')} ${cleanLine(file)}`]
  const { line, column } = range.start
  const gutter = ' '.repeat(gutterWidth(problem))
  const where = `${gutter}${colors.blue('-->')} ${cleanLine(file)}:${line}:${column}`
  const source = sources.get(file)?.split('\n')[line - 1]?.replace(/\r$/, '')
  if (source === undefined) return [where]
  const end = range.end.line === line ? range.end.column : source.length + 1
  const before = shown(source.slice(0, column - 1))
  const marked = stringWidth(shown(source.slice(column - 1, end - 1)))
  const carets = '^'.repeat(Math.max(1, marked))
  const bar = colors.blue('|')
  return [
    where,
    `${gutter} ${bar}`,
    `${colors.blue(` ${line}`)} ${bar} ${shown(source)}`,
    `${gutter} ${bar} ${' '.repeat(stringWidth(before))}${colors.red(carets)}`,
  ]
}

/** A line as it is shown: tabs as wide as the excerpt makes them. */
function shown(text: string): string {
  return clean(text.replaceAll('\t', '    '))
}
