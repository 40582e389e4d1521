import { type Expression, type Json, literal } from '../../../../engine/index.js'
import { type DocumentNode } from '../../../read/document-node.js'
import { isDsl, readExpression } from '../language/expressions.js'
import { type FlowDesk, report } from './flow-desk.js'
import { isFault, referenceExpression } from './reference-expression.js'
import { type TextPiece, piecesOf } from './references.js'
import type { TextFault } from './words.js'
import { type Written, quoteBefore, writtenAt } from './written.js'

/** What becomes of a reference that gives nothing, and of what cannot be read: a fault, what is written, or nothing. */
export type Missing = 'fail' | 'ignore' | 'blank'

/** A text with values in it: the value itself where it is all of the text, else a text. */
export function interpolated(written: Written, flow: FlowDesk, options: InterpolateOptions = {}): Expression {
  const { missing = 'fail', text = written.text ?? '', from = quoteBefore(written) } = options
  const { shell = false, silent = false } = options
  const parts = piecesOf(text).map((piece) => partOf(piece, { written, flow, missing, from, shell, silent }))
  return flow.desk.origins.mark(joined(parts), written.where(0, (written.raw ?? '').length))
}

/** Values one after the other: the value itself where it is alone, else a text. */
export function joined(parts: readonly Expression[]): Expression {
  const [only, second] = parts
  if (only === undefined) return literal('')
  if (second === undefined) return only
  const plain = parts.map((part) => (part.kind === 'literal' ? plainText(part.value) : undefined))
  const values = parts.filter((part) => part.kind !== 'literal')
  if (values.length === 0) return literal(plain.join(''))
  const pattern = plain.map((text) => text?.replaceAll('%', '%%') ?? '%s').join('')
  return { kind: 'format', pattern, arguments: values }
}

/** How a text is read; by default all of it, from where it begins. */
export interface InterpolateOptions {
  readonly missing?: Missing
  readonly text?: string
  /** Where the text begins in what is written. */
  readonly from?: number
  /** Whether a shell reads it. @default false */
  readonly shell?: boolean
  /** Whether what is wrong was told already. @default false */
  readonly silent?: boolean
  /** Whether expressions of blueprints in it are data. @default false */
  readonly data?: boolean
}

/** Any value: texts with values in them, and what is in lists and maps likewise. */
export function valueOf(written: Written, flow: FlowDesk, options: InterpolateOptions = {}): Expression {
  return written.text === undefined ? nodeValue(written.node, flow, options) : textOf(written, flow, options)
}

function textOf(written: Written, flow: FlowDesk, options: InterpolateOptions): Expression {
  if (options.data !== true && written.text === written.node.text && isDsl(written.node))
    return readExpression(written.node, flow.desk)
  return interpolated(written, flow, options)
}

function nodeValue(node: DocumentNode, flow: FlowDesk, options: InterpolateOptions): Expression {
  if (options.data !== true && isDsl(node)) return readExpression(node, flow.desk)
  if (node.isList) return listOf(node.items().map((item) => valueOf(writtenAt(item), flow, options)))
  if (!node.isMap) return literal(node.value)
  return mapOf(node.entries().map(([key, part]) => [key, valueOf(writtenAt(part), flow, options)]))
}

/** A list; plain where all of it is. */
export function listOf(items: readonly Expression[]): Expression {
  return items.every((item) => item.kind === 'literal')
    ? literal(items.map((item) => item.value))
    : { kind: 'list', items }
}

/** A map; plain where all of it is. */
export function mapOf(entries: readonly (readonly [string, Expression])[]): Expression {
  const plain = entries.flatMap(([key, part]) =>
    part.kind === 'literal' ? [[key, part.value] as const] : [],
  )
  return plain.length === entries.length
    ? literal(Object.fromEntries(plain))
    : { kind: 'map', entries: Object.fromEntries(entries) }
}

interface Inside {
  readonly written: Written
  readonly flow: FlowDesk
  readonly missing: Missing
  readonly from: number
  readonly shell: boolean
  readonly silent: boolean
}

function partOf(piece: TextPiece, inside: Inside): Expression {
  const { written, flow, missing, from, shell } = inside
  if (piece.kind === 'text') return literal(piece.text)
  if (piece.kind === 'unread') {
    tell(piece.fault, inside)
    return literal(missing === 'blank' ? '' : piece.text)
  }
  const { reference } = piece
  const found = referenceExpression({ ...reference, shell })
  if (isFault(found)) {
    tell(found, inside)
    return literal(missing === 'blank' ? '' : asWritten(written, from, reference))
  }
  const marked = flow.desk.origins.mark(found, written.where(from + reference.offset, reference.length))
  if (missing === 'fail') return marked
  const other = missing === 'blank' ? '' : asWritten(written, from, reference)
  return { kind: 'first-known', of: [marked, literal(other)] }
}

function tell(fault: TextFault, { written, flow, missing, from, silent }: Inside): void {
  if (missing === 'fail' && !silent)
    report(flow, 'BP1816', written, { ...fault, offset: from + fault.offset })
}

function asWritten(
  { raw = '' }: Written,
  from: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): string {
  return raw.slice(from + offset, from + offset + length)
}

/** A plain value in a text. */
export function plainText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
