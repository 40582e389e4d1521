import { createHash } from 'node:crypto'
import type { Difference, WireJson } from '../api/index.js'
import { cleanLine } from './clean.js'
import type { Colors } from './colors.js'
import { lineDiff } from './line-diff.js'
import { safeJson } from './yaml.js'

/** Characters of a value that are shown on its line. */
const SHORT = 160

/** Lines of one text's changes that are shown. */
const LINES = 40

/** Differences for people: short values as they were and are, texts by what changed in them. */
export function renderDifferences(differences: readonly Difference[], colors: Colors): string {
  return differences.map((difference) => renderOne(difference, colors).join('\n')).join('\n')
}

function renderOne({ path, from, to }: Difference, colors: Colors): readonly string[] {
  const head = colors.bold(cleanLine(path === '' ? '(everything)' : path))
  if (isText(from) && isText(to) && (isLong(from) || isLong(to))) {
    return [`${head}  ${sizeOf(from)} → ${sizeOf(to)}`, ...changedLines(from, to, colors)]
  }
  return [
    head,
    ...(from === undefined ? [] : [colors.red(`  - ${shown(from)}`)]),
    ...(to === undefined ? [] : [colors.green(`  + ${shown(to)}`)]),
  ]
}

function changedLines(from: string, to: string, colors: Colors): readonly string[] {
  const lines = lineDiff(from, to)
  const told = lines.slice(0, LINES).map((line) => {
    const text = `  ${cleanLine(line)}`
    if (line.startsWith('@@')) return colors.cyan(text)
    if (line.startsWith('-')) return colors.red(text)
    return line.startsWith('+') ? colors.green(text) : text
  })
  const more = lines.length - told.length
  return more > 0 ? [...told, colors.dim(`  … and ${more} more lines; -o json has both texts`)] : told
}

function shown(value: WireJson): string {
  if (isText(value) && isLong(value)) return sizeOf(value)
  const text = isText(value) ? cleanLine(value) : safeJson(abridged(value))
  return text.length <= SHORT ? text : `${text.slice(0, SHORT)}… (${text.length} characters)`
}

/** The same with long texts by their size. */
function abridged(value: WireJson): WireJson {
  if (isText(value)) return isLong(value) ? `<${sizeOf(value)}>` : value
  if (Array.isArray(value)) return (value as readonly WireJson[]).map(abridged)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, abridged(part)]))
}

function isText(value: WireJson | undefined): value is string {
  return typeof value === 'string'
}

function isLong(text: string): boolean {
  return text.trimEnd().includes('\n') || text.length > SHORT
}

function sizeOf(text: string): string {
  const lines = text.trimEnd().split('\n').length
  const bytes = Buffer.byteLength(text)
  const size = bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${lines === 1 ? 'one line' : `${lines} lines`}, ${size}, sha256 ${digest}`
}
