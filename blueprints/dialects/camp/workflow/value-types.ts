import { type Expression, type Json, isJsonObject, isKnownType, literal } from '../../../../engine/index.js'
import { readYaml } from '../../../read/read-yaml.js'
import { nearestName } from '../../../suggest.js'
import { TYPE_NAMES, typeNamed } from '../parameters/parameters.js'
import { type FlowDesk, report } from './flow-desk.js'
import { type InterpolateOptions, interpolated, joined, listOf, mapOf } from './interpolate.js'
import { piecesOf } from './references.js'
import { type Written, quoteBefore } from './written.js'

/** The type in the engine's words; undefined where none is asked for, or nothing is known of it. */
export function typeOf(written: Written | undefined, flow: FlowDesk): string | undefined {
  if (written?.text === undefined) return undefined
  const type = typeNamed(written.text)
  if (type === 'any') return undefined
  if (isKnownType(type)) return type
  const near = nearestName(written.text, TYPE_NAMES)
  report(flow, 'BP1707', written, {
    error: `nothing is known of the type "${written.text}"`,
    hint: near === undefined ? 'the value is taken as it is' : `did you mean "${near}"?`,
    severity: 'warning',
  })
  return undefined
}

/** Whether a text stands for a map or a list, written in brackets. */
export function isBracketed(written: Written, type: string | undefined): boolean {
  const first = (written.text ?? '').trimStart().charAt(0)
  const [base = ''] = (type ?? '').split('<')
  return (base === 'map' && first === '{') || (base === 'list' && first === '[')
}

/** A map or a list that is written as text: values are put in after it is read, so that they cannot change its form. */
export function bracketed(written: Written, flow: FlowDesk, options: InterpolateOptions = {}): Expression {
  const text = written.text ?? ''
  const from = options.from ?? quoteBefore(written)
  const held: Held[] = []
  let at = 0
  const plain = piecesOf(text)
    .map((piece) => {
      const own = piece.kind === 'reference' ? text.slice(at, at + piece.reference.length) : piece.text
      const value = { text: own, from: from + at }
      at += own.length
      if (piece.kind === 'text') return own
      held.push({ text: own, value: interpolated(written, flow, { ...options, ...value }) })
      return `${MARK}${held.length - 1}${MARK}`
    })
    .join('')
  const read = readYaml(plain, '').document
  if (read !== undefined) return withValues(read.value, held)
  report(flow, 'BP1816', written, {
    error: 'the text is no map and no list',
    hint: 'e.g. { a: 1, b: two }, [1, 2]; or write it as the key "value"',
  })
  return literal(null)
}

/** What is put in, and how it is written. */
interface Held {
  readonly text: string
  readonly value: Expression
}

/** Stands around the number of a value; a character for private use, which no document needs. */
const MARK = '\uE000'
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`)

function withValues(value: Json, held: readonly Held[]): Expression {
  if (typeof value === 'string') return textWith(value, held)
  if (Array.isArray(value)) return listOf((value as readonly Json[]).map((item) => withValues(item, held)))
  if (!isJsonObject(value)) return literal(value)
  return mapOf(Object.entries(value).map(([key, part]) => [keyWith(key, held), withValues(part, held)]))
}

function textWith(text: string, held: readonly Held[]): Expression {
  const parts = text
    .split(MARKED)
    .map((part, at) => (at % 2 === 0 ? literal(part) : (held[Number(part)]?.value ?? literal(null))))
    .filter((part) => part.kind !== 'literal' || part.value !== '')
  return joined(parts)
}

/** A key is known when the document is: what is asked for in one stays as it is written. */
function keyWith(key: string, held: readonly Held[]): string {
  return key
    .split(MARKED)
    .map((part, at) => (at % 2 === 0 ? part : (held[Number(part)]?.text ?? '')))
    .join('')
}
