import type { Expression } from '../../../../engine/index.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, plainText } from './interpolate.js'
import { isFault, referenceExpression } from './reference-expression.js'
import { readReference } from './references.js'
import { closingBrace, unquoted } from './words.js'
import { type Written, quoteBefore } from './written.js'

/** A name, and the way to a part of what it names. */
export interface NamedPath {
  readonly name: string
  readonly path: readonly (string | number | Expression)[]
}

/** Where a new item goes: behind the last one. */
const BEHIND = -1

/**
 * A name with what is meant of it, such as `map.key`, `list[0]`, `map['a key']` or `list[]`. Dots part a variable's name
 * from its keys; in the name of a sensor or a config key (`dots` false) they are a part of it.
 */
export function readPath(written: Written, flow: FlowDesk, dots: boolean): NamedPath | undefined {
  const text = written.text ?? ''
  const end = endOfName(text, dots)
  const name = text.slice(0, end)
  const path: (string | number | Expression)[] = []
  let at = end
  while (at < text.length) {
    const next =
      text.charAt(at) === '.' && dots ? at + 1 + endOfName(text.slice(at + 1), true) : endOfBrackets(text, at)
    if (next === undefined || next === at + 1) {
      reportBroken(written, flow, at)
      return undefined
    }
    path.push(stepOf(text.slice(at, next), { written, flow, offset: at }))
    at = next
  }
  if (name !== '') return { name, path }
  reportBroken(written, flow, 0)
  return undefined
}

function reportBroken(written: Written, flow: FlowDesk, offset: number): void {
  const length = Math.max(1, (written.raw ?? '').length - offset)
  const hint = "e.g. name, map.key, map['a key'], list[0], list[]"
  report(flow, 'BP1811', written, {
    error: 'this names nothing',
    hint,
    offset: offset + quoteBefore(written),
    length,
  })
}

function endOfName(text: string, dots: boolean): number {
  let at = 0
  while (at < text.length && text.charAt(at) !== '[' && !(dots && text.charAt(at) === '.'))
    at = (closingBrace(text, at) ?? at) + 1
  return at
}

function endOfBrackets(text: string, from: number): number | undefined {
  if (text.charAt(from) !== '[') return undefined
  let at = from + 1
  while (at < text.length && text.charAt(at) !== ']') at = (closingBrace(text, at) ?? at) + 1
  return at < text.length ? at + 1 : undefined
}

interface Standing {
  readonly written: Written
  readonly flow: FlowDesk
  readonly offset: number
}

function stepOf(text: string, { written, flow, offset }: Standing): string | number | Expression {
  if (text.startsWith('.')) return text.slice(1)
  const inside = text.slice(1, -1).trim()
  if (inside === '') return BEHIND
  if (/^-?\d+$/.test(inside)) return Number(inside)
  const key = unquoted(inside)
  if (!key.includes('${')) return key
  const value = interpolated(written, flow, {
    text: key,
    from: quoteBefore(written) + offset + text.indexOf(key),
  })
  return value.kind === 'literal' ? plainText(value.value) : value
}

/** The value that a text names without braces, as some steps take it: `${x}` for `x`. */
export function bareReference(written: Written, flow: FlowDesk): Expression | undefined {
  const text = written.text ?? ''
  const read = readReference(text, 0)
  const found = 'error' in read ? read : referenceExpression({ ...read, offset: 0, length: text.length })
  if (!isFault(found)) return flow.desk.origins.mark(found, written.where(0, (written.raw ?? '').length))
  report(flow, 'BP1816', written, { ...found, offset: quoteBefore(written) + found.offset })
  return undefined
}
