import stringWidth from 'string-width'
import { cleanLine } from './clean.js'

/** One column of a table. */
export interface Column<T> {
  readonly title: string
  /** Shown with `-o wide` only. */
  readonly wide?: boolean
  readonly of: (item: T) => string
}

/** Where the CLI prints a table: no borders, cut to the terminal's width, never cut when it is not a terminal. */
export function renderTable<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  options: { readonly wide: boolean; readonly width: number | undefined },
): string {
  const shown = columns.filter((column) => options.wide || column.wide !== true)
  const rows = [
    shown.map(({ title }) => title),
    ...items.map((item) => shown.map((column) => cleanLine(column.of(item)))),
  ]
  const widths = shown.map((_column, at) => Math.max(...rows.map((row) => stringWidth(row[at] ?? ''))))
  const lines = rows.map((row) => {
    const cells = row.map((cell, at) => (at === row.length - 1 ? cell : pad(cell, widths[at] ?? 0)))
    return fit(cells.join('  ').trimEnd(), options.width)
  })
  return `${lines.join('\n')}\n`
}

/** A text cut to a width, with an ellipsis where it was cut; as it is without a width. */
export function fit(text: string, width: number | undefined): string {
  if (width === undefined || stringWidth(text) <= width) return text
  let cut = ''
  let used = 0
  for (const character of text) {
    const wide = stringWidth(character)
    if (used + wide > width - 1) break
    cut += character
    used += wide
  }
  return `${cut}…`
}

/** A text with spaces up to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}
