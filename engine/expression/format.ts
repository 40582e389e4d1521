import type { Json } from '../support/json.js'
import { type Value, clearText, madeOf, revealed } from './value.js'

/** A formatted text, or in words what cannot be formatted. */
export type Formatted = { readonly value: Value } | { readonly error: string }

/** One mark of a pattern. */
export interface FormatMark {
  readonly written: string
  /** Which argument is meant, from 1; undefined for the next one. */
  readonly position?: number
  readonly flags: string
  readonly width?: number
  readonly precision?: number
  /** The letter; '' for a percent sign that begins nothing. */
  readonly letter: string
}

/** Letters that take an argument. */
export const FORMAT_LETTERS = 'sSdfxXbe'

/** Widest field and longest fraction: a pattern is a document's, and must not cost memory. */
const WIDEST = 1_000
const LONGEST_FRACTION = 100

/** The marks of a pattern, in order. */
export function formatMarks(pattern: string): readonly FormatMark[] {
  return [...pattern.matchAll(MARK)].map(markOf)
}

/**
 * A text in which marks stand for arguments: `%s` as text, `%d` as a whole number, `%f` and `%e` with a fraction, `%x` as hexadecimal
 * digits, `%b` as true or false, `%n` a line's end, `%%` a percent sign; positions, width, precision and the flags `-0+,` and
 * space as in Java. A missing argument stays as written. A secret makes the whole secret.
 */
export function formatted(pattern: string, values: readonly Value[]): Formatted {
  let next = 0
  let error: string | undefined
  const shown = pattern.replace(MARK, (written: string, ...found: readonly unknown[]) => {
    const mark = markOf([written, ...(found as readonly (string | undefined)[])])
    if (mark.letter === '%') return '%'
    if (mark.letter === 'n') return '\n'
    const at = mark.position === undefined ? next++ : mark.position - 1
    const value = values[at]
    if (value === undefined || mark.letter === '') return written
    const made = show(mark, value)
    if (typeof made === 'string') return padded(made, mark)
    error ??= made.error
    return written
  })
  return error === undefined ? { value: madeOf(values, 'formatted text', shown) } : { error }
}

const MARK = /%(?:(\d{1,3})\$)?([-0+, ]*)(\d{1,4})?(?:\.(\d{1,3}))?([A-Za-z%])?/g

function markOf(found: readonly (string | undefined)[]): FormatMark {
  const [written = '', position, flags = '', width, precision, letter = ''] = found
  return {
    written,
    flags,
    letter,
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(width === undefined ? {} : { width: Math.min(WIDEST, Number(width)) }),
    ...(precision === undefined ? {} : { precision: Math.min(LONGEST_FRACTION, Number(precision)) }),
  }
}

type Shown = string | { readonly error: string }

const SHOWN: { readonly [letter: string]: (value: Value, mark: FormatMark) => Shown } = {
  s: (value, mark) => cut(clearText(value), mark),
  S: (value, mark) => cut(clearText(value).toUpperCase(), mark),
  b: (value) => String(value !== null && value !== false),
  d: (value, mark) => whole(value, (number) => signed(grouped(String(number), mark), mark)),
  x: (value) => whole(value, (number) => number.toString(16)),
  X: (value) => whole(value, (number) => number.toString(16).toUpperCase()),
  f: (value, mark) =>
    numeric(value, (number) => signed(grouped(number.toFixed(mark.precision ?? 6), mark), mark)),
  e: (value, mark) => numeric(value, (number) => signed(exponential(number, mark.precision ?? 6), mark)),
}

function show(mark: FormatMark, value: Value): Shown {
  const shown = Object.hasOwn(SHOWN, mark.letter) ? SHOWN[mark.letter] : undefined
  return shown?.(value, mark) ?? mark.written
}

function cut(shown: string, { precision }: FormatMark): string {
  return precision === undefined ? shown : shown.slice(0, precision)
}

function whole(value: Value, use: (number: number) => string): Shown {
  return numeric(value, (number) =>
    Number.isSafeInteger(number)
      ? use(number)
      : { error: 'a number that is not whole cannot be formatted as one' },
  )
}

function numeric(value: Value, use: (number: number) => Shown): Shown {
  const number = numberOf(revealed(value))
  return number === undefined
    ? { error: 'a value that is no number cannot be formatted as one' }
    : use(number)
}

/** Sensors and parameters often give numbers as texts. */
function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value.trim())
    ? Number(value)
    : undefined
}

function exponential(number: number, digits: number): string {
  return number.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2')
}

function grouped(number: string, { flags }: FormatMark): string {
  if (!flags.includes(',')) return number
  const [digits = '', fraction] = number.split('.')
  const parted = digits.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? parted : `${parted}.${fraction}`
}

function signed(number: string, { flags }: FormatMark): string {
  if (number.startsWith('-')) return number
  if (flags.includes('+')) return `+${number}`
  return flags.includes(' ') ? ` ${number}` : number
}

function padded(shown: string, { flags, width, letter }: FormatMark): string {
  if (width === undefined) return shown
  if (flags.includes('-')) return shown.padEnd(width)
  if (!flags.includes('0') || 'sSb'.includes(letter)) return shown.padStart(width)
  const [, sign = '', digits = ''] = /^([-+ ]?)(.*)$/s.exec(shown) ?? []
  return sign + digits.padStart(width - sign.length, '0')
}
